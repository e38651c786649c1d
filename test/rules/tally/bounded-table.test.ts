import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../../../src/rules/tally/bounded-table.js';

type Count = { count: number };
const make = (): Count => ({ count: 0 });

function tableOf(keys: readonly string[], limit = 4): BoundedTable<Count> {
  const table = boundedTable<Count>(limit);
  for (const key of keys) {
    const entry = entryOf(table, key, make);
    if (entry !== null) entry.count += 1;
  }
  return table;
}

describe('a bounded table', () => {
  const keys = fc.array(fc.string({ maxLength: 2 }), { maxLength: 60 });

  it('never holds more than its limit, and counts exactly what it holds', () => {
    fc.assert(
      fc.property(keys, (all) => {
        const { entries, size } = tableOf(all);
        expect(size).toBe(Math.min(new Set(all).size, 4));
        expect(Object.keys(entries)).toHaveLength(size);
        for (const [key, { count }] of Object.entries(entries))
          expect(count).toBe(all.filter((one) => one === key).length);
      }),
    );
  });

  it('holds the same in any order and any split', () => {
    fc.assert(
      fc.property(keys, fc.nat({ max: 60 }), (all, at) => {
        const whole = tableOf(all);
        expect(tableOf([...all].reverse()).entries).toEqual(whole.entries);
        const [into, from] = [tableOf(all.slice(at)), tableOf(all.slice(0, at))];
        mergeTable(into, from, make, (one, other) => {
          one.count += other.count;
        });
        expect(into.entries).toEqual(whole.entries);
      }),
    );
  });

  it('takes a key that names a property of every object', () => {
    expect(Object.keys(tableOf(['constructor', 'toString']).entries).sort()).toEqual(['constructor', 'toString']);
  });
});
