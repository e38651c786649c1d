import { describe, expect, it } from 'vitest';
import { BoundedList } from '../../src/http/bounded-list.js';

describe('a bounded list', () => {
  it('keeps the earliest, and the last in the last place', () => {
    const list = new BoundedList<number>(3);
    for (let item = 1; item <= 3; item += 1) list.add(item);
    expect([list.items, list.count]).toEqual([[1, 2, 3], 3]);
    list.add(4);
    list.add(5);
    expect([list.items, list.count]).toEqual([[1, 2, 5], 5]);
  });
});
