import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Majority } from '../../src/tcp/majority.js';

describe('the value that most have', () => {
  it('is found whenever more than half have it, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { maxLength: 20 }), fc.nat(255), (others, value) => {
        const all = [...others, ...others.map(() => value), value];
        const majority = new Majority();
        for (const order of [all, [...all].reverse()]) {
          majority.reset();
          for (const one of order) majority.add(one);
          expect(majority.value).toBe(value);
          expect(majority.varies).toBe(new Set(all).size > 1);
        }
      }),
    );
  });
});
