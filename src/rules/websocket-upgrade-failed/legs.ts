/**
 * The same failed handshake on both legs of a proxy: it has the same key, and the leg behind lies
 * in time within the one in front.
 */
import type { Endpoint } from '../../facts/endpoint.js';
import { endpointText } from '../../text/address.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, mergeEarliest } from '../tally/earliest.js';
import type { Attempt, Failure } from './attempt.js';

/** Keys looked at; and handshakes of one key, which is random but for clients that never change it. */
const MAX_KEYS = 4096;
const MAX_LEGS = 16;
/** Packets of two legs may be captured this much out of order. */
const SKEW_NS = 1_000_000;

/** One leg of a failed handshake. */
export interface Leg {
  readonly packet: number;
  readonly atNs: number;
  readonly stream: number;
  readonly requestPacket: number;
  readonly requestNs: number;
  readonly server: Endpoint;
  readonly client: Endpoint;
  readonly failure: Failure;
  readonly version: string;
  readonly status: number;
  readonly settings: Attempt['settings'];
}

/** Failed handshakes by key. */
export type Legs = BoundedTable<Earliest<Leg>>;

/** None yet. */
export function legs(): Legs {
  return boundedTable(MAX_KEYS);
}

/** Enters a failed handshake that has a key. */
export function noteLeg(table: Legs, attempt: Attempt, key: string, failure: Failure): void {
  const { packet, atNs, stream, requestPacket, requestNs, server, client, version, status, settings } = attempt;
  const entry = entryOf(table, key, () => earliest<Leg>(MAX_LEGS));
  if (entry === null) return;
  const leg = { packet, atNs, stream, requestPacket, requestNs, server, client, failure, version, status, settings };
  addEarliest(entry, leg);
}

/** Adds all of `from`. */
export function mergeLegs(into: Legs, from: Legs): void {
  mergeTable(into, from, () => earliest<Leg>(MAX_LEGS), mergeEarliest);
}

/** The leg in front of this attempt; `null`: not captured. */
export function legInFront(table: Legs, attempt: Attempt): Leg | null {
  const known = attempt.key === null ? undefined : table.entries[attempt.key];
  return known?.items.find((one) => isWithin(attempt, one)) ?? null;
}

/** Whether this attempt was handed on and failed behind. */
export function isHandedOn(table: Legs, attempt: Attempt): boolean {
  const known = attempt.key === null ? undefined : table.entries[attempt.key];
  return known?.items.some((one) => isWithin(one, attempt)) ?? false;
}

/** Handshakes by server and failure that were handed on and failed behind: the fault is not there. */
export function handedOn(table: Legs): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { items } of Object.values(table.entries))
    for (const front of items) {
      if (!items.some((back) => isWithin(back, front))) continue;
      const place = placeOf(front.server, front.failure, front.status);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
  return counts;
}

/** What {@link handedOn} counts by. */
export function placeOf(server: Endpoint, failure: Failure, status: number): string {
  return `${endpointText(server)} ${failure} ${status}`;
}

type Span = Pick<Leg, 'stream' | 'requestNs' | 'atNs'>;

function isWithin(back: Span, front: Span): boolean {
  if (back.stream === front.stream) return false;
  const begins = back.requestNs >= front.requestNs - SKEW_NS && back.requestNs <= front.atNs;
  return begins && back.atNs <= front.atNs + SKEW_NS && front.atNs - front.requestNs > back.atNs - back.requestNs;
}
