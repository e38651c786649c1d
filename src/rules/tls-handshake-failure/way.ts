/** One way in which handshakes fail at a server: all counted, the earliest kept in full, and where the tunnels led that they were in. */
import { type BoundedTable, boundedTable, mergeKeys, noteKey } from '../tally/bounded-table.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import type { Failure } from './failure.js';

/** Failures that are looked at one by one. */
export const MAX_FAILURES = 64;
/** Hosts and ports told apart. */
const MAX_TARGETS = 64;

/** See the head of this file. */
export interface Way extends Occurrences<Failure> {
  /** Empty where there is no tunnel. */
  readonly targets: BoundedTable<true>;
}

/** No failure yet. */
export function newWay(): Way {
  return { ...newOccurrences<Failure>(MAX_FAILURES), targets: boundedTable(MAX_TARGETS) };
}

/** Counts one. */
export function addFailure(into: Way, failure: Failure): void {
  addOccurrence(into, failure);
  if (failure.tunnel !== null) noteKey(into.targets, failure.tunnel);
}

/** Adds all of `from`. */
export function mergeWay(into: Way, from: Way): void {
  absorbOccurrences(into, from);
  mergeKeys(into.targets, from.targets);
}

/** Where tunnels lead. */
export interface Targets {
  /** In order of text; never none. */
  readonly known: readonly string[];
  /** There may be more than those known. */
  readonly hasMore: boolean;
}

/** Where the tunnels lead in which handshakes failed so; `null`: they were in none. */
export function targetsOf({ targets }: Way): Targets | null {
  if (targets.size === 0) return null;
  return { known: Object.keys(targets.entries).sort(), hasMore: targets.size === targets.limit };
}
