/**
 * The time in which all failed requests fall and no answered one does (docs/judging.md): where neither the
 * client nor the request sets them apart, the moment does, as with a restart, a full disk or a filter
 * that was loaded and taken away.
 */
import { anyBetween, countFrom, type TimeCounts, totalOf } from '../tally/time-counts.js';
import { chanceOfRun, SIGNIFICANCE } from './chance.js';
import { MIN_REQUESTS } from './discriminating-attribute.js';

/** See the head of this file. Times are nanoseconds since the run's first packet. */
export interface TimeWindow {
  readonly fromNs: number;
  readonly untilNs: number;
  readonly failed: number;
  readonly answeredBefore: number;
  readonly answeredAfter: number;
  /** Chance that failures, as many as there are, follow each other without an answer in between. */
  readonly p: number;
}

/**
 * The window between the first failure and the last; `null` when somebody was answered in it, when it is
 * not known so finely, or when chance would do as much.
 */
export function timeWindow(failed: number, fromNs: number, untilNs: number, answeredAt: TimeCounts): TimeWindow | null {
  const answered = totalOf(answeredAt);
  if (failed < MIN_REQUESTS || answered < MIN_REQUESTS) return null;
  if (anyBetween(answeredAt, fromNs, untilNs) !== false) return null;
  const p = chanceOfRun(failed, answered);
  if (p >= SIGNIFICANCE) return null;
  const answeredAfter = countFrom(answeredAt, untilNs);
  return { fromNs, untilNs, failed, answeredBefore: answered - answeredAfter, answeredAfter, p };
}
