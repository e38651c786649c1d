/** A thread of its own that prints the flows of one share (flows-jobs.ts). */
import { EventEmitter } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { UsageError } from './exit-code.js';
import { runFlows } from './flows.js';
import type { FlowsMessage, FlowsTask } from './flows-jobs.js';
import type { Output } from './output.js';
import { processSurroundings, type Surroundings } from './surroundings.js';

/** Characters that may wait to be taken before the reading does. */
const MAX_UNTAKEN = 4_000_000;

const { files, flags, untaken } = workerData as FlowsTask;
const signals = new EventEmitter();
parentPort?.on('message', () => signals.emit('SIGINT'));
const say = (message: FlowsMessage): void => parentPort?.postMessage(message);

const stdout: Output = {
  isTTY: false,
  columns: undefined,
  canBlock: true,
  write(text) {
    if (text === '') return;
    let waiting = Atomics.add(untaken, 0, text.length) + text.length;
    say(text);
    for (; waiting > MAX_UNTAKEN; waiting = Atomics.load(untaken, 0)) Atomics.wait(untaken, 0, waiting);
  },
  writeBytes(bytes) {
    this.write(Buffer.from(bytes).toString());
  },
};
const silent: Output = {
  isTTY: false,
  columns: undefined,
  canBlock: false,
  write: () => undefined,
  writeBytes: () => undefined,
};
const real = processSurroundings();
const surroundings: Surroundings = {
  ...real,
  stdout,
  // What there is to say is the same in all threads: the first says it.
  stderr: flags.shard?.index === 0 ? real.stderr : silent,
  signals,
};
try {
  say({ exitCode: await runFlows(files, flags, [], surroundings) });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say({ refusal: error.message });
}
parentPort?.close();
