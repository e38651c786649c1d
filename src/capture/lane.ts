/** One capture of a run that reads several, from its first packet to its end. It is open only while its turn lasts. */
import type { CaptureFacts, ClockFacts } from '../facts/capture.js';
import { type ComparedClock, type Instant, setBack } from './clock.js';
import type { PacketView } from './packet.js';
import { type CaptureReader, MORE, type NameRecord, type ReadOutcome } from './reader.js';
import type { Timed } from './time-heap.js';

/** A capture as the user named it, with warnings about that. */
export interface NamedCapture {
  readonly file: string;
  readonly warnings: readonly string[];
}

/** See the head of this file. */
export class Lane implements Timed {
  readonly file: string;
  readonly size: number | null;
  /** Time of its next packet, by the clock of the run. */
  seconds: number;
  nanoseconds: number;
  /** How its clock differs from another's; `null`: its times stand as they are. */
  clock: ClockFacts | null = null;
  /** The capture by whose clock its times are told (facts/capture). */
  private timedBy: number | null = null;
  private opened: CaptureReader | null;
  private readonly warnings: readonly string[];
  /** How many of its key logs {@link takeKeyLogs} has given. */
  private keyLogsTaken = 0;
  /** What is known of it while it is not open. */
  private factsSoFar: CaptureFacts;
  /** Bytes read, while it is not open. */
  private bytesSoFar = 0;

  /**
   * @param index Its `captureIndex`.
   * @param head Its next packet: `reader` has read it, or has come to the end instead.
   */
  constructor(
    { file, warnings }: NamedCapture,
    readonly index: number,
    readonly head: PacketView,
    reader: CaptureReader,
  ) {
    this.file = file;
    this.warnings = warnings;
    this.opened = reader;
    this.size = reader.size;
    this.seconds = reader.epochSeconds;
    this.nanoseconds = reader.nanosecondsOfSecond;
    this.factsSoFar = reader.facts();
  }

  /** Reads it; `null` while it is not open. */
  get reader(): CaptureReader | null {
    return this.opened;
  }

  /** Bytes of its file that were read so far. */
  get bytesRead(): number {
    return this.opened?.bytesRead ?? this.bytesSoFar;
  }

  /** What is known of it so far, with the warnings about how it was named first. */
  facts(): CaptureFacts {
    const { clock, timedBy } = this;
    const facts = this.opened?.facts() ?? this.factsSoFar;
    return { ...facts, clock, timedBy, warnings: [...this.warnings, ...facts.warnings] };
  }

  /** Its turn has come: `reader` reads it from its beginning. */
  open(reader: CaptureReader): void {
    this.opened = reader;
    this.keyLogsTaken = 0;
  }

  /** Closes it as if nothing had been read of it, to open it again when its turn comes. */
  putBack(): void {
    this.opened?.close();
    this.opened = null;
    this.factsSoFar = {
      ...this.factsSoFar,
      packets: 0,
      bytes: 0,
      snappedPackets: 0,
      startEpochNs: null,
      endEpochNs: null,
    };
  }

  /** Closes it for good; what was learnt of it stays. */
  close(): void {
    if (this.opened === null) return;
    this.factsSoFar = this.opened.facts();
    this.bytesSoFar = this.opened.bytesRead;
    this.opened.close();
    this.opened = null;
  }

  /** Its clock was compared with others'; its next packet is told by the clock of the run from here on. */
  setClock({ clock, timedBy }: ComparedClock, origin: Instant | null): void {
    this.clock = clock;
    this.timedBy = timedBy;
    this.takeTime(origin);
  }

  /** Takes the time of its next packet, by the clock of the run. */
  takeTime(origin: Instant | null): void {
    const { clock, head } = this;
    if (clock !== null) setBack(head, clock, origin);
    this.seconds = head.epochSeconds;
    this.nanoseconds = head.epochNanoseconds;
  }

  /** It was taken at this point of observation, from its next packet on. */
  moveTo(observationPoint: number): void {
    if (this.opened !== null) this.opened.observationPoint = observationPoint;
    this.head.observationPoint = observationPoint;
  }

  /** It has met key logs that were not taken. */
  get hasKeyLogs(): boolean {
    return this.opened !== null && this.opened.keyLogs.length !== this.keyLogsTaken;
  }

  /** Takes the key logs that it has met since the last time. */
  takeKeyLogs(): readonly string[] {
    const met = this.opened?.keyLogs ?? [];
    const fresh = met.slice(this.keyLogsTaken);
    this.keyLogsTaken = met.length;
    return fresh;
  }

  /** Names for addresses that it carries; none while it is not open. */
  get names(): readonly NameRecord[] {
    return this.opened?.names ?? [];
  }
}

/** Reads the first packet of a capture into `head`. */
export async function readFirst(reader: CaptureReader, head: PacketView): Promise<ReadOutcome> {
  for (;;) {
    const outcome = reader.read(head);
    if (outcome !== MORE) return outcome;
    await reader.fill();
  }
}
