import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { unreadableReason } from '../capture/capture-error.js';
import type { PayloadChoice } from '../pipeline/extract.js';
import { manyText } from '../text/size.js';
import { visible } from '../text/visible.js';
import { type ChoiceFlags, checkChoice, chosenStreams } from './chosen-streams.js';
import { openDestination } from './destination.js';
import { EXIT, UsageError } from './exit-code.js';
import { judgingOf } from './judging.js';
import { capturesOf, type ReadingFlags, readCaptures } from './reading.js';
import type { RuleChoice } from './rule-choice.js';
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
  readonly rule?: readonly RuleChoice[];
  readonly rules?: readonly string[];
}

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
  const judging = await judgingOf(flags);
  const destination = openDestination(flags.output, flags.force === true, files, surroundings);
  const { DrillDown } = await import('../pipeline/drill-down.js');
  const drillDown = new DrillDown(null, flags);
  try {
    const { analysis, errors, exitCode } = await readCaptures(
      {
        files,
        flags,
        commands,
        reveal: flags.reveal === true,
        drillDown,
        ...judging,
        streams: false,
        cleanUp: () => destination.discard(),
      },
      surroundings,
    );
    if (errors.length > 0 && analysis.captures.length === 0) return exitCode;
    const hasStream = (stream: number) => drillDown.spanOf(stream) !== null;
    const chosen = chosenStreams(flags, flags.occurrence, analysis, hasStream);
    const finding = analysis.findings.find(({ id }) => id === flags.finding?.toUpperCase()) ?? null;
    const isAnonymous = anonymiseKey !== null;
    const { evidenceExtract } = await import('../pipeline/evidence-extract.js');
    const isWhole = flags.occurrence === undefined;
    const secrecy = { isAnonymous, reveal: flags.reveal === true, withKeys: flags.withKeys === true };
    const subject = { analysis, finding, isWhole, streams: chosen.streams, notes: chosen.notes, ...secrecy };
    const evidence = await evidenceExtract(drillDown, subject);
    const { extractConnections } = await import('../pipeline/extract.js');
    const packets = await extractConnections(
      drillDown,
      {
        ...evidence,
        payload: flags.payload ?? 'headers',
        anonymiseKey,
        withKeys: flags.withKeys === true,
        reveal: flags.reveal === true,
        application: `pcapdx ${packageVersion()}`,
      },
      (bytes) => destination.writeBytes(bytes),
    );
    destination.commit();
    if (flags.quiet !== true && flags.output !== undefined) {
      const connections = manyText(evidence.streams.length, 'connection');
      const place = flags.output === '-' ? 'on standard output' : `in ${visible(flags.output)}`;
      surroundings.stderr.write(`pcapdx: ${connections}, ${manyText(packets, 'packet')}, ${place}\n`);
    }
    return exitCode;
  } finally {
    drillDown.close();
    destination.discard();
  }
}

/** @throws {UsageError} for flags that do not go together */
function checkFlags(flags: ExtractFlags, { stdout }: Surroundings): void {
  checkChoice(flags, flags.occurrence);
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
    throw new UsageError(`--key ${visible(key)}: ${unreadableReason(error)}`, { cause: error });
  }
  throw new UsageError(`--key ${visible(key)}: holds fewer than ${LEAST_KEY_BYTES} bytes`);
}
