/**
 * Segments that wait for an earlier one, copied, sorted by offset, and bounded in number and bytes.
 *
 * Made only when a direction first has a segment out of order; most never do. The bytes are copied
 * because the read buffer is reused. The packet number and time are kept with them, so that bytes
 * delivered late still name the packet that carried them.
 */

import { BUCKETS } from './share.js';

/** Bytes that may wait in one direction: a full receive window of a fast connection, beyond which no sender may have unacknowledged bytes. */
export const MAX_PENDING_BYTES = 1 << 20;
/** Segments that may wait in one direction: insertion is linear, and real traffic does not fill a window with minimal segments. */
export const MAX_PENDING_SEGMENTS = 2048;
/** Bytes that may wait in all directions of a bucket (share.ts) together: 64 MiB over all buckets. */
export const MAX_PENDING_TOTAL = (64 << 20) / BUCKETS;

/** One waiting segment. */
export interface PendingSegment {
  /** Offsets of its first byte and of the byte after its last, as sent on the wire. */
  readonly start: number;
  readonly end: number;
  /** Its captured bytes; shorter than `end - start` when the snap length cut it. */
  readonly bytes: Uint8Array;
  readonly packet: number;
  readonly at: number;
}

/** How many bytes wait in all directions of a bucket together. */
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

  /** Inserts a segment in order; one that lies entirely within a waiting one is dropped. */
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
