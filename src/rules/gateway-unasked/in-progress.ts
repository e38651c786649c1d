/** How many requests of a gateway are in progress behind it at a time. */

/** See the head of this file. */
export interface InProgress {
  /** The most at any time. */
  readonly most: number;
  /** For how long there were fewer than that, between two times, nanoseconds. */
  belowMostNs(fromNs: number, toNs: number): number;
}

interface Span {
  readonly startNs: number;
  readonly endNs: number;
}

/** Counts them; spans in any order. */
export function inProgressOf(spans: readonly Span[]): InProgress {
  const steps = spans
    .flatMap(({ startNs, endNs }) => [
      { atNs: startNs, by: 1 },
      { atNs: endNs, by: -1 },
    ])
    // At one time the end comes first: the place that it leaves is taken by the next.
    .sort((one, other) => one.atNs - other.atNs || one.by - other.by);
  let most = 0;
  let count = 0;
  const levels = steps.map(({ atNs, by }) => {
    count += by;
    most = Math.max(most, count);
    return { atNs, count };
  });
  return {
    most,
    belowMostNs(fromNs, toNs) {
      let below = 0;
      for (let at = -1; at < levels.length; at += 1) {
        const begin = Math.max(fromNs, levels[at]?.atNs ?? fromNs);
        const end = Math.min(toNs, levels[at + 1]?.atNs ?? toNs);
        if (end > begin && (levels[at]?.count ?? 0) < most) below += end - begin;
      }
      return below;
    },
  };
}
