import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationText, secondsText } from '../../src/text/duration.js';

const US = 1e3;
const MS = 1e6;
const S = 1e9;

describe('a duration as text', () => {
  it.each([
    [0, '0 s'],
    [1, '1 ns'],
    [999, '999 ns'],
    [1.45 * US, '1.4 µs'],
    [145 * US, '145 µs'],
    [1.02 * MS, '1.0 ms'],
    [31.4 * MS, '31 ms'],
    [9.98 * S, '9.98 s'],
    [61.25 * S, '61.3 s'],
    [125 * S, '2 min 5 s'],
    [180 * S, '3 min'],
    [3 * 3600 * S + 20 * 60 * S, '3 h 20 min'],
    [53 * 3600 * S, '2 d 5 h'],
    [-145 * US, '-145 µs'],
  ])('%d ns is %s', (ns, text) => expect(durationText(ns)).toBe(text));

  it.each([
    [999_600, '1.0 ms'],
    [999_499_999, '999 ms'],
    [999_500_000, '1.00 s'],
    [9_960_000, '10 ms'],
    [9_996_000_000, '10.0 s'],
    [119.6 * S, '2 min'],
    [119.4 * S, '119.4 s'],
    [7_199.4 * S, '119 min 59 s'],
    [7_199.9 * S, '2 h'],
  ])('goes to the next unit when %d ns round up to it', (ns, text) => expect(durationText(ns)).toBe(text));

  it('never shows zero for what is not zero', () => {
    expect(durationText(0.2)).toBe('< 1 ns');
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: 1e18, noNaN: true }), (ns) => {
        expect(durationText(ns)).not.toMatch(/^0(\.0*)? /);
        expect(durationText(-ns)).toBe(`-${durationText(ns)}`);
      }),
    );
  });

  it('says so when there is no figure', () => {
    expect(durationText(Number.NaN)).toBe('unknown');
    expect(durationText(Number.POSITIVE_INFINITY)).toBe('unknown');
  });
});

describe('seconds as configuration files have them', () => {
  it.each([
    [0, '0 s'],
    [10, '10.0 s'],
    [5.25, '5.25 s'],
    [0.25, '0.25 s'],
    [61.25, '61.3 s'],
    [350, '350 s'],
    [3600, '3,600 s'],
    [0.000145, '145 µs'],
    [-1.5, '-1.50 s'],
    [-0.5, '-0.5 s'],
    [0.9999, '1.00 s'],
    [Number.NaN, 'unknown'],
  ])('%d s is %s', (seconds, text) => expect(secondsText(seconds)).toBe(text));
});
