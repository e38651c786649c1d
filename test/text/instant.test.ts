import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateText, epochAt, instantText, timeOfDayText } from '../../src/text/instant.js';

const SEED = 1_718_027_458_480_543_000n;

describe('an instant as text', () => {
  it('has exactly nine digits of the second', () => {
    expect(instantText(SEED)).toBe('2024-06-10T13:50:58.480543000Z');
    expect(instantText(0n)).toBe('1970-01-01T00:00:00.000000000Z');
    expect(instantText(1n)).toBe('1970-01-01T00:00:00.000000001Z');
  });

  it('counts backwards before 1970', () => {
    expect(instantText(-1n)).toBe('1969-12-31T23:59:59.999999999Z');
    expect(instantText(-86_400_000_000_000n)).toBe('1969-12-31T00:00:00.000000000Z');
  });

  it('knows leap years by the Gregorian rule', () => {
    expect(instantText(951_782_400_000_000_000n)).toBe('2000-02-29T00:00:00.000000000Z');
    expect(instantText(4_107_542_400_000_000_000n)).toBe('2100-03-01T00:00:00.000000000Z');
  });

  it('writes years outside four digits in the expanded form of ISO 8601', () => {
    expect(instantText(253_402_300_800_000_000_000n)).toBe('+010000-01-01T00:00:00.000000000Z');
    expect(instantText(-62_167_219_200_000_000_000n)).toBe('0000-01-01T00:00:00.000000000Z');
    expect(instantText(-62_167_219_200_000_000_001n)).toBe('-000001-12-31T23:59:59.999999999Z');
  });

  it('agrees with Date wherever Date can go', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (ms) => {
        expect(instantText(BigInt(ms) * 1_000_000n)).toBe(new Date(ms).toISOString().replace('Z', '000000Z'));
      }),
    );
  });

  it('has a text for any time that a capture file may hold, in their order within one form', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n }), (ns) => {
        expect(instantText(ns)).toMatch(/^(?:[+-]\d{6,}|\d{4})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
      }),
    );
  });
});

describe('shorter forms', () => {
  it('cut and do not round', () => {
    expect(dateText(SEED)).toBe('2024-06-10');
    expect(timeOfDayText(SEED)).toBe('13:50:58');
    expect(timeOfDayText(SEED + 519_456_999n, 3)).toBe('13:50:58.999');
    expect(timeOfDayText(SEED, 9)).toBe('13:50:58.480543000');
    expect(timeOfDayText(-1n, 6)).toBe('23:59:59.999999');
  });
});

describe('a time of the facts', () => {
  it('is added to the epoch of the run exactly, before its first packet too', () => {
    expect(epochAt(SEED, 1)).toBe(SEED + 1n);
    expect(epochAt(SEED, -5)).toBe(SEED - 5n);
    expect(epochAt(SEED, 2 ** 53 - 1)).toBe(SEED + 9_007_199_254_740_991n);
    expect(epochAt(SEED, Number.NaN)).toBe(SEED);
  });
});
