/**
 * Which connections are whose, where several workers read the same capture.
 *
 * The pairs of endpoints fall into {@link BUCKETS} buckets by hash, and a share is every `count`-th
 * bucket. What connections have in common (how many may be open, how much may wait for reassembly,
 * how many exchanges may be kept) they have in common with those of their bucket alone: so what
 * becomes of a connection does not depend on how many shares there are.
 */

/** As many shares can have connections; a bound on what all have in common, divided by it, is still roomy. */
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
