/**
 * One clock against another: ahead by so much, and gaining so much, as bounds allow it.
 *
 * Sought is the line that keeps furthest from the bounds above and below it; a line without drift where
 * one keeps within them, for what lies behind the stretch that was looked at is nearest to that. (The way
 * to tell a drift from delays by the least of them: Moon, Skelly, Towsley 1999.)
 */
import { type Bound, type Bounds, MAX_DRIFT } from './bounds.js';

/** Time stamps of packets may be off by this much: bounds that cross by less do agree. */
const SLACK_NS = 50_000;
/** Where no line lies between all bounds of packets, one that is off by no more than this is better than none. */
export const MAX_CROSSED_NS = 1_000_000;
/** In less time nobody can tell drift from delays. */
const MIN_SPAN_NS = 1_000_000_000;
/** Stretches of which only the tightest bounds are kept. */
const STRETCHES = 256;
/** A search in thirds, down to a part in 10^9. */
const STEPS = 40;

/** See the head of this file. */
export interface ClockLine {
  /** How far the clock is ahead at `sinceNs`, nanoseconds. */
  readonly aheadNs: number;
  /** What it gains per nanosecond. */
  readonly drift: number;
  /** Nanoseconds since the run's first packet, by the clock that is kept to. */
  readonly sinceNs: number;
  /** How far the bounds leave it room. */
  readonly withinNs: number;
}

/**
 * The line between the bounds; `null`: there is none, or not on both sides.
 *
 * @param maxCrossedNs How far bounds may cross that leave no line room.
 */
export function clockLine(all: Bounds, maxCrossedNs = SLACK_NS): ClockLine | null {
  if (all.atMost.length === 0 || all.atLeast.length === 0) return null;
  const { bounds, sinceNs, spanNs } = tightest(all);
  const level = lineOf(bounds, 0, sinceNs);
  if (level.withinNs >= -SLACK_NS) return positive(level);
  if (spanNs >= MIN_SPAN_NS) {
    const drifting = lineOf(bounds, bestDrift(bounds, sinceNs), sinceNs);
    if (drifting.withinNs >= -SLACK_NS) return positive(drifting);
  }
  return level.withinNs >= -maxCrossedNs ? positive(level) : null;
}

/** Whether the bounds allow that the clocks go alike. */
export function mayAgree({ atMost, atLeast }: Bounds): boolean {
  return atMost.every(({ aheadNs }) => aheadNs >= -SLACK_NS) && atLeast.every(({ aheadNs }) => aheadNs <= SLACK_NS);
}

/** Where bounds cross, what is between them is what it may be off by. */
function positive(line: ClockLine): ClockLine {
  return { ...line, withinNs: Math.abs(line.withinNs) };
}

function lineOf({ atMost, atLeast }: Bounds, drift: number, sinceNs: number): ClockLine {
  let most = Number.POSITIVE_INFINITY;
  let least = Number.NEGATIVE_INFINITY;
  for (const { atNs, aheadNs } of atMost) most = Math.min(most, aheadNs - drift * (atNs - sinceNs));
  for (const { atNs, aheadNs } of atLeast) least = Math.max(least, aheadNs - drift * (atNs - sinceNs));
  return { aheadNs: least + (most - least) / 2, drift, sinceNs, withinNs: (most - least) / 2 };
}

/** The drift that leaves most room: the room is a concave function of it. */
function bestDrift(bounds: Bounds, sinceNs: number): number {
  let low = -MAX_DRIFT;
  let high = MAX_DRIFT;
  for (let step = 0; step < STEPS; step += 1) {
    const third = (high - low) / 3;
    const isBelow = lineOf(bounds, low + third, sinceNs).withinNs < lineOf(bounds, high - third, sinceNs).withinNs;
    if (isBelow) low += third;
    else high -= third;
  }
  return (low + high) / 2;
}

/** Of each stretch the tightest bound of either side. */
function tightest({ atMost, atLeast }: Bounds): { bounds: Bounds; sinceNs: number; spanNs: number } {
  let sinceNs = Number.POSITIVE_INFINITY;
  let untilNs = Number.NEGATIVE_INFINITY;
  for (const { atNs } of [...atMost, ...atLeast]) {
    sinceNs = Math.min(sinceNs, atNs);
    untilNs = Math.max(untilNs, atNs);
  }
  const spanNs = untilNs - sinceNs;
  const kept = (bounds: readonly Bound[], isTighter: (one: Bound, other: Bound) => boolean): Bound[] => {
    const best = new Map<number, Bound>();
    for (const bound of bounds) {
      const stretch = Math.floor(((bound.atNs - sinceNs) / (spanNs + 1)) * STRETCHES);
      const known = best.get(stretch);
      if (known === undefined || isTighter(bound, known)) best.set(stretch, bound);
    }
    return [...best.values()];
  };
  return {
    bounds: {
      atMost: kept(atMost, (one, other) => one.aheadNs < other.aheadNs),
      atLeast: kept(atLeast, (one, other) => one.aheadNs > other.aheadNs),
    },
    sinceNs,
    spanNs,
  };
}
