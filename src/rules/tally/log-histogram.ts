/**
 * How often a length of time was seen, to within 4.5 %: sixteen buckets for each doubling.
 *
 * Plain data, at most some six hundred buckets; merging adds. The least and the greatest are exact.
 */
export interface LogHistogram {
  count: number;
  least: number;
  greatest: number;
  readonly buckets: Record<number, number>;
}

const PER_DOUBLING = 16;

/** Nothing seen yet. */
export function logHistogram(): LogHistogram {
  return { count: 0, least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY, buckets: {} };
}

/** Counts a value; below 1 counts as 1. */
export function addToHistogram(into: LogHistogram, value: number): void {
  const bucket = Math.floor(Math.log2(Math.max(1, value)) * PER_DOUBLING);
  into.buckets[bucket] = (into.buckets[bucket] ?? 0) + 1;
  into.count += 1;
  into.least = Math.min(into.least, value);
  into.greatest = Math.max(into.greatest, value);
}

/** Adds all of `from`. */
export function mergeHistogram(into: LogHistogram, from: LogHistogram): void {
  for (const [bucket, count] of Object.entries(from.buckets))
    into.buckets[Number(bucket)] = (into.buckets[Number(bucket)] ?? 0) + count;
  into.count += from.count;
  into.least = Math.min(into.least, from.least);
  into.greatest = Math.max(into.greatest, from.greatest);
}

/** The value that `share` (0 to 1) of all do not exceed, by the middle of its bucket; `null` when nothing was seen. */
export function percentileOf({ count, least, greatest, buckets }: LogHistogram, share: number): number | null {
  if (count === 0) return null;
  let left = Math.ceil(share * count);
  const inOrder = Object.entries(buckets)
    .map(([bucket, times]) => [Number(bucket), times] as const)
    .sort(([one], [other]) => one - other);
  for (const [bucket, times] of inOrder) {
    left -= times;
    if (left <= 0) return Math.min(greatest, Math.max(least, 2 ** ((bucket + 0.5) / PER_DOUBLING)));
  }
  return greatest;
}
