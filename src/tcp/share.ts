/**
 * Divides the connections among several workers that read the same capture.
 *
 * The pairs of endpoints fall into {@link BUCKETS} buckets by hash, and a share is every `count`-th
 * bucket. Each common limit (how many connections may be open, how much may wait for reassembly, how
 * many exchanges may be kept) applies within one bucket. The result for a connection therefore does not
 * depend on the number of shares.
 */

/** Also the highest useful number of shares. A limit for the whole run, divided by this, still leaves each bucket enough room. */
export const BUCKETS = 32;

/** A part of the connections of a capture. */
export interface Share {
  /** From 0. */
  readonly index: number;
  /** 1 to {@link BUCKETS}. */
  readonly count: number;
}

/** All connections. */
export const WHOLE: Share = { index: 0, count: 1 };

/** Whether the connections of a bucket are in a share. */
export function isInShare({ index, count }: Share, bucket: number): boolean {
  return bucket % count === index;
}
