import { expect, it } from 'vitest';
import { chanceText } from '../../src/text/chance.js';

it.each([
  [1, '100 %'],
  [0.123, '12 %'],
  [0.01, '1 %'],
  [5e-3, '1 in 200'],
  [7e-6, '1 in 140,000'],
  [1e-9, '1 in 1,000,000,000'],
  [1e-16, 'less than 1 in 1,000,000,000'],
  [0, 'less than 1 in 1,000,000,000'],
])('a chance of %d is %s', (chance, text) => expect(chanceText(chance)).toBe(text));
