/** The signature: a request outstanding, then a reset by the server, and nothing of the server in between. */
import { ROLES_REVERSED } from '../../facts/anomaly.js';
import type { CloseSegment } from '../../facts/close.js';
import { type Connection, type IdlePeriod, MIN_IDLE_NS, type SideFacts } from '../../facts/connection.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import { captureIndexOf, type PacketReference } from '../../facts/packet-reference.js';
import type { RequestSpan } from '../judgements/forgery.js';
import { mayBeRefusedHandshake } from '../judgements/refused-handshake.js';
import { hasForeignTtl } from '../judgements/sender-ttl.js';
import { streamingOf } from '../judgements/streaming.js';

/** Resets kept of an incident: a burst shows itself in four. */
const MAX_RESETS = 4;
/** Further requests of one HTTP/2 connection that are kept: the count says how many there were. */
const MAX_FURTHER_REQUESTS = 3;
/** Clocks of interfaces and capture queues differ by less than this. */
const MAX_CLOCK_SKEW_NS = 100_000_000;

/** The request that got no answer. */
export interface LostRequest {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  readonly version: string;
  readonly authority: string | null;
  readonly firstPacket: PacketReference;
  readonly lastPacket: PacketReference;
  readonly startNs: number;
  readonly endNs: number;
  readonly headBytes: number;
  readonly bodyBytes: number;
  readonly complete: boolean;
  /** Bytes of it that the capture does not hold: its head was cut, or none of it was printed. */
  readonly lostBytes: number;
}

/**
 * What of the client's stood unanswered: a request that was read; data that TLS hides and that is most
 * likely one (application data of a client that speaks HTTP); bytes of which nobody can tell; or the
 * first bytes of a connection of which the capture has no more than that they were sent (cut by the
 * snap length, or not printed in a text).
 */
export type Outstanding = 'request' | 'application-data' | 'unknown-bytes' | 'uncaptured-bytes';

/** One connection in which it happened: what the argument needs of its facts. */
export interface Incident {
  /** The server's reset: what the incident is dated by. */
  readonly atNs: number;
  readonly packet: PacketReference;
  readonly stream: number;
  readonly client: SideFacts;
  readonly server: SideFacts;
  readonly handshake: Connection['handshake'];
  readonly guards: Connection['guards'];
  /** Indices of the captures that hold the packets which are compared, in order. */
  readonly captures: readonly number[];
  readonly outstanding: Outstanding;
  /** The first one that got no answer; `null` where it was not read: in TLS that no key opens, or not captured. */
  readonly request: LostRequest | null;
  /** HTTP/2: streams whose requests stood unanswered; 1 elsewhere. */
  readonly lostRequests: number;
  /** The next of them, at most {@link MAX_FURTHER_REQUESTS}. */
  readonly furtherRequests: readonly LostRequest[];
  /** The packet of the last data of the client, where that is encrypted or not captured, and stood unanswered. */
  readonly dataPacket: PacketReference | null;
  readonly requestIsFirst: boolean;
  /** Where the request stands in the client's stream; `null` when its framing hides its length. */
  readonly requestSpan: RequestSpan | null;
  /** Last byte that the client had outstanding. */
  readonly outstandingNs: number;
  readonly serverReset: CloseSegment;
  /** All resets, in capture order, the first {@link MAX_RESETS}. */
  readonly resets: readonly CloseSegment[];
  readonly delayNs: number;
  /** Handshake to first request; `null` on a reused connection or when the handshake was not seen. */
  readonly ageNs: number | null;
  /** Last payload to the request, on a reused connection. */
  readonly pauseNs: number | null;
  /** That pause was long enough to be idleness: told only where the server's idle time-out is not what ended it. */
  readonly isAfterIdle: boolean;
  /** An answer that came after the reset: its sender knew nothing of it. */
  readonly laterAnswer: { readonly packet: PacketReference; readonly atNs: number; readonly status: number } | null;
  /** The kernel's refusal of the handshake looks like that, but for a TTL that is not known: accept-queue-overflow's. */
  readonly mayRefuseHandshake: boolean;
  /** Network trouble on this connection. */
  readonly unreachable: PacketReference | null;
  /** Something that the client's bytes did wrong: anomaly name and first packet. */
  readonly clientAnomaly: { readonly name: string; readonly packet: PacketReference } | null;
}

/** The incident in a connection; `null` when it shows none. Whether the server's silence was seen is asked apart (judgements/capture-guards). */
export function incidentOf(connection: Connection): Incident | null {
  const { close } = connection;
  if (close.kind !== 'rst' || connection.anomalies.some((anomaly) => anomaly.name === ROLES_REVERSED)) return null;
  const serverReset = serverResetOf(close.segments);
  if (serverReset === null) return null;
  if (connection.protocol === 'tls') return encrypted(connection, serverReset);
  if (connection.protocol === 'h2') return openStreams(connection, serverReset);
  if (connection.protocol === 'websocket' || connection.undecodedBytes.server > 0) return null;
  const at = connection.exchanges.findIndex((exchange) => isUnanswered(exchange, serverReset.atNs));
  const exchange = connection.exchanges[at];
  if (exchange === undefined) return uncaptured(connection, serverReset);
  if (exchange.request === null || exchange.interim.length > 0) return null;
  const { request } = exchange;
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
  // What forgets idle connections on the way says so by a TTL of its own: another rule's.
  if (isAfterIdle && hasForeignTtl(serverReset, connection.server)) return null;
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

/** Of an exchange that nobody had answered when the reset came. */
function laterAnswer({ response }: Exchange): Incident['laterAnswer'] {
  return response === null ? null : { packet: response.firstPacket, atNs: response.startNs, status: response.status };
}

/**
 * HTTP/2: streams whose requests stood unanswered when the server reset the connection. Frames of
 * other streams are no answer to them; a GOAWAY is one, and its story is another rule's.
 */
function openStreams(connection: Connection, serverReset: CloseSegment): Incident | null {
  const { h2, tls, exchanges, guards } = connection;
  if (h2 === null || h2.timesLost.server > 0 || h2.timesLost.client > 0) return null;
  if (h2.goAways.some(({ from, atNs }) => from === 'server' && atNs <= serverReset.atNs)) return null;
  if (tls !== null && tls.decryption !== 'whole') return null;
  const open = exchanges.filter((exchange) => isOpenStream(exchange, serverReset.atNs));
  const [first, ...further] = [...open].sort((one, other) => one.index - other.index);
  if (first === undefined || first.request === null) return null;
  const { request } = first;
  const isFirst = first.index === 0;
  if (isFirst && guards.midStream) return null;
  // After a pause the server may have given the connection up before the request came: another rule's race.
  if (endedIdlePeriod(connection, request) !== false || isStalled(request, serverReset)) return null;
  const outstandingNs = Math.min(Math.max(request.startNs, request.endNs), serverReset.atNs);
  return incidentWith(connection, serverReset, {
    outstanding: 'request',
    request: lostRequest(request),
    lostRequests: open.length,
    furtherRequests: further
      .slice(0, MAX_FURTHER_REQUESTS)
      .flatMap((exchange) => (exchange.request === null ? [] : [lostRequest(exchange.request)])),
    dataPacket: null,
    requestIsFirst: isFirst,
    requestSpan: null,
    outstandingNs,
    delayNs: serverReset.atNs - outstandingNs,
    ageNs: isFirst && connection.handshake.ackNs !== null ? request.startNs - connection.handshake.ackNs : null,
    pauseNs: null,
    isAfterIdle: false,
    laterAnswer: laterAnswer(first),
  });
}

function isOpenStream(exchange: Exchange, resetNs: number): boolean {
  const { h2, interim } = exchange;
  if (h2 === null || h2.promise !== null || interim.length > 0 || streamingOf(exchange) !== null) return false;
  if (h2.reset !== null && h2.reset.atNs <= resetNs) return false;
  return isUnanswered(exchange, resetNs);
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

/** The client stopped in the middle of its request: what ran out was patience with it. */
function isStalled({ complete, lostBytes, endNs }: RequestMessage, reset: CloseSegment): boolean {
  return !complete && lostBytes === 0 && reset.atNs - endNs >= MIN_IDLE_NS;
}

/**
 * The reset acknowledges nothing of a request on a connection that had served before: its sender
 * gave the idle connection up before the request came. That is the race for an idle connection.
 */
function leftBefore({ acknowledgement }: CloseSegment, span: RequestSpan | null): boolean {
  return acknowledgement !== null && span !== null && acknowledgement <= span.start;
}

function isUnanswered(exchange: Exchange, resetNs: number): boolean {
  if (exchange.request === null || exchange.request.startNs > resetNs) return false;
  return exchange.response === null || exchange.response.startNs > resetNs;
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
 * TLS without keys: client data outstanding after the server had spoken. Whether it was a request is
 * likely where it is application data of a client that speaks HTTP; of other bytes nothing is
 * concluded but a forgery.
 */
function encrypted(connection: Connection, serverReset: CloseSegment): Incident | null {
  const { client, server } = connection;
  const spokeNs = client.lastPayloadNs;
  const heardNs = server.lastPayloadNs;
  if (spokeNs === null || heardNs === null || connection.handshake.kind !== 'complete') return null;
  if (spokeNs <= heardNs || spokeNs > serverReset.atNs || spokeNs - heardNs >= MIN_IDLE_NS) return null;
  return incidentWith(connection, serverReset, {
    outstanding: isLikelyRequest(connection, serverReset.atNs) ? 'application-data' : 'unknown-bytes',
    request: null,
    lostRequests: 1,
    furtherRequests: [],
    dataPacket: connection.tls?.client.lastRecord?.atNs === spokeNs ? connection.tls.client.lastRecord.packet : null,
    requestIsFirst: false,
    requestSpan: null,
    outstandingNs: spokeNs,
    delayNs: serverReset.atNs - spokeNs,
    ageNs: null,
    pauseNs: spokeNs - heardNs,
    isAfterIdle: false,
    laterAnswer: null,
  });
}

/**
 * A connection of whose payload nothing was captured: the server accepts it, the client sends its
 * first bytes, and the server resets it without having said anything. Lengths and numbers are exact
 * all the same (rules.md §0.3); what was sent, and that it was a request, is not known.
 */
function uncaptured(connection: Connection, serverReset: CloseSegment): Incident | null {
  const { client, server, handshake, protocol, exchanges, exchangeOffset, guards } = connection;
  if (protocol !== 'unknown' || exchanges.length + exchangeOffset > 0 || !guards.snapped) return null;
  const { firstPayloadNs, lastPayloadNs, nextSequence } = client;
  if (handshake.kind !== 'complete' || handshake.ackNs === null || server.payloadBytes > 0) return null;
  if (firstPayloadNs === null || lastPayloadNs === null || nextSequence === null) return null;
  // What was captured of it and is no HTTP is another protocol's.
  const isUncaptured = client.snappedBytes > 0 && client.snappedBytes >= nextSequence - 2;
  if (!isUncaptured || client.lostBytes > client.snappedBytes || firstPayloadNs > serverReset.atNs) return null;
  const outstandingNs = Math.min(lastPayloadNs, serverReset.atNs);
  const { peerPacket, sincePeerNs } = serverReset;
  return incidentWith(connection, serverReset, {
    outstanding: 'uncaptured-bytes',
    request: null,
    lostRequests: 1,
    furtherRequests: [],
    dataPacket: sincePeerNs !== null && serverReset.atNs - sincePeerNs === lastPayloadNs ? peerPacket : null,
    requestIsFirst: true,
    requestSpan: { start: 1, end: clientPosition(connection.close.segments, serverReset) ?? nextSequence },
    outstandingNs,
    delayNs: serverReset.atNs - outstandingNs,
    ageNs: firstPayloadNs - handshake.ackNs,
    pauseNs: null,
    isAfterIdle: false,
    laterAnswer: null,
  });
}

/** A record above this is none of HTTP/2's SETTINGS, WINDOW_UPDATE, PING, RST_STREAM or GOAWAY (rules.md §5). */
const MAX_CONTROL_RECORD = 60;
/** Ports of HTTP over TLS, where the client does not say what it speaks. */
const HTTPS_PORTS: ReadonlySet<number> = new Set([443, 8443]);

/** Whether what the client last sent is application data, after the handshake, of a client that speaks HTTP. */
function isLikelyRequest({ tls, client, server }: Connection, resetNs: number): boolean {
  if (tls === null || tls.inner !== null || tls.alertCount > 0 || tls.serverHello === null) return false;
  // What was opened in part may hold the answer, or be another protocol's.
  if (tls.decryption !== 'no-key' && tls.decryption !== 'wrong-key' && tls.decryption !== 'unsupported') return false;
  const sent = tls.client.lastApplication;
  if (sent === null || sent.atNs > resetNs || sent.length <= MAX_CONTROL_RECORD) return false;
  if (tls.client.lastRecord?.packet !== sent.packet || client.lastPayloadNs !== sent.atNs) return false;
  const ended: readonly string[] = [tls.client.closeNotify, tls.server.closeNotify];
  if (ended.includes('seen') || ended.includes('probable')) return false;
  const chosen = tls.serverHello.alpn;
  const spoken = chosen === null ? (tls.clientHello?.alpn ?? []) : [chosen];
  if (spoken.length === 0) return HTTPS_PORTS.has(server.endpoint.port);
  return spoken.some((protocol) => protocol === 'h2' || protocol.startsWith('http/1'));
}

/** What an incident has of its own: the rest is its connection's. */
type Lost = Pick<
  Incident,
  | 'outstanding'
  | 'request'
  | 'lostRequests'
  | 'furtherRequests'
  | 'dataPacket'
  | 'requestIsFirst'
  | 'requestSpan'
  | 'outstandingNs'
  | 'delayNs'
  | 'ageNs'
  | 'pauseNs'
  | 'isAfterIdle'
  | 'laterAnswer'
>;

/** Each field by name: spreading one object into the other costs many times as much, as a flood of resets shows. */
function incidentWith(connection: Connection, serverReset: CloseSegment, lost: Lost): Incident {
  const { close, anomalies, unreachables } = connection;
  const wrong = anomalies.find((anomaly) => anomaly.from === 'client' && anomaly.name.startsWith('http1-'));
  return {
    atNs: serverReset.atNs,
    packet: serverReset.packet,
    stream: connection.stream,
    client: connection.client,
    server: connection.server,
    handshake: connection.handshake,
    guards: connection.guards,
    captures: capturesOf(connection),
    serverReset,
    resets: close.segments.filter((segment) => segment.kind === 'rst').slice(0, MAX_RESETS),
    mayRefuseHandshake: mayBeRefusedHandshake({
      handshake: connection.handshake,
      client: connection.client,
      server: connection.server,
      resets: close.segments,
    }),
    unreachable: unreachables[0]?.packet ?? null,
    clientAnomaly: wrong === undefined ? null : { name: wrong.name, packet: wrong.packet },
    outstanding: lost.outstanding,
    request: lost.request,
    lostRequests: lost.lostRequests,
    furtherRequests: lost.furtherRequests,
    dataPacket: lost.dataPacket,
    requestIsFirst: lost.requestIsFirst,
    requestSpan: lost.requestSpan,
    outstandingNs: lost.outstandingNs,
    delayNs: lost.delayNs,
    ageNs: lost.ageNs,
    pauseNs: lost.pauseNs,
    isAfterIdle: lost.isAfterIdle,
    laterAnswer: lost.laterAnswer,
  };
}

/** Whether the request ended an idle period; `null`: those of its time were not kept. */
function endedIdlePeriod(connection: Connection, request: RequestMessage): boolean | null {
  const { idlePeriods, idlePeriodCount } = connection;
  const endOf = ({ startNs, durationNs }: IdlePeriod): number => startNs + durationNs;
  if (idlePeriods.some((period) => period.startNs < request.startNs && request.startNs <= endOf(period))) return true;
  if (idlePeriodCount <= idlePeriods.length) return false;
  // Only those between the last but one and the last were let go.
  const [earlier, last] = idlePeriods.slice(-2);
  const isCovered =
    (last !== undefined && request.startNs > endOf(last)) ||
    (earlier !== undefined && request.startNs < endOf(earlier));
  return isCovered ? false : null;
}

/** The captures whose packets are compared with each other. */
function capturesOf({ firstPacket, lastPacket, handshake, close, exchanges }: Connection): number[] {
  const others: (PacketReference | null | undefined)[] = [lastPacket, handshake.syn?.packet, handshake.synAck?.packet];
  for (const { packet, peerPacket, lifeAfter } of close.segments) others.push(packet, peerPacket, lifeAfter);
  for (const { request, response } of exchanges)
    others.push(request?.firstPacket, request?.lastPacket, response?.firstPacket, response?.lastPacket);
  const found = new Set([captureIndexOf(firstPacket)]);
  for (const packet of others) if (packet != null) found.add(captureIndexOf(packet));
  return [...found].sort((one, other) => one - other);
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

/** The client's position when it was reset, or at its own first FIN or RST; `null` when no such segment tells. */
function clientPosition(segments: readonly CloseSegment[], serverReset: CloseSegment): number | null {
  const { acknowledgement, deltaAcknowledgement } = serverReset;
  if (acknowledgement !== null && deltaAcknowledgement !== null) return acknowledgement - deltaAcknowledgement;
  const own = segments.find(({ from }) => from === 'client');
  return own === undefined || own.deltaSequence === null ? null : own.sequence - own.deltaSequence;
}

function lostRequest(request: RequestMessage): LostRequest {
  const { method, target, version, authority, firstPacket, lastPacket } = request;
  const { startNs, endNs, headBytes, bodyBytes, complete, lostBytes } = request;
  return {
    method,
    target,
    version,
    authority,
    firstPacket,
    lastPacket,
    startNs,
    endNs,
    headBytes,
    bodyBytes,
    complete,
    lostBytes,
  };
}
