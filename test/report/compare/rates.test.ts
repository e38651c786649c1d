import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chanceOfFewer,
  chanceOfMore,
  connectionsNeeded,
  type Observed,
  rateOf,
  ratioOf,
} from '../../../src/report/compare/rates.js';

const of = (occurrences: number, connections: number): Observed => ({ occurrences, connections });

/** The tail of a binomial, term by term. */
function binomialTail(count: number, all: number, share: number): number {
  let sum = 0;
  let term = (1 - share) ** all;
  for (let k = 0; k <= count; k += 1) {
    sum += term;
    term *= ((all - k) / (k + 1)) * (share / (1 - share));
  }
  return sum;
}

describe('a rate', () => {
  // Garwood's limits, as tables of Poisson intervals have them.
  it.each([
    [0, 0, 3.6889],
    [1, 0.0253, 5.5716],
    [5, 1.6235, 11.6683],
    [17, 9.9031, 27.2186],
    [100, 81.3636, 121.6268],
  ])('of %d occurrences lies between %d and %d', (occurrences, low, high) => {
    const rate = rateOf(of(occurrences, 10));
    expect(rate.value).toBe(occurrences / 10);
    expect(rate.low * 10).toBeCloseTo(low, 3);
    expect(rate.high * 10).toBeCloseTo(high, 3);
  });

  it('of many is as sure as the normal approximation has it', () => {
    const { low, high } = rateOf(of(1_000_000, 1_000_000));
    expect([low, high].map((value) => Math.abs(value - 1))).toEqual([
      expect.closeTo(0.00196, 4),
      expect.closeTo(0.00196, 4),
    ]);
  });
});

describe('two rates', () => {
  it('that were the same split by chance: the binomial tail', () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.nat(40),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        (a, b, n, m) => {
          fc.pre(a + b > 0 && a > 0);
          expect(chanceOfFewer(of(a, n), of(b, m))).toBeCloseTo(binomialTail(b, a + b, m / (n + m)), 9);
        },
      ),
    );
  });

  it('of which one is 0 are told apart by how many connections were clean', () => {
    expect(chanceOfFewer(of(17, 212), of(0, 480))).toBeCloseTo((212 / 692) ** 17, 12);
    expect(chanceOfFewer(of(1, 100), of(0, 100))).toBeCloseTo(0.5, 12);
    expect(chanceOfMore(of(0, 100), of(3, 100))).toBeCloseTo(0.125, 12);
    expect(chanceOfFewer(of(0, 10), of(0, 10))).toBe(1);
  });

  it('need as many clean connections as make chance unlikely', () => {
    for (const occurrences of [1, 2, 5, 17]) {
      const needed = connectionsNeeded(of(occurrences, 200), 0.05);
      expect(chanceOfFewer(of(occurrences, 200), of(0, needed))).toBeLessThanOrEqual(0.05 + 1e-9);
      expect(chanceOfFewer(of(occurrences, 200), of(0, needed - 1))).toBeGreaterThan(0.05);
    }
    expect(connectionsNeeded(of(1, 100), 0.05)).toBe(1900);
  });

  it('have a ratio whose interval holds it, and holds 1 where chance explains the split', () => {
    fc.assert(
      fc.property(
        fc.nat(200),
        fc.nat(200),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        (a, b, n, m) => {
          fc.pre(a + b > 0);
          const { value, low, high } = ratioOf(of(a, n), of(b, m));
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
          if (high < 1) expect(chanceOfFewer(of(a, n), of(b, m))).toBeLessThanOrEqual(0.0251);
          if (low > 1) expect(chanceOfMore(of(a, n), of(b, m))).toBeLessThanOrEqual(0.0251);
        },
      ),
    );
    expect(ratioOf(of(0, 10), of(3, 10))).toMatchObject({
      value: Number.POSITIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    });
    expect(ratioOf(of(3, 10), of(0, 10))).toMatchObject({ value: 0, low: 0 });
  });
});
