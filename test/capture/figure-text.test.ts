import { describe, expect, it } from 'vitest';
import { countText, figureText } from '../../src/capture/figure-text.js';

describe('a figure as text', () => {
  it('has its thousands set apart', () => {
    const figures = [0, 7, 999, 1000, 5012, 262_144, 4_294_967_295, 2 ** 53];
    expect(figures.map(figureText)).toEqual([
      '0',
      '7',
      '999',
      '1,000',
      '5,012',
      '262,144',
      '4,294,967,295',
      '9,007,199,254,740,992',
    ]);
  });

  it('takes its noun in the singular only for one', () => {
    expect([0, 1, 2, 1000].map((count) => countText(count, 'packet'))).toEqual([
      '0 packets',
      '1 packet',
      '2 packets',
      '1,000 packets',
    ]);
  });
});
