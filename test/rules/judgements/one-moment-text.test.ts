import { describe, expect, it } from 'vitest';
import type { EndedTogether, OneMoment } from '../../../src/rules/judgements/one-moment.js';
import { doubtText, endedWithIdle, processEndClaim } from '../../../src/rules/judgements/one-moment-text.js';

const MS = 1_000_000;
const MOMENT: OneMoment = {
  ...{ connections: 4, isMore: false, inWork: 1, first: 46, last: 53, spreadNs: 18 * MS, isTls: false, doubt: null },
  work: { lowest: 28 * MS, highest: 28 * MS },
  idle: { lowest: 140 * MS, highest: 289 * MS },
};

function together(moment: Partial<OneMoment> = {}, facts: Partial<EndedTogether> = {}): EndedTogether {
  return { moment: { ...MOMENT, ...moment }, looked: 1, lost: 1, isProcessEnd: true, ...facts };
}

describe('connections that ended at one moment, in words', () => {
  it('are the end of a process: how many, how old, and which packets show it', () => {
    expect(processEndClaim(together())).toEqual({
      text: '4 connections ended within 18 ms (#46 to #53), 1 with a request in progress (28 ms old), 3 idle for 140 ms – 289 ms: no time-out ends these together',
      packets: [46, 53],
    });
  });

  it('say how many requests were lost so, where more were than at this moment', () => {
    const text = (looked: number, lost: number) => processEndClaim(together({}, { looked, lost }))?.text;
    expect(text(1, 1)).not.toContain('lost at such a moment');
    expect(text(2, 2)).toContain('; both requests were lost at such a moment');
    expect(text(5, 5)).toContain('; all 5 requests were lost at such a moment');
    expect(text(3, 2)).toContain('; 2 of 3 requests were lost at such a moment');
    expect(text(2, 1)).toContain('; 1 of 2 requests was lost at such a moment');
  });

  it('say that TLS told nobody', () => {
    expect(processEndClaim(together({ isTls: true }))?.text).toContain(', none with a close_notify: no time-out');
  });

  it('end with what the caller adds', () => {
    expect(processEndClaim(together(), '; it came back')?.text).toMatch(/ends these together; it came back$/);
  });

  it('are no end of a process where that is not known', () => {
    expect(processEndClaim(null)).toBeNull();
    expect(processEndClaim(together({}, { isProcessEnd: false }))).toBeNull();
  });

  it('tell of those without a request', () => {
    expect(endedWithIdle(together())).toEqual({
      text: '3 connections without a request ended with it (#46 to #53)',
      packets: [46, 53],
    });
    expect(endedWithIdle(together({ connections: 2 }))?.text).toContain('1 connection without');
    expect(endedWithIdle(together({ idle: null }))).toBeNull();
    expect(endedWithIdle(together({}, { isProcessEnd: false }))).toBeNull();
    expect(endedWithIdle(null)).toBeNull();
  });
});

describe('why they say nothing, in words', () => {
  const doubt = (moment: Partial<OneMoment>, facts: Partial<EndedTogether> = {}) =>
    doubtText(together(moment, { isProcessEnd: false, ...facts }));

  it.each([
    ['one-age', 'equally long'],
    ['one-look', 'looks in turns'],
    ['one-opening', 'opened at one moment too'],
    ['usual', 'at other times too'],
    ['handed-on', 'handed that on'],
  ] as const)('%s: %s', (reason, words) => {
    expect(doubt({ doubt: reason })).toContain(words);
  });

  it('is that the others were lost otherwise', () => {
    expect(doubt({}, { looked: 5, lost: 1 })).toMatch(/, but only 1 of 5 requests was lost at such a moment$/);
  });

  it('is nothing to tell where all were requests of one age, or they are the end of a process', () => {
    expect(doubt({ doubt: 'one-age', idle: null })).toBeNull();
    expect(doubt({ doubt: 'usual', idle: null })).not.toBeNull();
    expect(doubtText(together())).toBeNull();
    expect(doubtText(null)).toBeNull();
  });
});
