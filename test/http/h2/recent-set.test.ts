import { describe, expect, it } from 'vitest';
import { RecentSet } from '../../../src/http/h2/recent-set.js';

describe('a set of the latest', () => {
  it('gives up the earliest for a new item', () => {
    const set = new RecentSet<number>(2);
    expect([set.add(1), set.add(2), set.add(2), set.add(3)]).toEqual([undefined, undefined, undefined, 1]);
    expect([1, 2, 3].map((item) => set.has(item))).toEqual([false, true, true]);
    set.delete(2);
    expect([set.has(2), set.add(4)]).toEqual([false, undefined]);
  });
});
