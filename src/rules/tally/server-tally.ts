/**
 * What is known of each server over the whole run: how much it served, how often it failed, and
 * when it gives up idle connections.
 *
 * A tally: fed with connections in any order and in parts, merged in any order, the same result.
 * A connection that hands its exchanges over in batches counts once, with its first batch; how it
 * closed comes with its last.
 */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { type Exchange, UNKNOWN_STATUS } from '../../facts/exchange.js';
import type { SegmentEvidence } from '../../facts/segment-evidence.js';
import { type ServerSummary, type TimeToFirstByte, UNDECRYPTED_CAUSES } from '../../facts/summary.js';
import type { Decryption } from '../../facts/tls.js';
import { endpointText } from '../../text/address.js';
import { compareText } from '../../text/order.js';
import { isGatewayError } from '../judgements/gateway-error.js';
import { idleCloseOf, longestAnsweredIdleOf, requestTimeoutCloseOf } from '../judgements/idle-close.js';
import { estimateIdleTimeout, type IdleClose } from '../judgements/idle-timeout.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from './earliest.js';
import { addToHistogram, type LogHistogram, logHistogram, mergeHistogram, percentileOf } from './log-histogram.js';
import { countAt, mergeTimeCounts, type TimeCounts, timeCounts } from './time-counts.js';

/**
 * Servers kept: some 40 MB where each answers. Of more, those with the lowest ports stay (then by address): services
 * live there, and a scan's or a mistaken role's high ports go first. {@link ServerTally.leftOut} counts the rest.
 */
export const MAX_SERVERS = 4096;
/** Idle closes kept per server, the earliest: enough for any estimate. */
export const MAX_IDLE_CLOSES = 128;

const NO_CLOSES: readonly IdleClose[] = [];

/** Whom to ask for names (rules/tally/name-table). */
export interface NameSource {
  namesOf(address: string, port: number): readonly string[];
}

/** Answers 502, 503 and 504 kept per server, the earliest: what a proxy says when a server behind it fails. */
const MAX_GATEWAY_ERRORS = 256;

/** Clients kept per server: a proxy's few addresses, or some of many. */
export const MAX_ACCEPTED_CLIENTS = 8;

/** An answer 502, 503 or 504: from its request to its first byte. RFC 9110 §15.6. */
export interface GatewayError extends Moment {
  readonly status: number;
  readonly requestNs: number;
}

/** A handshake that was completed: its SYN-ACK, and how that was sent. */
interface Accept extends Moment {
  readonly ttl: number | null;
  readonly mac: number | null;
  /** Link-layer source of the SYN; `null`: not known. */
  readonly clientMac: number | null;
}

/** What rules may ask of any server when they conclude. */
export interface ServerKnown {
  readonly address: string;
  readonly port: number;
  readonly connections: number;
  /** Connections whose handshake was completed, the first and the last of them, and when. */
  readonly accepted: number;
  readonly firstAccept: Accept | null;
  readonly lastAccept: Accept | null;
  readonly acceptedAt: TimeCounts;
  /** Clients whose connections were accepted, at most {@link MAX_ACCEPTED_CLIENTS}: those of the lowest addresses. */
  readonly acceptedClients: readonly string[];
  /** Accepted after the SYN had been sent again, and the first of them. */
  readonly acceptedLate: number;
  readonly firstLate: Accept | null;
  readonly exchanges: number;
  readonly lastAnswer: Moment | null;
  /** Longest pause of a connection behind which it still answered, nanoseconds; 0: none above MIN_IDLE_NS. */
  readonly longestAnsweredNs: number;
  readonly gatewayErrors: readonly GatewayError[];
  /** Request's end to response's first byte. */
  readonly firstBytes: LogHistogram | null;
  /** Round trips of the handshake from the capture point: to the server, and to its clients. */
  readonly toServer: LogHistogram | null;
  readonly toClients: LogHistogram | null;
}

/** An answer 502, 503 or 504, and who gave it. */
export interface GatewayFailure extends GatewayError {
  readonly address: string;
  readonly port: number;
}

/** Whom rules ask of servers that are not their own subject. */
export interface ServersKnown {
  /** `null`: no connection to it was seen. */
  known(endpoint: { readonly address: string; readonly port: number }): ServerKnown | null;
  /** All ports of an address, the lowest first. */
  portsOf(address: string): readonly ServerKnown[];
  /** Its closes of idle connections that nothing else provoked, and the longest idle time after which it still answered. */
  idlenessOf(endpoint: { readonly address: string; readonly port: number }): {
    readonly closes: readonly IdleClose[];
    readonly longestAnsweredNs: number;
  };
  /** Every server, in no order that means anything. */
  all(): readonly ServerKnown[];
  /** Answers 502, 503 and 504 of all servers, in order of time: what clients in front were told. */
  gatewayFailures(): readonly GatewayFailure[];
}

interface ServerFigures {
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

/** What a part of a run saw: plain data. */
export interface ServersSeen {
  readonly connections: number;
  readonly servers: readonly Readonly<ServerFigures>[];
}

/** See the head of this file. */
export class ServerTally implements ServersKnown {
  private readonly servers = new Map<string, ServerFigures>();
  private connections = 0;
  /** The last server that stayed when they were cut: those behind it are left out for good. `null`: never cut. */
  private last: ServerFigures | null = null;
  /** Made when rules ask, for each of their servers: kept while nothing is added. */
  private allKnown: readonly ServerKnown[] | null = null;

  inspect(connection: Connection): void {
    this.allKnown = null;
    const { exchanges, close, tls } = connection;
    if (connection.exchangeOffset === 0) this.connections += 1;
    const figures = this.figuresOf(connection.server.endpoint);
    if (figures === null) return;
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

  get seen(): ServersSeen {
    return { connections: this.connections, servers: [...this.servers.values()] };
  }

  merge(other: ServersSeen): void {
    this.allKnown = null;
    this.connections += other.connections;
    for (const from of other.servers) {
      const into = this.figuresOf(from);
      if (into === null) continue;
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
  }

  /** All servers, those with most connections first. */
  conclude(names: NameSource): ServerSummary[] {
    this.cut();
    return [...this.servers.values()]
      .map((figures) => summaryOf(figures, names))
      .sort((a, b) => b.connections - a.connections || compareText(a.address, b.address) || a.port - b.port);
  }

  known(endpoint: { readonly address: string; readonly port: number }): ServerKnown | null {
    this.cut();
    const figures = this.servers.get(endpointText(endpoint));
    return figures === undefined ? null : knownOf(figures);
  }

  idlenessOf(endpoint: { readonly address: string; readonly port: number }) {
    const figures = this.servers.get(endpointText(endpoint));
    return { closes: figures?.idleCloses?.items ?? [], longestAnsweredNs: figures?.longestAnsweredNs ?? 0 };
  }

  portsOf(address: string): readonly ServerKnown[] {
    this.cut();
    return [...this.servers.values()]
      .filter((figures) => figures.address === address)
      .sort((one, other) => one.port - other.port)
      .map(knownOf);
  }

  all(): readonly ServerKnown[] {
    this.cut();
    this.allKnown ??= [...this.servers.values()].map(knownOf);
    return this.allKnown;
  }

  gatewayFailures(): readonly GatewayFailure[] {
    this.cut();
    const failures: GatewayFailure[] = [];
    for (const { address, port, gatewayErrors } of this.servers.values())
      for (const error of gatewayErrors?.items ?? []) failures.push({ ...error, address, port });
    return failures.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  }

  /** Connections to servers beyond {@link MAX_SERVERS}, which no summary shows. */
  get leftOut(): number {
    this.cut();
    let shown = 0;
    for (const figures of this.servers.values()) shown += figures.connections;
    return this.connections - shown;
  }

  /** The server's, made when it is new; `null`: it is left out. */
  private figuresOf({ address, port }: { readonly address: string; readonly port: number }): ServerFigures | null {
    if (this.last !== null && inOrder({ address, port }, this.last) > 0) return null;
    const key = endpointText({ address, port });
    const known = this.servers.get(key);
    if (known !== undefined) return known;
    if (this.servers.size >= 2 * MAX_SERVERS) this.cut();
    const figures: ServerFigures = {
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
    this.servers.set(key, figures);
    return figures;
  }

  /**
   * Leaves the lowest {@link MAX_SERVERS}. What stays has been there since its first connection, in
   * every part of a split run too, so its figures are exact; what was cut and came again is cut again.
   */
  private cut(): void {
    if (this.servers.size <= MAX_SERVERS) return;
    const sorted = [...this.servers.values()].sort(inOrder);
    for (const figures of sorted.slice(MAX_SERVERS)) this.servers.delete(endpointText(figures));
    this.last = sorted[MAX_SERVERS - 1] ?? null;
  }
}

/** Which of two servers stays rather than the other. */
function inOrder(one: Endpoint, other: Endpoint): number {
  return one.port - other.port || compareText(one.address, other.address);
}

function idleClosesOf(figures: ServerFigures): Earliest<IdleClose> {
  figures.idleCloses ??= earliest(MAX_IDLE_CLOSES);
  return figures.idleCloses;
}

function knownOf(figures: ServerFigures): ServerKnown {
  const { lastAnswerNs: atNs, lastAnswerPacket: packet, gatewayErrors } = figures;
  return {
    ...figures,
    lastAnswer: packet < 0 ? null : { atNs, packet },
    gatewayErrors: gatewayErrors?.items ?? [],
  };
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
  return { atNs, packet, ttl, mac, clientMac: syn?.mac ?? null };
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

function noteAnswer(figures: ServerFigures, { request, response, interim }: Exchange): void {
  if (request !== null) figures.requests += 1;
  if (response === null) return;
  const { status } = response;
  if (status >= 500 && status <= 599) figures.serverErrors += 1;
  if (status !== UNKNOWN_STATUS) noteStatus(figures, status, 1);
  noteLastAnswer(figures, response.startNs, response.firstPacket);
  if (isGatewayError(status) && request !== null) {
    figures.gatewayErrors ??= earliest(MAX_GATEWAY_ERRORS);
    const { startNs: atNs, firstPacket: packet } = response;
    addEarliest(figures.gatewayErrors, { atNs, packet, status, requestNs: request.startNs });
  }
  if (request === null || request.lostBytes > 0 || response.lostBytes > 0) return;
  const firstNs = Math.min(response.startNs, interim[0]?.atNs ?? response.startNs) - request.endNs;
  if (firstNs < 0) return;
  figures.firstBytes ??= logHistogram();
  addToHistogram(figures.firstBytes, firstNs);
}

function noteStatus(figures: ServerFigures, status: number, count: number): void {
  figures.statuses ??= new Map();
  figures.statuses.set(status, (figures.statuses.get(status) ?? 0) + count);
}

function medianSeconds(of: LogHistogram | null): number | null {
  const median = of === null ? null : percentileOf(of, 0.5);
  return median === null ? null : seconds(median);
}

function timeToFirstByteOf(of: LogHistogram | null): TimeToFirstByte | null {
  if (of === null || of.count === 0) return null;
  const at = (share: number): number => seconds(percentileOf(of, share) ?? 0);
  return {
    samples: of.count,
    p50Seconds: at(0.5),
    p95Seconds: at(0.95),
    p99Seconds: at(0.99),
    maxSeconds: seconds(of.greatest),
  };
}

/** Whole nanoseconds, in seconds. */
function seconds(ns: number): number {
  return Math.round(ns) / 1e9;
}

function summaryOf(figures: ServerFigures, names: NameSource): ServerSummary {
  const { address, port, connections, undecrypted, exchanges, requests, serverErrors, resets, longestAnsweredNs } =
    figures;
  const estimate = estimateIdleTimeout(figures.idleCloses?.items ?? [], longestAnsweredNs);
  const request = estimateIdleTimeout(figures.requestTimeouts?.items ?? [], 0);
  return {
    address,
    port,
    names: names.namesOf(address, port),
    connections,
    undecrypted,
    exchanges,
    requests,
    serverErrors,
    resets,
    idleTimeoutSeconds: estimate?.seconds ?? null,
    idleTimeoutSamples: estimate?.samples ?? 0,
    idleCloseSeconds: (figures.idleCloses?.items ?? NO_CLOSES).map(({ idleNs }) => idleNs / 1e9).sort((a, b) => a - b),
    longestAnsweredIdleSeconds: longestAnsweredNs > 0 ? longestAnsweredNs / 1e9 : null,
    statuses: [...(figures.statuses ?? [])]
      .map(([status, count]) => ({ status, count }))
      .sort((one, other) => one.status - other.status),
    requestTimeoutSeconds: request?.seconds ?? null,
    requestTimeoutSamples: request?.samples ?? 0,
    roundTripToServerSeconds: medianSeconds(figures.toServer),
    roundTripToClientsSeconds: medianSeconds(figures.toClients),
    timeToFirstByte: timeToFirstByteOf(figures.firstBytes),
  };
}
