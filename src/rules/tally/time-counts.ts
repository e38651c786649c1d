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
  /** Which stretches have a count, ascending, and the counts in the same order. */
  stretches: number[];
  counts: number[];
}

/** Nothing counted yet. */
export function timeCounts(): TimeCounts {
  return { widthNs: FIRST_WIDTH_NS, stretches: [], counts: [] };
}

/** Counts something at `atNs`. Gives the place of its stretch: what comes soon after is found from there (`near`) at once. */
export function countAt(into: TimeCounts, atNs: number, times = 1, near = -1): number {
  const { stretches, counts } = into;
  const stretch = Math.floor(atNs / into.widthNs);
  let at = near >= 0 && (stretches[near] ?? Number.NaN) <= stretch ? near : -1;
  if (at >= 0) while ((stretches[at + 1] ?? Number.NaN) <= stretch) at += 1;
  else for (at = stretches.length - 1; at >= 0 && (stretches[at] ?? 0) > stretch; ) at -= 1;
  if (at >= 0 && stretches[at] === stretch) {
    counts[at] = (counts[at] ?? 0) + times;
    return at;
  }
  stretches.splice(at + 1, 0, stretch);
  counts.splice(at + 1, 0, times);
  if (stretches.length <= MAX_STRETCHES) return at + 1;
  while (into.stretches.length > MAX_STRETCHES) widen(into, into.widthNs * 2);
  return -1;
}

/** Adds all of `from`. */
export function mergeTimeCounts(into: TimeCounts, from: TimeCounts): void {
  if (from.widthNs > into.widthNs) widen(into, from.widthNs);
  for (const [at, stretch] of from.stretches.entries()) countAt(into, stretch * from.widthNs, from.counts[at]);
}

/** Whether anything was counted between two moments; `null`: only in a stretch that reaches beyond them, so nobody can tell. */
export function anyBetween({ stretches, widthNs }: TimeCounts, fromNs: number, toNs: number): boolean | null {
  let isUnsure = false;
  for (const stretch of stretches) {
    const startNs = stretch * widthNs;
    if (startNs + widthNs <= fromNs || startNs > toNs) continue;
    if (startNs >= fromNs && startNs + widthNs <= toNs) return true;
    isUnsure = true;
  }
  return isUnsure ? null : false;
}

/** How many were counted. */
export function totalOf({ counts }: TimeCounts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** How many were counted from a moment on: no more than there were, since a stretch that began before it is left out. */
export function countFrom({ stretches, counts, widthNs }: TimeCounts, fromNs: number): number {
  let sum = 0;
  for (const [at, stretch] of stretches.entries()) if (stretch * widthNs >= fromNs) sum += counts[at] ?? 0;
  return sum;
}

/** How many were counted between two moments: no fewer than there were, since stretches that reach beyond them count whole. */
export function countAround({ stretches, counts, widthNs }: TimeCounts, fromNs: number, toNs: number): number {
  let sum = 0;
  for (const [at, stretch] of stretches.entries())
    if (stretch * widthNs <= toNs && (stretch + 1) * widthNs > fromNs) sum += counts[at] ?? 0;
  return sum;
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
    const stretches = [...new Set([...fails.stretches, ...answers.stretches])];
    if (stretches.length <= limit)
      return stretches
        .sort((one, other) => one - other)
        .map((stretch) => ({
          fromNs: stretch * widthNs,
          widthNs,
          failed: countIn(fails, stretch),
          answered: countIn(answers, stretch),
        }));
    widen(fails, widthNs * 2);
  }
}

function countIn({ stretches, counts }: TimeCounts, stretch: number): number {
  return counts[stretches.indexOf(stretch)] ?? 0;
}

function copyOf({ widthNs, stretches, counts }: TimeCounts): TimeCounts {
  return { widthNs, stretches: [...stretches], counts: [...counts] };
}

function widen(into: TimeCounts, widthNs: number): void {
  const { widthNs: before, stretches, counts } = into;
  into.widthNs = widthNs;
  into.stretches = [];
  into.counts = [];
  for (const [at, stretch] of stretches.entries()) countAt(into, stretch * before, counts[at]);
}
