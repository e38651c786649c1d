import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Activity,
  activity,
  MAX_BUCKETS,
  mergeActivity,
  nextActivity,
  noteActivity,
} from '../../../src/rules/tally/activity.js';

const SECOND = 1_000_000_000;

function of(times: readonly number[]): Activity {
  const made = activity();
  for (const atNs of times) noteActivity(made, 'answer', atNs, Math.abs(atNs) + 1);
  return made;
}

describe('the activity of a server', () => {
  it('tells what came next, and within which time', () => {
    const seen = of([0.1 * SECOND, 0.5 * SECOND, 3 * SECOND]);
    expect(nextActivity(seen, 'answer', 0.1 * SECOND, SECOND)?.atNs).toBe(0.5 * SECOND);
    expect(nextActivity(seen, 'answer', 0.5 * SECOND, SECOND)).toBeNull();
    expect(nextActivity(seen, 'answer', 2.5 * SECOND, SECOND)?.atNs).toBe(3 * SECOND);
    expect(nextActivity(seen, 'accept', 0, SECOND)).toBeNull();
  });

  it('looks before the beginning as well', () => {
    const seen = of([-0.2 * SECOND]);
    expect(nextActivity(seen, 'answer', -0.5 * SECOND, SECOND)?.atNs).toBe(-0.2 * SECOND);
  });

  const times = fc.array(
    fc.nat({ max: 100_000 }).map((ms) => ms * 1_000_000),
    { maxLength: 600 },
  );

  it('is bounded, whatever happens, and tells only what happened', () => {
    fc.assert(
      fc.property(times, fc.nat({ max: 100_000 }), (all, ms) => {
        const seen = of(all);
        expect(seen.stretches.length).toBeLessThanOrEqual(MAX_BUCKETS);
        const next = nextActivity(seen, 'answer', ms * 1_000_000, SECOND);
        if (next !== null) expect(all).toContain(next.atNs);
      }),
      { numRuns: 50 },
    );
  });

  it('is the same in any order and any split', () => {
    fc.assert(
      fc.property(times, fc.nat({ max: 600 }), (all, at) => {
        const whole = of(all);
        expect(of([...all].reverse())).toEqual(whole);
        const into = of(all.slice(at));
        mergeActivity(into, of(all.slice(0, at)));
        expect(into).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });
});
