/** The signature: a server that gives a connection up because no whole request has come on it. */
import { ROLES_REVERSED } from '../../facts/anomaly.js';
import type { CloseSegment } from '../../facts/close.js';
import { type Connection, MIN_IDLE_NS } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { TlsFacts } from '../../facts/tls.js';
import { guardSteps } from '../judgements/capture-guards.js';
import { requestKey } from '../observation/request-key.js';
import { rankOfText } from '../tally/rank.js';

/** RFC 9110 §15.5.9. */
const REQUEST_TIMEOUT = 408;
/** A server that closes sooner without a word has another reason than waiting: no time-out is set so short, and probes end by then (rules.md §0.3). */
export const MIN_SILENT_AGE_NS = 1_000_000_000;
/** A first byte this soon after the handshake leaves no doubt from when the server counts. */
const PROMPT_NS = 250_000_000;
/** Lengths of TLS records that may hold a 408 with its page: more than a GOAWAY or an alert, less than a page. */
const MIN_STATUS_RECORD = 40;
const MAX_STATUS_RECORD = 1024;
/** A last record and the FIN behind it belong together within this. */
const FAREWELL_NS = 1_000_000_000;

/** What had come of a request: nothing on a new connection, a part, nothing since the last answer. */
export type Waiting = 'unused' | 'half' | 'kept-alive';

/** How the server gave up: with a 408 (`shape`: in TLS without keys, a record of its size), or with FIN alone. */
export type Farewell = 'status' | 'shape' | 'silent';

/** A request that its client wrote on the connection after the server had given it up. */
export interface LateRequest {
  /** `null` in TLS that no key opens: application data, of which it is not known that it was a request. */
  readonly method: string | null;
  readonly target: string | null;
  readonly packet: PacketReference;
  readonly atNs: number;
  /** In the log of exchanges; `null` in TLS that no key opens. */
  readonly key: number | null;
  /** It left before the server's farewell could arrive; `null`: the round trip is not known. */
  readonly crossed: boolean | null;
  /** The RST by which the server's kernel answered it. */
  readonly reset: { readonly packet: PacketReference; readonly atNs: number } | null;
}

/** One connection that was given up. */
export interface Incident {
  /** The 408's first packet, or the FIN. */
  readonly packet: PacketReference;
  readonly atNs: number;
  readonly stream: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly waiting: Waiting;
  readonly farewell: Farewell;
  /** In TLS, whether opened or not. */
  readonly tls: boolean;
  /** What the age counts from: SYN-ACK, the client's Finished, or (`kept-alive`) the answer before. `null`: not kept. */
  readonly since: {
    readonly packet: PacketReference;
    readonly atNs: number;
    readonly note: 'accepted' | 'finished' | 'answered';
  } | null;
  /** How long the connection had waited at the capture point; for the server that is less the round trip to it. */
  readonly ageNs: number;
  /** Whether this age measures the server's time-out. */
  readonly measures: boolean;
  /** Bytes of the request that the server had acknowledged, and how long the client had been silent; `null`: not known, since the rest came later. */
  readonly halfBytes: number | null;
  readonly stalledNs: number | null;
  /** The packet in which it begins; `null` where its head is not whole. */
  readonly half: { readonly packet: PacketReference; readonly atNs: number } | null;
  readonly fin: { readonly packet: PacketReference; readonly atNs: number } | null;
  /** Reason phrase and Server field of the 408, and whether it has neither page nor length. */
  readonly reason: string;
  readonly product: string | null;
  readonly isBare: boolean;
  readonly late: LateRequest | null;
  /** Steps that the connection's guards take from the confidence. */
  readonly steps: number;
}

/** `path`: it was given up, but bytes of the client did not arrive: that is the path's doing (mtu-blackhole, path-loss). */
export type Given = Incident | 'path' | null;

/** What a connection shows. */
export function incidentOf(connection: Connection): Given {
  const { anomalies, guards, handshake, protocol, server, client } = connection;
  if (anomalies.some(({ name }) => name === ROLES_REVERSED)) return null;
  if (protocol === 'websocket' || protocol === 'h2' || guards.oneSided || guards.clockStepped) return null;
  if (client.lostBytes > 0) return bytesOfClientMissing(connection) ? 'path' : null;
  // It asked, again and again, and the server acknowledged nothing of it.
  if (client.repeated !== null && !client.repeated.acknowledged && (server.highestAcknowledged ?? 0) <= 1)
    return 'path';
  const answered = connection.exchanges.findLast(({ response }) => response?.status === REQUEST_TIMEOUT);
  if (answered !== undefined) return withStatus(connection, answered);
  if (server.lostBytes > 0 || connection.exchangeOffset > 0) return null;
  if (guards.midStream || handshake.kind !== 'complete') return null;
  if (protocol === 'tls' && connection.tls !== null && connection.tls.decryption !== 'whole')
    return withoutKeys(connection, connection.tls);
  return silent(connection);
}

/** The client sent bytes that its peer acknowledged none of: they were lost on the way. What the snap length cut was captured. */
function bytesOfClientMissing({ server, client, exchanges }: Connection): boolean {
  const isGivenUp = exchanges.some(({ response }) => response?.status === REQUEST_TIMEOUT);
  return isGivenUp && client.lostBytes > client.snappedBytes && (server.highestAcknowledged ?? 0) <= 1;
}

/** A 408 in clear text, or in TLS with keys. */
function withStatus(connection: Connection, { request, response, index }: Exchange): Given {
  if (response === null) return null;
  const { close } = connection;
  const fin = close.segments.find(({ from, atNs }) => from === 'server' && atNs >= response.startNs) ?? null;
  if (clientLeftBefore(connection, response.startNs)) return null;
  const told = { atNs: response.startNs, packet: response.firstPacket, fin, response };
  if (request !== null) {
    if (request.lostBytes > 0 || connection.guards.midStream) return null;
    // The server's FIN acknowledges nothing of a request that was captured before it: the two crossed.
    const bytes = request.headBytes + request.bodyBytes;
    if (fin !== null && request.complete && (fin.deltaAcknowledgement ?? 0) <= -bytes)
      return index > 0
        ? null
        : unused(connection, { ...told, farewell: 'status', late: lateOf(connection, request, told.atNs) });
    const isHalf = !request.complete || request.endNs > response.startNs;
    // RFC 9110 §10.1.1: it waits for 100 before it goes on; that is another stall.
    const expects = request.fields.some(({ name }) => name === 'expect') && request.bodyBytes === 0;
    if (!isHalf || expects || index > 0) return null;
    return half(connection, { ...told, farewell: 'status' }, request);
  }
  const late = lateAmong(connection, told.atNs);
  if (index > 0) return keptAlive(connection, told, late);
  if (connection.guards.midStream || connection.handshake.kind !== 'complete') return null;
  const spokeNs = clientSpokeNs(connection);
  if (connection.undecodedBytes.client > 0 && spokeNs !== null && spokeNs < told.atNs)
    return half(connection, { ...told, farewell: 'status', late }, null);
  if (fin !== null && (fin.deltaAcknowledgement ?? 0) > 0) return null;
  // Bytes without meaning as a request (a PROXY line) may have come; what arrived unseen may not.
  if (bytesArrivedUnseen(connection)) return null;
  return unused(connection, { ...told, farewell: 'status', late });
}

interface GivingUp {
  readonly atNs: number;
  readonly packet: PacketReference;
  readonly fin: CloseSegment | null;
  readonly farewell: Farewell;
  readonly response: ResponseMessage | null;
  readonly late?: LateRequest | null;
}

function unused(connection: Connection, given: GivingUp): Incident | null {
  const begun = begunAt(connection);
  if (begun === null) return null;
  const ageNs = Math.max(0, given.atNs - begun.atNs);
  return {
    ...common(connection, given),
    waiting: 'unused',
    since: begun.since,
    ageNs,
    measures: true,
    ...NOTHING_SENT,
  };
}

const NOTHING_SENT = { halfBytes: 0, stalledNs: 0, half: null };

/** Part of a request, all of which arrived; what did not is the path's doing. */
function half(connection: Connection, given: GivingUp, request: RequestMessage | null): Given {
  const begun = begunAt(connection);
  if (begun === null) return null;
  const { client, server } = connection;
  const spokeNs = clientSpokeNs(connection);
  const arrived = given.fin?.deltaAcknowledgement ?? (server.highestAcknowledged ?? 0) - (client.nextSequence ?? 0);
  if (arrived < 0 && request?.complete !== true) return 'path';
  // The rest came after the farewell: how much had come before is not told.
  const isResumed = request !== null && request.endNs > given.atNs;
  const lastNs = lastByteNs(connection, request);
  const bytes = request === null ? connection.undecodedBytes.client : request.headBytes + request.bodyBytes;
  return {
    ...common(connection, given),
    waiting: 'half',
    since: begun.since,
    ageNs: Math.max(0, given.atNs - begun.atNs),
    measures: request === null && spokeNs !== null && spokeNs - begun.atNs <= PROMPT_NS,
    halfBytes: isResumed ? null : bytes,
    stalledNs: isResumed || lastNs === null ? null : Math.max(0, given.atNs - lastNs),
    half: request === null ? null : { packet: request.firstPacket, atNs: request.startNs },
  };
}

/** A 408 that nobody asked for, on a connection that had served: Go's "unsolicited response received on idle HTTP channel". */
function keptAlive(
  connection: Connection,
  given: Omit<GivingUp, 'farewell'>,
  late: LateRequest | null,
): Incident | null {
  const { idlePeriods, exchanges } = connection;
  const period = idlePeriods.find(({ packet, endedBy }) => packet === given.packet && endedBy === 'server-payload');
  if (period === undefined || period.after !== 'server' || connection.undecodedBytes.client > 0) return null;
  const before = exchanges.findLast(({ response }) => response !== null && response.endNs <= period.startNs);
  return {
    ...common(connection, { ...given, farewell: 'status', late }),
    waiting: 'kept-alive',
    since:
      before?.response == null
        ? null
        : { packet: before.response.lastPacket, atNs: before.response.endNs, note: 'answered' },
    ageNs: period.durationNs,
    measures: false,
    ...NOTHING_SENT,
  };
}

/** FIN without one byte of an answer, in clear text or in TLS with keys. */
function silent(connection: Connection): Given {
  const [fin] = connection.close.segments;
  if (fin === undefined || fin.kind !== 'fin' || fin.from !== 'server' || fin.deltaSequence !== 0) return null;
  const { tls, server, client, exchanges, undecodedBytes } = connection;
  const spoke =
    tls === null ? server.payloadBytes > 0 : tls.server.applicationRecords > 0 || tls.finished.client === null;
  if (spoke || undecodedBytes.server > 0 || clientLeftBefore(connection, fin.atNs)) return null;
  if (tls?.alerts.some(({ from, description }) => from === 'server' && description !== 0) === true) return null;
  const [first, second] = exchanges;
  if (second !== undefined || first?.response != null || (first?.interim.length ?? 0) > 0) return null;
  const begun = begunAt(connection);
  if (begun === null || fin.atNs - begun.atNs < MIN_SILENT_AGE_NS) return null;
  const given: GivingUp = { atNs: fin.atNs, packet: fin.packet, fin, farewell: 'silent', response: null };
  const request = first?.request ?? null;
  if (request === null) {
    if (undecodedBytes.client > 0)
      return connection.protocol === 'http/1.1' && hasStalled(connection, null, fin)
        ? half(connection, given, null)
        : null;
    if (client.payloadBytes > 0 && tls === null) return null;
    if ((fin.deltaAcknowledgement ?? 0) > 0 || bytesArrivedUnseen(connection)) return null;
    return unused(connection, given);
  }
  if (request.version === 'HTTP/0.9' || request.lostBytes > 0) return null;
  const bytes = request.headBytes + request.bodyBytes;
  const isLate = request.startNs > fin.atNs || (fin.deltaAcknowledgement ?? 0) <= -bytes;
  if (isLate) return unused(connection, { ...given, late: lateOf(connection, request, fin.atNs) });
  return !request.complete && hasStalled(connection, request, fin) ? half(connection, given, request) : null;
}

/**
 * TLS that no key opens: the handshake is done, the client sent nothing more, and the server ends an
 * idle period with a record of a 408's size, or an alert's, and FIN (rules.md §5).
 */
function withoutKeys(connection: Connection, tls: TlsFacts): Incident | null {
  const { close, idlePeriods } = connection;
  const fin = close.segments.find(({ from }) => from === 'server');
  if (fin === undefined || fin.kind !== 'fin' || fin.deltaSequence !== 0 || tls.finishedNs.client === null) return null;
  const spokeNs = tls.client.firstApplication?.atNs ?? null;
  if ((spokeNs !== null && spokeNs < fin.atNs) || clientLeftBefore(connection, fin.atNs)) return null;
  if (tls.alerts.some(({ from, level }) => from === 'server' && level === 'fatal')) return null;
  const period = idlePeriods.find(
    ({ startNs, durationNs, endedBy }) =>
      durationNs >= MIN_SILENT_AGE_NS &&
      startNs + durationNs <= fin.atNs &&
      fin.atNs - startNs - durationNs <= FAREWELL_NS &&
      (endedBy === 'server-payload' || endedBy === 'server-fin'),
  );
  if (period === undefined || period.packet === null) return null;
  const begun = begunAt(connection);
  const atNs = period.startNs + period.durationNs;
  if (begun === null || period.startNs < begun.atNs) return null;
  const last = tls.server.firstProtected.filter((record) => record.atNs >= atNs);
  const isCut = tls.server.records > 0 && tls.server.firstProtected.at(-1)?.packet !== tls.server.lastRecord?.packet;
  if (isCut || last.some(({ contentType }) => contentType !== 21 && contentType !== 23)) return null;
  const said = last.filter(({ length }) => length >= MIN_STATUS_RECORD);
  if (said.length > 1 || said.some(({ length }) => length > MAX_STATUS_RECORD)) return null;
  const late =
    spokeNs === null || tls.client.firstApplication === null
      ? null
      : {
          method: null,
          target: null,
          packet: tls.client.firstApplication.packet,
          atNs: spokeNs,
          key: null,
          crossed: crossed(connection, atNs, spokeNs),
          reset: resetAfter(connection, spokeNs),
        };
  return unused(connection, {
    atNs,
    packet: period.packet,
    fin,
    farewell: said.length === 1 ? 'shape' : 'silent',
    response: null,
    late,
  });
}

function common(connection: Connection, { atNs, packet, fin, farewell, response, late }: GivingUp) {
  return {
    packet,
    atNs,
    stream: connection.stream,
    client: connection.client.endpoint,
    server: connection.server.endpoint,
    farewell,
    tls: connection.tls !== null,
    fin: fin === null ? null : { packet: fin.packet, atNs: fin.atNs },
    reason: response?.reason ?? '',
    product: response?.fields.find(({ name }) => name === 'server')?.value ?? null,
    isBare: response !== null && response.bodyBytes === 0 && response.contentLength === null,
    late: late ?? null,
    steps: guardSteps(connection),
  };
}

/** From when the server waits for a request: the end of the TCP handshake, or of the TLS one. */
function begunAt({ handshake, tls }: Connection): Begun | null {
  if (tls !== null) {
    const { finished, finishedNs } = tls;
    if (finished.client === null || finishedNs.client === null) return null;
    return { since: { packet: finished.client, atNs: finishedNs.client, note: 'finished' }, atNs: finishedNs.client };
  }
  if (handshake.synAck === null || handshake.ackNs === null) return null;
  const { packet, atNs } = handshake.synAck;
  return { since: { packet, atNs, note: 'accepted' }, atNs: handshake.ackNs };
}

interface Begun {
  readonly since: Incident['since'];
  readonly atNs: number;
}

/** The client's FIN or RST, or its alert, came first: it had finished with the connection itself. */
function clientLeftBefore({ close, tls }: Connection, atNs: number): boolean {
  if (close.segments.some((segment) => segment.from === 'client' && segment.atNs <= atNs)) return true;
  return tls?.alerts.some((alert) => alert.from === 'client' && alert.atNs <= atNs) === true;
}

/** Something of the client stands beyond what was seen of it: a request may have been there. */
function bytesArrivedUnseen({ close, server, client }: Connection): boolean {
  const isBeyond = close.segments.some(({ from, deltaSequence }) => from === 'client' && (deltaSequence ?? 0) > 0);
  return isBeyond || (server.highestAcknowledged ?? 0) > (client.nextSequence ?? 1);
}

/** When the client sent its first byte of HTTP. */
function clientSpokeNs({ client, tls }: Connection): number | null {
  return tls === null ? client.firstPayloadNs : (tls.client.firstApplication?.atNs ?? null);
}

function lastByteNs({ client, tls }: Connection, request: RequestMessage | null): number | null {
  if (request !== null) return request.endNs;
  return tls === null ? client.lastPayloadNs : (tls.client.lastApplication?.atNs ?? null);
}

function hasStalled(connection: Connection, request: RequestMessage | null, fin: CloseSegment): boolean {
  const lastNs = lastByteNs(connection, request);
  return lastNs !== null && fin.atNs - lastNs >= MIN_IDLE_NS;
}

/** The first request that was written after the farewell. */
function lateAmong(connection: Connection, atNs: number): LateRequest | null {
  const exchange = connection.exchanges.find(({ request }) => request !== null && request.startNs > atNs);
  if (exchange?.request == null || exchange.response !== null) return null;
  return lateOf(connection, exchange.request, atNs);
}

function lateOf(connection: Connection, request: RequestMessage, farewellNs: number): LateRequest {
  const { method, target, firstPacket, startNs } = request;
  return {
    method,
    target,
    packet: firstPacket,
    atNs: startNs,
    key: requestKey(rankOfText(connection.client.endpoint.address), request),
    crossed: crossed(connection, farewellNs, startNs),
    reset: resetAfter(connection, startNs),
  };
}

/** What the client sends on seeing the farewell passes the capture a round trip to it later, not sooner. */
function crossed({ handshake }: Connection, farewellNs: number, lateNs: number): boolean | null {
  if (lateNs <= farewellNs) return true;
  return handshake.synAckToAckNs === null ? null : lateNs - farewellNs < handshake.synAckToAckNs;
}

function resetAfter({ close }: Connection, atNs: number): LateRequest['reset'] {
  const reset = close.segments.find((one) => one.kind === 'rst' && one.from === 'server' && one.atNs >= atNs);
  return reset === undefined ? null : { packet: reset.packet, atNs: reset.atNs };
}
