import { describe, expect, it } from 'vitest';
import {
  densestWindow,
  patienceWidth,
  settableSeconds,
  timerWindow,
  windowWidth,
} from '../../../src/rules/judgements/timer-window.js';

const SECOND = 1_000_000_000;
const seconds = (...lengths: readonly number[]): number[] => lengths.map((each) => each * SECOND);

describe('the window of a timer', () => {
  it('is a quarter of a second wide, and of long timers three parts in a hundred', () => {
    expect(windowWidth(1 * SECOND)).toBe(0.25 * SECOND);
    expect(windowWidth(8 * SECOND)).toBe(0.25 * SECOND);
    expect(windowWidth(60 * SECOND)).toBeCloseTo(1.8 * SECOND, 0);
  });

  it('is the one that holds most lengths, in whatever order they come', () => {
    expect(densestWindow(seconds(9, 5.2, 5, 5.25, 1))).toEqual({ edgeNs: 5 * SECOND, count: 3 });
  });

  it('holds what lies on its upper edge, and nothing beyond', () => {
    expect(densestWindow(seconds(5, 5.25)).count).toBe(2);
    expect(densestWindow(seconds(5, 5.251)).count).toBe(1);
  });

  it('is narrow for clients, whose patience may be a fraction of a second', () => {
    expect(patienceWidth(0.1 * SECOND)).toBe(0.012 * SECOND);
    expect(patienceWidth(2 * SECOND)).toBe(0.06 * SECOND);
    expect(densestWindow(seconds(1.05, 1.13, 1.26), patienceWidth).count).toBe(1);
    expect(timerWindow(seconds(0.5, 0.501, 0.511, 2), 0, patienceWidth)).toMatchObject({ seconds: 0.5, agreeing: 3 });
  });

  it('is the lowest of those that hold equally many', () => {
    expect(densestWindow(seconds(8, 8.1, 3, 3.1))).toEqual({ edgeNs: 3 * SECOND, count: 2 });
  });
});

describe('the timer behind lengths of time', () => {
  it('is the lower edge, where three of five agree', () => {
    expect(timerWindow(seconds(30.1, 30, 30.2, 7, 12), 0)).toEqual({ pattern: 'timer', seconds: 30, agreeing: 3 });
  });

  it('is none where fewer agree', () => {
    expect(timerWindow(seconds(30.1, 30, 7, 12), 0)).toMatchObject({ pattern: 'spread', agreeing: 2 });
  });

  it('is contradicted by an answer after a longer time than its window reaches', () => {
    const lengths = seconds(60, 60.5, 61);
    expect(timerWindow(lengths, 61.8 * SECOND).pattern).toBe('timer');
    expect(timerWindow(lengths, 61.9 * SECOND).pattern).toBe('contradicted');
  });
});

describe('a length of time as somebody may have set it', () => {
  it('is a whole second within two parts in a hundred of one', () => {
    expect(settableSeconds(5.09 * SECOND)).toBe(5);
    expect(settableSeconds(4.91 * SECOND)).toBe(5);
    expect(settableSeconds(61.2 * SECOND)).toBe(61);
  });

  it('is else told to the millisecond', () => {
    expect(settableSeconds(5.1104 * SECOND)).toBe(5.11);
    expect(settableSeconds(2.5 * SECOND)).toBe(2.5);
    expect(settableSeconds(0.2004 * SECOND)).toBe(0.2);
  });
});
