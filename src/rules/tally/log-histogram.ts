/**
 * How often a length of time was seen, to within 4.5 %: sixteen buckets for each doubling.
 *
 * Plain data, at most some six hundred buckets; merging adds. The least and the greatest are exact.
 * Buckets are kept from the lowest seen to the highest: a table of all of them would cost each of
 * thousands of servers kilobytes for a single round trip.
 */
export interface LogHistogram {
  count: number;
  least: number;
  greatest: number;
  /** Number of the bucket that the first of `counts` belongs to. */
  lowest: number;
  counts: number[];
}

const PER_DOUBLING = 16;

/** Nothing seen yet. */
export function logHistogram(): LogHistogram {
  return { count: 0, least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY, lowest: 0, counts: [] };
}

/** Counts a value; below 1 counts as 1. */
export function addToHistogram(into: LogHistogram, value: number): void {
  addAt(into, Math.floor(Math.log2(Math.max(1, value)) * PER_DOUBLING), 1);
  into.count += 1;
  into.least = Math.min(into.least, value);
  into.greatest = Math.max(into.greatest, value);
}

/** Adds all of `from`. */
export function mergeHistogram(into: LogHistogram, from: LogHistogram): void {
  for (const [at, count] of from.counts.entries()) if (count > 0) addAt(into, from.lowest + at, count);
  into.count += from.count;
  into.least = Math.min(into.least, from.least);
  into.greatest = Math.max(into.greatest, from.greatest);
}

/** The value that `share` (0 to 1) of all do not exceed, by the middle of its bucket, as a whole number: powers differ between versions of V8. `null` when nothing was seen. */
export function percentileOf({ count, least, greatest, lowest, counts }: LogHistogram, share: number): number | null {
  if (count === 0) return null;
  let left = Math.ceil(share * count);
  for (const [at, times] of counts.entries()) {
    left -= times;
    if (left <= 0 && times > 0)
      return Math.min(greatest, Math.max(least, Math.round(2 ** ((lowest + at + 0.5) / PER_DOUBLING))));
  }
  return greatest;
}

function addAt(into: LogHistogram, bucket: number, times: number): void {
  const { counts } = into;
  const at = bucket - into.lowest;
  // A place below 0 would be looked up as a name.
  const known = at < 0 ? undefined : counts[at];
  if (known !== undefined) counts[at] = known + times;
  else widen(into, bucket, times);
}

/** Makes room for a bucket beyond those that are kept. */
function widen(into: LogHistogram, bucket: number, times: number): void {
  const { lowest, counts } = into;
  if (counts.length === 0) {
    into.lowest = bucket;
    // With one place: an empty array makes room for seventeen.
    into.counts = [times];
  } else if (bucket < lowest) {
    into.counts = [times, ...new Array<number>(lowest - bucket - 1).fill(0), ...counts];
    into.lowest = bucket;
  } else {
    while (lowest + counts.length < bucket) counts.push(0);
    counts.push(times);
  }
}
