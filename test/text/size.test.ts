import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteText, countText, percentText } from '../../src/text/size.js';

describe('a count as text', () => {
  it.each<[number | bigint, string]>([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [5120, '5,120'],
    [1_234_567, '1,234,567'],
    [-5120, '-5,120'],
    [-100, '-100'],
    [1234.5, '1,234.5'],
    [2n ** 64n, '18,446,744,073,709,551,616'],
    [1e21, '1,000,000,000,000,000,000,000'],
    [Number.NaN, 'unknown'],
  ])('%s is %s', (count, text) => expect(countText(count)).toBe(text));

  it('loses no digit of an integer', () => {
    fc.assert(
      fc.property(fc.bigInt(), (count) => {
        expect(BigInt(countText(count).replaceAll(',', ''))).toBe(count);
      }),
    );
  });
});

describe('a size as text', () => {
  it.each([
    [0, '0 B'],
    [312, '312 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9_960, '10 kB'],
    [999_600, '1.0 MB'],
    [412_000_000, '412 MB'],
    [1_100_000_000, '1.1 GB'],
    [5e21, '5,000 EB'],
    [-1500, '-1.5 kB'],
    [Number.POSITIVE_INFINITY, 'unknown'],
  ])('%d bytes are %s', (bytes, text) => expect(byteText(bytes)).toBe(text));
});

describe('a share as text', () => {
  it.each([
    [17, 212, '8.0 %'],
    [38, 100, '38 %'],
    [0, 5, '0 %'],
    [5, 5, '100 %'],
    [1, 1_000_000, '< 0.1 %'],
    [999_999, 1_000_000, '> 99 %'],
    [3, 2, '150 %'],
    [0, 0, '–'],
  ])('%d of %d is %s', (part, whole, text) => expect(percentText(part, whole)).toBe(text));
});
