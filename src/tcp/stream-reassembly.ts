/**
 * Puts the bytes of one direction in order, from segments as they were captured.
 *
 * In-order payload goes to the reader as a range of the read buffer, without a copy. A segment
 * after a hole is copied and waits until the hole is filled, or until the hole is given up: because
 * the other side acknowledged bytes that the capture does not hold (and a reordered packet had time
 * to show them), or because too much waits. The reader is then told of a gap, and reading goes on.
 * The first copy of a byte wins, as in the receiver's own queue.
 *
 * Everything here counts in offsets (see sequence.ts); no byte is looked at.
 */
import { copied } from '../bytes/copied.js';
import type { EndOfDirection, InOrder } from '../bytes/in-order.js';
import { type PendingBudget, PendingSegments } from './pending-segments.js';

/** How long a reordered packet may still fill a hole that the receiver has acknowledged, nanoseconds: captures on several queues or interfaces are off by far less. */
export const REORDERING_NS = 100_000_000;
/** Packets of the connection after which that wait ends early: in traffic that dense, the missing packet would have come. */
export const REORDERING_PACKETS = 64;

/** Takes the payload of one direction and hands it on in order. */
export class StreamReassembly {
  /** Offset of the next byte to deliver; means nothing until `begun`. */
  expected = 0;
  /** Whether it is known where the stream begins. */
  begun = false;
  /** Bytes told as gaps so far. */
  lostBytes = 0;
  /** Those of the lost bytes that the snap length cut off. */
  snappedBytes = 0;
  reader: InOrder | null = null;
  private pending: PendingSegments | null = null;
  private hasFin = false;
  private finOffset = 0;
  /** The reader has been told the end. */
  ended = false;
  /**
   * When the receiver was last seen to acknowledge bytes after a hole, and up to which offset; infinite: not yet.
   * This is checked again after the time for reordering: all holes below that offset are then losses of the capture.
   * Timing each hole in turn would fall behind in a capture that drops one packet in twenty.
   */
  private holeAcknowledgedNs = Number.POSITIVE_INFINITY;
  private acknowledgedThen = 0;
  private packetsSince = 0;

  constructor(private readonly budget: PendingBudget) {}

  /** Resets everything for the next connection. */
  reset(): void {
    this.pending?.clear();
    this.expected = 0;
    this.begun = false;
    this.lostBytes = this.snappedBytes = 0;
    this.reader = null;
    this.hasFin = false;
    this.ended = false;
    this.holeAcknowledgedNs = Number.POSITIVE_INFINITY;
    this.packetsSince = 0;
  }

  get hasHole(): boolean {
    return this.pending?.first !== undefined;
  }

  /** When the segment after the first hole came, if a segment at `start` begins to fill that hole; infinite: it fills no hole, or a later one. */
  openedNs(start: number): number {
    const first = this.pending?.first;
    return first === undefined || start > this.expected ? Number.POSITIVE_INFINITY : first.at;
  }

  /** The stream's first byte has this offset; only the first call counts. */
  begin(offset: number): void {
    if (this.begun) return;
    this.begun = true;
    this.expected = offset;
  }

  /**
   * Payload at offset `start`: `length` bytes on the wire, of which `view` holds [from, to).
   */
  payload(start: number, length: number, view: Uint8Array, from: number, to: number, packet: number, at: number): void {
    this.begin(start);
    const end = start + length;
    // RFC 9293 §3.10.7.4: nothing follows a FIN; later sequence numbers are not part of the stream.
    if (end <= this.expected || this.ended || (this.hasFin && start >= this.finOffset)) return;
    if (start > this.expected) {
      this.pending ??= new PendingSegments(this.budget);
      this.pending.add({ start, end, bytes: copied(view, from, to), packet, at });
      while (this.pending.isFull) this.skipHole();
      return;
    }
    // Waiting segments came earlier, so their bytes win. Only the missing bytes between them come from this segment.
    for (let next = this.pending?.first; next !== undefined && next.start < end; next = this.pending?.first) {
      this.deliver(start, next.start, view, from, Math.min(to, from + (next.start - start)), packet, at);
      this.drain();
      if (this.expected >= end) return;
    }
    this.deliver(start, end, view, from, to, packet, at);
    if (this.pending !== null) this.drain();
  }

  /** The sender's FIN has this offset. */
  fin(offset: number, packet: number, at: number): void {
    if (this.hasFin) return;
    this.begin(offset);
    this.hasFin = true;
    this.finOffset = offset;
    if (this.expected >= offset) this.end('fin', packet, at);
  }

  /** The receiver acknowledged all bytes before `offset`: a hole below it is a loss of the capture, not of the network. */
  acknowledged(offset: number, at: number): void {
    const first = this.pending?.first;
    if (first !== undefined && offset >= first.start) this.ripen(offset, at);
  }

  /** Gives up the holes whose time for reordering is over. The receiver has just acknowledged the first hole. */
  private ripen(offset: number, at: number): void {
    this.packetsSince += 1;
    const isFirst = this.holeAcknowledgedNs === Number.POSITIVE_INFINITY;
    if (!isFirst && at - this.holeAcknowledgedNs <= REORDERING_NS && this.packetsSince <= REORDERING_PACKETS) return;
    const ripe = this.acknowledgedThen;
    this.holeAcknowledgedNs = at;
    this.acknowledgedThen = offset;
    if (isFirst) return;
    this.packetsSince = 0;
    for (let next = this.pending?.first; next !== undefined && next.start <= ripe; next = this.pending?.first)
      this.skipHole();
  }

  /**
   * This direction has ended. Waiting segments are delivered, with gaps before them. `confirmed` is the
   * highest offset the receiver acknowledged (-1: none); it may show bytes lost at the end.
   */
  finish(how: EndOfDirection, confirmed: number, packet: number, at: number): void {
    while (this.hasHole) this.skipHole();
    // A FIN takes one sequence number: its acknowledgement confirms no further byte.
    const confirmedBytes = this.hasFin ? Math.min(confirmed, this.finOffset) : confirmed;
    // A single number beyond all bytes seen may be that of a FIN that the capture lost.
    const isMissing = this.hasFin ? confirmedBytes > this.expected : confirmedBytes > this.expected + 1;
    if (this.begun && isMissing && !this.ended) {
      this.tellGap(confirmedBytes - this.expected, packet, at);
      this.expected = confirmedBytes;
    }
    if (this.hasFin && this.expected < this.finOffset && !this.ended) {
      this.tellGap(this.finOffset - this.expected, packet, at);
      this.expected = this.finOffset;
    }
    this.end(this.hasFin ? 'fin' : how, packet, at);
    this.pending?.clear();
  }

  private deliver(
    start: number,
    end: number,
    view: Uint8Array,
    from: number,
    to: number,
    packet: number,
    at: number,
  ): void {
    const first = from + (this.expected - start);
    if (first < to) this.reader?.bytes(view, first, to, packet, at);
    const captured = start + (to - from);
    if (captured < end) {
      const cut = end - Math.max(captured, this.expected);
      this.snappedBytes += cut;
      this.tellGap(cut, packet, at);
    }
    this.expected = end;
    if (this.hasFin && this.expected >= this.finOffset) this.end('fin', packet, at);
  }

  private drain(): void {
    for (
      let next = this.pending?.first;
      next !== undefined && next.start <= this.expected;
      next = this.pending?.first
    ) {
      this.pending?.takeFirst();
      if (next.end > this.expected)
        this.deliver(next.start, next.end, next.bytes, 0, next.bytes.length, next.packet, next.at);
    }
    if (this.hasHole) return;
    this.holeAcknowledgedNs = Number.POSITIVE_INFINITY;
    this.packetsSince = 0;
  }

  private skipHole(): void {
    const next = this.pending?.first;
    if (next === undefined) return;
    this.tellGap(next.start - this.expected, next.packet, next.at);
    this.expected = next.start;
    this.drain();
  }

  private tellGap(length: number, packet: number, at: number): void {
    if (length <= 0) return;
    this.lostBytes += length;
    this.reader?.gap(length, packet, at);
  }

  private end(how: EndOfDirection, packet: number, at: number): void {
    if (this.ended) return;
    this.ended = true;
    this.reader?.end(how, packet, at);
  }
}
