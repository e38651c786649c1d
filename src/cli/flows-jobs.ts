/**
 * `pcapdx flows --jobs N`: a thread for each share of the connections, which prints its lines in order;
 * here they are put in order among each other. A thread that is ahead waits: what it has printed and
 * nobody has taken is bounded.
 */
import { Worker } from 'node:worker_threads';
import type { Destination } from './destination.js';
import { EXIT, UsageError } from './exit-code.js';
import type { FlowsFlags } from './flows-flags.js';
import { Interruption } from './interruption.js';
import type { Surroundings } from './surroundings.js';

/** What a thread is started with. */
export interface FlowsTask {
  readonly files: readonly string[];
  readonly flags: FlowsFlags;
  /** One word: characters printed and not taken yet. */
  readonly untaken: Int32Array;
}

/** What a thread says: text in whole lines, or that it has ended. */
export type FlowsMessage = string | { readonly exitCode: number } | { readonly refusal: string };

/** Characters gathered before they are written. */
const WRITE_AT = 65_536;
const STREAM = /^\{"stream":(\d+)/;

/** Writes all lines to the destination, and gives the exit code; nothing is committed. */
export async function flowsInJobs(
  files: readonly string[],
  flags: FlowsFlags,
  jobs: number,
  destination: Destination,
  surroundings: Surroundings,
): Promise<number> {
  const { output: _, ...rest } = flags;
  const threads = Array.from(
    { length: jobs },
    (_, index) =>
      new FlowsThread({ files, flags: { ...rest, format: 'ndjson', jobs: 1, shard: { index, count: jobs } } }),
  );
  const streams = flags.output === undefined;
  const interruption = new Interruption(surroundings, streams && surroundings.stdout.canBlock, () =>
    destination.discard(),
  );
  interruption.signal.addEventListener('abort', () => {
    for (const thread of threads) thread.stop();
  });
  let text = '';
  const drain = (): void => {
    for (let next = nextOf(threads); next !== null; next = nextOf(threads)) {
      text += next.take();
      if (text.length < WRITE_AT) continue;
      destination.write(text);
      text = '';
    }
  };
  try {
    await Promise.all(threads.map((thread) => thread.run(drain)));
    destination.write(text);
    return interruption.exitCode ?? threads[0]?.exitCode ?? EXIT.defect;
  } finally {
    interruption.dispose();
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** The thread with the line of the lowest stream; `null` while one that goes on has none. */
function nextOf(threads: readonly FlowsThread[]): FlowsThread | null {
  let next: FlowsThread | null = null;
  for (const thread of threads) {
    if (thread.stream === null) {
      if (thread.exitCode === null) return null;
    } else if (next === null || next.stream === null || thread.stream < next.stream) next = thread;
  }
  return next;
}

/** One thread, and its lines that wait here. */
class FlowsThread {
  /** The stream of the first line that waits; `null`: none does. */
  stream: number | null = null;
  /** `null`: it goes on. */
  exitCode: number | null = null;
  private lines: readonly string[] = [];
  private from = 0;
  private later: string[] = [];
  private readonly untaken = new Int32Array(new SharedArrayBuffer(4));
  private readonly worker: Worker;

  constructor(task: Omit<FlowsTask, 'untaken'>) {
    this.worker = new Worker(new URL('./flows-worker.js', import.meta.url), {
      workerData: { ...task, untaken: this.untaken } satisfies FlowsTask,
    });
  }

  /** Settled when it has ended. @param onChange There are lines, or no more will come. */
  run(onChange: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.worker.on('message', (message: FlowsMessage) => {
        try {
          if (typeof message === 'string') this.add(message);
          else if ('refusal' in message) throw new UsageError(message.refusal);
          else this.exitCode = message.exitCode;
          onChange();
          if (this.exitCode !== null) resolve();
        } catch (error) {
          reject(error);
        }
      });
      this.worker.once('error', reject);
      this.worker.once('exit', (code) => {
        if (this.exitCode === null) reject(new Error(`a thread ended with code ${code} before it said so`));
      });
    });
  }

  stop(): void {
    this.worker.postMessage('stop');
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  /** The first line that waits, taken out. */
  take(): string {
    const line = `${this.lines[this.from] ?? ''}\n`;
    this.from += 1;
    Atomics.sub(this.untaken, 0, line.length);
    Atomics.notify(this.untaken, 0);
    this.look();
    return line;
  }

  private add(text: string): void {
    this.later.push(text);
    if (this.stream === null) this.look();
  }

  private look(): void {
    if (this.from === this.lines.length) {
      const text = this.later.shift();
      this.lines = text === undefined || text === '' ? [] : text.slice(0, -1).split('\n');
      this.from = 0;
    }
    const line = this.lines[this.from];
    this.stream = line === undefined ? null : Number(STREAM.exec(line)?.[1]);
  }
}
