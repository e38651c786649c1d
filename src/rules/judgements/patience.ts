/**
 * The several time-outs of a server's clients: each program has its own, so that waits that have no
 * one length in common (timer-window.ts) may still be timers', a few lengths that come again and again.
 *
 * Users leave after all lengths. A timer's waits stand together within its window, and next to none
 * beside it; of each there are so many, which ended at as many moments.
 */
import { type GivenUp, momentsOf } from './timer-estimate.js';
import { CLUSTER_SIZE, densestWindow, MIN_SHARE, patienceWidth, settableSeconds } from './timer-window.js';

/** One of them. */
export interface Patience {
  readonly seconds: number;
  /** Waits that ended by it. */
  readonly agreeing: number;
  readonly lowestNs: number;
}

/** Beside a timer's window, this many times as wide on either side, no more than this share of its waits end. */
const BESIDE = 3;
const BESIDE_SHARE = 1 / 3;

/** All time-outs that explain most of the waits of a second and more (`leastNs`), shortest first; empty: they do not, or one does. */
export function patiencesOf(givenUp: readonly GivenUp[], leastNs: number): readonly Patience[] {
  const waits = givenUp.filter(({ ageNs }) => ageNs >= leastNs);
  const found: Patience[] = [];
  let left = waits;
  while (left.length >= CLUSTER_SIZE) {
    const { edgeNs, count } = densestWindow(
      left.map(({ ageNs }) => ageNs),
      patienceWidth,
    );
    if (count < CLUSTER_SIZE) break;
    const width = patienceWidth(edgeNs);
    const within = left.filter(({ ageNs }) => ageNs >= edgeNs && ageNs <= edgeNs + width);
    const beside = waits.filter(
      ({ ageNs }) => ageNs >= edgeNs - BESIDE * width && ageNs <= edgeNs + (1 + BESIDE) * width,
    );
    if (beside.length - within.length <= BESIDE_SHARE * within.length && momentsOf(within) >= CLUSTER_SIZE)
      found.push({ seconds: settableSeconds(edgeNs), agreeing: count, lowestNs: edgeNs });
    left = left.filter((one) => !within.includes(one));
  }
  const agreeing = found.reduce((sum, one) => sum + one.agreeing, 0);
  if (found.length < 2 || agreeing < MIN_SHARE * givenUp.length) return [];
  return found.sort((one, other) => one.lowestNs - other.lowestNs);
}
