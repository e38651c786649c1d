/**
 * One direction's bytes in order, from segments as they were captured.
 *
 * In-order payload goes to the reader as a range of the read buffer, without a copy. A segment
 * behind a hole waits as a copy until the hole is filled, or until it is certain that it will not
 * be: the other side acknowledged bytes that the capture does not hold (and had time to show a
 * reordered copy of them), or too much waits. Then the hole is told as a gap and reading goes on.
 * The first copy of a byte wins, as in the receiver's own queue.
 *
 * Everything here counts in offsets (see sequence.ts); no byte is looked at.
 */
import { copied } from '../bytes/copied.js';
import type { EndOfDirection, InOrder } from '../bytes/in-order.js';
import { type PendingBudget, PendingSegments } from './pending-segments.js';

/** How long a hole that the receiver has acknowledged may still be filled by a reordered packet: captures on several queues or interfaces are off by far less. */
export const REORDERING_NS = 100_000_000;
/** Packets of the connection that may pass in that time: with traffic that dense, the missing one would have come. */
export const REORDERING_PACKETS = 64;

/** Takes the payload of one direction and hands it on in order. */
export class StreamReassembly {
  /** Offset of the next byte to deliver; means nothing until `begun`. */
  expected = 0;
  /** Whether it is known where the stream begins. */
  begun = false;
  /** Bytes told as gaps so far. */
  lostBytes = 0;
  /** Of them, those that packets were cut short by. */
  snappedBytes = 0;
  reader: InOrder | null = null;
  private pending: PendingSegments | null = null;
  private hasFin = false;
  private finOffset = 0;
  /** The reader has been told the end. */
  ended = false;
  /**
   * When the receiver was last seen to have acknowledged what stands behind a hole, and how far; infinite: not yet.
   * It is looked at again after the time for reordering: each hole that was acknowledged by then, one or many, is
   * the capture's. One clock for each hole in turn would fall behind a capture that drops one packet in twenty.
   */
  private holeAcknowledgedNs = Number.POSITIVE_INFINITY;
  private acknowledgedThen = 0;
  private packetsSince = 0;

  constructor(private readonly budget: PendingBudget) {}

  /** Makes it as new, for the next connection. */
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

  /** When the segment behind the hole came that one at `start` fills or begins to fill; infinite: it fills no hole, or a later one. */
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
    // RFC 9293 §3.10.7.4: nothing follows a FIN; what bears later numbers is no part of the stream.
    if (end <= this.expected || this.ended || (this.hasFin && start >= this.finOffset)) return;
    if (start > this.expected) {
      this.pending ??= new PendingSegments(this.budget);
      this.pending.add({ start, end, bytes: copied(view, from, to), packet, at });
      while (this.pending.isFull) this.skipHole();
      return;
    }
    // What waits came earlier: between its bytes, only the missing ones are taken from this segment.
    for (let next = this.pending?.first; next !== undefined && next.start < end; next = this.pending?.first) {
      this.deliver(start, next.start, view, from, Math.min(to, from + (next.start - start)), packet, at);
      this.drain();
      if (this.expected >= end) return;
    }
    this.deliver(start, end, view, from, to, packet, at);
    if (this.pending !== null) this.drain();
  }

  /** The sender's FIN stands at `offset`. */
  fin(offset: number, packet: number, at: number): void {
    if (this.hasFin) return;
    this.begin(offset);
    this.hasFin = true;
    this.finOffset = offset;
    if (this.expected >= offset) this.end('fin', packet, at);
  }

  /** The receiver acknowledged all bytes before `offset`: a hole below it is the capture's, not the network's. */
  acknowledged(offset: number, at: number): void {
    const first = this.pending?.first;
    if (first !== undefined && offset >= first.start) this.ripen(offset, at);
  }

  /** Gives up on the holes whose time for reordering is over; the receiver has just acknowledged the first. */
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
   * Nothing of this direction follows. What waits is delivered behind its gaps; `confirmed` is the
   * highest offset the receiver acknowledged (-1: none), which may show bytes lost at the end.
   */
  finish(how: EndOfDirection, confirmed: number, packet: number, at: number): void {
    while (this.hasHole) this.skipHole();
    // A FIN takes one number: acknowledging it confirms no further byte.
    const confirmedBytes = this.hasFin ? Math.min(confirmed, this.finOffset) : confirmed;
    // One number beyond all bytes seen may as well be that of a FIN which the capture lost.
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
