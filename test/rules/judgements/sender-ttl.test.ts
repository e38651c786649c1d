import { describe, expect, it } from 'vitest';
import { hasForeignSource, hasForeignTtl, steadyTtlOf } from '../../../src/rules/judgements/sender-ttl.js';
import { connection } from '../facts.js';

const { server } = connection([]);

describe('the TTL of a sender', () => {
  it('is what all its segments have', () => {
    expect(steadyTtlOf({ ...server, ttl: 64, ttlVaries: false })).toBe(64);
    expect(steadyTtlOf({ ...server, ttl: 64, ttlVaries: true })).toBeNull();
    expect(steadyTtlOf({ ...server, ttl: null, ttlVaries: false })).toBeNull();
  });

  it('is another’s only where both are known', () => {
    const usual = { ...server, ttl: 64, ttlVaries: false };
    expect([63, 64, null].map((ttl) => hasForeignTtl({ ttl }, usual))).toEqual([true, false, false]);
    expect(hasForeignTtl({ ttl: 63 }, { ...usual, ttlVaries: true })).toBe(false);
    expect(hasForeignTtl({ ttl: 63 }, { ...usual, ttl: null })).toBe(false);
  });

  it('and so is a link-layer source', () => {
    const usual = { ...server, mac: 2, macVaries: false };
    expect([3, 2, null].map((mac) => hasForeignSource({ mac }, usual))).toEqual([true, false, false]);
    expect(hasForeignSource({ mac: 3 }, { ...usual, macVaries: true })).toBe(false);
    expect(hasForeignSource({ mac: 3 }, { ...usual, mac: null })).toBe(false);
  });
});
