import { expect, it } from 'vitest';
import { median } from '../../../src/pipeline/clocks/median.js';

it('the median is the middle one, the lower of two', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7]), median([])]).toEqual([2, 2, 7, Number.NaN]);
});
