/**
 * Which timer stands behind ages at which a server gave up (docs/judging.md).
 *
 * Most ages agree where there is one timer (timer-window.ts). A server that looks at intervals gives
 * up on all that are old enough at one moment: ages differ there and moments do not, and the time-out
 * is only known to be at most the lowest of them.
 */

import type { Confidence } from '../../facts/finding.js';
import { ONE_MOMENT_NS } from './moments.js';
import { timerWindow, windowWidth } from './timer-window.js';

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

/** So many at one moment, of different age, are no chance; nor are so many moments. */
const MIN_AT_ONE_MOMENT = 3;
const SURE = { certain: 5, likely: 3 };

/** The timer; `null` without samples. `longestAnsweredNs`: the longest wait after which a request was still answered. */
export function estimateTimer(
  givenUp: readonly GivenUp[],
  longestAnsweredNs: number,
  widthOf: (edgeNs: number) => number = windowWidth,
): TimerEstimate | null {
  const ages = givenUp.map(({ ageNs }) => ageNs);
  if (ages.length === 0) return null;
  const [lowestNs, highestNs] = [Math.min(...ages), Math.max(...ages)];
  const common = { samples: ages.length, lowestNs, highestNs };
  const atOneMoment = checkedAtOnce(givenUp);
  if (atOneMoment > 0) {
    if (longestAnsweredNs > highestNs + windowWidth(highestNs))
      return { ...common, ...NO_TIMER, pattern: 'contradicted' };
    return { ...common, ...NO_TIMER, pattern: 'interval-check', agreeing: atOneMoment };
  }
  const { pattern, seconds, agreeing } = timerWindow(ages, longestAnsweredNs, widthOf);
  if (pattern !== 'timer') return { ...common, ...NO_TIMER, pattern };
  // Begun together and ended together, by whatever: a client that is stopped as well as a timer, which would be whole seconds.
  if (areFewMoments(givenUp) && !Number.isInteger(seconds)) return { ...common, ...NO_TIMER, pattern: 'spread' };
  const confidence = agreeing >= SURE.certain ? 'certain' : agreeing >= SURE.likely ? 'likely' : 'possible';
  return { ...common, pattern, seconds, agreeing, confidence };
}

const NO_TIMER = { seconds: null, agreeing: 0, confidence: 'possible' } as const;

/** Several were given up together, and that once or twice. */
function areFewMoments(givenUp: readonly GivenUp[]): boolean {
  const moments = momentsOf(givenUp);
  return moments < MIN_AT_ONE_MOMENT && moments < givenUp.length;
}

/** At how many moments they were given up. */
export function momentsOf(givenUp: readonly GivenUp[]): number {
  let moments = 0;
  let since = Number.NEGATIVE_INFINITY;
  for (const atNs of givenUp.map((one) => one.atNs).sort((one, other) => one - other)) {
    if (atNs - since <= ONE_MOMENT_NS) continue;
    moments += 1;
    since = atNs;
  }
  return moments;
}

/** Each connection once for a moment: streams of HTTP/2 that end together were given up once, and the longest waited until then. */
export function givenUpOnce(waits: readonly (GivenUp & { readonly stream: number })[]): GivenUp[] {
  const inTime = [...waits].sort((one, other) => one.atNs - other.atNs || other.ageNs - one.ageNs);
  const last = new Map<number, number>();
  return inTime.flatMap(({ stream, atNs, ageNs }) => {
    const before = last.get(stream) ?? Number.NEGATIVE_INFINITY;
    last.set(stream, atNs);
    return atNs - before <= ONE_MOMENT_NS ? [] : [{ ageNs, atNs }];
  });
}

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
