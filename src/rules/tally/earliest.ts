import type { PacketReference } from '../../facts/packet-reference.js';

/** Something that happened at one packet. */
export interface Moment {
  /** Nanoseconds since the run's first packet. */
  readonly atNs: number;
  readonly packet: PacketReference;
}

/** The earliest few of many, by time and then by packet: plain data, in order. */
export interface Earliest<T extends Moment> {
  readonly limit: number;
  readonly items: T[];
}

/** Room for the `limit` earliest. */
export function earliest<T extends Moment>(limit: number): Earliest<T> {
  return { limit, items: [] };
}

/** Keeps `item` if it is among the earliest. */
export function addEarliest<T extends Moment>(into: Earliest<T>, item: T): void {
  const { items, limit } = into;
  let at = items.length;
  while (at > 0 && isBefore(item, items[at - 1])) at -= 1;
  if (at >= limit) return;
  items.splice(at, 0, item);
  if (items.length > limit) items.pop();
}

/** Adds all of `from`. Associative and commutative: the earliest of all are the earliest of the earliest. */
export function mergeEarliest<T extends Moment>(into: Earliest<T>, from: Earliest<T>): void {
  for (const item of from.items) addEarliest(into, item);
}

/** The earlier of two moments, by time and then by packet. */
export function earlierOf<T extends Moment>(one: T | null, other: T | null): T | null {
  if (one === null || other === null) return one ?? other;
  return isBefore(other, one) ? other : one;
}

/** The later of two moments, by time and then by packet. */
export function laterOf<T extends Moment>(one: T | null, other: T | null): T | null {
  if (one === null || other === null) return one ?? other;
  return isBefore(one, other) ? other : one;
}

function isBefore(item: Moment, other: Moment | undefined): boolean {
  if (other === undefined) return false;
  return item.atNs < other.atNs || (item.atNs === other.atNs && item.packet < other.packet);
}
