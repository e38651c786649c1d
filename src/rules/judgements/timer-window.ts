/**
 * The one timer behind lengths of time after which something was given up (docs/judging.md).
 *
 * A timer fires late and never early, so it is not the mean: it is the lower edge of the narrow
 * window that holds most of the lengths. Where they have no common window (a poller, several
 * timers), or something was still answered after a longer time, there is none.
 */

/** The window is as wide as 3 % of its lower edge, at least 0.25 s: what scheduling and round trips add to a timer. */
export const WINDOW_SHARE = 0.03;
export const MIN_WINDOW_NS = 250_000_000;
/** A client's timer fires later than it is set by this much at least: its turn has to come. */
const MIN_PATIENCE_WIDTH_NS = 12_000_000;
/** The share that the window must hold; below it they have no one timer behind them. */
export const MIN_SHARE = 0.6;
/** Delays this close together, in parts of their median or of the longest, are one timer's, which fires late by little; so many of them. */
export const CLUSTER_SHARE = 0.03;
export const CLUSTER_SIZE = 3;
/** Configured times are whole seconds: an edge this near to one is taken for it. */
const ROUNDING_SHARE = 0.02;

/** See the head of this file. */
export interface TimerWindow {
  /** `spread`: too few agree. `contradicted`: something was answered after a longer time. */
  readonly pattern: 'timer' | 'spread' | 'contradicted';
  /** The timer; whole seconds where it is within 2 % of them. */
  readonly seconds: number;
  /** Lengths within the window. */
  readonly agreeing: number;
}

/** What lengths of time (nanoseconds, in any order, one at least) have in common; `longestAnsweredNs`: the longest after which there was still an answer. */
export function timerWindow(
  lengths: readonly number[],
  longestAnsweredNs: number,
  widthOf: (edgeNs: number) => number = windowWidth,
): TimerWindow {
  const { edgeNs, count } = densestWindow(lengths, widthOf);
  const pattern =
    count < MIN_SHARE * lengths.length
      ? 'spread'
      : longestAnsweredNs > edgeNs + widthOf(edgeNs)
        ? 'contradicted'
        : 'timer';
  return { pattern, seconds: settableSeconds(edgeNs), agreeing: count };
}

/** The window that holds most of the lengths, the lowest of equals. */
export function densestWindow(
  lengths: readonly number[],
  widthOf: (edgeNs: number) => number = windowWidth,
): { readonly edgeNs: number; readonly count: number } {
  const ascending = [...lengths].sort((one, other) => one - other);
  let [edgeNs, count, end] = [0, 0, 0];
  for (const [at, edge] of ascending.entries()) {
    while (end < ascending.length && (ascending[end] ?? 0) <= edge + widthOf(edge)) end += 1;
    if (end - at > count) {
      count = end - at;
      edgeNs = edge;
    }
  }
  return { edgeNs, count };
}

/** How much later than `edgeNs` a timer of that length still fires. */
export function windowWidth(edgeNs: number): number {
  return Math.max(MIN_WINDOW_NS, WINDOW_SHARE * edgeNs);
}

/**
 * The same for a client's patience, which may be a fraction of a second: users who leave within a quarter of one
 * have nothing in common, and nobody looks for them in turns.
 */
export function patienceWidth(edgeNs: number): number {
  return Math.max(MIN_PATIENCE_WIDTH_NS, WINDOW_SHARE * edgeNs);
}

/** A length of time as somebody may have set it: whole seconds where it is within 2 % of them. */
export function settableSeconds(ns: number): number {
  const seconds = ns / 1e9;
  const whole = Math.round(seconds);
  return Math.abs(seconds - whole) <= ROUNDING_SHARE * whole ? whole : Math.round(seconds * 1000) / 1000;
}
