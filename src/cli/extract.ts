import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Finding } from '../facts/finding.js';
import { captureIndexOf, type PacketReference, packetNumberOf } from '../facts/packet-reference.js';
import type { Analysis } from '../facts/summary.js';
import type { PayloadChoice } from '../pipeline/extract.js';
import { visible } from '../text/visible.js';
import { type ChoiceFlags, checkChoice, chosenStreams } from './chosen-streams.js';
import { openDestination } from './destination.js';
import { EXIT, systemReason, UsageError } from './exit-code.js';
import { capturesOf, type ReadingFlags, readCaptures } from './reading.js';
import type { Surroundings } from './surroundings.js';
import { packageVersion } from './version.js';

/** Flags of `pcapdx extract`. */
export interface ExtractFlags extends ReadingFlags, ChoiceFlags {
  readonly occurrence?: number;
  readonly output?: string;
  readonly force?: boolean;
  readonly payload?: PayloadChoice;
  readonly anonymise?: boolean;
  readonly key?: string;
  readonly withKeys?: boolean;
  readonly reveal?: boolean;
}

/** Connections to the server that go with its finding: enough to see what is usual. */
const MAX_CONTEXT = 40;
/** Bytes of a key made per run, and the least of one that is given. */
const KEY_BYTES = 32;
const LEAST_KEY_BYTES = 16;

/** `pcapdx extract`: the captures are read, then the packets of some connections once more, into a file of their own. */
export async function runExtract(
  words: readonly string[],
  flags: ExtractFlags,
  commands: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  checkFlags(flags, surroundings);
  const anonymiseKey = keyOf(flags);
  const files = capturesOf(words, surroundings);
  if (files === null) return EXIT.input;
  const destination = openDestination(flags.output, flags.force === true, files, surroundings);
  const { DrillDown } = await import('../pipeline/drill-down.js');
  const drillDown = new DrillDown();
  try {
    const { analysis, errors, exitCode } = await readCaptures(
      {
        files,
        flags,
        commands,
        reveal: flags.reveal === true,
        drillDown,
        streams: false,
        cleanUp: () => destination.discard(),
      },
      surroundings,
    );
    if (errors.length > 0 && analysis.captures.length === 0) return exitCode;
    const hasStream = (stream: number) => drillDown.spanOf(stream) !== null;
    const chosen = chosenStreams(flags, flags.occurrence, analysis, hasStream);
    const { notes } = chosen;
    const finding = analysis.findings.find(({ id }) => id === flags.finding?.toUpperCase());
    // The argument of a finding rests on what it names, and on what its server usually does.
    const isWhole = finding !== undefined && flags.occurrence === undefined;
    const proof = [...notes.keys(), ...(isWhole ? packetsNamedIn(finding, analysis) : [])];
    const usual = isWhole ? drillDown.streamsTo(finding.subject, proof, MAX_CONTEXT) : [];
    const further = finding === undefined ? [] : [...(await drillDown.streamsOf(proof)), ...usual];
    const streams = [...new Set([...chosen.streams, ...further])].sort((one, other) => one - other);
    const { extractConnections } = await import('../pipeline/extract.js');
    const isAnonymous = anonymiseKey !== null;
    const packets = await extractConnections(
      drillDown,
      {
        streams,
        packets: finding === undefined ? [] : proof,
        payload: flags.payload ?? 'headers',
        anonymiseKey,
        withKeys: flags.withKeys === true,
        reveal: flags.reveal === true,
        application: `pcapdx ${packageVersion()}`,
        comment: sectionComment(finding, flags),
        commentOf: (packet) => packetComment(packet, notes, analysis, isAnonymous),
      },
      (bytes) => destination.writeBytes(bytes),
    );
    destination.commit();
    if (flags.quiet !== true && flags.output !== undefined) {
      const connections = `${streams.length} connection${streams.length === 1 ? '' : 's'}`;
      surroundings.stderr.write(`pcapdx: ${connections}, ${packets} packets, in ${visible(flags.output)}\n`);
    }
    return exitCode;
  } finally {
    drillDown.close();
    destination.discard();
  }
}

/** @throws {UsageError} for flags that do not go together */
function checkFlags(flags: ExtractFlags, { stdout }: Surroundings): void {
  checkChoice(flags);
  if (flags.stream === undefined && flags.finding === undefined) {
    throw new UsageError('say which connections: --finding F1, or --stream 3,7');
  }
  if (flags.output === undefined && stdout.isTTY) throw new UsageError('say where to: -o FILE.pcapng');
  if (flags.key !== undefined && flags.anonymise !== true) throw new UsageError('--key is for --anonymise');
  if (flags.withKeys === true && flags.anonymise === true) {
    throw new UsageError('--with-keys would undo --anonymise: what the keys open holds the names');
  }
}

/** The key of the pseudonyms; `null`: names stay. @throws {UsageError} where the file holds none */
function keyOf({ anonymise, key }: ExtractFlags): Uint8Array | null {
  if (anonymise !== true) return null;
  if (key === undefined) return randomBytes(KEY_BYTES);
  try {
    const bytes = readFileSync(key);
    if (bytes.length >= LEAST_KEY_BYTES) return bytes;
  } catch (error) {
    throw new UsageError(`--key ${visible(key)}: ${systemReason(error)}`, { cause: error });
  }
  throw new UsageError(`--key ${visible(key)}: holds fewer than ${LEAST_KEY_BYTES} bytes`);
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
function sectionComment(finding: Finding | undefined, { anonymise, reveal, withKeys }: ExtractFlags): string {
  const parts: string[] = [];
  if (finding !== undefined) {
    const { id, rule, title, summary } = finding;
    parts.push(anonymise === true ? `${id} ${rule}` : `${id} ${rule}: ${visible(title)}. ${visible(summary)}`);
  }
  if (anonymise === true) parts.push('names and addresses are pseudonyms');
  else if (reveal === true)
    parts.push('SECRETS SHOWN: cookies, credentials and tokens stand as they were sent (--reveal)');
  else parts.push('cookies, credentials and tokens are replaced by words of equal length');
  if (withKeys === true) parts.push('TLS secrets are in it, and open what they protect as it was sent (--with-keys)');
  return parts.join('; ');
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
