import { describe, expect, it } from 'vitest';
import { CONTEXT, KeptPackets, MAX_FIRST, MAX_LAST } from '../../src/pipeline/kept-packets.js';

function kept(count: number, wanted: readonly number[] = []) {
  const dropped: number[] = [];
  const packets = new KeptPackets<number>(new Set(wanted), (packet) => dropped.push(packet));
  for (let packet = 1; packet <= count; packet += 1) packets.add(packet, packet);
  return { entries: [...packets.entries()], dropped, count: packets.count };
}

describe('the packets of a conversation', () => {
  it('are all kept where they are few', () => {
    const { entries, dropped, count } = kept(MAX_FIRST + MAX_LAST);
    expect(count).toBe(MAX_FIRST + MAX_LAST);
    expect(dropped).toEqual([]);
    expect(entries.every(([, omitted]) => omitted === 0)).toBe(true);
    expect(entries.map(([packet]) => packet)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  });

  it('are the first and the last of very many, with how many are missing between', () => {
    const { entries, dropped } = kept(10_000);
    expect(entries).toHaveLength(MAX_FIRST + MAX_LAST);
    expect(dropped).toHaveLength(10_000 - MAX_FIRST - MAX_LAST);
    expect(entries[MAX_FIRST]).toEqual([10_000 - MAX_LAST + 1, 10_000 - MAX_FIRST - MAX_LAST]);
  });

  it('hold those asked for, wherever they are, and what is around them', () => {
    const { entries } = kept(10_000, [5000]);
    const at = entries.findIndex(([packet]) => packet === 5000);
    expect(entries[at - CONTEXT]).toEqual([5000 - CONTEXT, 5000 - CONTEXT - MAX_FIRST - 1]);
    expect(entries[at + CONTEXT]).toEqual([5000 + CONTEXT, 0]);
    expect(entries[at + CONTEXT + 1]?.[0]).toBe(10_000 - MAX_LAST + 1);
    const omitted = entries.reduce((sum, [, before]) => sum + before, 0);
    expect(entries.length + omitted).toBe(10_000);
  });
});
