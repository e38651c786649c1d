import { describe, expect, it } from 'vitest';
import { isColoured, widthOf } from '../../src/cli/colour.js';

describe('colour', () => {
  it.each([
    ['the terminal', 'auto', {}, true, true],
    ['no terminal', 'auto', {}, false, false],
    ['--color always over NO_COLOR', 'always', { NO_COLOR: '1' }, false, true],
    ['--color never over FORCE_COLOR', 'never', { FORCE_COLOR: '1' }, true, false],
    ['FORCE_COLOR over NO_COLOR', 'auto', { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0', 'auto', { FORCE_COLOR: '0' }, true, false],
    ['NO_COLOR over the terminal', 'auto', { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR, which is none', 'auto', { NO_COLOR: '' }, true, true],
    ['TERM=dumb', 'auto', { TERM: 'dumb' }, true, false],
  ] as const)('follows %s', (_, flag, env, isTTY, expected) => {
    expect(isColoured(flag, env, isTTY)).toBe(expected);
  });
});

describe('width', () => {
  it.each([
    ['80 columns where there is no terminal', undefined, undefined, 80],
    ["the terminal's", undefined, 90, 90],
    ['at most 100', undefined, 240, 100],
    ['at least 40', undefined, 20, 40],
    ['as told', 132, 90, 132],
  ])('is %s', (_, flag, columns, expected) => {
    expect(widthOf(flag, columns)).toBe(expected);
  });
});
