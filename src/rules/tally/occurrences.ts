/** Occurrences of a rule's signature, server by server: all counted, the earliest kept in full. */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { guardSteps } from '../judgements/capture-guards.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from './earliest.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from './per-server.js';

/** Servers whose occurrences are told apart. */
const MAX_SERVERS = 256;

/** One occurrence: a rule adds what it shows. */
export interface Occurrence extends Moment {
  readonly stream: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** Steps that capture guards take from its confidence. */
  readonly steps: number;
}

/** All of one server. */
export interface Occurrences<T extends Occurrence> {
  count: number;
  lastNs: number;
  /** The fewest steps that any of them loses. */
  steps: number;
  readonly earliest: Earliest<T>;
}

/** All of a run. */
export interface OccurrencesByServer<T extends Occurrence> {
  readonly servers: PerServer<Occurrences<T>>;
}

/** None yet. */
export function occurrencesByServer<T extends Occurrence>(): OccurrencesByServer<T> {
  return { servers: perServer(MAX_SERVERS) };
}

/** What every occurrence in a connection has. */
export function occurrenceIn(connection: Connection, { atNs, packet }: Moment): Occurrence {
  const { stream, client, server } = connection;
  return { atNs, packet, stream, client: client.endpoint, server: server.endpoint, steps: guardSteps(connection) };
}

/** Counts one, and keeps it where it is among the earliest of its server. */
export function noteOccurrence<T extends Occurrence>(into: OccurrencesByServer<T>, one: T): void {
  const known = tallyOf<Occurrences<T>>(into.servers, one.server, () => newOccurrences());
  if (known === null) return;
  addOccurrence(known, one);
}

/** Counts one of a server, and keeps it where it is among the earliest. */
export function addOccurrence<T extends Occurrence>(into: Occurrences<T>, one: T): void {
  into.count += 1;
  into.lastNs = Math.max(into.lastNs, one.atNs);
  into.steps = Math.min(into.steps, one.steps);
  addEarliest(into.earliest, one);
}

/** Adds all of `from`. */
export function mergeOccurrences<T extends Occurrence>(
  into: OccurrencesByServer<T>,
  from: OccurrencesByServer<T>,
): void {
  mergePerServer<Occurrences<T>>(into.servers, from.servers, () => newOccurrences(), absorbOccurrences);
}

/** Adds all of one server's `from`. */
export function absorbOccurrences<T extends Occurrence>(into: Occurrences<T>, from: Occurrences<T>): void {
  into.count += from.count;
  into.lastNs = Math.max(into.lastNs, from.lastNs);
  into.steps = Math.min(into.steps, from.steps);
  mergeEarliest(into.earliest, from.earliest);
}

/** One server's, with the first of them. */
export interface ServerOccurrences<T extends Occurrence> extends Readonly<Occurrences<T>> {
  readonly endpoint: Endpoint;
  readonly items: readonly T[];
  readonly first: T;
}

/** Server by server, in the order of their endpoints. */
export function occurrencesOf<T extends Occurrence>(from: OccurrencesByServer<T>): ServerOccurrences<T>[] {
  return serversOf(from.servers).flatMap(({ endpoint, tally }) => {
    const { items } = tally.earliest;
    const [first] = items;
    return first === undefined ? [] : [{ endpoint, ...tally, items, first }];
  });
}

/** Of one server's those `items` alone that are left of the ones kept; what is left out does not count. `null`: none is left. */
export function onlyOf<T extends Occurrence>(
  one: ServerOccurrences<T>,
  items: readonly T[],
): ServerOccurrences<T> | null {
  const [first] = items;
  return first === undefined ? null : { ...one, items, first, count: one.count - (one.items.length - items.length) };
}

/** None of one server yet; room for the `limit` earliest. */
export function newOccurrences<T extends Occurrence>(limit = MAX_EVIDENCE): Occurrences<T> {
  return { count: 0, lastNs: Number.NEGATIVE_INFINITY, steps: 2, earliest: earliest(limit) };
}
