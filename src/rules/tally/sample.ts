import type { PacketReference } from '../../facts/packet-reference.js';
import { rankOf } from './rank.js';

/**
 * A fair sample of many, in constant memory: those whose packets rank lowest (tally/rank).
 *
 * All of them while they are no more than `limit`; beyond that each had the same chance. Plain
 * data; merging samples gives the sample of the whole.
 */
export interface Sample<T extends { readonly packet: PacketReference }> {
  readonly limit: number;
  /** In order of rank. */
  readonly items: T[];
  /** The rank that a newcomer must stay below once the sample is full. */
  ceiling: number;
}

/** An empty sample of at most `limit`. */
export function sample<T extends { readonly packet: PacketReference }>(limit: number): Sample<T> {
  return { limit, items: [], ceiling: 2 ** 32 };
}

/** Whether an item of this packet would be kept: asked first, so that nothing is made for those that are not. */
export function isSampled(into: { readonly ceiling: number }, packet: PacketReference): boolean {
  return rankOf(packet) <= into.ceiling;
}

/** Keeps `item` if its packet ranks low enough. */
export function addToSample<T extends { readonly packet: PacketReference }>(into: Sample<T>, item: T): void {
  const { items, limit } = into;
  const rank = rankOf(item.packet);
  let at = items.length;
  while (at > 0 && ranksBefore(rank, item.packet, items[at - 1])) at -= 1;
  if (at >= limit) return;
  items.splice(at, 0, item);
  if (items.length > limit) items.pop();
  const last = items.at(-1);
  if (items.length === limit && last !== undefined) into.ceiling = rankOf(last.packet);
}

/** Adds all of `from`. */
export function mergeSample<T extends { readonly packet: PacketReference }>(into: Sample<T>, from: Sample<T>): void {
  for (const item of from.items) addToSample(into, item);
}

function ranksBefore(rank: number, packet: number, other: { readonly packet: number } | undefined): boolean {
  if (other === undefined) return false;
  const otherRank = rankOf(other.packet);
  return rank < otherRank || (rank === otherRank && packet < other.packet);
}
