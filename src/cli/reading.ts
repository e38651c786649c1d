/**
 * What the commands that read captures have in common: which captures, key log, signals, progress,
 * and the messages about what could not be read.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { type CaptureError, unreadableReason } from '../capture/capture-error.js';
import type { Connection } from '../facts/connection.js';
import type { Analysis } from '../facts/summary.js';
import type { DrillDown } from '../pipeline/drill-down.js';
import type { CapturePart } from '../pipeline/part.js';
import type { ReadLimits } from '../pipeline/read-limits.js';
import type { Rule } from '../rules/rule.js';
import type { Share } from '../tcp/share.js';
import { nearestName } from '../text/near-name.js';
import { visible } from '../text/visible.js';
import { holdsSecrets } from '../tls/key-log.js';
import { EXIT, UsageError } from './exit-code.js';
import { watchHeap } from './heap.js';
import { Interruption } from './interruption.js';
import { ProgressLine } from './progress.js';
import type { Surroundings } from './surroundings.js';

/** Flags that every reading command takes. */
export interface ReadingFlags extends ReadLimits {
  readonly keylog?: string;
  readonly jobs?: number;
  readonly shard?: Share;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What to read, and how. */
export interface Reading {
  readonly files: readonly string[];
  readonly flags: ReadingFlags;
  /** Names that a mistyped word may have meant. */
  readonly commands: readonly string[];
  readonly reveal?: boolean;
  readonly rules?: readonly string[];
  readonly ownRules?: readonly Rule<unknown>[];
  /** The files that hold them. */
  readonly ownModules?: readonly string[];
  readonly onConnection?: (connection: Connection, originEpochNs: bigint) => void;
  readonly onSpentStream?: (stream: number) => void;
  /** Learns the way back to the packets. */
  readonly drillDown?: DrillDown;
  /** Whether the result is written to standard output while the capture is read. */
  readonly streams: boolean;
  /** Called before the process leaves on a second signal. */
  readonly cleanUp: () => void;
}

/** What came of it. */
export interface ReadingResult {
  readonly analysis: Analysis;
  readonly errors: readonly CaptureError[];
  /** For `--shard`: what `pcapdx merge` takes. */
  readonly part?: CapturePart;
  /** {@link EXIT}'s `ok` or `input`, or what a signal asks for. */
  readonly exitCode: number;
}

/** Shown when there is nothing to read. */
const SHORT_HELP = `pcapdx: no capture given
  pcapdx front.pcapng                              why did requests fail?
  tcpdump -U -s0 -w - 'tcp port 80' | pcapdx -     the same, while it is taken
  pcapdx --help                                    all commands and flags
`;

/**
 * The captures to read; `null` when there is nothing to read and the user was told how to go on.
 *
 * @throws {UsageError} for an empty name
 */
export function capturesOf(named: readonly string[], surroundings: Surroundings): readonly string[] | null {
  // `pcapdx "$CAPTURE"` where that is not set.
  if (named.includes('')) throw new UsageError('a capture is named by nothing, as by a variable that is not set');
  if (named.length > 0) return named;
  if (!surroundings.stdin.isTTY) return ['-'];
  surroundings.stderr.write(SHORT_HELP);
  return null;
}

/** @throws {UsageError} for words that name no file but nearly a command, and for an unreadable key log */
export async function readCaptures(reading: Reading, surroundings: Surroundings): Promise<ReadingResult> {
  const { files, flags } = reading;
  guardAgainstTypos(files, reading.commands);
  const keyLog = keyLogText(flags, surroundings);
  const isShared = reading.streams && surroundings.stdout.isTTY;
  const progress = new ProgressLine(
    surroundings,
    { quiet: flags.quiet === true, verbose: flags.verbose === true },
    !isShared,
  );
  const interruption = new Interruption(surroundings, reading.streams && surroundings.stdout.canBlock, () => {
    progress.erase();
    reading.cleanUp();
  });
  const stdin = files.includes('-') ? surroundings.stdin.open() : undefined;
  try {
    const analyze = await surroundings.loadAnalyze();
    const { analysis, errors, part } = await analyze({
      files,
      signal: interruption.signal,
      onProgress: (state) => {
        watchHeap();
        progress.update(state);
      },
      maxUnpacked: flags.maxUnpacked,
      ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
      ...(flags.shard === undefined ? {} : { share: flags.shard }),
      ...(stdin === undefined ? {} : { stdin }),
      ...(keyLog === null ? {} : { keyLogs: [keyLog] }),
      ...(reading.reveal === undefined ? {} : { reveal: reading.reveal }),
      ...(reading.rules === undefined ? {} : { rules: reading.rules }),
      ...(reading.ownRules === undefined ? {} : { ownRules: reading.ownRules }),
      ...(reading.ownModules === undefined ? {} : { ownModules: reading.ownModules }),
      ...(reading.onConnection === undefined ? {} : { onConnection: reading.onConnection }),
      ...(reading.drillDown === undefined ? {} : { drillDown: reading.drillDown }),
      ...(reading.onSpentStream === undefined ? {} : { onSpentStream: reading.onSpentStream }),
    });
    progress.erase();
    for (const error of errors) surroundings.stderr.write(`pcapdx: ${visible(error.message)}\n`);
    const exitCode = interruption.exitCode ?? (errors.length > 0 ? EXIT.input : EXIT.ok);
    return { analysis, errors, exitCode, ...(part === undefined ? {} : { part }) };
  } finally {
    interruption.dispose();
    progress.erase();
    // A pipe that is still open would keep the process waiting for more.
    stdin?.destroy();
  }
}

/** The default command takes every first word for a capture: `pcapdx flow x.pcap` means `flows`. */
export function guardAgainstTypos(files: readonly string[], commands: readonly string[]): void {
  const [first] = files;
  if (first === undefined || first === '-' || existsSync(first)) return;
  const command = nearestName(first, commands);
  if (command !== null) {
    throw new UsageError(`no such file: ${visible(first)} (did you mean the command "${command}"?)`);
  }
}

/** Bytes of the largest key log that is read: some hundred thousand connections need 60 MB. */
const MAX_KEY_LOG_BYTES = 256 * 1024 * 1024;

/** The text of the key log that is named; `null`: none is. @throws {UsageError} where it cannot be read */
export function keyLogText({ keylog, quiet }: ReadingFlags, surroundings: Surroundings): string | null {
  if (keylog === undefined) return null;
  const file = keylog === 'env' ? surroundings.env.SSLKEYLOGFILE : keylog;
  if (file === undefined || file === '') throw new UsageError('--keylog env: SSLKEYLOGFILE is not set');
  const unreadable = (reason: string): UsageError => new UsageError(`--keylog ${visible(file)}: ${reason}`);
  try {
    const status = statSync(file);
    if (status.isDirectory()) throw unreadable('is a directory');
    if (status.size > MAX_KEY_LOG_BYTES) throw unreadable('is larger than 256 MB');
    const text = readFileSync(file, 'latin1');
    // A browser that was not asked for anything yet has left an empty one: no error, but seldom what was meant.
    if (!holdsSecrets(text) && quiet !== true)
      surroundings.stderr.write(`pcapdx: --keylog ${visible(file)}: holds no TLS secrets\n`);
    return text;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw unreadable(unreadableReason(error));
  }
}
