import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOfMore, chanceOfRun, fisherExact } from '../../../src/rules/judgements/chance.js';

describe('Fisher’s exact test', () => {
  it('gives the figures of a table computed by hand', () => {
    expect(fisherExact(3, 0, 0, 3)).toBeCloseTo(1 / 20, 12);
    expect(fisherExact(3, 0, 0, 7)).toBeCloseTo(1 / 120, 12);
    // Fisher's tea: three of four cups right, and as many or more by chance 17 times in 70.
    expect(fisherExact(3, 1, 1, 3)).toBeCloseTo(17 / 70, 12);
    expect(fisherExact(0, 4, 4, 4)).toBeCloseTo(1, 12);
  });

  it('is a chance, whatever the table', () => {
    const count = fc.nat({ max: 200 });
    fc.assert(
      fc.property(count, count, count, count, (a, b, c, d) => {
        const p = fisherExact(a, b, c, d);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the chance that failures stand next to each other', () => {
  it('is that of drawing so: two of four stand so in three of six orders', () => {
    expect(chanceOfRun(2, 2)).toBeCloseTo(3 / 6, 12);
    expect(chanceOfRun(3, 7)).toBeCloseTo(8 / 120, 12);
  });

  it('is certain where all failed, or one alone did', () => {
    expect(chanceOfRun(5, 0)).toBeCloseTo(1, 12);
    expect(chanceOfRun(1, 9)).toBeCloseTo(1, 12);
  });
});

describe('the chance of more than are expected', () => {
  it('is that of Poisson', () => {
    expect(chanceOfMore(1, 0.1)).toBeCloseTo(1 - Math.exp(-0.1), 12);
    expect(chanceOfMore(2, 0.5)).toBeCloseTo(1 - 1.5 * Math.exp(-0.5), 12);
  });

  it('is certain of none, and next to nothing where next to nothing is expected', () => {
    expect(chanceOfMore(0, 3)).toBe(1);
    expect(chanceOfMore(2, 1e-6)).toBeLessThan(1e-9);
  });
});
