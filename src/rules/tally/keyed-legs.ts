/**
 * The same thing on both legs of a proxy, known by a key that the proxy hands on: the leg behind
 * lies in time within the one in front. Plain data.
 */
import { isSameCapture, type PacketReference } from '../../facts/packet-reference.js';
import { REORDERED_NS } from '../judgements/moments.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from './bounded-table.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from './earliest.js';

/** Keys looked at; and what is kept of one key, which is random but for clients that never change it. */
const MAX_KEYS = 2048;
const MAX_LEGS = 32;

/** A leg lasts from its request to the answer; its own moment orders those kept. */
export interface Leg extends Moment {
  readonly stream: number;
  readonly requestPacket: PacketReference;
  readonly requestNs: number;
  readonly answerPacket: PacketReference;
  readonly answerNs: number;
}

/** Legs by key. */
export type KeyedLegs<T extends Leg> = BoundedTable<Earliest<T>>;

/** None yet. */
export function keyedLegs<T extends Leg>(): KeyedLegs<T> {
  return boundedTable(MAX_KEYS);
}

/** Enters a leg. */
export function noteLeg<T extends Leg>(table: KeyedLegs<T>, key: string, leg: T): void {
  const entry = entryOf(table, key, () => earliest<T>(MAX_LEGS));
  if (entry !== null) addEarliest(entry, leg);
}

/** Adds all of `from`. */
export function mergeLegs<T extends Leg>(into: KeyedLegs<T>, from: KeyedLegs<T>): void {
  mergeTable(into, from, () => earliest<T>(MAX_LEGS), mergeEarliest);
}

/** Whether one of two legs that have the same key and fitting times may have served the other. */
export type MayServe<T extends Leg> = (front: T, back: T) => boolean;

/** The leg in front of this one; `null`: not captured. */
export function legInFront<T extends Leg>(
  table: KeyedLegs<T>,
  key: string | null,
  leg: T,
  mayServe: MayServe<T> = always,
): T | null {
  const known = key === null ? undefined : table.entries[key];
  return known?.items.find((one) => isWithin(leg, one) && mayServe(one, leg)) ?? null;
}

/** The leg behind this one; `null`: not captured. */
export function legBehind<T extends Leg>(
  table: KeyedLegs<T>,
  key: string | null,
  leg: T,
  mayServe: MayServe<T> = always,
): T | null {
  const known = key === null ? undefined : table.entries[key];
  return known?.items.find((one) => isWithin(one, leg) && mayServe(leg, one)) ?? null;
}

/** Whether a leg behind this one is known. */
export function hasLegBehind<T extends Leg>(table: KeyedLegs<T>, key: string | null, leg: T): boolean {
  return legBehind(table, key, leg) !== null;
}

/** A key that is made anew for each says enough. */
function always(): boolean {
  return true;
}

/** How many legs of each place have another behind them. */
export function legsInFront<T extends Leg>(
  table: KeyedLegs<T>,
  placeOf: (leg: T) => string,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { items } of Object.values(table.entries))
    for (const front of items) {
      if (!items.some((back) => isWithin(back, front))) continue;
      const place = placeOf(front);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
  return counts;
}

function isWithin(back: Leg, front: Leg): boolean {
  if (back.stream === front.stream) return false;
  // Packets have their order also where the clock ticks slowly, or is set.
  if (areInOrder(front.requestPacket, back.requestPacket) && areInOrder(back.answerPacket, front.answerPacket))
    return true;
  const begins = back.requestNs >= front.requestNs - REORDERED_NS && back.requestNs <= front.answerNs;
  const isShorter = back.answerNs - back.requestNs < front.answerNs - front.requestNs;
  return begins && isShorter && back.answerNs <= front.answerNs + REORDERED_NS;
}

function areInOrder(one: PacketReference, other: PacketReference): boolean {
  return one < other && isSameCapture(one, other);
}
