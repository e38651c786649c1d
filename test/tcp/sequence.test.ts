import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance, offsetNear, previous } from '../../src/tcp/sequence.js';

describe('sequence numbers (RFC 9293 §3.4)', () => {
  it.each([
    [5, 3, 2],
    [3, 5, -2],
    [0, 0xffffffff, 1],
    [0xffffffff, 0, -1],
    [0x7fffffff, 0, 0x7fffffff],
    [0x80000000, 0, -0x80000000],
    [0x80000001, 0, -0x7fffffff],
    [10, 0xfffffff6, 20],
  ])('lie apart modulo 2^32: %i from %i is %i', (a, b, expected) => {
    expect(distance(a, b)).toBe(expected);
  });

  it('keep counting up across any number of wraps', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.array(fc.nat(2 ** 31 - 1), { maxLength: 12 }), (isn, steps) => {
        let sequence = isn;
        let offset = 0;
        let sum = 0;
        for (const step of steps) {
          const next = (sequence + step) % 2 ** 32;
          offset = offsetNear(next, sequence, offset);
          sequence = next;
          sum += step;
        }
        expect(offset).toBe(sum);
      }),
    );
  });

  it('have a predecessor that wraps', () => {
    expect(previous(0)).toBe(0xffffffff);
    expect(previous(1)).toBe(0);
  });
});
