/**
 * Several captures read as one, ordered by time: the files of a tcpdump ring, or captures of
 * several hosts.
 *
 * Each capture keeps its own order even where its clock stepped back; of equal times the capture
 * named first goes first. Times of a capture whose clock is known to differ (clock.ts) are set back before
 * anything is made of them. So that a ring of a thousand files costs neither a thousand open files
 * nor as many buffers, a plain file is opened twice: once to learn the time of its first packet,
 * and again when its turn comes. Only captures that overlap in time are open together.
 *
 * The captures whose turn has come form a heap by the time of their next packet. Invariant between
 * reads: all of the heap but its top is in order; the top's packet is the one last handed out, and
 * the next read replaces it first.
 */
import type { Readable } from 'node:stream';
import type { CaptureFacts, ClockFacts } from '../facts/capture.js';
import { type CaptureError, captureErrorOf } from './capture-error.js';
import type { CompareClocks, ComparedClock, Instant } from './clock.js';
import { Lane, type NamedCapture, readFirst } from './lane.js';
import { ObservationPoints } from './observation-points.js';
import { captureName, isRepeatable, openCapture } from './open.js';
import { copyPacket, emptyPacket, type PacketView } from './packet.js';
import type { PacketStream } from './packet-stream.js';
import type { LanePlace } from './place.js';
import { type CaptureReader, END, epochNs, MORE, type NameRecord, PACKET, type ReadOutcome } from './reader.js';
import type { Spool } from './spool.js';
import { isBefore, siftDown, siftUp } from './time-heap.js';

/** Size of a read and of each buffer where many captures may be open at once: the smallest that costs no more than a large one. */
const MERGED_READ_BYTES = 256 * 1024;

const UNCOMPARED: ComparedClock = { clock: null, timedBy: null };

/** See the head of this file. */
export class MergedCaptures implements PacketStream {
  readonly errors: CaptureError[] = [];

  private readonly lanes: Lane[] = [];
  /** Lanes whose turn has not come, the next one last. */
  private readonly waiting: Lane[] = [];
  /** See the invariant above. */
  private readonly heap: Lane[] = [];
  /** The heap's top has been handed out. */
  private topUsed = false;
  /** A lane is to be opened before reading goes on. */
  private opening = false;
  /** Time of the run's first packet. */
  private origin: Instant | null = null;
  readonly keyLogs: string[] = [];
  private readonly points = new ObservationPoints();
  private readonly pastNames: NameRecord[] = [];

  private constructor(
    private readonly spool: Spool | undefined,
    private readonly maxUnpackedBytes: number | undefined,
  ) {}

  /** Looks at every capture; one that cannot be opened stands in `errors`. Clocks are compared of those that can be read twice. */
  static async open(
    captures: readonly NamedCapture[],
    stdin?: Readable,
    spool?: Spool,
    maxUnpackedBytes?: number,
    compareClocks?: CompareClocks,
  ): Promise<MergedCaptures> {
    const merged = new MergedCaptures(spool, maxUnpackedBytes);
    const timeless: Lane[] = [];
    for (const capture of captures) {
      try {
        await merged.look(capture, stdin, timeless);
      } catch (thrown) {
        merged.errors.push(captureErrorOf(captureName(capture.file), null, thrown));
      }
    }
    if (compareClocks !== undefined) await merged.bringTogether(compareClocks);
    merged.begin(timeless);
    return merged;
  }

  read(packet: PacketView): ReadOutcome {
    const { heap, waiting } = this;
    if (this.opening) return MORE;
    if (this.topUsed) {
      const top = heap[0];
      if (top === undefined || top.reader === null) return END;
      const outcome = top.reader.read(top.head);
      if (top.hasKeyLogs) this.takeKeyLogs(top);
      if (outcome === MORE) return MORE;
      this.topUsed = false;
      if (outcome === PACKET) top.takeTime(this.origin);
      else {
        this.finish(top);
        const last = heap.pop();
        if (last !== undefined && last !== top) heap[0] = last;
      }
      siftDown(this.heap);
    }
    const top = heap[0];
    const next = waiting[waiting.length - 1];
    if (next !== undefined && (top === undefined || isBefore(next, top))) {
      this.opening = true;
      return MORE;
    }
    if (top === undefined) return END;
    this.topUsed = true;
    copyPacket(top.head, packet);
    return PACKET;
  }

  fill(): Promise<void> | null {
    if (this.opening) return this.openNext();
    return this.heap[0]?.reader?.fill() ?? null;
  }

  get originEpochNs(): bigint | null {
    return this.origin === null ? null : epochNs(this.origin.seconds, this.origin.nanoseconds);
  }

  get names(): readonly NameRecord[] {
    return [...this.pastNames, ...this.heap.flatMap(({ names }) => names)];
  }

  get bytesRead(): number {
    return this.lanes.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  }

  get size(): number | null {
    return this.lanes.reduce<number | null>(
      (sum, lane) => (sum === null || lane.size === null ? null : sum + lane.size),
      0,
    );
  }

  facts(): readonly CaptureFacts[] {
    return this.lanes.map((lane) => lane.facts());
  }

  places(): readonly LanePlace[] {
    return this.lanes.map((lane) => {
      if (this.waiting.includes(lane)) return 'unread';
      return lane.reader === null ? 'done' : lane.reader.placeOf(lane.head);
    });
  }

  get observationPoints(): readonly number[] {
    return this.points.byCapture;
  }

  get clocks(): readonly (ClockFacts | null)[] {
    return this.lanes.map(({ clock }) => clock);
  }

  close(): void {
    for (const lane of this.lanes) this.leave(lane);
    this.waiting.length = 0;
    this.heap.length = 0;
    this.opening = false;
    this.topUsed = false;
  }

  /** Opens a capture, learns the time of its first packet, and closes it again if that can be undone. */
  private async look(capture: NamedCapture, stdin: Readable | undefined, timeless: Lane[]): Promise<void> {
    const { file } = capture;
    const head = emptyPacket();
    const reader = await this.openOne(file, this.lanes.length, stdin);
    const outcome = await readFirst(reader, head);
    const lane = new Lane(capture, this.lanes.length, head, reader);
    this.lanes.push(lane);
    if (outcome === END) {
      this.finish(lane);
      return;
    }
    if (reader.isTimed) this.waiting.push(lane);
    else timeless.push(lane);
    if (!isRepeatable(file)) return;
    lane.putBack();
  }

  /** Learns how clocks differ. A text has no sequence numbers to know a packet by; what cannot be read twice is not looked at ahead. */
  private async bringTogether(compareClocks: CompareClocks): Promise<void> {
    const captures = this.waiting
      .filter((lane) => lane.reader === null && lane.facts().format !== 'text')
      .map(({ index, file, seconds, nanoseconds }) => ({ captureIndex: index, file, seconds, nanoseconds }));
    if (captures.length < 2) return;
    const clocks = await compareClocks(captures);
    for (const lane of this.waiting) lane.setClock(clocks[lane.index] ?? UNCOMPARED, this.origin);
  }

  /** Sets the origin and the order in which captures begin. */
  private begin(timeless: readonly Lane[]): void {
    const first = this.waiting.reduce<Lane | null>(
      (earliest, lane) => (earliest === null || isBefore(lane, earliest) ? lane : earliest),
      null,
    );
    if (first !== null) this.origin = { seconds: first.seconds, nanoseconds: first.nanoseconds };
    for (const lane of timeless) {
      lane.seconds = this.origin?.seconds ?? 0;
      lane.nanoseconds = this.origin?.nanoseconds ?? 0;
      this.waiting.push(lane);
    }
    this.waiting.sort((one, other) => (isBefore(one, other) ? 1 : -1));
  }

  private async openNext(): Promise<void> {
    const lane = this.waiting.pop();
    if (lane === undefined) {
      this.opening = false;
      return;
    }
    try {
      const outcome = await this.enter(lane);
      if (outcome === PACKET) siftUp(this.heap, lane);
      else this.finish(lane);
    } catch (thrown) {
      // It could be opened a while ago: removed or overwritten meanwhile.
      this.errors.push(captureErrorOf(captureName(lane.file), null, thrown));
      this.leave(lane);
    } finally {
      this.opening = false;
    }
  }

  private openOne(file: string, index: number, stdin?: Readable): Promise<CaptureReader> {
    return openCapture(file, index, stdin, MERGED_READ_BYTES, this.spool, this.maxUnpackedBytes);
  }

  /** Sees to it that the lane is open and its first packet read. */
  private async enter(lane: Lane): Promise<ReadOutcome> {
    const kept = lane.reader;
    const reader = kept ?? (await this.openOne(lane.file, lane.index));
    if (kept === null) lane.open(reader);
    if (this.origin !== null) reader.setOrigin(this.origin.seconds, this.origin.nanoseconds);
    this.takeKeyLogs(lane);
    if (kept === null) {
      const outcome = await readFirst(reader, lane.head);
      this.takeKeyLogs(lane);
      if (outcome !== PACKET) return outcome;
      lane.takeTime(this.origin);
    } else lane.head.atNs = reader.sinceOriginNs();
    lane.moveTo(this.points.begin(lane.index, lane.file, lane.head.atNs));
    return PACKET;
  }

  /** Takes leave of a capture read to its end. */
  private finish(lane: Lane): void {
    if (lane.reader?.error) this.errors.push(lane.reader.error);
    const continued = this.points.end(lane.index, lane.head.atNs);
    this.lanes.find(({ index }) => index === continued)?.moveTo(lane.head.observationPoint);
    this.leave(lane);
  }

  private leave(lane: Lane): void {
    if (lane.reader === null) return;
    this.takeKeyLogs(lane);
    for (const name of lane.names) this.pastNames.push(name);
    lane.close();
  }

  /** Key logs that the lane's reader has met since the last time. */
  private takeKeyLogs(lane: Lane): void {
    for (const keyLog of lane.takeKeyLogs()) this.keyLogs.push(keyLog);
  }
}
