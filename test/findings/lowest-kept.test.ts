import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LowestKept } from '../../src/findings/lowest-kept.js';

function kept(items: readonly number[]): LowestKept<number> {
  const lowest = new LowestKept<number>(5, (a, b) => a - b);
  for (const item of items) lowest.add(item);
  return lowest;
}

describe('the lowest kept', () => {
  it('are all while there is room, in order', () => {
    expect(kept([3, 1, 2]).items()).toEqual([1, 2, 3]);
    expect(kept([]).items()).toEqual([]);
  });

  it('are the lowest of all, in any order, also when looked at on the way', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 60 }), fc.array(fc.nat(50), { maxLength: 60 }), (one, other) => {
        const lowest = kept(one);
        lowest.items();
        for (const item of kept(other).items()) lowest.add(item);
        expect(lowest.items()).toEqual([...one, ...other].sort((a, b) => a - b).slice(0, 5));
      }),
    );
  });
});
