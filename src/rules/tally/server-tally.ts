/**
 * What is known of each server over the whole run: how much it served, how often it failed, and
 * when it gives up idle connections.
 *
 * A tally: fed with connections in any order and in parts, merged in any order, the same result.
 * A connection that hands its exchanges over in batches counts once, with its first batch; how it
 * closed comes with its last.
 */
import type { Connection } from '../../facts/connection.js';
import { type Exchange, UNKNOWN_STATUS } from '../../facts/exchange.js';
import { type ServerSummary, type TimeToFirstByte, UNDECRYPTED_CAUSES } from '../../facts/summary.js';
import type { Decryption } from '../../facts/tls.js';
import { endpointText } from '../../text/address.js';
import { compareText } from '../../text/order.js';
import { idleCloseOf, longestAnsweredIdleOf, requestTimeoutCloseOf } from '../judgements/idle-close.js';
import { estimateIdleTimeout, type IdleClose } from '../judgements/idle-timeout.js';
import { addEarliest, type Earliest, earliest, mergeEarliest } from './earliest.js';
import { addToHistogram, type LogHistogram, logHistogram, mergeHistogram, percentileOf } from './log-histogram.js';

/**
 * Servers kept: some 10 MB. Of more, those with the lowest ports stay (then by address): services
 * live there, and a scan's or a mistaken role's high ports go first. {@link ServerTally.leftOut} counts the rest.
 */
export const MAX_SERVERS = 20_000;
/** Idle closes kept per server, the earliest: enough for any estimate. */
export const MAX_IDLE_CLOSES = 128;

/** Whom to ask for names (rules/tally/name-table). */
export interface NameSource {
  namesOf(address: string, port: number): readonly string[];
}

interface ServerFigures {
  readonly address: string;
  readonly port: number;
  connections: number;
  undecrypted: number;
  exchanges: number;
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

/** See the head of this file. */
export class ServerTally {
  private readonly servers = new Map<string, ServerFigures>();
  private connections = 0;

  inspect(connection: Connection): void {
    const { exchanges, close, tls } = connection;
    const figures = this.figuresOf(connection.server.endpoint);
    if (connection.exchangeOffset === 0) {
      figures.connections += 1;
      this.connections += 1;
      if (tls !== null && (UNDECRYPTED_CAUSES as readonly Decryption[]).includes(tls.decryption))
        figures.undecrypted += 1;
      noteRoundTrips(figures, connection);
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

  merge(other: ServerTally): void {
    this.connections += other.connections;
    for (const from of other.servers.values()) {
      const into = this.figuresOf(from);
      into.connections += from.connections;
      into.undecrypted += from.undecrypted;
      into.exchanges += from.exchanges;
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

  /** Connections to servers beyond {@link MAX_SERVERS}, which no summary shows. */
  get leftOut(): number {
    this.cut();
    let shown = 0;
    for (const figures of this.servers.values()) shown += figures.connections;
    return this.connections - shown;
  }

  private figuresOf({ address, port }: { readonly address: string; readonly port: number }): ServerFigures {
    const key = endpointText({ address, port });
    const known = this.servers.get(key);
    if (known !== undefined) return known;
    if (this.servers.size >= 2 * MAX_SERVERS) this.cut();
    const figures: ServerFigures = {
      address,
      port,
      connections: 0,
      undecrypted: 0,
      exchanges: 0,
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
    const inOrder = [...this.servers.values()].sort((a, b) => a.port - b.port || compareText(a.address, b.address));
    for (const figures of inOrder.slice(MAX_SERVERS)) this.servers.delete(endpointText(figures));
  }
}

function idleClosesOf(figures: ServerFigures): Earliest<IdleClose> {
  figures.idleCloses ??= earliest(MAX_IDLE_CLOSES);
  return figures.idleCloses;
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
  if (response === null) return;
  const { status } = response;
  if (status >= 500 && status <= 599) figures.serverErrors += 1;
  if (status !== UNKNOWN_STATUS) noteStatus(figures, status, 1);
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
  const { address, port, connections, undecrypted, exchanges, serverErrors, resets, longestAnsweredNs } = figures;
  const estimate = estimateIdleTimeout(figures.idleCloses?.items ?? [], longestAnsweredNs);
  const request = estimateIdleTimeout(figures.requestTimeouts?.items ?? [], 0);
  return {
    address,
    port,
    names: names.namesOf(address, port),
    connections,
    undecrypted,
    exchanges,
    serverErrors,
    resets,
    idleTimeoutSeconds: estimate?.seconds ?? null,
    idleTimeoutSamples: estimate?.samples ?? 0,
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
