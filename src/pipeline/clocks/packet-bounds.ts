/**
 * What packets that two captures hold both say of their clocks: none arrives before it was sent (RFC 5905 §8,
 * from which a clock's offset follows the same way). On its way from A to B a packet shows that B's clock is
 * ahead by no more than the difference of its times, on its way back that it is by no less.
 *
 * Where all shared packets go one way, as behind an answer that takes another path, their times say only how far
 * the clocks are apart but for what the way takes.
 *
 * Which way a packet goes the addresses do not tell: of a connection's two directions the one with the
 * greater differences is the one from A to B, whatever the clocks say, since ways take time. Where a connection
 * shows one direction alone, routers say it, who take one from its TTL.
 */

import { type Bound, type Bounds, MAX_DRIFT } from './bounds.js';
import { median } from './median.js';
import type { Sightings } from './sightings.js';

/** So many packets of a connection, of both directions together, are no chance. */
const MIN_PACKETS = 3;
/** Connections whose clocks differ by more than this from what most connections say are no connections of both: other packets alike, or numbers made up. */
const MAX_APART_NS = 50_000_000;

/** Ways take less, even by satellite and through full queues. */
const MAX_WAY_NS = 1_000_000_000;

/** So near is the far end at least: what came from there is not taken for earlier. */
const MIN_WAY_NS = 20_000;

/** What one packet says, and by how much its TTL was higher in the first capture. */
interface Passing extends Bound {
  readonly hops: number;
}

/** One connection that both captures hold: differences of the times of its packets, by direction. */
interface Shared {
  /** Its endpoints are the same in both, or numbers so odd that they need not be. */
  isCertain: boolean;
  /** All its packets are. */
  isStamped: boolean;
  readonly downward: Passing[];
  readonly upward: Passing[];
}

/** Bounds of how far the clock of `b` is ahead of that of `a`, and by how many packets. */
export interface PacketBounds {
  readonly bounds: Bounds;
  readonly count: number;
}

/** What the packets that both hold say; `null`: nothing. */
export function packetBounds(a: Sightings, b: Sightings): PacketBounds | null {
  const shared = sharedConnections(a, b).filter(({ isCertain }) => isCertain);
  return ofBothWays(shared) ?? ofOneWay(shared);
}

function ofBothWays(shared: readonly Shared[]): PacketBounds | null {
  const twoWay = shared.filter(
    ({ downward, upward }) =>
      downward.length > 0 && upward.length > 0 && downward.length + upward.length >= MIN_PACKETS,
  );
  const centres = twoWay.map(({ downward, upward }) => (medianOf(downward) + medianOf(upward)) / 2);
  const centre = median(centres);
  const times = twoWay.map(({ downward }) => downward[0]?.atNs ?? 0);
  const middleNs = median(times);
  const atMost: Bound[] = [];
  const atLeast: Bound[] = [];
  for (const [index, { downward, upward }] of twoWay.entries()) {
    const driftNs = MAX_DRIFT * Math.abs((times[index] ?? 0) - middleNs);
    if (Math.abs((centres[index] ?? 0) - centre) > MAX_APART_NS + driftNs) continue;
    const isFromA = isGreater(downward, upward);
    for (const bound of downward) (isFromA ? atMost : atLeast).push(bound);
    for (const bound of upward) (isFromA ? atLeast : atMost).push(bound);
  }
  return atMost.length === 0 ? null : { bounds: { atMost, atLeast }, count: atMost.length + atLeast.length };
}

/**
 * By packets that all went one way, or each connection's did: nobody knows which. Only stamped ones, since one that was
 * lost on the way and sent again would else be taken for itself.
 */
function ofOneWay(shared: readonly Shared[]): PacketBounds | null {
  const all = shared.filter(({ isStamped }) => isStamped).flatMap(({ downward, upward }) => [...downward, ...upward]);
  const middleNs = medianOf(all);
  const alike = all.filter(({ aheadNs }) => Math.abs(aheadNs - middleNs) <= MAX_APART_NS);
  const [first] = alike;
  if (first === undefined || alike.length < MIN_PACKETS) return null;
  const forth = alike.filter(({ hops }) => hops > 0);
  const back = alike.filter(({ hops }) => hops < 0);
  const count = alike.length;
  if (forth.length > 0 && back.length > 0) return { bounds: { atMost: forth, atLeast: back }, count };
  const { atNs } = first;
  const aheadNs = leastWay(forth, back) ?? middleNs;
  return {
    bounds: {
      atMost: [{ atNs, aheadNs: aheadNs + MAX_WAY_NS }],
      atLeast: [{ atNs, aheadNs: aheadNs - MAX_WAY_NS }],
    },
    count,
  };
}

/** How far the second clock would be ahead if the fastest packet took no time; `null`: nobody knows which way they went. */
function leastWay(forth: readonly Bound[], back: readonly Bound[]): number | null {
  if (forth.length > 0) return Math.min(...forth.map(({ aheadNs }) => aheadNs)) - MIN_WAY_NS;
  if (back.length > 0) return Math.max(...back.map(({ aheadNs }) => aheadNs)) + MIN_WAY_NS;
  return null;
}

/** The connections of packets that both hold, and the differences of their times. */
function sharedConnections(a: Sightings, b: Sightings): readonly Shared[] {
  const places = [...a.places].flatMap(([key, atA]): [number, number][] => {
    const atB = b.places.get(key);
    return atB === undefined || Number.isNaN((b.times[atB] ?? Number.NaN) - (a.times[atA] ?? Number.NaN))
      ? []
      : [[atA, atB]];
  });
  // At a translator of addresses both directions of a connection may be seen first by other addresses each.
  const isSplit = countOf(a, places, 0) > countOf(b, places, 1);
  const shared = new Map<number, Shared>();
  for (const [atA, atB] of places) {
    const [one, at] = isSplit ? [b, atB] : [a, atA];
    const flow = one.flows[at] ?? 0;
    let connection = shared.get(flow);
    if (connection === undefined) {
      connection = { isCertain: true, isStamped: true, downward: [], upward: [] };
      shared.set(flow, connection);
    }
    if (a.flows[atA] !== b.flows[atB] && a.isUnmistakable[atA] !== true) {
      // A SYN or a bare reset has one number alone: behind a translator it says nothing.
      if (a.isBare[atA] !== true) connection.isCertain = false;
      continue;
    }
    if (a.isStamped[atA] !== true) connection.isStamped = false;
    const atNs = a.times[atA] ?? 0;
    const aheadNs = (b.times[atB] ?? 0) - atNs;
    const hops = (a.ttls[atA] ?? 0) - (b.ttls[atB] ?? 0);
    (one.isDownward[at] === true ? connection.downward : connection.upward).push({ atNs, aheadNs, hops });
  }
  return [...shared.values()];
}

/** How many connections a capture takes the packets for that another one holds too. */
function countOf({ flows }: Sightings, places: readonly (readonly [number, number])[], side: 0 | 1): number {
  return new Set(places.map((place) => flows[place[side]])).size;
}

/**
 * Whether the first direction's differences are the greater: by what lies side by side in time, since clocks may drift
 * apart by more than a way takes.
 */
function isGreater(first: readonly Bound[], second: readonly Bound[]): boolean {
  const all = [
    ...first.map((bound) => ({ ...bound, isFirst: true })),
    ...second.map((bound) => ({ ...bound, isFirst: false })),
  ].sort((one, other) => one.atNs - other.atNs);
  const steps: number[] = [];
  for (const [index, one] of all.entries()) {
    const before = all[index - 1];
    if (before === undefined || before.isFirst === one.isFirst) continue;
    steps.push(one.isFirst ? one.aheadNs - before.aheadNs : before.aheadNs - one.aheadNs);
  }
  return median(steps) >= 0;
}

function medianOf(bounds: readonly Bound[]): number {
  return median(bounds.map(({ aheadNs }) => aheadNs));
}
