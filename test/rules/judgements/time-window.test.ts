import { describe, expect, it } from 'vitest';
import { timeWindow } from '../../../src/rules/judgements/time-window.js';
import { countAt, type TimeCounts, timeCounts } from '../../../src/rules/tally/time-counts.js';

const SECOND = 1_000_000_000;

/** Answers at these seconds. */
function answers(...seconds: readonly number[]): TimeCounts {
  const counts = timeCounts();
  for (const at of seconds) countAt(counts, at * SECOND);
  return counts;
}

describe('the time in which all failed requests fall', () => {
  it('is told with those answered before it and since', () => {
    const window = timeWindow(5, 10 * SECOND, 12 * SECOND, answers(1, 2, 3, 4, 5, 6, 20, 21));
    expect(window).toMatchObject({
      fromNs: 10 * SECOND,
      untilNs: 12 * SECOND,
      failed: 5,
      answeredBefore: 6,
      answeredAfter: 2,
    });
    // Nine places for a run of five among thirteen, of 1,287 ways to choose five.
    expect(window?.p).toBeCloseTo(9 / 1287, 10);
  });

  it('is none where chance would do as much', () => {
    expect(timeWindow(5, 10 * SECOND, 12 * SECOND, answers(1, 2, 20))).toBeNull();
    expect(timeWindow(3, 10 * SECOND, 12 * SECOND, answers(1, 2, 3, 20, 21))).toBeNull();
    expect(
      timeWindow(3, 10 * SECOND, 12 * SECOND, answers(...Array.from({ length: 40 }, (_, at) => at / 10))),
    ).not.toBeNull();
  });

  it('is none where somebody was answered meanwhile, or may have been', () => {
    const before = Array.from({ length: 40 }, (_, at) => at / 10);
    expect(timeWindow(9, 10 * SECOND, 12 * SECOND, answers(...before, 11))).toBeNull();
    expect(timeWindow(9, 3.9005 * SECOND, 12 * SECOND, answers(...before))).toBeNull();
  });

  it('is none of few requests', () => {
    expect(
      timeWindow(2, 10 * SECOND, 12 * SECOND, answers(...Array.from({ length: 400 }, (_, at) => at / 100))),
    ).toBeNull();
    expect(timeWindow(400, 10 * SECOND, 12 * SECOND, answers(1, 2))).toBeNull();
  });
});
