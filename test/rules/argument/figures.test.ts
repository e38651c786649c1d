import { describe, expect, it } from 'vitest';
import { ordinalText } from '../../../src/rules/argument/figures.js';

describe('a place in a row', () => {
  it('is written as in English, teens apart', () => {
    expect([1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 103, 111, 1002].map(ordinalText)).toEqual([
      '1st',
      '2nd',
      '3rd',
      '4th',
      '10th',
      '11th',
      '12th',
      '13th',
      '21st',
      '22nd',
      '103rd',
      '111th',
      '1,002nd',
    ]);
  });
});
