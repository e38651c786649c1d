import { describe, expect, it } from 'vitest';
import { hopsOf } from '../../../src/rules/judgements/hops.js';

describe('the hops from a sender', () => {
  it('are counted from the TTL that systems begin with, the next above', () => {
    expect([255, 248, 129, 128, 64, 57, 32, 30].map(hopsOf)).toEqual([0, 7, 126, 0, 0, 7, 0, 2]);
  });

  it('are not known where the TTL was not seen', () => {
    expect(hopsOf(null)).toBeNull();
  });
});
