import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addToHistogram, logHistogram, mergeHistogram, percentileOf } from '../../../src/rules/tally/log-histogram.js';

const of = (values: readonly number[]) => {
  const histogram = logHistogram();
  for (const value of values) addToHistogram(histogram, value);
  return histogram;
};

describe('a histogram of lengths of time', () => {
  it('knows nothing of nothing', () => expect(percentileOf(logHistogram(), 0.5)).toBeNull());

  it('gives percentiles to within 5 %, and never beyond what was seen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1e12 }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1),
        (values, share) => {
          const sorted = [...values].sort((one, other) => one - other);
          const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
          const found = percentileOf(of(values), share) ?? 0;
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.05 * exact);
          expect(found).toBeGreaterThanOrEqual(sorted[0] ?? 0);
          expect(found).toBeLessThanOrEqual(sorted.at(-1) ?? 0);
          expect(Number.isInteger(found)).toBe(true);
        },
      ),
    );
  });

  it('is the same in any split', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1e9)), fc.array(fc.nat(1e9)), (one, other) => {
        const merged = of(one);
        mergeHistogram(merged, of(other));
        expect(merged).toEqual(of([...other, ...one]));
      }),
    );
  });
});
