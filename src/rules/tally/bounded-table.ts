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
}

/** An empty table. */
export function boundedTable<T>(limit: number): BoundedTable<T> {
  return { limit, entries: Object.create(null) as Record<string, T>, size: 0, last: null };
}

/** The entry of `key`, made when it is new; `null` when there is no room for it. */
export function entryOf<T>(table: BoundedTable<T>, key: string, make: () => T): T | null {
  const found = table.entries[key];
  if (found !== undefined) return found;
  if (table.last !== null) {
    if (!ranksBefore(key, table.last)) return null;
    delete table.entries[table.last];
    table.size -= 1;
  }
  const made = make();
  table.entries[key] = made;
  table.size += 1;
  table.last = table.size < table.limit ? null : lastOf(table.entries);
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

function lastOf(entries: Readonly<Record<string, unknown>>): string | null {
  let last: string | null = null;
  for (const key of Object.keys(entries)) if (last === null || ranksBefore(last, key)) last = key;
  return last;
}

function ranksBefore(key: string, other: string): boolean {
  const rank = rankOfText(key);
  const otherRank = rankOfText(other);
  return rank < otherRank || (rank === otherRank && key < other);
}
