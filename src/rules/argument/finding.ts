/** What findings of most rules have in common: whom they concern, how sure they are, and the evidence in order. */
import type { Endpoint } from '../../facts/endpoint.js';
import type {
  Confidence,
  Evidence,
  EvidencePacket,
  Hypothesis,
  RawFinding,
  Remedy,
  Severity,
  Subject,
} from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { countText } from '../../text/size.js';
import { lowered, raised } from '../judgements/capture-guards.js';
import type { Conclusion, RuleMeta } from '../rule.js';
import type { Occurrence, ServerOccurrences } from '../tally/occurrences.js';
import { manyText } from './figures.js';

/** What a rule says of one server's occurrences; the rest is made of them. */
export interface Argument {
  readonly severity: Severity;
  /** How sure it would be in a capture that saw all. */
  readonly sure: Confidence;
  readonly title: string;
  readonly sentences: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
  readonly hypotheses: readonly Hypothesis[];
  readonly remedies: readonly Remedy[];
  /** `kept`: beside the count, figures and grounds are of the occurrences that are kept, the earliest. */
  readonly figuresOf?: 'kept';
}

/** A finding on one server's occurrences; `packetsOf` says which packets of one show what. */
export function findingOn<T extends Occurrence>(
  meta: RuleMeta,
  occurrences: ServerOccurrences<T>,
  { captures }: Conclusion,
  who: Subject,
  argument: Argument,
  packetsOf: (one: T) => readonly EvidencePacket[],
): RawFinding {
  const { severity, sure, title, sentences, facts, hypotheses, remedies, figuresOf } = argument;
  const { count, first, lastNs, items } = occurrences;
  const dropped = droppedIn(captures);
  return {
    rule: meta.id,
    severity,
    confidence: confidenceOf(sure, occurrences, { captures }),
    title,
    summary: [
      ...sentences,
      ...(figuresOf === 'kept' ? keptText(items.length, count) : []),
      ...droppedText(dropped),
    ].join(' '),
    subject: who,
    occurrences: count,
    firstSeenNs: first.atNs,
    lastSeenNs: lastNs,
    facts,
    evidence: items.map((one) => evidenceOf(one, packetsOf(one))),
    hypotheses,
    remedies,
    references: meta.references,
  };
}

/** A server as the subject of a finding, by the name most used for it. */
export function subjectOf({ address, port }: Endpoint, { names }: Pick<Conclusion, 'names'>): Subject {
  return { address, port, name: names.namesOf(address, port)[0] ?? null };
}

/** `10.0.1.43:80 (serv1.example)`. */
export function subjectText(who: Subject): string {
  return `${endpointText(who)}${who.name === null ? '' : ` (${who.name})`}`;
}

/** How sure: what the packets prove at best, less what the guards of `steps` and dropped packets take. */
export function confidenceOf(
  sure: Confidence,
  { steps, count }: { readonly steps: number; readonly count: number },
  { captures }: Pick<Conclusion, 'captures'>,
): Confidence {
  const low = lowered(sure, steps + (droppedIn(captures) > 0 ? 1 : 0));
  return sure === 'possible' ? low : raised(low, count);
}

function droppedIn(captures: Conclusion['captures']): number {
  return captures.reduce((sum, { droppedPackets }) => sum + (droppedPackets ?? 0), 0);
}

/** One occurrence, its packets in their order, each once. */
export function evidenceOf(
  { stream, client, server }: Pick<Occurrence, 'stream' | 'client' | 'server'>,
  packets: readonly (EvidencePacket | null)[],
): Evidence {
  const inOrder = packets
    .filter((one) => one !== null)
    .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  const merged: EvidencePacket[] = [];
  for (const one of inOrder) {
    const last = merged.at(-1);
    if (last?.packet === one.packet) merged[merged.length - 1] = { ...last, note: `${last.note}; ${one.note}` };
    else merged.push(one);
  }
  return { stream, client, server, packets: merged };
}

/** That of many only the earliest are looked at one by one. */
function keptText(kept: number, count: number): string[] {
  return kept < count ? [`Apart from the number, all figures are of the first ${countText(kept)}.`] : [];
}

function droppedText(dropped: number): string[] {
  if (dropped === 0) return [];
  const were = manyText(dropped, 'packet was', 'packets were');
  return [`${were} dropped while capturing, so all this is one step less sure.`];
}
