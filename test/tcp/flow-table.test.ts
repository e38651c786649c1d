import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowTable } from '../../src/tcp/flow-table.js';

const key = (
  family: 4 | 6,
  source: readonly number[],
  sourcePort: number,
  destination: readonly number[],
  destinationPort: number,
) => ({
  family,
  source0: source[0] ?? 0,
  source1: source[1] ?? 0,
  source2: source[2] ?? 0,
  source3: source[3] ?? 0,
  destination0: destination[0] ?? 0,
  destination1: destination[1] ?? 0,
  destination2: destination[2] ?? 0,
  destination3: destination[3] ?? 0,
  sourcePort,
  destinationPort,
});

describe('the flow table', () => {
  it('gives both directions one entry and tells them apart', () => {
    const table = new FlowTable();
    const there = table.entryOf(key(4, [0x0a000001], 50000, [0x0a00012b], 80));
    const thereReversed = table.reversed;
    const back = table.entryOf(key(4, [0x0a00012b], 80, [0x0a000001], 50000));
    expect(back).toBe(there);
    expect(table.reversed).toBe(!thereReversed);
    expect(table.size).toBe(1);
  });

  it('tells an IPv4 address from an IPv6 address with the same first word', () => {
    const table = new FlowTable();
    table.entryOf(key(4, [1], 1, [2], 2));
    table.entryOf(key(6, [1, 0, 0, 0], 1, [2, 0, 0, 0], 2));
    expect(table.size).toBe(2);
  });

  it('tells a connection of a host with itself by its ports', () => {
    const table = new FlowTable();
    expect(table.entryOf(key(4, [7], 1, [7], 2))).toBe(table.entryOf(key(4, [7], 2, [7], 1)));
    expect(table.entryOf(key(4, [7], 1, [7], 3))).toBe(1);
  });

  it('agrees with a map keyed by text, through growth', () => {
    const word = fc.oneof(fc.nat(3), fc.nat(0xffffffff));
    const address = fc.array(word, { minLength: 4, maxLength: 4 });
    const packet = fc.record({
      family: fc.constantFrom<4 | 6>(4, 6),
      a: address,
      b: address,
      p: fc.nat(3),
      q: fc.nat(65535),
    });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 60 }), (packets) => {
        const table = new FlowTable();
        const known = new Map<string, number>();
        for (const { family, a, b, p, q } of packets) {
          const source = family === 4 ? a.slice(0, 1) : a;
          const destination = family === 4 ? b.slice(0, 1) : b;
          const ends = [`${source}:${p}`, `${destination}:${q}`].sort();
          const text = `${family} ${ends}`;
          const entry = table.entryOf(key(family, source, p, destination, q));
          expect(entry).toBe(known.get(text) ?? known.size);
          known.set(text, entry);
        }
      }),
    );
  });

  it('keeps a hundred thousand endpoints apart', () => {
    const table = new FlowTable();
    for (let i = 0; i < 100_000; i += 1)
      table.entryOf(key(i % 2 === 0 ? 4 : 6, [i, i >> 3, 0, 9], i & 0xffff, [1, 2, 3, 4], 443));
    expect(table.size).toBe(100_000);
    for (let i = 0; i < 100_000; i += 997)
      expect(table.entryOf(key(i % 2 === 0 ? 4 : 6, [1, 2, 3, 4], 443, [i, i >> 3, 0, 9], i & 0xffff))).toBe(i);
  });
});
