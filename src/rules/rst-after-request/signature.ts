/** The signature: a request outstanding, then a reset by the server, and nothing of the server in between. */
import { ROLES_REVERSED } from '../../facts/anomaly.js';
import type { CloseSegment } from '../../facts/close.js';
import { type Connection, MIN_IDLE_NS, type SideFacts } from '../../facts/connection.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import type { RequestSpan } from '../judgements/forger-place.js';
import { mayHideAnswer } from '../judgements/hidden-answer.js';
import { SHORTEST_WAY_TIMER_NS } from '../judgements/idleness.js';
import { MAX_CLOCK_SKEW_NS } from '../judgements/moments.js';
import { resetShapeOf } from '../judgements/reset-shape.js';
import { hasForeignTtl } from '../judgements/sender-ttl.js';
import { type Incident, incidentWith } from './incident.js';
import { clientPosition, endedIdlePeriod, isStalled, isUnanswered, laterAnswer, lostRequest } from './lost-request.js';
import { openStreams } from './open-streams.js';
import { encrypted, uncaptured } from './unread-request.js';

/** The incident in a connection; `null` when it shows none. Whether the server's silence was seen is asked apart (judgements/capture-guards). */
export function incidentOf(connection: Connection): Incident | null {
  const { close } = connection;
  if (close.kind !== 'rst' || connection.anomalies.some((anomaly) => anomaly.name === ROLES_REVERSED)) return null;
  const serverReset = serverResetOf(close.segments);
  if (serverReset === null) return null;
  if (connection.protocol === 'tls') return encrypted(connection, serverReset);
  if (connection.protocol === 'h2') return openStreams(connection, serverReset);
  if (connection.protocol === 'websocket') return null;
  const at = connection.exchanges.findIndex((exchange) => isUnanswered(exchange, serverReset.atNs));
  const exchange = connection.exchanges[at];
  if (exchange === undefined) return connection.undecodedBytes.server > 0 ? null : uncaptured(connection, serverReset);
  if (exchange.request === null || exchange.interim.length > 0) return null;
  const { request } = exchange;
  if (mayHideAnswer(connection, request)) return null;
  // HTTP/0.9 answers have no head: what a server sends cannot be told from nothing it was asked for.
  if (request.version === 'HTTP/0.9') return null;
  const before = connection.exchanges[at - 1] ?? null;
  const serverLastNs = serverSpokeLastNs(connection, exchange, before, request.startNs);
  if (serverLastNs === 'since') return null;
  const isFirst = exchange.index === 0 && serverLastNs === null;
  // In mid-connection nobody knows how long it was idle before; that is another rule's race.
  if (isFirst && connection.guards.midStream) return null;
  const pauseNs = typeof serverLastNs === 'number' ? request.startNs - serverLastNs : null;
  const isAfterIdle = pauseNs !== null && pauseNs >= MIN_IDLE_NS;
  if (pauseNs !== null && isAfterIdle && isOfTheWay(serverReset, connection.server, pauseNs)) return null;
  // A request of a reused connection: where the pause before it is not known, the idle periods must deny that it was one.
  if (pauseNs === null && !isFirst && endedIdlePeriod(connection, request) !== false) return null;
  if (isAnsweredAhead(connection, request) || isStalled(request, serverReset)) return null;
  const span = requestSpan(connection, request, isFirst, serverReset);
  if (!isFirst && leftBefore(serverReset, span)) return null;
  const outstandingNs = Math.min(Math.max(request.startNs, request.endNs), serverReset.atNs);
  return incidentWith(connection, serverReset, {
    outstanding: 'request',
    request: lostRequest(request),
    lostRequests: 1,
    furtherRequests: [],
    dataPacket: null,
    requestIsFirst: isFirst,
    requestSpan: span,
    outstandingNs,
    delayNs: serverReset.atNs - outstandingNs,
    ageNs: isFirst && connection.handshake.ackNs !== null ? request.startNs - connection.handshake.ackNs : null,
    pauseNs,
    isAfterIdle,
    laterAnswer: laterAnswer(exchange),
  });
}

/**
 * The server's first reset; `null` when the connection was ending anyway: a FIN of the server
 * (keepalive-race, empty-response), or the client gone first. A reset in the client's name does not
 * count as going if it is stale and answers nothing: no client writes that.
 */
function serverResetOf(segments: readonly CloseSegment[]): CloseSegment | null {
  for (const segment of segments) {
    if (segment.kind === 'fin') return null;
    if (segment.from === 'server') return segment;
    const mayBeGenuine = segment.answers !== null || segment.answersUnknown;
    if (segment.deltaSequence === null || segment.deltaSequence >= 0 || mayBeGenuine) return null;
  }
  return null;
}

/**
 * What forgets idle connections on the way says so by a TTL of its own, and after half a minute at the soonest:
 * idle-drop. Where it does in the shape of a socket's abort, it may be a proxy's whose own timer is not known. A
 * link-layer source of its own may be the server's by then: other connections tell (forgotten.ts).
 */
function isOfTheWay(reset: CloseSegment, server: SideFacts, pauseNs: number): boolean {
  return hasForeignTtl(reset, server) && (pauseNs >= SHORTEST_WAY_TIMER_NS || resetShapeOf(reset) === 'B');
}

/**
 * A response that nobody had asked for stands just before the request: its answer, recorded ahead of
 * it by interfaces whose clocks differ or queues that overtake one another.
 */
function isAnsweredAhead({ exchanges }: Connection, request: RequestMessage): boolean {
  return exchanges.some(
    (other) =>
      other.request === null &&
      other.response !== null &&
      Math.abs(request.startNs - other.response.startNs) <= MAX_CLOCK_SKEW_NS,
  );
}

/**
 * The reset acknowledges nothing of a request on a connection that had served before: its sender
 * gave the idle connection up before the request came. That is the race for an idle connection.
 */
function leftBefore({ acknowledgement }: CloseSegment, span: RequestSpan | null): boolean {
  return acknowledgement !== null && span !== null && acknowledgement <= span.start;
}

/**
 * When the server last spoke before the request; `null`: never; `since`: it spoke after it, or may
 * have; `unknown`: what it answered before went away with an earlier batch.
 */
function serverSpokeLastNs(
  connection: Connection,
  exchange: Exchange,
  before: Exchange | null,
  requestNs: number,
): number | null | 'since' | 'unknown' {
  const { firstPayloadNs, lastPayloadNs } = serverSpeech(connection);
  if (firstPayloadNs === null || lastPayloadNs === null) return null;
  if (lastPayloadNs < requestNs) return lastPayloadNs;
  // It spoke later; that is no answer in time if the answer's first byte came after the reset.
  if (exchange.response === null) return 'since';
  if (firstPayloadNs >= exchange.response.startNs) return null;
  if (before === null && connection.exchangeOffset > 0) return 'unknown';
  const beforeNs = before?.response?.endNs ?? null;
  return beforeNs !== null && beforeNs < requestNs ? beforeNs : 'since';
}

/** When the server spoke first and last; within TLS its handshake, tickets and alerts are no words of its own. */
function serverSpeech({ exchanges, server, tls }: Connection): Pick<SideFacts, 'firstPayloadNs' | 'lastPayloadNs'> {
  // In a tunnel the proxy spoke before TLS did.
  if (tls === null || exchanges[0]?.request?.method === 'CONNECT') return server;
  return {
    firstPayloadNs: tls.server.firstApplication?.atNs ?? null,
    lastPayloadNs: tls.server.lastApplication?.atNs ?? null,
  };
}

/**
 * Where the request stands in the client's stream. What the client sent after the reset, its FIN
 * too, is no part of it: the end is read from what the resets say of their moment.
 */
function requestSpan(
  connection: Connection,
  request: RequestMessage,
  isFirst: boolean,
  serverReset: CloseSegment,
): RequestSpan | null {
  // Where plaintext lies among the encrypted bytes is not told.
  if (connection.tls !== null) return null;
  const bytes = request.headBytes + request.bodyBytes;
  const isPlain = request.framing !== 'chunked';
  const position = clientPosition(connection.close.segments, serverReset);
  // The first byte of a stream has the relative number 1.
  if (isFirst) {
    const end = position ?? (isPlain && request.complete && bytes > 0 ? 1 + bytes : connection.client.nextSequence);
    return end === null ? null : { start: 1, end };
  }
  const end = position ?? connection.client.nextSequence;
  return end === null || !isPlain ? null : { start: end - bytes, end };
}
