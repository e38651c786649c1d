/**
 * takes: captures and options. gives: an analysis. may: use every stage. may not: decide what a stage decides.
 *
 * The one wiring of all stages, shared by the commands, the terminal and whoever uses pcapdx as a
 * library.
 */
import type { Readable } from 'node:stream';
import type { Connection } from '../facts/connection.js';
import type { Analysis } from '../facts/summary.js';
import { RULES } from '../rules/index.js';
import { type LegPairs, legPairsOf } from '../rules/judgements/leg-pairing.js';
import type { Rule } from '../rules/rule.js';
import { type Share, WHOLE } from '../tcp/share.js';
import type { DrillDown } from './drill-down.js';
import { Interim } from './interim.js';
import { jobsFor, readInJobs } from './jobs.js';
import { type CapturePart, partOf } from './part.js';
import { plainDataOf, plainText } from './plain-data.js';
import type { Progress } from './read-captures.js';
import { readShare, type ShareRead, type ShareReading } from './read-share.js';
import { saltOf } from './run-salt.js';
import { type RunSeen, RunTallies } from './run-tallies.js';
import { type RunResult, resultOf } from './share-result.js';

/** What is read, and how it is judged. */
export interface AnalyzeOptions {
  /** Captures in the order the user named them; `-` is standard input. */
  readonly files: readonly string[];
  /** What `-` reads; `process.stdin` when absent. */
  readonly stdin?: Readable;
  /** Texts of TLS key logs (NSS format), beside those that stand in the captures. */
  readonly keyLogs?: readonly string[];
  /** See pipeline/read-limits. */
  readonly maxUnpacked?: number | undefined;
  /** Show secrets in findings: query strings, tokens. */
  readonly reveal?: boolean;
  /** Ids of the rules to run; all of them without it. */
  readonly rules?: readonly string[];
  /** Rules beside those of the catalogue. */
  readonly ownRules?: readonly Rule<unknown>[];
  /** The modules that hold them, which workers load again; without it one thread reads. */
  readonly ownModules?: readonly string[];
  /** Workers that share the reading; by what is gained (jobs.ts) without it. The result is the same. */
  readonly jobs?: number;
  /** Look at this share of the connections alone, and give, where nobody asks for them one by one, the part that {@link CapturePart} is. */
  readonly share?: Share;
  /** Aborted: reading stops, and what was read is concluded from. */
  readonly signal?: AbortSignal;
  /** Some hundred times a second. */
  readonly onProgress?: (progress: Progress) => void;
  /** Each connection as it ends, whole, with the epoch time of the run's first packet. Connections end in no order of theirs. */
  readonly onConnection?: (connection: Connection, originEpochNs: bigint) => void;
  /** The same in parts, with less memory: a connection of very many exchanges comes in batches, all but the last with `goesOn`. */
  readonly onPart?: (connection: Connection) => void;
  /** Exchanges of a connection that are kept while it goes on, where nobody asks for whole ones; the result is the same. */
  readonly exchangeBatch?: number;
  /** What can be concluded so far, every few seconds: nothing is said of connections that are still open. */
  readonly onInterim?: (analysis: Analysis) => void;
  /** Which exchanges of a proxy's two legs belong together, once all is read. */
  readonly onLegs?: (pairs: LegPairs) => void;
  /** Learns the way back to the packets of each connection. */
  readonly drillDown?: DrillDown;
  /** Each stream number that is not a connection's, or another share's; a connection may bear it later. */
  readonly onSpentStream?: (stream: number) => void;
  /** Asked now and then while captures are read: reading goes on when what it gives is settled; `null`: at once. */
  readonly pause?: () => Promise<void> | null;
}

/** The analysis, and what the run saw beside it. */
export interface AnalysisResult extends RunResult {
  /** For {@link AnalyzeOptions.share}: what the other parts are merged with. */
  readonly part?: CapturePart;
}

/** Reads the captures and concludes. Never rejects because of what they hold. */
export async function analyze(options: AnalyzeOptions): Promise<AnalysisResult> {
  const { files, onConnection, onInterim, onPart, share = WHOLE } = options;
  const rules = chosenRules(options.rules, options.ownRules);
  const concluded = ({ tallies, circumstances }: ShareRead): RunResult =>
    resultOf(tallies, circumstances, { rules, reveal: options.reveal === true, salt: () => saltOf(files) });
  let soFar: (() => ShareRead) | null = null;
  const interim =
    onInterim &&
    new Interim(() => {
      if (soFar === null) throw new Error('nothing has been read yet');
      const { tallies, circumstances } = soFar();
      return concluded({ tallies: copyOf(tallies, rules), circumstances }).analysis;
    }, onInterim);
  const reading: ShareReading = {
    files,
    stdin: options.stdin,
    keyLogs: options.keyLogs ?? [],
    maxUnpacked: options.maxUnpacked,
    rules,
    share,
    signal: options.signal,
    onProgress: options.onProgress,
    exchangeBatch: onConnection === undefined ? options.exchangeBatch : Number.POSITIVE_INFINITY,
    onConnection:
      (onPart ?? onConnection) &&
      ((connection, originEpochNs) => {
        onPart?.(connection);
        onConnection?.(connection, originEpochNs);
      }),
    onSpentStream: options.onSpentStream,
    drillDown: options.drillDown,
    pause: options.pause,
    // Rules of the user's own may do more than to tally.
    mayReadAgain: !hasOnlooker(options) && (options.ownRules ?? []).length === 0,
    onTurn:
      interim &&
      ((read) => {
        soFar = read;
        interim.turn();
      }),
  };
  const jobs = isForOneThread(options) ? 1 : jobsFor(files, options.jobs);
  const read = jobs === 1 ? await readShare(reading) : await readInJobs(reading, jobs, options.ownModules ?? []);
  options.onLegs?.(legPairsOf(read.tallies.seen.rules.observation));
  if (options.share === undefined || onConnection !== undefined) return concluded(read);
  const { tallies, circumstances } = read;
  // Before rules conclude, which may change what they kept.
  const kept = { seen: tallies.seen, circumstances, salt: Uint8Array.from(saltOf(files)) };
  const part = partOf(kept, share, rules, options.reveal === true);
  return { ...concluded(read), part };
}

/** Rules may change what they kept when they conclude, and remember what they concluded: the run's own goes on. */
function copyOf(tallies: RunTallies, rules: readonly Rule<unknown>[]): RunTallies {
  const copy = new RunTallies(rules);
  copy.merge(plainDataOf(plainText(tallies.seen)) as RunSeen);
  return copy;
}

/** Whoever looks on while captures are read looks at one thread, and a share is one thread's. */
function isForOneThread(options: AnalyzeOptions): boolean {
  const cannotTravel = (options.ownRules ?? []).length > 0 && options.ownModules === undefined;
  return options.share !== undefined || hasOnlooker(options) || cannotTravel;
}

function hasOnlooker(options: AnalyzeOptions): boolean {
  const { onConnection, onPart, onInterim, onSpentStream, drillDown, pause } = options;
  return [onConnection, onPart, onInterim, onSpentStream, drillDown, pause].some((onlooker) => onlooker !== undefined);
}

/** The rules to run, in order: those of the catalogue and the user's, or of them those that are named. */
export function chosenRules(ids: readonly string[] | undefined, own: readonly Rule<unknown>[] = []): Rule<unknown>[] {
  return [...RULES, ...own].filter((rule) => ids?.includes(rule.meta.id) ?? true);
}
