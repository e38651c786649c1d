/**
 * What one connection says of its server's idle time-out: that the server closed it after so long
 * an idleness and for no other reason, or that after so long it still answered.
 */
import type { CloseSegment } from '../facts/close.js';
import type { Connection, IdlePeriod } from '../facts/connection.js';
import type { Exchange, Message } from '../facts/exchange.js';
import type { IdleClose } from './idle-timeout.js';

/** A server's last words (TLS close_notify, GOAWAY) and its FIN belong together within this time. */
export const FAREWELL_NS = 1_000_000_000;

/** RFC 9110 §15.5.9: sent to a connection that carried no request, so it answers none. */
const REQUEST_TIMEOUT = 408;

/** The server's unprovoked close of an idle connection; `null` when it did not close so, or it cannot be told. */
export function idleCloseOf(connection: Connection): IdleClose | null {
  const { close, server } = connection;
  const [first] = close.segments;
  if (first === undefined || first.from !== 'server' || isUnclear(connection) || !isQuiet(connection)) return null;
  // A RST that looks unlike the server's other segments may be a middlebox's: its timer, not the server's.
  if (first.kind === 'rst' && server.ttl !== null && !server.ttlVaries && first.ttl !== server.ttl) return null;
  const period = connection.idlePeriods.find((idle) => idle.after === 'server' && isEndedBy(idle, first, connection));
  if (period === undefined) return null;
  return {
    idleNs: period.durationNs,
    atNs: period.startNs + period.durationNs,
    stream: connection.stream,
    requests: connection.exchangeOffset + connection.exchanges.length,
  };
}

/** The longest idle period after which the server still answered a request, nanoseconds; 0 when there was none. */
export function longestAnsweredIdleOf(connection: Connection): number {
  if (connection.idlePeriods.length === 0 || isUnclear(connection)) return 0;
  let longest = 0;
  for (const idle of connection.idlePeriods)
    if (idle.durationNs > longest && idle.after === 'server' && idle.endedBy === 'client-payload')
      if (isAnswered(connection, idle)) longest = idle.durationNs;
  return longest;
}

/** Bytes may have passed unseen, time is not to be trusted, or another timer rules (tunnels). */
function isUnclear({ protocol, client, server, guards, exchanges }: Connection): boolean {
  if (protocol === 'websocket' || protocol === 'unknown') return true;
  if (guards.oneSided || guards.clockStepped || client.lostBytes > 0 || server.lostBytes > 0) return true;
  return exchanges.some(({ response }) => response?.framing === 'tunnel' || response?.status === 101);
}

/** No request outstanding, none refused, and neither side had said that it would close. */
function isQuiet({ protocol, exchanges, undecodedBytes }: Connection): boolean {
  if (protocol === 'tls') return true; // what was said is not known; that the server spoke last is
  const last = exchanges.at(-1);
  if (last === undefined || undecodedBytes.client > 0 || undecodedBytes.server > 0) return false;
  const { request, response } = last;
  if (exchanges.some((exchange) => exchange.response === null)) return false;
  if (request === null || response === null || !response.complete || !request.complete) return false;
  return response.status < 400 && !closesAfter(request) && !closesAfter(response);
}

function isEndedBy(idle: IdlePeriod, close: CloseSegment, { protocol, exchanges }: Connection): boolean {
  if (exchanges.some(({ response }) => response !== null && response.endNs > idle.startNs)) return false;
  if (idle.endedBy === 'server-fin' || idle.endedBy === 'server-rst') return idle.packet === close.packet;
  // Without keys a close_notify looks like the rest of a slow response.
  if (idle.endedBy !== 'server-payload' || protocol === 'tls') return false;
  const sinceNs = close.atNs - (idle.startNs + idle.durationNs);
  return sinceNs >= 0 && sinceNs <= FAREWELL_NS;
}

function isAnswered(connection: Connection, idle: IdlePeriod): boolean {
  const exchange = connection.exchanges.find(({ request }) => request?.firstPacket === idle.packet);
  if (exchange !== undefined) return isAnswer(exchange);
  // Its exchange is encrypted, or was handed over before: a server that still spoke had not closed.
  return (connection.server.lastPayloadNs ?? 0) > idle.startNs + idle.durationNs;
}

function isAnswer({ response }: Exchange): boolean {
  return response !== null && response.status !== REQUEST_TIMEOUT;
}

/** The sender announced the end of the connection. RFC 9112 §9.3, §9.6. */
function closesAfter(message: Message): boolean {
  let keepsAlive = false;
  for (const { name, value } of message.fields) {
    if (name !== 'connection') continue;
    const options = value
      .toLowerCase()
      .split(',')
      .map((option) => option.trim());
    if (options.includes('close')) return true;
    keepsAlive ||= options.includes('keep-alive');
  }
  return message.framing === 'close' || (/^HTTP\/(?:0|1\.0)/.test(message.version) && !keepsAlive);
}
