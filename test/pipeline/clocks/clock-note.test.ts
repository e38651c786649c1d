import { describe, expect, it } from 'vitest';
import type { ClockFacts } from '../../../src/facts/capture.js';
import { apartNote, clockNote, settingText } from '../../../src/pipeline/clocks/clock-note.js';

const CLOCK: ClockFacts = {
  reference: 0,
  first: 1,
  aheadSeconds: 3,
  aheadNanoseconds: 213_000,
  drift: 0,
  sinceSeconds: 1_700_000_000,
  by: 'packets',
  count: 214,
  withinNs: 120_000,
};
const FRONT = { file: 'front.pcap', clock: null };

describe('what is said of a clock that differs', () => {
  it('is how much, by what that is known, and what was done', () => {
    expect(clockNote(1, [FRONT, { file: 'back.pcap', clock: CLOCK }])).toBe(
      'its clock is 3.000213 s ahead of that of front.pcap (214 packets that two captures hold, to within 120 µs): its times are set back by that',
    );
  });

  it('says that it is behind, and gains', () => {
    const clock: ClockFacts = {
      ...CLOCK,
      ...{ aheadSeconds: -3601, aheadNanoseconds: 999_787_000, drift: 20e-6, by: 'requests', count: 1, withinNs: 0 },
    };
    expect(clockNote(1, [FRONT, { file: 'back.pcap', clock }])).toBe(
      'its clock is 3,600.000213 s behind that of front.pcap and gains 20 µs each second (1 request that a proxy handed on, to within 1.0 µs): its times are set forward by that',
    );
  });

  it('is told in an extract by what was done', () => {
    expect(settingText(CLOCK)).toBe('set back by 3.000213 s');
    expect(settingText({ ...CLOCK, aheadSeconds: -2 })).toBe('set forward by 1.999787 s');
  });

  it('is said once of a ring', () => {
    const captures = [FRONT, ...['back0', 'back1', 'back2'].map((file) => ({ file, clock: CLOCK }))];
    expect(captures.map((_, index) => clockNote(index, captures))).toEqual([
      null,
      expect.stringMatching(/^its clock, which is that of 2 other files too, is 3\.000213 s ahead .*: their times are/),
      null,
      null,
    ]);
  });
});

describe('what is said of clocks that could not be compared', () => {
  const START = { startEpochNs: 1n };

  it('is said once, with the first of the captures', () => {
    const captures = ['front.pcap', 'back.pcap'].map((file, timedBy) => ({ ...START, file, timedBy }));
    expect(captures.map((_, index) => apartNote(index, captures))).toEqual([
      'its clock and that of back.pcap could not be compared (too few packets are in both, and too few requests that a proxy handed on): what rests on both holds only if the clocks agree',
      null,
    ]);
  });

  it('is nothing where all go by one, or there is only one that has times', () => {
    const together = ['client.pcap', 'front.pcap', 'back.pcap'].map((file) => ({ ...START, file, timedBy: 0 }));
    expect(together.map((_, index) => apartNote(index, together))).toEqual([null, null, null]);
    expect(apartNote(0, [{ ...START, file: 'only.pcap', timedBy: null }])).toBeNull();
    const empty = { file: 'empty.pcap', timedBy: null, startEpochNs: null };
    const [first] = together;
    expect([0, 1].map((index) => apartNote(index, [empty, { ...START, file: 'one.pcap', timedBy: 1 }]))).toEqual([
      null,
      null,
    ]);
    expect(first && apartNote(0, [first, empty])).toBeNull();
  });

  it('names one of those that go by one clock, and a few of many', () => {
    const timedBy = [0, 1, 1, 3, 4, 5];
    const captures = timedBy.map((by, at) => ({ ...START, file: `${'abcdef'[at]}.pcap`, timedBy: by }));
    expect(apartNote(0, captures)).toMatch(
      /^its clock and that of b\.pcap, that of d\.pcap, that of e\.pcap and 1 more could not/,
    );
  });

  it('says that pipes and texts are not looked at', () => {
    const captures = [
      { ...START, file: 'front.txt', timedBy: null },
      { ...START, file: 'back.pcap', timedBy: null },
    ];
    expect(apartNote(0, captures)).toMatch(/could not be compared \(pipes and texts are not looked at beforehand\): /);
  });
});
