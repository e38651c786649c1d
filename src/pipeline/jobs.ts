/**
 * Several workers over one run: each reads all captures and looks at its share of the connections
 * (tcp/share.ts); what they kept is put together here, where one share is read too.
 *
 * Every worker walks through every packet, and that is what limits the gain: reading, headers and
 * the flow table cost as much in each.
 */
import { setMaxListeners } from 'node:events';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { isRepeatable } from '../capture/open.js';
import { BUCKETS } from '../tcp/share.js';
import { plainDataOf } from './plain-data.js';
import { readShare, type ShareRead, type ShareReading } from './read-share.js';
import { mergedCircumstances, type ShareResult } from './share-result.js';

/** Bytes of captures below which workers gain little: they have to start and to warm up, each for itself. */
export const MIN_BYTES_FOR_JOBS = 400_000_000;
/** Threads unless the user says otherwise: with more, the time falls little and the CPU rises by what each has to walk through. */
const USUAL_JOBS = 2;
/** Processors below which it is one: the engine's own threads, which compile and collect, keep the second one busy. */
export const MIN_PROCESSORS = 4;
/** Those that listen for a stop beside workers, with room to spare. */
const LISTENERS_BESIDE = 10;

/** What a worker is started with. */
export interface ShareTask {
  readonly files: readonly string[];
  readonly keyLogs: readonly string[];
  /** Ids of the rules, and modules of those that are the user's. */
  readonly rules: readonly string[];
  readonly ownModules: readonly string[];
  readonly share: ShareReading['share'];
  readonly maxUnpacked: ShareReading['maxUnpacked'];
}

/** How many threads read these captures. One where a capture cannot be read twice. */
export function jobsFor(files: readonly string[], wanted?: number, processors = availableParallelism()): number {
  if (wanted === 1 || !files.every(isRepeatable)) return 1;
  if (wanted !== undefined) return Math.min(wanted, BUCKETS);
  const bytes = files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  return bytes < MIN_BYTES_FOR_JOBS || processors < MIN_PROCESSORS ? 1 : USUAL_JOBS;
}

/** Reads with so many workers, this thread being the first. */
export async function readInJobs(
  reading: ShareReading,
  jobs: number,
  ownModules: readonly string[],
): Promise<ShareRead> {
  const task = {
    files: reading.files,
    keyLogs: reading.keyLogs,
    rules: reading.rules.map(({ meta }) => meta.id),
    ownModules,
    maxUnpacked: reading.maxUnpacked,
  };
  // Each worker listens; the engine takes more than ten for a leak.
  if (reading.signal !== undefined) setMaxListeners(jobs + LISTENERS_BESIDE, reading.signal);
  const others = Array.from({ length: jobs - 1 }, (_, at) =>
    resultOf({ ...task, share: { index: at + 1, count: jobs } }, reading.signal),
  );
  // A worker that fails is told of when its result is awaited.
  for (const other of others) other.catch(() => undefined);
  const { tallies, circumstances } = await readShare({ ...reading, share: { index: 0, count: jobs } });
  let merged = circumstances;
  for (const other of others) {
    const result = await other;
    tallies.merge(result.seen);
    merged = mergedCircumstances(merged, result.circumstances);
  }
  return { tallies, circumstances: merged };
}

/** Starts a worker and waits for what it sends. */
function resultOf(task: ShareTask, signal: AbortSignal | undefined): Promise<ShareResult> {
  const worker = new Worker(new URL('./share-worker.js', import.meta.url), { workerData: task });
  const stop = (): void => worker.postMessage('stop');
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  return new Promise<ShareResult>((resolve, reject) => {
    worker.once('message', (text: string) => resolve(plainDataOf(text) as ShareResult));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a worker ended with code ${code} and sent nothing`)));
  }).finally(() => signal?.removeEventListener('abort', stop));
}
