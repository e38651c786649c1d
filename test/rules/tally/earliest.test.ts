import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addEarliest,
  type Earliest,
  earlierOf,
  earliest,
  laterOf,
  type Moment,
  mergeEarliest,
} from '../../../src/rules/tally/earliest.js';
import { addToSample, isSampled, mergeSample, type Sample, sample } from '../../../src/rules/tally/sample.js';

const moments = fc.uniqueArray(fc.record({ atNs: fc.nat({ max: 20 }), packet: fc.nat({ max: 1000 }) }), {
  selector: ({ packet }) => packet,
  maxLength: 40,
});

function earliestOf(all: readonly Moment[]): Earliest<Moment> {
  const kept = earliest<Moment>(5);
  for (const one of all) addEarliest(kept, one);
  return kept;
}

function sampleOf(all: readonly Moment[]): Sample<Moment> {
  const kept = sample<Moment>(5);
  for (const one of all) if (isSampled(kept, one.packet)) addToSample(kept, one);
  return kept;
}

describe('the earliest few', () => {
  it('are the first by time, then by packet, in any order and any split', () => {
    fc.assert(
      fc.property(moments, fc.nat({ max: 40 }), (all, at) => {
        const sorted = [...all].sort((one, other) => one.atNs - other.atNs || one.packet - other.packet).slice(0, 5);
        expect(earliestOf(all).items).toEqual(sorted);
        const into = earliestOf(all.slice(at));
        mergeEarliest(into, earliestOf(all.slice(0, at)));
        expect(into.items).toEqual(sorted);
      }),
    );
  });
});

describe('a sample', () => {
  it('is the same in any order and any split, and all there is while there is room', () => {
    fc.assert(
      fc.property(moments, fc.nat({ max: 40 }), (all, at) => {
        const whole = sampleOf(all);
        expect(whole.items).toHaveLength(Math.min(all.length, 5));
        expect(sampleOf([...all].reverse())).toEqual(whole);
        const into = sampleOf(all.slice(at));
        mergeSample(into, sampleOf(all.slice(0, at)));
        expect(into).toEqual(whole);
      }),
    );
  });

  it('is fair: early and late packets have the same chance', () => {
    const kept = sample<Moment>(200);
    for (let packet = 1; packet <= 20_000; packet += 1) addToSample(kept, { atNs: packet, packet });
    const early = kept.items.filter(({ packet }) => packet <= 10_000).length;
    expect(early).toBeGreaterThan(70);
    expect(early).toBeLessThan(130);
  });
});

describe('of two moments', () => {
  const [first, second] = [
    { atNs: 5, packet: 9 },
    { atNs: 6, packet: 1 },
  ];

  it('time tells which is the earlier, and packets where the time is one', () => {
    expect(earlierOf(second, first)).toBe(first);
    expect(laterOf(second, first)).toBe(second);
    const same = { atNs: 5, packet: 10 };
    expect(earlierOf(same, first)).toBe(first);
    expect(laterOf(first, same)).toBe(same);
  });

  it('one that is missing is neither', () => {
    expect(earlierOf(null, first)).toBe(first);
    expect(laterOf(first, null)).toBe(first);
    expect(laterOf(null, null)).toBeNull();
  });
});
