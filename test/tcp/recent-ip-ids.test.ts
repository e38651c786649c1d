import { describe, expect, it } from 'vitest';
import { RECENT_PACKETS, RecentIpIds } from '../../src/tcp/recent-ip-ids.js';

const afterIds = (count: number): RecentIpIds => {
  const ids = new RecentIpIds();
  for (let id = 1; id <= count; id += 1) ids.add(id);
  return ids;
};

describe('IP IDs of a side', () => {
  it.each([1, 31, 32, 33, 64, RECENT_PACKETS])('are all remembered of %i packets', (count) => {
    const ids = afterIds(count);
    for (let id = 1; id <= count; id += 1) expect(ids.has(id)).toBe(true);
    expect(ids.has(0)).toBe(false);
    expect(ids.has(count + 1)).toBe(false);
  });

  it('are forgotten behind as many others', () => {
    const ids = afterIds(RECENT_PACKETS + 2);
    expect([1, 2, 3, RECENT_PACKETS + 2].map((id) => ids.has(id))).toEqual([false, false, true, true]);
  });

  it('are none of the next connection’s', () => {
    const ids = afterIds(40);
    ids.reset();
    ids.add(99);
    expect([1, 2, 40, 99].map((id) => ids.has(id))).toEqual([false, false, false, true]);
  });
});
