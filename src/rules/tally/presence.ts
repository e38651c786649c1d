/**
 * Which addresses showed, beside TCP, that they are there: by ARP, neighbour discovery or the answer
 * to a ping; and which were asked for on the link. What tells a host that drops connections from one
 * that is down.
 *
 * Bounded like all tables (tally/bounded-table); moments are kept as of servers (tally/activity),
 * `answer` for a neighbour's word, `accept` for the answer to a ping, `refusal` for being asked for.
 */
import { type Activity, type ActivityKind, activity, mergeActivity, nextActivity, noteActivity } from './activity.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from './bounded-table.js';
import type { Moment } from './earliest.js';

/** Addresses kept: the hosts of a large net, or some of a scan's. */
const MAX_ADDRESSES = 2048;
/** Link-layer addresses kept of one: more than a pair that takes turns is no host's. */
const MAX_MACS = 4;

/** How an address showed itself. */
export type PresenceKind = 'asked' | 'neighbour' | 'echo';

const ACTIVITY_OF: Readonly<Record<PresenceKind, ActivityKind>> = {
  asked: 'refusal',
  neighbour: 'answer',
  echo: 'accept',
};

interface Shown {
  readonly activity: Activity;
  /** Link-layer addresses that spoke for it, the lowest. */
  readonly macs: number[];
}

/** Plain data. */
export type Presence = BoundedTable<Shown>;

/** Nothing seen yet. */
export function presence(): Presence {
  return boundedTable(MAX_ADDRESSES);
}

/** An address showed itself, or was asked for. */
export function notePresence(
  into: Presence,
  address: string,
  kind: PresenceKind,
  mac: number | null,
  { atNs, packet }: Moment,
): void {
  const shown = entryOf(into, address, newShown);
  if (shown === null) return;
  noteActivity(shown.activity, ACTIVITY_OF[kind], atNs, packet);
  if (mac !== null) noteMac(shown.macs, mac);
}

/** Adds all of `from`. */
export function mergePresence(into: Presence, from: Presence): void {
  mergeTable(into, from, newShown, (whole, part) => {
    mergeActivity(whole.activity, part.activity);
    for (const mac of part.macs) noteMac(whole.macs, mac);
  });
}

/** The signs of this kind that are known of between two moments, in order. */
export function signsBetween(
  { entries }: Presence,
  address: string,
  kind: PresenceKind,
  fromNs: number,
  untilNs: number,
): Moment[] {
  const shown = entries[address];
  const signs: Moment[] = [];
  if (shown === undefined) return signs;
  for (let atNs = fromNs; ; ) {
    const next = nextActivity(shown.activity, ACTIVITY_OF[kind], atNs, untilNs - atNs);
    if (next === null) return signs;
    signs.push(next);
    atNs = next.atNs;
  }
}

/** Link-layer addresses that spoke for it as 48-bit numbers, the lowest few; none: nobody did. */
export function macsOf({ entries }: Presence, address: string): readonly number[] {
  return entries[address]?.macs ?? [];
}

function newShown(): Shown {
  return { activity: activity(), macs: [] };
}

function noteMac(into: number[], mac: number): void {
  if (into.includes(mac)) return;
  into.push(mac);
  into.sort((one, other) => one - other);
  if (into.length > MAX_MACS) into.pop();
}
