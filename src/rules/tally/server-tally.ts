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
import type { ServerSummary } from '../../facts/summary.js';
import { endpointText } from '../../text/address.js';
import { compareText } from '../../text/order.js';
import type { IdleClose } from '../judgements/idle-timeout.js';
import type { Moment } from './earliest.js';
import type { LogHistogram } from './log-histogram.js';
import {
  type Accept,
  type GatewayError,
  MAX_ACCEPTED_CLIENTS,
  mergeFigures,
  newFigures,
  noteConnection,
  type ServerFigures,
} from './server-figures.js';
import { type NameSource, summaryOf } from './server-summary.js';
import type { TimeCounts } from './time-counts.js';

/**
 * Servers kept: some 40 MB where each answers. Of more, those with the lowest ports stay (then by address): services
 * live there, and a scan's or a mistaken role's high ports go first. {@link ServerTally.leftOut} counts the rest.
 */
export const MAX_SERVERS = 4096;
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

/** What a part of a run saw: plain data. */
export interface ServersSeen {
  readonly connections: number;
  readonly servers: readonly Readonly<ServerFigures>[];
}

/** What rules are told of all servers. */
interface Answers {
  readonly all: readonly ServerKnown[];
  /** The lowest port first. */
  readonly ofAddress: ReadonlyMap<string, readonly ServerKnown[]>;
  /** In order of time. */
  readonly failures: readonly GatewayFailure[];
}

/** See the head of this file. */
export class ServerTally implements ServersKnown {
  private readonly servers = new Map<string, ServerFigures>();
  private connections = 0;
  /** The last server that stayed when they were cut: those behind it are left out for good. `null`: never cut. */
  private last: ServerFigures | null = null;
  /** Made when rules ask, for each of their servers: kept while nothing is added. */
  private answers: Answers | null = null;

  inspect(connection: Connection): void {
    this.answers = null;
    if (connection.exchangeOffset === 0) this.connections += 1;
    const figures = this.figuresOf(connection.server.endpoint);
    if (figures !== null) noteConnection(figures, connection);
  }

  get seen(): ServersSeen {
    return { connections: this.connections, servers: [...this.servers.values()] };
  }

  merge(other: ServersSeen): void {
    this.answers = null;
    this.connections += other.connections;
    for (const from of other.servers) {
      const into = this.figuresOf(from);
      if (into !== null) mergeFigures(into, from);
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
    return this.answered().ofAddress.get(address) ?? [];
  }

  all(): readonly ServerKnown[] {
    return this.answered().all;
  }

  gatewayFailures(): readonly GatewayFailure[] {
    return this.answered().failures;
  }

  private answered(): Answers {
    this.cut();
    this.answers ??= answersOf(this.servers);
    return this.answers;
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
    const figures = newFigures(address, port);
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

function answersOf(servers: ReadonlyMap<string, ServerFigures>): Answers {
  const all = Array.from(servers.values(), knownOf);
  const ofAddress = new Map<string, ServerKnown[]>();
  const failures: GatewayFailure[] = [];
  for (const known of all) {
    const { address, port, gatewayErrors } = known;
    const ports = ofAddress.get(address);
    if (ports === undefined) ofAddress.set(address, [known]);
    else ports.push(known);
    for (const error of gatewayErrors) failures.push({ ...error, address, port });
  }
  for (const ports of ofAddress.values()) ports.sort((one, other) => one.port - other.port);
  failures.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return { all, ofAddress, failures };
}

/** Which of two servers stays rather than the other. */
function inOrder(one: Endpoint, other: Endpoint): number {
  return one.port - other.port || compareText(one.address, other.address);
}

function knownOf(figures: ServerFigures): ServerKnown {
  const { lastAnswerNs: atNs, lastAnswerPacket: packet, gatewayErrors } = figures;
  return {
    ...figures,
    lastAnswer: packet < 0 ? null : { atNs, packet },
    gatewayErrors: gatewayErrors?.items ?? [],
  };
}
