import { rankOfText } from './rank.js';

/**
 * Entries by key, no more than `limit` of them: those whose keys rank lowest (tally/rank).
 *
 * An entry that is there at the end has been there since its key was first seen, in every part of
 * a split run too; so what it counted is exact, and merging parts gives what one run would have
 * given. A caller that wants to say what was left out keeps a total beside the table.
 */
export interface BoundedTable<T> {
  readonly limit: number;
  readonly entries: Record<string, T>;
  size: number;
  /** The key that gives way next; `null` while there is room. */
  last: string | null;
  /** Once the table is full: its keys, and their ranks, as a heap whose first is `last`. */
  keys: string[];
  ranks: number[];
}

/** An empty table. */
export function boundedTable<T>(limit: number): BoundedTable<T> {
  return { limit, entries: Object.create(null) as Record<string, T>, size: 0, last: null, keys: [], ranks: [] };
}

/** The entry of `key`, made when it is new; `null` when there is no room for it. */
export function entryOf<T>(table: BoundedTable<T>, key: string, make: () => T): T | null {
  const { last } = table;
  // What ranks behind the last is not there; to look it up would have V8 keep its text, each of a flood.
  const rank = last === null ? 0 : rankOfText(key);
  if (last !== null && key !== last && !ranksBefore(rank, key, table.ranks[0] ?? 0, last)) return null;
  const found = table.entries[key];
  if (found !== undefined) return found;
  if (last !== null) {
    delete table.entries[last];
    table.keys[0] = key;
    table.ranks[0] = rank;
    sink(table, 0);
    table.last = table.keys[0] ?? null;
  } else table.size += 1;
  const made = make();
  table.entries[key] = made;
  if (last === null && table.size === table.limit) fill(table);
  return made;
}

/** Adds all of `from`: equal keys are merged by `mergeEntry`, into what `make` gives when the key is new. */
export function mergeTable<T>(
  into: BoundedTable<T>,
  from: BoundedTable<T>,
  make: (from: T) => T,
  mergeEntry: (into: T, from: T) => void,
): void {
  for (const [key, entry] of Object.entries(from.entries)) {
    const known = entryOf(into, key, () => make(entry));
    if (known !== null) mergeEntry(known, entry);
  }
}

/** Notes that `key` was seen, in a table of which nothing but the keys is wanted. */
export function noteKey(table: BoundedTable<true>, key: string): void {
  entryOf(table, key, seen);
}

/** Adds all of `from` to such a table. */
export function mergeKeys(into: BoundedTable<true>, from: BoundedTable<true>): void {
  mergeTable(into, from, seen, () => undefined);
}

function seen(): true {
  return true;
}

/** The table has become full: makes the heap. */
function fill<T>(table: BoundedTable<T>): void {
  table.keys = Object.keys(table.entries);
  table.ranks = table.keys.map((key) => rankOfText(key));
  for (let at = (table.keys.length >>> 1) - 1; at >= 0; at -= 1) sink(table, at);
  table.last = table.keys[0] ?? null;
}

/** Moves a key of the heap down to where all below it rank before it. */
function sink({ keys, ranks }: BoundedTable<unknown>, from: number): void {
  const key = keys[from] ?? '';
  const rank = ranks[from] ?? 0;
  let at = from;
  for (let below = 2 * at + 1; below < keys.length; below = 2 * at + 1) {
    const [left, right] = [below, below + 1];
    const highest = right < keys.length && isBefore(keys, ranks, left, right) ? right : left;
    if (!ranksBefore(rank, key, ranks[highest] ?? 0, keys[highest] ?? '')) break;
    keys[at] = keys[highest] ?? '';
    ranks[at] = ranks[highest] ?? 0;
    at = highest;
  }
  keys[at] = key;
  ranks[at] = rank;
}

function isBefore(keys: readonly string[], ranks: readonly number[], one: number, other: number): boolean {
  return ranksBefore(ranks[one] ?? 0, keys[one] ?? '', ranks[other] ?? 0, keys[other] ?? '');
}

function ranksBefore(rank: number, key: string, otherRank: number, otherKey: string): boolean {
  return rank < otherRank || (rank === otherRank && key < otherKey);
}

/** All entries, in an order that does not depend on which came first. */
export function entriesInOrder<T>({ entries }: BoundedTable<T>): T[] {
  return Object.entries(entries)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, entry]) => entry);
}
