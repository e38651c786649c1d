/** Drives the packets of a run's captures into it: waits for bytes, tells progress, stops when told to. */
import type { PacketView } from '../capture/packet.js';
import type { PacketStream } from '../capture/packet-stream.js';
import { END, emptyPacket, PACKET } from '../capture/reader.js';

/** Packets between two looks at the signal and the event loop: some ten milliseconds' worth. */
const PACKETS_PER_TURN = 8192;
/** What a pipe that is silent brought before is told after this. */
const SILENCE_MS = 100;

/** How far the reading is. */
export interface Progress {
  readonly file: string;
  /** Bytes of the stored file, and how many it has (`null`: a pipe). */
  readonly bytesRead: number;
  readonly size: number | null;
  readonly packets: number;
}

/** Captures, and what watches or stops their reading. */
export interface ReadingOptions {
  /** What is being read, for progress. */
  readonly name: string;
  /** Reading goes on when what it returns is settled; `null`: at once. */
  readonly onPacket: (packet: PacketView) => Promise<void> | null;
  /** A TLS key log that stands in a capture, before the packets that follow it. */
  readonly onKeyLog: (text: string) => void;
  /** Every turn, some ten milliseconds. */
  readonly onProgress: ((progress: Progress) => void) | undefined;
  /** Every {@link PACKETS_PER_TURN} packets, with the last of them. */
  readonly onTurn?: (last: PacketView) => void;
  /** Asked now and then: reading goes on when what it gives is settled; `null`: at once. */
  readonly pause?: (() => Promise<void> | null) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Reads to the end. True when the signal stopped it before. */
export async function readCaptures(stream: PacketStream, options: ReadingOptions): Promise<boolean> {
  const { name, onKeyLog, onPacket, onProgress, signal } = options;
  const isAborted = (): boolean => signal?.aborted === true;
  const packet = emptyPacket();
  let packets = 0;
  let keyLogs = 0;
  let untilTurn = PACKETS_PER_TURN;
  const tell = (): void => onProgress?.({ file: name, bytesRead: stream.bytesRead, size: stream.size, packets });
  const turn = (): Promise<void> | null => {
    tell();
    return options.pause?.() ?? null;
  };
  if (isAborted()) return true;
  for (;;) {
    const outcome = stream.read(packet);
    if (outcome === PACKET) {
      packets += 1;
      for (; keyLogs < stream.keyLogs.length; keyLogs += 1) onKeyLog(stream.keyLogs[keyLogs] ?? '');
      const pause = onPacket(packet);
      if (pause !== null) await pause;
      untilTurn -= 1;
      if (untilTurn > 0) continue;
      untilTurn = PACKETS_PER_TURN;
      options.onTurn?.(packet);
      await turn();
      // Signals are only delivered where the event loop turns.
      await new Promise(setImmediate);
      if (isAborted()) return true;
    } else if (outcome === END) return false;
    else {
      if (isAborted()) return true;
      const filling = stream.fill();
      if (filling === null) continue;
      const pausing = turn();
      if (pausing !== null) await pausing;
      // A pipe may be silent for long: what came before is told meanwhile.
      const telling = stream.size === null ? setTimeout(tell, SILENCE_MS) : undefined;
      await settledOrAborted(filling, signal);
      clearTimeout(telling);
      if (isAborted()) return true;
    }
  }
}

/** Waits for bytes, but not beyond the signal: a pipe may never bring any. */
export async function settledOrAborted(filling: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await filling;
    return;
  }
  let stop = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
  });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await Promise.race([filling, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
