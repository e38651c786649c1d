/**
 * Segments that wait for an earlier one: copies, sorted by offset, within a bound.
 *
 * Made only when a direction first runs out of order; most never do. The bytes are copied because
 * the read buffer moves on; the packet and time stay with them, so that what is delivered late
 * still names the packet that carried it.
 */

import { BUCKETS } from './share.js';

/** Bytes one direction may keep waiting: a full receive window of a fast connection, which a sender cannot exceed unacknowledged. */
export const MAX_PENDING_BYTES = 1 << 20;
/** Segments one direction may keep waiting: insertion is linear, and a window of minimal segments is no real traffic. */
export const MAX_PENDING_SEGMENTS = 2048;
/** Bytes all directions of a bucket (share.ts) together may keep waiting: 64 MiB in all. */
export const MAX_PENDING_TOTAL = (64 << 20) / BUCKETS;

/** One waiting segment. */
export interface PendingSegment {
  /** Offset of its first byte, and of the one after its last on the wire. */
  readonly start: number;
  readonly end: number;
  /** Its captured bytes; shorter than `end - start` when the snap length cut it. */
  readonly bytes: Uint8Array;
  readonly packet: number;
  readonly at: number;
}

/** What all directions of a bucket have in common: how many bytes wait. */
export interface PendingBudget {
  bytes: number;
}

/** The waiting segments of one direction. */
export class PendingSegments {
  bytes = 0;
  private readonly segments: PendingSegment[] = [];

  constructor(private readonly budget: PendingBudget) {}

  get first(): PendingSegment | undefined {
    return this.segments[0];
  }

  get isFull(): boolean {
    return (
      this.bytes > MAX_PENDING_BYTES ||
      this.segments.length > MAX_PENDING_SEGMENTS ||
      this.budget.bytes > MAX_PENDING_TOTAL
    );
  }

  /** Keeps a segment in its place; one that lies whole within a waiting one is dropped. */
  add(segment: PendingSegment): void {
    let at = this.segments.length;
    while (at > 0 && this.segments[at - 1].start > segment.start) at -= 1;
    const before = this.segments[at - 1];
    if (before !== undefined && before.end >= segment.end) return;
    this.segments.splice(at, 0, segment);
    this.bytes += segment.bytes.length;
    this.budget.bytes += segment.bytes.length;
  }

  takeFirst(): PendingSegment | undefined {
    const segment = this.segments.shift();
    if (segment !== undefined) this.release(segment.bytes.length);
    return segment;
  }

  clear(): void {
    this.release(this.bytes);
    if (this.segments.length > 0) this.segments.length = 0;
  }

  private release(bytes: number): void {
    this.bytes -= bytes;
    this.budget.bytes -= bytes;
  }
}
