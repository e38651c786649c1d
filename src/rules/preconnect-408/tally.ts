/**
 * What the rule keeps of a run: per server what it gave up on, by client, so that those who never
 * ask (scanners, monitors) can be left out at the end; plain data whose merge is associative and
 * commutative.
 */
import { type Connection, MIN_IDLE_NS } from '../../facts/connection.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import type { Farewell, Incident, Waiting } from './incident.js';
import { incidentOf } from './signature.js';

/** Clients told apart at one server, and in all. */
const MAX_CLIENTS = 128;
const MAX_VISITORS = 4096;
/** Of each sort at each client: all that evidence and the estimate need. */
const KEPT = MAX_EVIDENCE;
/** A client that knocks at so many servers and asks none of them scans. */
export const SCANNED_SERVERS = 3;

/** Incidents that are told apart: by what was waited for, how it ended, and whether a request came too late. */
export type Sort = `${Waiting} ${Farewell}${'' | ' late'}`;

/** Those of one sort, by one client. */
export interface SortTally {
  count: number;
  lastNs: number;
  readonly earliest: Earliest<Incident>;
}

/** What one client met at one server. */
export interface ClientTally {
  readonly sorts: Partial<Record<Sort, SortTally>>;
}

/** A wait after which a request was answered. */
export interface AnsweredWait extends Moment {
  readonly waitNs: number;
}

/** One server. */
export interface ServerTally {
  /** All incidents, those of clients that found no room too. */
  incidents: number;
  readonly clients: BoundedTable<{ readonly address: string; readonly tally: ClientTally }>;
  /** The longest wait for the first byte of a connection's first request that was still answered. */
  longestWait: AnsweredWait | null;
  /** Connections without a request that their clients closed themselves. */
  closedByClient: number;
  /** Given up where bytes of the client did not arrive: the path's doing. */
  lostOnPath: number;
  firstLost: PacketReference | null;
}

/** Who came, and whether to ask. */
interface Visitor {
  asked: boolean;
  /** The lowest {@link SCANNED_SERVERS} endpoints at which it left a connection unused. */
  readonly knockedAt: string[];
}

/** The rule's tally. */
export interface Preconnect408Tally {
  readonly servers: PerServer<ServerTally>;
  readonly visitors: BoundedTable<Visitor>;
}

/** Nothing seen yet. */
export function newTally(): Preconnect408Tally {
  return {
    servers: perServer(),
    visitors: boundedTable(MAX_VISITORS),
  };
}

/** Enters what one connection shows. */
export function noteConnection(connection: Connection, tally: Preconnect408Tally): void {
  noteVisitor(connection, tally.visitors);
  const incident = incidentOf(connection);
  const wait = longWaitOf(connection);
  const isClosedUnused = isClosedByClient(connection);
  if (incident === null && wait === null && !isClosedUnused) return;
  const server = tallyOf(tally.servers, connection.server.endpoint, newServer);
  if (server === null) return;
  const { longestWait } = server;
  if (wait !== null && (longestWait === null || isLonger(wait, longestWait))) server.longestWait = wait;
  if (isClosedUnused) server.closedByClient += 1;
  if (incident === null) return;
  if (incident === 'path') {
    server.lostOnPath += 1;
    server.firstLost = lower(server.firstLost, connection.firstPacket);
    return;
  }
  server.incidents += 1;
  const { address } = incident.client;
  const client = entryOf(server.clients, address, () => newClient(address));
  if (client === null) return;
  const sort = sortOf(incident);
  const { sorts } = client.tally;
  const known = sorts[sort] ?? newSort();
  sorts[sort] = known;
  known.count += 1;
  known.lastNs = Math.max(known.lastNs, incident.atNs);
  addEarliest(known.earliest, incident);
}

/** Adds all of `from`. */
export function mergeTally(into: Preconnect408Tally, from: Preconnect408Tally): void {
  mergeTable(into.visitors, from.visitors, newVisitor, mergeVisitor);
  mergePerServer(into.servers, from.servers, newServer, mergeServer);
}

/** Whether a client is known to have asked for something, or to scan; `null`: there was no room to know. */
export function visitorOf(tally: Preconnect408Tally, address: string): 'asks' | 'scans' | 'asks-nothing' | null {
  const visitor = tally.visitors.entries[address];
  if (visitor === undefined) return null;
  if (visitor.asked) return 'asks';
  return visitor.knockedAt.length >= SCANNED_SERVERS ? 'scans' : 'asks-nothing';
}

function sortOf({ waiting, farewell, late }: Incident): Sort {
  return late === null ? `${waiting} ${farewell}` : `${waiting} ${farewell} late`;
}

/** How long a connection had waited for its first request, where that was long and yet answered; `null`: it was not. */
function longWaitOf({ exchanges, exchangeOffset, handshake, tls }: Connection): AnsweredWait | null {
  const first = exchanges[0];
  if (exchangeOffset > 0 || first === undefined || first.request === null || first.response === null) return null;
  const { request, response } = first;
  const begunNs = tls === null ? handshake.ackNs : tls.finishedNs.client;
  if (handshake.ackNs === null || begunNs === null || request.startNs - begunNs < MIN_IDLE_NS) return null;
  if (response.status === 408 || response.startNs < request.endNs) return null;
  return { waitNs: request.startNs - begunNs, atNs: request.startNs, packet: request.firstPacket };
}

/** A connection without a request that its client closed itself. */
function isClosedByClient({ exchanges, handshake, close, tls, client }: Connection): boolean {
  const isUnasked = tls === null ? client.payloadBytes === 0 : tls.client.applicationRecords === 0;
  if (!isUnasked || handshake.kind !== 'complete' || exchanges.some(({ request }) => request !== null)) return false;
  const [closing] = close.segments;
  const alert = tls?.alerts.find(({ from }) => from === 'client');
  const isFirst = alert !== undefined && (closing === undefined || alert.atNs < closing.atNs);
  return closing?.from === 'client' || isFirst;
}

function noteVisitor(connection: Connection, visitors: BoundedTable<Visitor>): void {
  const { client, server, exchanges, tls, undecodedBytes } = connection;
  const asked =
    exchanges.some(({ request }) => request !== null) ||
    undecodedBytes.client > 0 ||
    (tls !== null && tls.client.applicationRecords > 0);
  const visitor = entryOf(visitors, client.endpoint.address, newVisitor);
  if (visitor === null) return;
  if (asked) visitor.asked = true;
  else noteLowest(visitor.knockedAt, `${server.endpoint.address} ${server.endpoint.port}`);
}

function newVisitor(): Visitor {
  return { asked: false, knockedAt: [] };
}

function mergeVisitor(into: Visitor, from: Visitor): void {
  into.asked ||= from.asked;
  for (const endpoint of from.knockedAt) noteLowest(into.knockedAt, endpoint);
}

function noteLowest(into: string[], endpoint: string): void {
  if (into.includes(endpoint)) return;
  into.push(endpoint);
  into.sort();
  if (into.length > SCANNED_SERVERS) into.pop();
}

function newServer(): ServerTally {
  return {
    incidents: 0,
    clients: boundedTable(MAX_CLIENTS),
    longestWait: null,
    closedByClient: 0,
    lostOnPath: 0,
    firstLost: null,
  };
}

function mergeServer(into: ServerTally, from: ServerTally): void {
  into.incidents += from.incidents;
  into.closedByClient += from.closedByClient;
  into.lostOnPath += from.lostOnPath;
  if (from.firstLost !== null) into.firstLost = lower(into.firstLost, from.firstLost);
  if (from.longestWait !== null && (into.longestWait === null || isLonger(from.longestWait, into.longestWait)))
    into.longestWait = from.longestWait;
  mergeTable(
    into.clients,
    from.clients,
    ({ address }) => newClient(address),
    (whole, part) => mergeClient(whole.tally, part.tally),
  );
}

function mergeClient(into: ClientTally, from: ClientTally): void {
  for (const [sort, part] of Object.entries(from.sorts) as [Sort, SortTally][]) {
    const known = into.sorts[sort] ?? newSort();
    into.sorts[sort] = known;
    known.count += part.count;
    known.lastNs = Math.max(known.lastNs, part.lastNs);
    mergeEarliest(known.earliest, part.earliest);
  }
}

function newClient(address: string): { readonly address: string; readonly tally: ClientTally } {
  return { address, tally: { sorts: {} } };
}

function newSort(): SortTally {
  return { count: 0, lastNs: Number.NEGATIVE_INFINITY, earliest: earliest(KEPT) };
}

function isLonger(one: AnsweredWait, other: AnsweredWait): boolean {
  return one.waitNs > other.waitNs || (one.waitNs === other.waitNs && one.packet < other.packet);
}

function lower(known: number | null, other: number): number {
  return known === null ? other : Math.min(known, other);
}
