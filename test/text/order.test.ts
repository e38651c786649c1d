import { describe, expect, it } from 'vitest';
import { compareText } from '../../src/text/order.js';

describe('text in order', () => {
  it('goes by code units, not by a locale', () => {
    expect(['b', 'Z', 'a', 'ä', 'a'].sort(compareText)).toEqual(['Z', 'a', 'a', 'b', 'ä']);
  });
});
