/**
 * What goes into an extract: the connections of a finding's evidence, what its argument names, what
 * its server usually does; and what the file and its packets say of themselves.
 */
import type { Finding } from '../facts/finding.js';
import { captureIndexOf, type PacketReference, packetNumberOf } from '../facts/packet-reference.js';
import type { Analysis } from '../facts/summary.js';
import { visible } from '../text/visible.js';
import { settingText } from './clocks/clock-note.js';
import type { DrillDown } from './drill-down.js';
import type { ExtractOptions } from './extract.js';

/** Connections to the server that go with those of the proof: enough to see what is usual, or that it is never otherwise. */
const MAX_CONTEXT = 40;
/** Connections that were open at a packet of the proof, where one of them may be the other leg. */
const MAX_LEGS = 4;

/** What the extract is of. */
export interface ExtractSubject {
  readonly analysis: Analysis;
  /** `null`: connections that were chosen by themselves. */
  readonly finding: Finding | null;
  /** All that is known of the finding, rather than one of its occurrences. */
  readonly isWhole: boolean;
  readonly streams: readonly number[];
  /** What findings say of single packets. */
  readonly notes: ReadonlyMap<PacketReference, string>;
  readonly isAnonymous: boolean;
  /** Secrets stand as they were sent. */
  readonly reveal: boolean;
  readonly withKeys: boolean;
}

/** The part of an extract's options that follows from what it is of. */
export async function evidenceExtract(
  drillDown: DrillDown,
  subject: ExtractSubject,
): Promise<Pick<ExtractOptions, 'streams' | 'packets' | 'comment' | 'commentOf'>> {
  const { analysis, finding, isWhole, streams: chosen, notes, isAnonymous } = subject;
  // The argument of a finding rests on what it names, and on what its server usually does.
  const hasArgument = finding !== null && isWhole;
  const proof = [...notes.keys(), ...(hasArgument ? packetsNamedIn(finding, analysis) : [])];
  const proving = finding === null ? [] : await drillDown.streamsOf(proof);
  // Those of the proof are the nearest to it, and the first of these.
  const usual = hasArgument ? drillDown.streamsTo(finding.subject, proof, proving.length + MAX_CONTEXT) : [];
  // Where both legs of a proxy are there, the other one is open meanwhile, or when the one in front ends.
  const ends = usual.map((stream) => drillDown.spanOf(stream)?.last).filter((packet) => packet !== undefined);
  const meanwhile = hasArgument && analysis.bothLegs ? [...proof, ...ends] : [];
  const legs = meanwhile.flatMap((packet) => drillDown.streamsOpenAt(packet, MAX_LEGS));
  return {
    streams: [...new Set([...chosen, ...proving, ...usual, ...legs])].sort((one, other) => one - other),
    packets: finding === null ? [] : proof,
    comment: sectionComment(subject),
    commentOf: (packet) => packetComment(packet, notes, analysis, isAnonymous),
  };
}

/**
 * Packets that the argument about causes names (`#7`): what speaks for or against one may stand in
 * other connections than those of the evidence. In a run over several captures numbers alone do not tell.
 */
function packetsNamedIn({ hypotheses }: Finding, { captures }: Analysis): readonly PacketReference[] {
  if (captures.length > 1) return [];
  return hypotheses.flatMap(({ because }) => [...because.matchAll(/#(\d+)/g)].map(([, number]) => Number(number)));
}

/** What the file says of itself: the finding, and what became of names and secrets. */
function sectionComment({ analysis, finding, isAnonymous, reveal, withKeys }: ExtractSubject): string {
  const parts: string[] = [];
  if (finding !== null) {
    const { id, rule, title, summary } = finding;
    parts.push(isAnonymous ? `${id} ${rule}.` : `${id} ${rule}: ${visible(title)}. ${visible(summary)}`);
  }
  if (isAnonymous) parts.push('Names and addresses are pseudonyms.');
  else if (reveal) parts.push('SECRETS SHOWN: cookies, credentials and tokens stand as they were sent (--reveal).');
  else parts.push('Cookies, credentials and tokens are replaced by words of equal length.');
  if (withKeys) parts.push('TLS secrets are in it, and open what they protect as it was sent (--with-keys).');
  for (const [index, { file, clock }] of analysis.captures.entries()) {
    if (clock === null) continue;
    const whose = isAnonymous ? `capture ${index + 1}` : visible(file);
    parts.push(`The clock of ${whose} was another: its times are ${settingText(clock)}.`);
  }
  return parts.join(' ');
}

/** The packet's number in the capture that it was taken from, and what it proves. Notes hold names, numbers do not. */
function packetComment(
  packet: PacketReference,
  notes: ReadonlyMap<PacketReference, string>,
  { captures }: Analysis,
  isAnonymous: boolean,
): string {
  const number = `#${packetNumberOf(packet)}`;
  const note = notes.get(packet);
  const index = captureIndexOf(packet);
  if (isAnonymous) {
    const place = captures.length > 1 ? `${number} of capture ${index + 1}` : number;
    return note === undefined ? place : `${place}: evidence`;
  }
  const place = captures.length > 1 ? `${number} of ${visible(captures[index]?.file ?? '')}` : number;
  return note === undefined ? place : `${place}: ${visible(note)}`;
}
