/**
 * What is counted of one server, connection by connection. Plain data; of two parts of a run the sum is
 * the figures of both.
 */
import type { Connection } from '../../facts/connection.js';
import { type Exchange, UNKNOWN_STATUS } from '../../facts/exchange.js';
import { isSameCapture } from '../../facts/packet-reference.js';
import type { SegmentEvidence } from '../../facts/segment-evidence.js';
import { UNDECRYPTED_CAUSES } from '../../facts/summary.js';
import type { Decryption } from '../../facts/tls.js';
import { isGatewayError, outcomeOf } from '../judgements/gateway-error.js';
import { idleCloseOf, longestAnsweredIdleOf, requestTimeoutCloseOf } from '../judgements/idle-close.js';
import type { IdleClose } from '../judgements/idle-timeout.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from './earliest.js';
import { addToHistogram, type LogHistogram, logHistogram, mergeHistogram } from './log-histogram.js';
import { countAt, mergeTimeCounts, type TimeCounts, timeCounts } from './time-counts.js';

/** Idle closes kept per server, the earliest: enough for any estimate. */
export const MAX_IDLE_CLOSES = 128;

/** Answers 502, 503 and 504 kept per server, the earliest: what a proxy says when a server behind it fails. */
const MAX_GATEWAY_ERRORS = 256;

/** Clients kept per server: a proxy's few addresses, or some of many. */
export const MAX_ACCEPTED_CLIENTS = 8;

/** An answer 502, 503 or 504, or what a gRPC call is told in their place: from its request to its first byte. */
export interface GatewayError extends Moment {
  /** The outcome (judgements/gateway-error). */
  readonly status: number;
  readonly requestNs: number;
}

/** A handshake that was completed: its SYN-ACK, and how that was sent. */
export interface Accept extends Moment {
  readonly ttl: number | null;
  readonly mac: number | null;
  /** Link-layer source of the SYN; `null`: not known, or not on this link but where another capture was taken. */
  readonly clientMac: number | null;
}

/** See the head of this file. Times are nanoseconds since the run's first packet. */
export interface ServerFigures {
  readonly address: string;
  readonly port: number;
  connections: number;
  accepted: number;
  readonly acceptedAt: TimeCounts;
  readonly acceptedClients: string[];
  acceptedLate: number;
  firstLate: Accept | null;
  firstAccept: Accept | null;
  lastAccept: Accept | null;
  lastAnswerNs: number;
  lastAnswerPacket: number;
  gatewayErrors: Earliest<GatewayError> | null;
  undecrypted: number;
  exchanges: number;
  requests: number;
  serverErrors: number;
  resets: number;
  longestAnsweredNs: number;
  /** Made with the first idle close: most servers of a large capture have none. */
  idleCloses: Earliest<IdleClose> | null;
  /** The rest is made when the first of its kind is seen, likewise. */
  requestTimeouts: Earliest<IdleClose> | null;
  statuses: Map<number, number> | null;
  toServer: LogHistogram | null;
  toClients: LogHistogram | null;
  firstBytes: LogHistogram | null;
}

/** A server of which nothing was seen yet. */
export function newFigures(address: string, port: number): ServerFigures {
  return {
    address,
    port,
    connections: 0,
    accepted: 0,
    acceptedAt: timeCounts(),
    acceptedClients: [],
    acceptedLate: 0,
    firstLate: null,
    firstAccept: null,
    lastAccept: null,
    lastAnswerNs: Number.NEGATIVE_INFINITY,
    lastAnswerPacket: -1,
    gatewayErrors: null,
    undecrypted: 0,
    exchanges: 0,
    requests: 0,
    serverErrors: 0,
    resets: 0,
    longestAnsweredNs: 0,
    idleCloses: null,
    requestTimeouts: null,
    statuses: null,
    toServer: null,
    toClients: null,
    firstBytes: null,
  };
}

/** Counts a connection, or a batch of its exchanges: what it has once comes with the first, how it closed with the last. */
export function noteConnection(figures: ServerFigures, connection: Connection): void {
  const { exchanges, close, tls } = connection;
  if (connection.exchangeOffset === 0) {
    figures.connections += 1;
    if (tls !== null && (UNDECRYPTED_CAUSES as readonly Decryption[]).includes(tls.decryption))
      figures.undecrypted += 1;
    noteRoundTrips(figures, connection);
    noteAccept(figures, connection);
  }
  figures.exchanges += exchanges.length;
  for (const exchange of exchanges) noteAnswer(figures, exchange);
  const unused = requestTimeoutCloseOf(connection);
  if (unused !== null) {
    figures.requestTimeouts ??= earliest(MAX_IDLE_CLOSES);
    addEarliest(figures.requestTimeouts, unused);
  }
  if (close.resetBy === 'server') figures.resets += 1;
  if (connection.idlePeriods.length === 0) return;
  figures.longestAnsweredNs = Math.max(figures.longestAnsweredNs, longestAnsweredIdleOf(connection));
  const idleClose = idleCloseOf(connection);
  if (idleClose !== null) addEarliest(idleClosesOf(figures), idleClose);
}

/** Adds what another part of the run saw of the same server. */
export function mergeFigures(into: ServerFigures, from: Readonly<ServerFigures>): void {
  into.connections += from.connections;
  into.accepted += from.accepted;
  into.acceptedLate += from.acceptedLate;
  mergeTimeCounts(into.acceptedAt, from.acceptedAt);
  for (const client of from.acceptedClients) noteClient(into.acceptedClients, client);
  if (from.firstLate !== null && (into.firstLate === null || isSooner(from.firstLate, into.firstLate)))
    into.firstLate = from.firstLate;
  if (from.firstAccept !== null && (into.firstAccept === null || isSooner(from.firstAccept, into.firstAccept)))
    into.firstAccept = from.firstAccept;
  if (from.lastAccept !== null && (into.lastAccept === null || isSooner(into.lastAccept, from.lastAccept)))
    into.lastAccept = from.lastAccept;
  noteLastAnswer(into, from.lastAnswerNs, from.lastAnswerPacket);
  if (from.gatewayErrors !== null) {
    into.gatewayErrors ??= earliest(MAX_GATEWAY_ERRORS);
    mergeEarliest(into.gatewayErrors, from.gatewayErrors);
  }
  into.undecrypted += from.undecrypted;
  into.exchanges += from.exchanges;
  into.requests += from.requests;
  into.serverErrors += from.serverErrors;
  into.resets += from.resets;
  into.longestAnsweredNs = Math.max(into.longestAnsweredNs, from.longestAnsweredNs);
  if (from.idleCloses !== null) mergeEarliest(idleClosesOf(into), from.idleCloses);
  if (from.requestTimeouts !== null) {
    into.requestTimeouts ??= earliest(MAX_IDLE_CLOSES);
    mergeEarliest(into.requestTimeouts, from.requestTimeouts);
  }
  for (const [status, count] of from.statuses ?? []) noteStatus(into, status, count);
  for (const kind of ['toServer', 'toClients', 'firstBytes'] as const) {
    const part = from[kind];
    if (part === null) continue;
    into[kind] ??= logHistogram();
    mergeHistogram(into[kind], part);
  }
}

function idleClosesOf(figures: ServerFigures): Earliest<IdleClose> {
  figures.idleCloses ??= earliest(MAX_IDLE_CLOSES);
  return figures.idleCloses;
}

function noteAccept(figures: ServerFigures, { handshake, client }: Connection): void {
  const { synAck, ackNs, synRetransmissions } = handshake;
  if (synAck === null || ackNs === null) return;
  figures.accepted += 1;
  countAt(figures.acceptedAt, synAck.atNs);
  noteClient(figures.acceptedClients, client.endpoint.address);
  const { firstAccept, lastAccept } = figures;
  if (firstAccept === null || isSooner(synAck, firstAccept)) figures.firstAccept = acceptOf(synAck, handshake);
  if (lastAccept === null || isSooner(lastAccept, synAck)) figures.lastAccept = acceptOf(synAck, handshake);
  if (synRetransmissions === 0) return;
  figures.acceptedLate += 1;
  if (figures.firstLate === null || isSooner(synAck, figures.firstLate))
    figures.firstLate = acceptOf(synAck, handshake);
}

function acceptOf({ atNs, packet, ttl, mac }: SegmentEvidence, { syn }: Connection['handshake']): Accept {
  return { atNs, packet, ttl, mac, clientMac: syn !== null && isSameCapture(syn.packet, packet) ? syn.mac : null };
}

/** Keeps a client among the lowest {@link MAX_ACCEPTED_CLIENTS} addresses. */
function noteClient(into: string[], address: string): void {
  const last = into.at(-1);
  if (last !== undefined && into.length === MAX_ACCEPTED_CLIENTS && address >= last) return;
  if (into.includes(address)) return;
  into.push(address);
  into.sort();
  if (into.length > MAX_ACCEPTED_CLIENTS) into.pop();
}

function isSooner(one: Moment, other: Moment): boolean {
  return one.atNs < other.atNs || (one.atNs === other.atNs && one.packet < other.packet);
}

function noteLastAnswer(figures: ServerFigures, atNs: number, packet: number): void {
  if (atNs < figures.lastAnswerNs || (atNs === figures.lastAnswerNs && packet <= figures.lastAnswerPacket)) return;
  figures.lastAnswerNs = atNs;
  figures.lastAnswerPacket = packet;
}

function noteRoundTrips(figures: ServerFigures, { handshake }: Connection): void {
  const { synToSynAckNs, synAckToAckNs } = handshake;
  if (synToSynAckNs !== null && synToSynAckNs >= 0) {
    figures.toServer ??= logHistogram();
    addToHistogram(figures.toServer, synToSynAckNs);
  }
  if (synAckToAckNs !== null && synAckToAckNs >= 0) {
    figures.toClients ??= logHistogram();
    addToHistogram(figures.toClients, synAckToAckNs);
  }
}

function noteAnswer(figures: ServerFigures, { request, response, interim, h2 }: Exchange): void {
  if (request !== null) figures.requests += 1;
  if (response === null) return;
  const { status } = response;
  if (status >= 500 && status <= 599) figures.serverErrors += 1;
  if (status !== UNKNOWN_STATUS) noteStatus(figures, status, 1);
  noteLastAnswer(figures, response.startNs, response.firstPacket);
  const outcome = outcomeOf(response, h2);
  if (isGatewayError(outcome) && request !== null) {
    figures.gatewayErrors ??= earliest(MAX_GATEWAY_ERRORS);
    const { startNs: atNs, firstPacket: packet } = response;
    addEarliest(figures.gatewayErrors, { atNs, packet, status: outcome, requestNs: request.startNs });
  }
  if (request === null || request.lostBytes > 0 || response.lostBytes > 0) return;
  // Nearly none has an interim response, and to look beyond an array's end costs.
  const interimNs = interim.length === 0 ? Number.POSITIVE_INFINITY : (interim[0]?.atNs ?? Number.POSITIVE_INFINITY);
  const firstNs = Math.min(response.startNs, interimNs) - request.endNs;
  if (firstNs < 0) return;
  figures.firstBytes ??= logHistogram();
  addToHistogram(figures.firstBytes, firstNs);
}

function noteStatus(figures: ServerFigures, status: number, count: number): void {
  figures.statuses ??= new Map();
  figures.statuses.set(status, (figures.statuses.get(status) ?? 0) + count);
}
