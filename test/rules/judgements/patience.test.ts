import { describe, expect, it } from 'vitest';
import { patiencesOf } from '../../../src/rules/judgements/patience.js';

const SECOND = 1e9;

/** Waits in seconds, which end one by one. */
function waits(...seconds: readonly number[]) {
  return seconds.map((wait, at) => ({ ageNs: wait * SECOND, atNs: (10 * at + wait) * SECOND }));
}

/** As many numbers between 0 and 1, the same each time. */
function spread(count: number): number[] {
  let state = 12_345;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  });
}

describe('the time-outs of several programs', () => {
  it('are those lengths that come again and again', () => {
    const found = patiencesOf(waits(1.3, 2.105, 1.301, 3.4, 2.1, 1.305, 2.101, 3.402, 3.41), SECOND);
    expect(found.map(({ seconds, agreeing }) => [seconds, agreeing])).toEqual([
      [1.3, 3],
      [2.1, 3],
      [3.4, 3],
    ]);
  });

  it('are not told where there is one alone, or too little agrees', () => {
    expect(patiencesOf(waits(2, 2.01, 2.02, 2.005), SECOND)).toEqual([]);
    expect(patiencesOf(waits(2, 2.01, 2.02, 4, 4.01, 4.02, 1.1, 5, 6.3, 7.7, 9.1, 11, 13), SECOND)).toEqual([]);
  });

  it('are not those that end together', () => {
    const atOnce = waits(2, 2.01, 2.02, 4, 4.01, 4.02).map((one, at) => ({ ...one, atNs: at < 3 ? 0 : SECOND }));
    expect(patiencesOf(atOnce, SECOND)).toEqual([]);
  });

  it('are not found in many who leave at will', () => {
    for (const count of [5, 20, 100, 400]) {
      const atWill = spread(count).map((part) => 1 + 9 * part);
      expect(patiencesOf(waits(...atWill), SECOND)).toEqual([]);
      const soon = spread(count).map((part) => 1 - 3 * Math.log(1 - 0.999 * part));
      expect(patiencesOf(waits(...soon), SECOND)).toEqual([]);
    }
  });
});
