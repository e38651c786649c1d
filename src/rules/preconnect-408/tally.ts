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
import { mergeRequests, type RecentRequests, recentRequests } from '../tally/recent-requests.js';
import type { Farewell, Incident, Waiting } from './incident.js';
import { incidentOf } from './incident.js';

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
  /** Connections, and those among them that show that it speaks HTTP. */
  connections: number;
  http: number;
  /** The longest wait for the first byte of a connection's first request that was still answered. */
  longestWait: AnsweredWait | null;
  /**
   * The shortest SYN to SYN-ACK: the round trip to the server. What begins its wait passes the capture
   * on its way there and the farewell on the way back, so this is no part of the wait.
   */
  roundTripNs: number | null;
  /** The latest answer: the server goes on. */
  lastAnswer: Moment | null;
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
  readonly recent: RecentRequests;
  /** The latest packet of any connection, nanoseconds. */
  endNs: number;
}

/** Nothing seen yet. */
export function newTally(): Preconnect408Tally {
  return {
    servers: perServer(),
    visitors: boundedTable(MAX_VISITORS),
    recent: recentRequests(),
    endNs: Number.NEGATIVE_INFINITY,
  };
}

/** Enters what one connection shows. */
export function noteConnection(connection: Connection, tally: Preconnect408Tally): void {
  tally.endNs = Math.max(tally.endNs, connection.endNs);
  noteVisitor(connection, tally.visitors);
  const server = tallyOf(tally.servers, connection.server.endpoint, newServer);
  if (server === null) return;
  observe(connection, server);
  const incident = incidentOf(connection);
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
  into.endNs = Math.max(into.endNs, from.endNs);
  mergeRequests(into.recent, from.recent);
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

function observe(connection: Connection, server: ServerTally): void {
  const { exchanges, handshake, close, tls, client, protocol } = connection;
  if (connection.exchangeOffset === 0) server.connections += 1;
  const { synToSynAckNs } = handshake;
  if (synToSynAckNs !== null && synToSynAckNs >= 0) server.roundTripNs = lower(server.roundTripNs, synToSynAckNs);
  if (protocol === 'http/1.1' || protocol === 'h2' || offersHttp(connection)) server.http += 1;
  const [first] = exchanges;
  if (
    connection.exchangeOffset === 0 &&
    first?.request != null &&
    first.response !== null &&
    handshake.ackNs !== null
  ) {
    const begunNs = tls === null ? handshake.ackNs : tls.finishedNs.client;
    const waitNs = begunNs === null ? 0 : first.request.startNs - begunNs;
    const isAnswer = first.response.status !== 408 && first.response.startNs >= first.request.endNs;
    const { longestWait: known } = server;
    const moment = { waitNs, atNs: first.request.startNs, packet: first.request.firstPacket };
    if (isAnswer && waitNs >= MIN_IDLE_NS && (known === null || isLonger(moment, known))) server.longestWait = moment;
  }
  for (const { request, response } of exchanges)
    if (request !== null && response !== null && response.status !== 408)
      server.lastAnswer = later(server.lastAnswer, { atNs: response.startNs, packet: response.firstPacket });
  const isUnasked = tls === null ? client.payloadBytes === 0 : tls.client.applicationRecords === 0;
  if (handshake.kind === 'complete' && isUnasked && exchanges.every(({ request }) => request === null)) {
    const [closing] = close.segments;
    const alert = tls?.alerts.find(({ from }) => from === 'client');
    const isFirst = alert !== undefined && (closing === undefined || alert.atNs < closing.atNs);
    if (closing?.from === 'client' || isFirst) server.closedByClient += 1;
  }
}

/** TLS that no key opens says what it will carry: its ALPN. RFC 7301. */
function offersHttp({ tls }: Connection): boolean {
  if (tls === null) return false;
  const chosen = tls.serverHello?.alpn ?? null;
  const names = chosen === null ? (tls.clientHello?.alpn ?? []) : [chosen];
  return names.some((name) => name === 'http/1.1' || name === 'h2');
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
    connections: 0,
    http: 0,
    longestWait: null,
    roundTripNs: null,
    lastAnswer: null,
    closedByClient: 0,
    lostOnPath: 0,
    firstLost: null,
  };
}

function mergeServer(into: ServerTally, from: ServerTally): void {
  into.incidents += from.incidents;
  into.connections += from.connections;
  into.http += from.http;
  into.closedByClient += from.closedByClient;
  into.lostOnPath += from.lostOnPath;
  if (from.firstLost !== null) into.firstLost = lower(into.firstLost, from.firstLost);
  if (from.roundTripNs !== null) into.roundTripNs = lower(into.roundTripNs, from.roundTripNs);
  if (from.longestWait !== null && (into.longestWait === null || isLonger(from.longestWait, into.longestWait)))
    into.longestWait = from.longestWait;
  if (from.lastAnswer !== null) into.lastAnswer = later(into.lastAnswer, from.lastAnswer);
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

function later(one: Moment | null, other: Moment): Moment {
  if (one === null) return other;
  return other.atNs > one.atNs || (other.atNs === one.atNs && other.packet > one.packet) ? other : one;
}
