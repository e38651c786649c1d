/**
 * How many things of each kind happened when, in constant memory: counts by equal stretches of time.
 *
 * When there are more than {@link MAX_STRETCHES}, stretches become twice as long. Every count stays
 * exact; only when it happened is known less finely.
 */

/** An hour in stretches of a minute, a second in those of sixteen milliseconds. */
export const MAX_STRETCHES = 64;
/** Length at first, nanoseconds. */
const FIRST_WIDTH_NS = 1_000_000;

/** Plain data; see the head of this file. */
export interface TimeCounts {
  widthNs: number;
  size: number;
  /** By the stretch's number. */
  counts: Record<number, number>;
}

/** Nothing counted yet. */
export function timeCounts(): TimeCounts {
  return { widthNs: FIRST_WIDTH_NS, size: 0, counts: {} };
}

/** Counts something at `atNs`. */
export function countAt(into: TimeCounts, atNs: number, times = 1): void {
  const stretch = Math.floor(atNs / into.widthNs);
  const known = into.counts[stretch];
  if (known === undefined) into.size += 1;
  into.counts[stretch] = (known ?? 0) + times;
  while (into.size > MAX_STRETCHES) widen(into, into.widthNs * 2);
}

/** Adds all of `from`. */
export function mergeTimeCounts(into: TimeCounts, from: TimeCounts): void {
  if (from.widthNs > into.widthNs) widen(into, from.widthNs);
  for (const [stretch, times] of Object.entries(from.counts)) countAt(into, Number(stretch) * from.widthNs, times);
}

/** Whether anything was counted between two moments; `null`: only in a stretch that reaches beyond them, so nobody can tell. */
export function anyBetween({ counts, widthNs }: TimeCounts, fromNs: number, toNs: number): boolean | null {
  let isUnsure = false;
  for (const key of Object.keys(counts)) {
    const startNs = Number(key) * widthNs;
    if (startNs + widthNs <= fromNs || startNs > toNs) continue;
    if (startNs >= fromNs && startNs + widthNs <= toNs) return true;
    isUnsure = true;
  }
  return isUnsure ? null : false;
}

/** A stretch of time and what was counted in it: `failed` of the one, `answered` of the other. */
export interface Stretch {
  readonly fromNs: number;
  readonly widthNs: number;
  readonly failed: number;
  readonly answered: number;
}

/** Both counts side by side, in at most `limit` stretches, those without any left out, in order of time. */
export function stretchesOf(failed: TimeCounts, answered: TimeCounts, limit: number): Stretch[] {
  const [fails, answers] = [copyOf(failed), copyOf(answered)];
  for (;;) {
    const widthNs = Math.max(fails.widthNs, answers.widthNs);
    if (fails.widthNs < widthNs) widen(fails, widthNs);
    if (answers.widthNs < widthNs) widen(answers, widthNs);
    const stretches = [...new Set([...Object.keys(fails.counts), ...Object.keys(answers.counts)])].map(Number);
    if (stretches.length <= limit)
      return stretches
        .sort((one, other) => one - other)
        .map((stretch) => ({
          fromNs: stretch * widthNs,
          widthNs,
          failed: fails.counts[stretch] ?? 0,
          answered: answers.counts[stretch] ?? 0,
        }));
    widen(fails, widthNs * 2);
  }
}

function copyOf({ widthNs, size, counts }: TimeCounts): TimeCounts {
  return { widthNs, size, counts: { ...counts } };
}

function widen(counts: TimeCounts, widthNs: number): void {
  const narrow = Object.entries(counts.counts);
  const { widthNs: before } = counts;
  counts.widthNs = widthNs;
  counts.size = 0;
  counts.counts = {};
  for (const [stretch, times] of narrow) countAt(counts, Number(stretch) * before, times);
}
