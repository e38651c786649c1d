/** Drives the packets of a run's captures into it: waits for bytes, tells progress, stops when told to. */
import { emptyPacket, type PacketView } from '../capture/packet.js';
import type { PacketStream } from '../capture/packet-stream.js';
import { END, PACKET, type ReadOutcome } from '../capture/reader.js';

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
  /** The captures are read a second time, from their beginning (read-share says why). */
  readonly isAgain: boolean;
}

/** Captures, and what watches or stops their reading. */
export interface ReadingOptions {
  /** What is being read, for progress. */
  readonly name: string;
  /** Reading goes on when what it returns is settled; `null`: at once. */
  readonly onPacket: (packet: PacketView) => Promise<void> | null;
  /** A TLS key log that stands in a capture, before the packets that follow it. */
  readonly onKeyLog: (text: string) => void;
  /**
   * Called at the end, and before other bytes stand where those of the packets so far do. Where it gives a promise it
   * is called again when that is settled.
   */
  readonly beforeFill?: () => Promise<void> | null;
  /** Every turn, some ten milliseconds. */
  readonly onProgress: ((progress: Progress) => void) | undefined;
  /** Every {@link PACKETS_PER_TURN} packets, with the last of them. Reading goes on when what it gives is settled. */
  readonly onTurn?: (last: PacketView) => Promise<void> | null;
  /** Asked now and then: reading goes on when what it gives is settled; `null`: at once. */
  readonly pause?: (() => Promise<void> | null) | undefined;
  readonly signal: AbortSignal | undefined;
  /** See {@link Progress}; not so without it. */
  readonly isAgain?: boolean;
}

/** Reads to the end. True when the signal stopped it before. */
export async function readCaptures(stream: PacketStream, options: ReadingOptions): Promise<boolean> {
  const { name, onKeyLog, onPacket, onProgress, signal, isAgain = false } = options;
  const isAborted = (): boolean => signal?.aborted === true;
  const turns = new Turns(stream, onPacket, onKeyLog);
  const tell = (): void =>
    onProgress?.({ file: name, bytesRead: stream.bytesRead, size: stream.size, packets: turns.packets, isAgain });
  const turn = (): Promise<void> | null => {
    tell();
    return options.pause?.() ?? null;
  };
  if (isAborted()) return true;
  for (;;) {
    const outcome = turns.next();
    if (outcome === PACKET) {
      await turns.pause;
      await options.onTurn?.(turns.packet);
      await turn();
      // Signals are only delivered where the event loop turns.
      await new Promise(setImmediate);
      if (isAborted()) return true;
      continue;
    }
    const holding = options.beforeFill?.() ?? null;
    if (holding !== null) {
      await holding;
      if (isAborted()) return true;
      continue;
    }
    if (outcome === END) return false;
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

/**
 * The packets of one turn after another. What is done between turns is not in it, so that V8 need not
 * compile the loop anew each time that something is done there for the first time.
 */
class Turns {
  readonly packet = emptyPacket();
  packets = 0;
  /** What the last packet has the reading wait for. */
  pause: Promise<void> | null = null;
  private keyLogs = 0;
  private left = PACKETS_PER_TURN;

  constructor(
    private readonly stream: PacketStream,
    private readonly onPacket: ReadingOptions['onPacket'],
    private readonly onKeyLog: ReadingOptions['onKeyLog'],
  ) {}

  /** What stopped it: `PACKET` is the end of a turn. */
  next(): ReadOutcome {
    const { stream, packet } = this;
    for (; this.left > 0; this.left -= 1) {
      const outcome = stream.read(packet);
      if (outcome !== PACKET) return outcome;
      this.packets += 1;
      if (this.keyLogs < stream.keyLogs.length) this.takeKeyLogs();
      this.pause = this.onPacket(packet);
      if (this.pause !== null) break;
    }
    this.left = PACKETS_PER_TURN;
    return PACKET;
  }

  private takeKeyLogs(): void {
    for (; this.keyLogs < this.stream.keyLogs.length; this.keyLogs += 1)
      this.onKeyLog(this.stream.keyLogs[this.keyLogs] ?? '');
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
