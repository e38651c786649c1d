import { analyze } from '../pipeline/analyze.js';
import { saltOf } from '../pipeline/run-salt.js';
import { flowLine } from '../report/flow.js';
import { FlowOrder } from '../report/flow-order.js';
import type { FlowLine } from '../report/schema.js';
import { Redaction } from '../text/redaction.js';
import type { ReadOptions } from './read-options.js';
import { readingOf } from './reading.js';

/** Flows that may wait for their reader before the reading of the capture does. */
const MAX_WAITING = 10_000;

/**
 * The TCP connections of captures, in order of their first packet: the objects that `pcapdx flows` prints.
 *
 * They come while the capture is read, which waits for a slow reader and stops when the loop is left.
 *
 * @throws {RangeError} for no capture
 * @throws {CaptureError} after the last flow, when a capture could not be opened or is damaged
 */
export async function* readFlows(
  captures: string | readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<FlowLine, void, undefined> {
  const reading = readingOf(captures, options);
  const left = new AbortController();
  const stop = () => left.abort();
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted === true) stop();

  const redaction = new Redaction(reading.reveal, () => saltOf(reading.files));
  const waiting: FlowLine[] = [];
  const order = new FlowOrder<FlowLine>((flow) => waiting.push(flow));
  // The reader waits for flows, or the reading for the reader: never both.
  const change = new Signal();
  const room = new Signal();
  let isDone = false;
  const analysing = analyze({
    ...reading,
    rules: [],
    signal: left.signal,
    onConnection: (connection) => order.add(connection.stream, flowLine(connection, redaction)),
    onSpentStream: (stream) => order.skip(stream),
    pause: () => {
      change.give();
      return waiting.length < MAX_WAITING ? null : room.next();
    },
  }).finally(() => {
    order.finish();
    isDone = true;
    change.give();
  });
  // Awaited below; until then a rejection is not one that nobody handles.
  analysing.catch(() => undefined);
  try {
    for (;;) {
      const ready = waiting.splice(0);
      room.give();
      yield* ready;
      if (waiting.length > 0) continue;
      if (isDone) break;
      await change.next();
    }
    const [error] = (await analysing).errors;
    if (error !== undefined) throw error;
  } finally {
    options.signal?.removeEventListener('abort', stop);
    stop();
    room.give();
    await analysing.catch(() => undefined);
  }
}

/** Wakes who waits for it; given when nobody waits, it is kept for the next. */
class Signal {
  private isGiven = false;
  private wake: (() => void) | null = null;

  give(): void {
    this.isGiven = true;
    this.wake?.();
  }

  async next(): Promise<void> {
    if (!this.isGiven)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    this.isGiven = false;
    this.wake = null;
  }
}
