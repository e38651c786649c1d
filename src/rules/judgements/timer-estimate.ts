/**
 * Which timer stands behind ages at which a server gave up (rules.md §0.5).
 *
 * A timer fires late and never early, so the estimate is the lower edge of the narrow window that
 * holds most of the ages. A server that looks at intervals gives up on all that are old enough at
 * one moment: ages differ there and moments do not, and the time-out is only known to be at most
 * the lowest of them.
 */
import type { Confidence } from '../../facts/finding.js';

/** One connection that a server gave up on. */
export interface GivenUp {
  /** How long it had waited, nanoseconds. */
  readonly ageNs: number;
  /** When it was given up, nanoseconds since the run's first packet. */
  readonly atNs: number;
}

/**
 * `timer`: most ages agree. `interval-check`: different ages at one moment. `spread`: too few agree.
 * `contradicted`: a request was answered that had waited longer.
 */
export type TimerPattern = 'timer' | 'interval-check' | 'spread' | 'contradicted';

/** See the head of this file. */
export interface TimerEstimate {
  readonly pattern: TimerPattern;
  /** The time-out; `null` where there is no one timer. Whole seconds where it is within 2 % of them. */
  readonly seconds: number | null;
  /** Ages that agree, of how many. */
  readonly agreeing: number;
  readonly samples: number;
  readonly lowestNs: number;
  readonly highestNs: number;
  /** How sure the time-out is: 5 that agree are certain, 3 likely. */
  readonly confidence: Confidence;
}

/** The window is 3 % of its lower edge wide, at least 0.25 s: what scheduling adds to a timer. */
const WINDOW_SHARE = 0.03;
const MIN_WINDOW_NS = 250_000_000;
/** The share of ages that it must hold. */
const MIN_SHARE = 0.6;
/** Closes this near to each other are of one moment; a timer of each would keep the distance of their beginnings. */
const ONE_MOMENT_NS = 50_000_000;
/** So many at one moment, of different age, are no chance. */
const MIN_AT_ONE_MOMENT = 3;
const ROUNDING_SHARE = 0.02;
const SURE = { certain: 5, likely: 3 };

/** The timer; `null` without samples. `longestAnsweredNs`: the longest wait after which a request was still answered. */
export function estimateTimer(givenUp: readonly GivenUp[], longestAnsweredNs: number): TimerEstimate | null {
  const ages = givenUp.map(({ ageNs }) => ageNs).sort((one, other) => one - other);
  const [lowestNs] = ages;
  const highestNs = ages.at(-1);
  if (lowestNs === undefined || highestNs === undefined) return null;
  const { edgeNs, count } = densestWindow(ages);
  const common = { samples: ages.length, lowestNs, highestNs };
  const atOneMoment = checkedAtOnce(givenUp);
  if (atOneMoment > 0) {
    if (longestAnsweredNs > highestNs + windowWidth(highestNs))
      return { ...common, ...NO_TIMER, pattern: 'contradicted' };
    return { ...common, ...NO_TIMER, pattern: 'interval-check', agreeing: atOneMoment };
  }
  if (count < MIN_SHARE * ages.length) return { ...common, ...NO_TIMER, pattern: 'spread' };
  if (longestAnsweredNs > edgeNs + windowWidth(edgeNs)) return { ...common, ...NO_TIMER, pattern: 'contradicted' };
  const confidence = count >= SURE.certain ? 'certain' : count >= SURE.likely ? 'likely' : 'possible';
  return { ...common, pattern: 'timer', seconds: roundedSeconds(edgeNs), agreeing: count, confidence };
}

const NO_TIMER = { seconds: null, agreeing: 0, confidence: 'possible' } as const;

/** The most that were given up at one moment though their ages differ by more than a moment; 0: none, or too few. */
export function checkedAtOnce(givenUp: readonly GivenUp[]): number {
  const inTime = [...givenUp].sort((one, other) => one.atNs - other.atNs);
  let most = 0;
  let first = 0;
  for (const [at, one] of inTime.entries()) {
    while (one.atNs - (inTime[first]?.atNs ?? 0) > ONE_MOMENT_NS) first += 1;
    const ages = inTime.slice(first, at + 1).map(({ ageNs }) => ageNs);
    if (ages.length >= MIN_AT_ONE_MOMENT && Math.max(...ages) - Math.min(...ages) > 2 * ONE_MOMENT_NS)
      most = Math.max(most, ages.length);
  }
  return most;
}

/** The window that holds most of the ages (ascending), the lowest of equals. */
function densestWindow(ages: readonly number[]): { readonly edgeNs: number; readonly count: number } {
  let [edgeNs, count, end] = [0, 0, 0];
  for (const [at, edge] of ages.entries()) {
    while (end < ages.length && (ages[end] ?? 0) <= edge + windowWidth(edge)) end += 1;
    if (end - at > count) {
      count = end - at;
      edgeNs = edge;
    }
  }
  return { edgeNs, count };
}

function windowWidth(edgeNs: number): number {
  return Math.max(MIN_WINDOW_NS, WINDOW_SHARE * edgeNs);
}

function roundedSeconds(ns: number): number {
  const seconds = ns / 1e9;
  const whole = Math.round(seconds);
  return Math.abs(seconds - whole) <= ROUNDING_SHARE * whole ? whole : Math.round(seconds * 1000) / 1000;
}
