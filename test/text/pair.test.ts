import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairText } from '../../src/text/pair.js';

describe('a pair of texts', () => {
  it('is one text, the same whether it was made before or not', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }))), (pairs) => {
        for (const [first, second] of [...pairs, ...pairs]) expect(pairText(first, second)).toBe(`${first} ${second}`);
      }),
    );
  });
});
