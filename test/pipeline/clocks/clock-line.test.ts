import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bound, Bounds } from '../../../src/pipeline/clocks/bounds.js';
import { clockLine, mayAgree } from '../../../src/pipeline/clocks/clock-line.js';

const MS = 1_000_000;
const SECOND = 1_000_000_000;

/** Bounds by packets that take `delays` on their way, there and back in turn, a second apart. */
function bounds(delays: readonly number[], aheadNs: number, drift = 0): Bounds {
  const atMost: Bound[] = [];
  const atLeast: Bound[] = [];
  for (const [index, delay] of delays.entries()) {
    const atNs = index * SECOND;
    const is = aheadNs + drift * atNs;
    (index % 2 === 0 ? atMost : atLeast).push({ atNs, aheadNs: index % 2 === 0 ? is + delay : is - delay });
  }
  return { atMost, atLeast };
}

const DELAYS = fc.array(fc.integer({ min: 50_000, max: 30 * MS }), { minLength: 8, maxLength: 60 });

describe('a clock against another', () => {
  it('is ahead by what lies between the least delays of both ways', () => {
    expect(clockLine(bounds([9 * MS, 4 * MS, 2 * MS, 1 * MS, 5 * MS, 7 * MS], 3 * SECOND))).toMatchObject({
      aheadNs: 3 * SECOND + MS / 2,
      drift: 0,
      withinNs: 1.5 * MS,
    });
  });

  it('is never further off than said, whatever the delays', () => {
    fc.assert(
      fc.property(DELAYS, fc.integer({ min: -4e12, max: 4e12 }), (delays, aheadNs) => {
        const line = clockLine(bounds(delays, aheadNs));
        expect(line?.drift).toBe(0);
        expect(Math.abs((line?.aheadNs ?? Number.NaN) - aheadNs)).toBeLessThanOrEqual((line?.withinNs ?? 0) + 1);
      }),
    );
  });

  it('gains what no delays explain', () => {
    const delays = Array.from({ length: 60 }, (_, index) => 100_000 + ((index * 7) % 11) * 50_000);
    const line = clockLine(bounds(delays, SECOND, 40e-6));
    expect(line?.drift).toBeGreaterThan(30e-6);
    expect(line?.drift).toBeLessThan(50e-6);
    expect(line?.withinNs).toBeLessThan(MS);
  });

  it('is not known where it was set meanwhile', () => {
    const before = bounds([MS, MS, MS, MS], 0);
    const after = bounds([MS, MS, MS, MS], 10 * MS);
    expect(
      clockLine({ atMost: [...before.atMost, ...after.atMost], atLeast: [...before.atLeast, ...after.atLeast] }),
    ).toBeNull();
  });

  it('is not known by one way alone', () => {
    expect(clockLine({ atMost: [{ atNs: 0, aheadNs: 5 }], atLeast: [] })).toBeNull();
  });
});

describe('clocks may go alike', () => {
  it('where no packet arrives before it was sent', () => {
    expect(mayAgree(bounds([9 * MS, 4 * MS, 2 * MS], 2 * MS))).toBe(true);
    expect(mayAgree(bounds([9 * MS, 4 * MS, 2 * MS], 5 * MS))).toBe(false);
    expect(mayAgree(bounds([9 * MS, 4 * MS, 2 * MS], -3 * MS))).toBe(false);
  });
});
