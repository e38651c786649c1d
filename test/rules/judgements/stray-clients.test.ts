import { describe, expect, it } from 'vitest';
import { areStray } from '../../../src/rules/judgements/stray-clients.js';

describe('clients that meet a fault', () => {
  it('are stray where each meets it once, and a hundred others and twenty times as many do not', () => {
    expect(areStray({ count: 5, known: 5, mostOfOne: 1, others: 100 })).toBe(true);
    expect(areStray({ count: 6, known: 6, mostOfOne: 1, others: 100 })).toBe(false);
    expect(areStray({ count: 6, known: 6, mostOfOne: 1, others: 120 })).toBe(true);
    expect(areStray({ count: 1, known: 1, mostOfOne: 1, others: 99 })).toBe(false);
  });

  it('are not where one of them meets it twice', () => {
    expect(areStray({ count: 5, known: 5, mostOfOne: 2, others: 1000 })).toBe(false);
  });

  it('are not where some are not known one by one: they may be the same', () => {
    expect(areStray({ count: 5, known: 4, mostOfOne: 1, others: 1000 })).toBe(false);
  });
});
