import { describe, expect, it } from 'vitest';
import { DynamicTable, MAX_TABLE_BYTES, NO_ENTRY, UNKNOWN_ENTRY } from '../../../src/http/hpack/dynamic-table.js';

/** Names of the entries, newest first. */
const names = (table: DynamicTable): number[] =>
  Array.from({ length: table.count }, (_, index) => table.nameAt(table.find(index)));

describe('the dynamic table', () => {
  it('has the newest entry first, and evicts the oldest: RFC 7541 §2.3.3, §4.4', () => {
    const table = new DynamicTable(false);
    table.resize(100);
    for (const name of [1, 2, 3]) table.insert(name, 1, 1, null);
    expect(names(table)).toEqual([3, 2]);
    expect(table.size).toBe(68);
    expect(table.find(2)).toBe(NO_ENTRY);
  });

  it('an entry larger than the table empties it: §4.4', () => {
    const table = new DynamicTable(false);
    table.resize(100);
    table.insert(1, 1, 1, null);
    table.insert(2, 1, 100, null);
    expect([table.count, table.size]).toEqual([0, 0]);
  });

  it('grows beyond its first room in order', () => {
    const table = new DynamicTable(false);
    table.resize(34 * 150);
    for (let name = 0; name < 500; name += 1) table.insert(name, 1, 1, null);
    expect(names(table)).toEqual(Array.from({ length: 150 }, (_, at) => 499 - at));
  });

  it('of which entries were not seen says so beyond those inserted since', () => {
    const table = new DynamicTable(true);
    table.insert(1, 1, 1, null);
    expect([table.nameAt(table.find(0)), table.find(1), table.isWhole]).toEqual([1, UNKNOWN_ENTRY, false]);
    table.lose();
    expect(table.find(0)).toBe(UNKNOWN_ENTRY);
  });

  it('is whole again when it was emptied, or a known entry evicted', () => {
    const emptied = new DynamicTable(true);
    emptied.resize(0);
    expect(emptied.find(0)).toBe(NO_ENTRY);
    const evicted = new DynamicTable(true);
    evicted.resize(40);
    expect(evicted.isWhole).toBe(false);
    evicted.insert(1, 1, 1, null);
    expect(evicted.isWhole).toBe(false);
    evicted.insert(2, 1, 1, null);
    expect([evicted.isWhole, names(evicted)]).toEqual([true, [2]]);
  });

  it('that is larger than we hold is known up to what we hold', () => {
    const table = new DynamicTable(false);
    table.resize(2 ** 31);
    const entries = Math.ceil(MAX_TABLE_BYTES / 60_000) + 3;
    for (let name = 0; name < entries; name += 1) table.insert(name, 0, 60_000 - 32, null);
    expect(table.size).toBeLessThanOrEqual(MAX_TABLE_BYTES);
    expect(table.find(table.count)).toBe(UNKNOWN_ENTRY);
    expect(table.nameAt(table.find(0))).toBe(entries - 1);
  });
});
