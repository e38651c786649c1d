/**
 * When servers ended connections without a word, in constant memory: enough to ask of any moment what
 * ended with it.
 *
 * Time is cut into stretches of {@link STRETCH_NS}; of each server and stretch the earliest few are
 * kept, and all are counted. Beyond {@link MAX_STRETCHES} a fair sample of stretches stays, each whole.
 */

import type { Endpoint } from '../../facts/endpoint.js';
import { endpointText } from '../../text/address.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from './bounded-table.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from './earliest.js';

/** As long as one moment: what ended together stands in one stretch or in two. */
export const STRETCH_NS = ONE_MOMENT_NS;
/** Stretches of all servers together, some 4 MB: a quarter of an hour in which servers end connections all the time. */
export const MAX_STRETCHES = 16_384;
/** Endings kept of a stretch: more have no more to say. */
const MAX_ENDINGS = 16;

/** One connection that its server ended without having said so (judgements/abrupt-end). */
export interface Ending extends Moment {
  /** From the last that either side said to its end, nanoseconds. */
  readonly ageNs: number;
  /** When it was opened; `null`: before the capture began. */
  readonly openedNs: number | null;
  /** A request had no answer, or not all of it. */
  readonly inWork: boolean;
  readonly isTls: boolean;
  /** Address of its client, and whether that is the server's too: on such a host clients and servers cannot be told apart. */
  readonly client: string;
  readonly isOwn: boolean;
}

/** Those of one server in one stretch of time. */
interface Stretch {
  readonly server: string;
  count: number;
  readonly earliest: Earliest<Ending>;
}

/** Plain data; see the head of this file. */
export interface Endings {
  /** All of them, those of stretches that found no room too. */
  count: number;
  readonly stretches: BoundedTable<Stretch>;
}

/** None yet. */
export function endings(): Endings {
  return { count: 0, stretches: boundedTable(MAX_STRETCHES) };
}

/** Counts the end of a connection to `server`. */
export function noteEnding(into: Endings, server: Endpoint, ending: Ending): void {
  into.count += 1;
  const name = endpointText(server);
  const stretch = entryOf(into.stretches, keyOf(name, stretchOf(ending.atNs)), () => newStretch(name));
  if (stretch === null) return;
  stretch.count += 1;
  addEarliest(stretch.earliest, ending);
}

/** Adds all of `from`. */
export function mergeEndings(into: Endings, from: Endings): void {
  into.count += from.count;
  mergeTable(
    into.stretches,
    from.stretches,
    ({ server }) => newStretch(server),
    (whole, part) => {
      whole.count += part.count;
      mergeEarliest(whole.earliest, part.earliest);
    },
  );
}

/** Those of a server that are known within one moment of `atNs`, in order of time. */
export function endingsNear({ stretches }: Endings, server: Endpoint, atNs: number): Ending[] {
  const name = endpointText(server);
  const middle = stretchOf(atNs);
  return [middle - 1, middle, middle + 1]
    .flatMap((stretch) => stretches.entries[keyOf(name, stretch)]?.earliest.items ?? [])
    .filter((ending) => Math.abs(ending.atNs - atNs) <= STRETCH_NS);
}

/** Those of each stretch that is known of a server. */
export function stretchesOfServer({ stretches }: Endings, server: Endpoint): (readonly Ending[])[] {
  const name = endpointText(server);
  return Object.values(stretches.entries)
    .filter((stretch) => stretch.server === name)
    .map((stretch) => stretch.earliest.items);
}

/** Whether more ended then than are kept. */
export function areMoreNear({ stretches }: Endings, server: Endpoint, atNs: number): boolean {
  const stretch = stretches.entries[keyOf(endpointText(server), stretchOf(atNs))];
  return stretch !== undefined && stretch.count > stretch.earliest.items.length;
}

/** What part of all endings stands in the stretches that are kept. */
export function shareKept({ count, stretches }: Endings): number {
  if (stretches.last === null) return 1;
  const kept = Object.values(stretches.entries).reduce((sum, stretch) => sum + stretch.count, 0);
  return kept / count;
}

/** Those of connections that `client` had made to other addresses, in no order. */
export function endingsOfClient({ stretches }: Endings, client: string): Ending[] {
  const found: Ending[] = [];
  for (const { earliest: kept } of Object.values(stretches.entries))
    for (const ending of kept.items) if (ending.client === client && !ending.isOwn) found.push(ending);
  return found;
}

function newStretch(server: string): Stretch {
  return { server, count: 0, earliest: earliest(MAX_ENDINGS) };
}

function stretchOf(atNs: number): number {
  return Math.floor(atNs / STRETCH_NS);
}

function keyOf(server: string, stretch: number): string {
  return `${server} ${stretch}`;
}
