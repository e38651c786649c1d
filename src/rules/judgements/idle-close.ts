/**
 * What one connection says of how long its two ends keep it idle: that one closed it after so long
 * an idleness and for no other reason, or that after so long the server still answered.
 */
import type { CloseSegment } from '../../facts/close.js';
import { type Connection, type IdlePeriod, MIN_IDLE_NS } from '../../facts/connection.js';
import type { Endpoint, Side } from '../../facts/endpoint.js';
import type { Exchange } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { STATUS } from '../../facts/status.js';
import { crossedCloseOf } from './crossed-close.js';
import type { IdleClose } from './idle-timeout.js';
import { FAREWELL_NS, isUnclear } from './idleness.js';
import { isOver, saysLast } from './message-end.js';
import { hasForeignTtl } from './sender-ttl.js';

/** The server's unprovoked close of an idle connection; `null` when it did not close so, or it cannot be told. */
export function idleCloseOf(connection: Connection): IdleClose | null {
  const crossed = crossedCloseOf(connection);
  if (crossed !== null)
    return {
      idleNs: crossed.close.atNs - crossed.heardNs,
      atNs: crossed.close.atNs,
      packet: crossed.close.packet,
      stream: connection.stream,
      requests: crossed.requestsBefore,
    };
  return unprovokedCloseOf(connection, 'server');
}

/** The same of the client: how long it keeps a connection that it might use again. */
export function clientIdleCloseOf(connection: Connection): IdleClose | null {
  return unprovokedCloseOf(connection, 'client');
}

function unprovokedCloseOf(connection: Connection, by: Side): IdleClose | null {
  const { close } = connection;
  const [first] = close.segments;
  if (first === undefined || first.from !== by || isUnclear(connection) || !isQuiet(connection)) return null;
  // A RST that looks unlike its sender's other segments may be a middlebox's: its timer, not the sender's.
  if (first.kind === 'rst' && hasForeignTtl(first, connection[by])) return null;
  const period = connection.idlePeriods.find((idle) => idle.after === 'server' && isEndedBy(idle, first, connection));
  if (period === undefined) return null;
  return {
    idleNs: period.durationNs,
    atNs: period.startNs + period.durationNs,
    packet: first.packet,
    stream: connection.stream,
    requests: connection.exchangeOffset + connection.exchanges.length,
  };
}

/**
 * The server's close of a connection on which no request came, silent or with a 408: its request
 * time-out, counted from the handshake. `null`: it did not close so, or it cannot be told.
 */
export function requestTimeoutCloseOf(connection: Connection): IdleClose | null {
  const { client, server, close, exchanges, exchangeOffset, guards, handshake, stream } = connection;
  const [first] = close.segments;
  if (first === undefined || first.from !== 'server' || first.kind !== 'fin' || handshake.ackNs === null) return null;
  if (guards.oneSided || guards.clockStepped || client.lostBytes > 0 || server.lostBytes > 0) return null;
  if (client.payloadBytes > 0 || exchangeOffset > 0) return null;
  const said = exchanges[0]?.response ?? null;
  if (said === null ? server.payloadBytes > 0 : said.status !== STATUS.requestTimeout) return null;
  const atNs = said?.startNs ?? first.atNs;
  const idleNs = atNs - handshake.ackNs;
  return idleNs < MIN_IDLE_NS ? null : { idleNs, atNs, packet: first.packet, stream, requests: 0 };
}

/** A request that was answered though the connection had been idle before it. */
export interface AnsweredReuse {
  readonly idleNs: number;
  readonly atNs: number;
  /** The request's first packet; in TLS without keys that of the client data. */
  readonly packet: PacketReference;
  readonly stream: number;
  readonly client: Endpoint;
}

/** The idle periods after which the server still answered, at most as many as are kept. */
export function answeredReusesOf(connection: Connection): AnsweredReuse[] {
  const { idlePeriods, stream, client } = connection;
  if (idlePeriods.length === 0 || isUnclear(connection)) return [];
  return idlePeriods.flatMap((idle) =>
    idle.after === 'server' && idle.endedBy === 'client-payload' && idle.packet !== null && isAnswered(connection, idle)
      ? [
          {
            idleNs: idle.durationNs,
            atNs: idle.startNs + idle.durationNs,
            packet: idle.packet,
            stream,
            client: client.endpoint,
          },
        ]
      : [],
  );
}

/** The longest idle period after which the server still answered a request, nanoseconds; 0 when there was none. */
export function longestAnsweredIdleOf(connection: Connection): number {
  return answeredReusesOf(connection).reduce((longest, { idleNs }) => Math.max(longest, idleNs), 0);
}

/** No request outstanding, none refused, and neither side had said that it would close. */
function isQuiet({ protocol, tls, exchanges, undecodedBytes, guards, client, server }: Connection): boolean {
  // What was said is not known; that the server spoke last is. Where all was opened, no request was: its time-out is another.
  if (protocol === 'tls' && tls?.decryption !== 'whole') return true;
  const last = exchanges.at(-1);
  if (last === undefined || undecodedBytes.client > 0) return false;
  // Behind a body that the snap length cut: the rest of it.
  if (undecodedBytes.server > 0 && !guards.snapped) return false;
  const { request, response } = last;
  if (exchanges.some((exchange) => exchange.response === null)) return false;
  if (request === null || response === null || !isOver(response, server) || !isOver(request, client)) return false;
  return response.status < 400 && !saysLast(request, client) && !saysLast(response, server);
}

function isEndedBy(idle: IdlePeriod, close: CloseSegment, { tls, protocol, exchanges }: Connection): boolean {
  if (exchanges.some(({ response }) => response !== null && response.endNs > idle.startNs)) return false;
  if (idle.endedBy === `${close.from}-fin` || idle.endedBy === `${close.from}-rst`) return idle.packet === close.packet;
  if (idle.endedBy !== `${close.from}-payload`) return false;
  // Without keys a close_notify is known by its record's type or length; other bytes may be the rest of a slow response.
  const isAlert = tls?.alerts.some(({ from, packet }) => from === close.from && packet === idle.packet) === true;
  if (protocol === 'tls' && !isAlert) return false;
  const sinceNs = close.atNs - (idle.startNs + idle.durationNs);
  return sinceNs >= 0 && sinceNs <= FAREWELL_NS;
}

function isAnswered(connection: Connection, idle: IdlePeriod): boolean {
  // What is said behind a close is another connection's, on the same ports, whose SYN the capture lacks.
  if (connection.close.segments.some(({ atNs }) => atNs <= idle.startNs + idle.durationNs)) return false;
  const exchange = connection.exchanges.find(({ request }) => request?.firstPacket === idle.packet);
  if (exchange !== undefined) return isAnswer(exchange);
  // Its exchange is encrypted, or was handed over before: a server that still spoke had not closed.
  return (connection.server.lastPayloadNs ?? 0) > idle.startNs + idle.durationNs;
}

function isAnswer({ response }: Exchange): boolean {
  return response !== null && response.status !== STATUS.requestTimeout;
}
