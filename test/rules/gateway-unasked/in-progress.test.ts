import { describe, expect, it } from 'vitest';
import { inProgressOf } from '../../../src/rules/gateway-unasked/in-progress.js';

describe('requests in progress at a time', () => {
  const two = inProgressOf([
    { startNs: 0, endNs: 100 },
    { startNs: 50, endNs: 150 },
    { startNs: 150, endNs: 200 },
  ]);

  it('are counted where they overlap; a place that is left and taken at once was never two', () => {
    expect(two.most).toBe(2);
    expect(inProgressOf([]).most).toBe(0);
  });

  it('stand below the most for the rest of the time', () => {
    expect(two.belowMostNs(50, 100)).toBe(0);
    expect(two.belowMostNs(40, 110)).toBe(20);
    expect(two.belowMostNs(-10, 10)).toBe(20);
    expect(two.belowMostNs(190, 300)).toBe(110);
  });
});
