import { describe, expect, it } from 'vitest';
import {
  checkedAtOnce,
  estimateTimer,
  type GivenUp,
  givenUpOnce,
} from '../../../src/rules/judgements/timer-estimate.js';

const S = 1e9;
/** Given up at these ages, seconds, each at its own moment. */
const ages = (...seconds: number[]): GivenUp[] =>
  seconds.map((age, at) => ({ ageNs: age * S, atNs: (at + 1) * 10 * S }));

describe('estimateTimer', () => {
  it('takes the lower edge of the densest window, and says how sure it is', () => {
    expect(estimateTimer([], 0)).toBeNull();
    expect(estimateTimer(ages(10.02), 0)).toMatchObject({ pattern: 'timer', seconds: 10, confidence: 'possible' });
    expect(estimateTimer(ages(10.02, 10.01, 10.2), 0)).toMatchObject({
      seconds: 10,
      agreeing: 3,
      confidence: 'likely',
    });
    expect(estimateTimer(ages(60.1, 60, 60.3, 60.2, 61, 30), 0)).toMatchObject({
      seconds: 60,
      agreeing: 5,
      samples: 6,
      confidence: 'certain',
    });
    expect(estimateTimer(ages(2.5, 2.52, 2.6), 0)).toMatchObject({ seconds: 2.5 });
  });

  it('names no time-out where ages spread', () => {
    expect(estimateTimer(ages(60, 66, 71, 79, 88), 0)).toMatchObject({
      pattern: 'spread',
      seconds: null,
      lowestNs: 60 * S,
      highestNs: 88 * S,
    });
  });

  it('is void where a request was answered that had waited longer', () => {
    expect(estimateTimer(ages(5, 5.01, 5.02), 5.2 * S)).toMatchObject({ pattern: 'timer', seconds: 5 });
    expect(estimateTimer(ages(5, 5.01, 5.02), 9 * S)).toMatchObject({ pattern: 'contradicted', seconds: null });
  });

  it('sees a look at intervals: different ages at one moment', () => {
    const together = [2.15, 2.21, 2.29, 2.41].map((age, at) => ({ ageNs: age * S, atNs: 5 * S + at * 1000 }));
    expect(checkedAtOnce(together)).toBe(4);
    expect(estimateTimer(together, 0)).toMatchObject({ pattern: 'interval-check', seconds: null, lowestNs: 2.15 * S });
    expect(estimateTimer(together, 9 * S)).toMatchObject({ pattern: 'contradicted' });
  });

  it('takes connections opened and closed together for those of one timer', () => {
    const together = [2, 2.001, 2.002].map((age) => ({ ageNs: age * S, atNs: 5 * S }));
    expect(checkedAtOnce(together)).toBe(0);
    expect(estimateTimer(together, 0)).toMatchObject({ pattern: 'timer', seconds: 2 });
  });

  it('takes what a client that is stopped gives up for none', () => {
    const stopped = [2.69, 2.691, 2.692, 2.692].map((age) => ({ ageNs: age * S, atNs: 60 * S }));
    expect(estimateTimer(stopped, 0)).toMatchObject({ pattern: 'spread', seconds: null, agreeing: 0 });
    const twice = [...stopped, ...stopped.map(({ ageNs }) => ({ ageNs: ageNs - 80_000_000, atNs: 120 * S }))];
    expect(estimateTimer(twice, 0)).toMatchObject({ pattern: 'spread' });
    expect(estimateTimer(stopped.slice(0, 1), 0)).toMatchObject({ pattern: 'timer', seconds: 2.69 });
  });
});

describe('givenUpOnce', () => {
  const wait = (stream: number, ageNs: number, atNs: number) => ({ stream, ageNs, atNs });

  it('takes the longest of what ends together on one connection', () => {
    const waits = [wait(1, 2 * S, 10 * S), wait(1, 3 * S, 10 * S), wait(1, S, 10.05 * S), wait(2, S, 10 * S)];
    expect(givenUpOnce(waits)).toEqual([
      { ageNs: 3 * S, atNs: 10 * S },
      { ageNs: S, atNs: 10 * S },
    ]);
  });

  it('keeps what ends apart', () => {
    expect(givenUpOnce([wait(1, S, 10 * S), wait(1, S, 10.06 * S)])).toHaveLength(2);
  });
});
