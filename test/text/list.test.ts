import { expect, it } from 'vitest';
import { listText } from '../../src/text/list.js';

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'a'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
])('%j are listed as %j', (names, text) => expect(listText(names)).toBe(text));

it('lists as many as are wanted', () => expect(listText(['a', 'b', 'c'], 2)).toBe('a, b and 1 more'));
