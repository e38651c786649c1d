import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyBetween,
  countAround,
  countAt,
  countFrom,
  MAX_STRETCHES,
  mergeTimeCounts,
  stretchesOf,
  type TimeCounts,
  timeCounts,
} from '../../../src/rules/tally/time-counts.js';

const SECOND = 1_000_000_000;

function of(times: readonly number[]): TimeCounts {
  const made = timeCounts();
  for (const atNs of times) countAt(made, atNs);
  return made;
}

describe('counts by time', () => {
  const times = fc.array(fc.integer({ min: -SECOND, max: 4000 * SECOND }), { maxLength: 300 });

  it('stay exact and bounded, however long the run', () => {
    fc.assert(
      fc.property(times, (all) => {
        const counted = of(all);
        expect(counted.stretches.length).toBeLessThanOrEqual(MAX_STRETCHES);
        const told = stretchesOf(counted, timeCounts(), 24);
        expect(told.length).toBeLessThanOrEqual(24);
        expect(told.reduce((sum, { failed }) => sum + failed, 0)).toBe(all.length);
        for (const { fromNs, widthNs, failed } of told)
          expect(all.filter((atNs) => atNs >= fromNs && atNs < fromNs + widthNs)).toHaveLength(failed);
      }),
    );
  });

  it('are the same in any order and any split', () => {
    fc.assert(
      fc.property(times, fc.nat({ max: 300 }), (all, at) => {
        const whole = of(all);
        expect(of([...all].reverse())).toEqual(whole);
        const into = of(all.slice(at));
        mergeTimeCounts(into, of(all.slice(0, at)));
        expect(into).toEqual(whole);
      }),
    );
  });

  it('stand side by side in stretches of one length', () => {
    const failed = of([0.0105 * SECOND, 0.0108 * SECOND]);
    const answered = of([0.002 * SECOND, 0.0101 * SECOND]);
    expect(stretchesOf(failed, answered, 24)).toEqual([
      { fromNs: 2_000_000, widthNs: 1_000_000, failed: 0, answered: 1 },
      { fromNs: 10_000_000, widthNs: 1_000_000, failed: 2, answered: 1 },
    ]);
  });
});

describe('whether anything was counted between two moments', () => {
  it('is known where a stretch lies within them, or none reaches into them', () => {
    const counts = timeCounts();
    for (const ms of [5, 20]) countAt(counts, ms * 1_000_000);
    expect(anyBetween(counts, 4_000_000, 7_000_000)).toBe(true);
    expect(anyBetween(counts, 7_000_000, 19_000_000)).toBe(false);
    expect(anyBetween(counts, 5_500_000, 5_600_000)).toBeNull();
  });
});

describe('how many were counted from a moment on', () => {
  it('is what stretches hold that began no earlier', () => {
    const counts = timeCounts();
    for (const ms of [5, 20, 20.5, 30]) countAt(counts, ms * 1_000_000);
    expect(countFrom(counts, 6_000_000)).toBe(3);
    expect(countFrom(counts, 20_400_000)).toBe(1);
    expect(countFrom(counts, 40_000_000)).toBe(0);
  });
});

describe('counts around two moments', () => {
  it('are those of all stretches that reach between them', () => {
    const counts = timeCounts();
    for (const ms of [0, 1, 2, 3, 4]) countAt(counts, ms * 1e6 + 5e5);
    expect(countAround(counts, 1.6e6, 3.2e6)).toBe(3);
    expect(countAround(counts, 2e6, 2e6)).toBe(1);
    expect(countAround(counts, 7e6, 9e6)).toBe(0);
  });
});
