/**
 * A request that was under way while the server gave the idle connection up (RFC 9112 §9.5).
 *
 * The proof is arithmetic and holds at any capture point: the acknowledgement number of the
 * server's FIN (or of the RST that stands for it) covers nothing of the request, so the server's
 * kernel had not got it when it closed; whatever it acknowledges later, nobody reads.
 */
import type { CloseSegment } from '../../facts/close.js';
import { type Connection, type IdlePeriod, MIN_IDLE_NS } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { mayHideAnswer } from './hidden-answer.js';
import { FAREWELL_NS, isUnclear } from './idleness.js';
import { isOver, saysLast } from './message-end.js';
import { hasForeignTtl } from './sender-ttl.js';

/** A client record without keys that is longer may be a request: frames of HTTP/2 that are none, and alerts, are shorter (docs/without-keys.md). */
const MIN_REQUEST_RECORD = 60;
/** Header of a TLS record. RFC 8446 §5.1. */
const RECORD_HEADER = 5;
/**
 * A close seen so long after the request, beyond two round trips to the server, was not under way at
 * the same time: the request was lost on its way. Queues make a way so much longer than it was in the handshake: by
 * this many times, at least so long, and never longer.
 */
const UNDER_WAY_NS = 200_000_000;
const LEAST_UNDER_WAY_NS = 20_000_000;
const TIMES_LONGER = 20;
/** One copy more may be lost as the answer to it may. */
const MIN_UNMET = 2;

/** The data that the server closed upon. */
export interface LostData {
  /** `null`: TLS without keys; that it was a request is likely, not known. */
  readonly exchange: Exchange | null;
  readonly packet: PacketReference;
  readonly atNs: number;
  /** Its last packet, and time, as far as captured. */
  readonly lastPacket: PacketReference;
  readonly endNs: number;
  /** Bytes of it, or of its last record. In TLS of the plaintext, where it was decrypted. */
  readonly bytes: number;
}

/** See the head of this file. */
export interface CrossedClose {
  readonly close: CloseSegment;
  readonly lost: LostData;
  /** Where the idle time began: the last payload before, nanoseconds since the run's first packet. */
  readonly heardNs: number;
  /** Requests that the connection had carried before; 0 where they cannot be counted (TLS without keys). */
  readonly requestsBefore: number;
}

/** The crossing in a connection; `null` when it shows none, or it cannot be told. */
export function crossedCloseOf(connection: Connection): CrossedClose | null {
  const [close] = connection.close.segments;
  // A bare RST acknowledges nothing; it answers something, and gives up nothing by itself.
  if (close === undefined || close.from !== 'server' || close.acknowledgement === null) return null;
  if (connection.idlePeriods.length === 0 || isUnclear(connection) || isForeign(close, connection)) return null;
  const lost = lostDataOf(connection);
  if (lost === null || !isUncovered(lost, close, connection)) return null;
  const heardNs = idleBefore(lost, close, connection)?.startNs ?? null;
  if (heardNs === null || serverSpokeSince(heardNs, connection)) return null;
  // Closed at once: a limit of requests, or the end of a process; no idleness.
  if (close.atNs - heardNs < MIN_IDLE_NS) return null;
  if (isStillUnmet(close, connection)) return null;
  return { close, lost, heardNs, requestsBefore: requestsBefore(lost, connection) };
}

/** What the client sent last and nobody answered, on a connection that had served before and was not to be closed. */
export function lostDataOf(connection: Connection): LostData | null {
  const { exchanges, exchangeOffset, protocol } = connection;
  if (protocol === 'tls') return lostRecord(connection);
  const at = exchanges.findIndex(({ request, response }) => request !== null && response === null);
  // A place below 0 would be looked up as a name.
  const exchange = at < 0 ? undefined : exchanges[at];
  if (exchange === undefined || exchange.request === null || exchange.interim.length > 0) return null;
  if (exchanges.slice(at).some(({ response }) => response !== null)) return null;
  const before = at === 0 ? undefined : exchanges[at - 1];
  if (before === undefined ? exchangeOffset === 0 : !isKeptAlive(before, connection)) return null;
  const { request } = exchange;
  if (request.version === 'HTTP/0.9' || mayHideAnswer(connection, request)) return null;
  return {
    exchange,
    packet: request.firstPacket,
    atNs: request.startNs,
    lastPacket: request.lastPacket,
    endNs: request.endNs,
    bytes: request.headBytes + request.bodyBytes,
  };
}

/** The idle time before the lost data: ended by it, or by the close that it met. */
export function idleBefore(lost: LostData, close: CloseSegment, connection: Connection): IdlePeriod | null {
  const isOwn = (idle: IdlePeriod): boolean => {
    if (idle.startNs >= lost.atNs) return false;
    if (connection.protocol === 'http/1.1' && idle.after !== 'server') return false;
    if (idle.endedBy === 'client-payload') {
      // What is encrypted counts from the packet that completes its record.
      const sinceNs = lost.atNs - (idle.startNs + idle.durationNs);
      return idle.packet === lost.packet || (connection.tls !== null && sinceNs >= 0 && sinceNs <= FAREWELL_NS);
    }
    if (idle.endedBy === 'server-fin' || idle.endedBy === 'server-rst') return idle.packet === close.packet;
    // close_notify or GOAWAY, and then the FIN.
    const sinceNs = close.atNs - (idle.startNs + idle.durationNs);
    return idle.endedBy === 'server-payload' && sinceNs >= 0 && sinceNs <= FAREWELL_NS;
  };
  return connection.idlePeriods.findLast(isOwn) ?? null;
}

/** Whether the server said anything of its own after this moment; alerts and GOAWAY are last words. */
export function serverSpokeSince(heardNs: number, { protocol, server, tls, exchanges }: Connection): boolean {
  if (protocol === 'h2') return exchanges.some(({ response }) => response !== null && response.endNs > heardNs);
  const lastNs = tls === null ? server.lastPayloadNs : (tls.server.lastApplication?.atNs ?? null);
  return lastNs !== null && lastNs > heardNs;
}

/** A RST unlike the server's other segments may be a middlebox's: its timer, not the server's. */
function isForeign(close: CloseSegment, { server }: Connection): boolean {
  return close.kind === 'rst' && hasForeignTtl(close, server);
}

/** Whether an exchange is over, and neither side has said that it is the last. */
export function isKeptAlive({ request, response }: Exchange, { client, server }: Connection): boolean {
  if (response === null || !isOver(response, server) || saysLast(response, server)) return false;
  return request === null || (isOver(request, client) && !saysLast(request, client));
}

/** Whether what was written and a close that was seen then may have been under way at the same time. */
export function mayHaveMet(writtenNs: number, closeNs: number, { handshake, close }: Connection): boolean {
  const roundTripNs = handshake.synToSynAckNs ?? UNDER_WAY_NS;
  // A reset behind the close answers what came to a closed socket, however long it took.
  const isReset = close.segments.some(({ from, kind, atNs }) => from === 'server' && kind === 'rst' && atNs > closeNs);
  const likelyNs = isReset ? UNDER_WAY_NS : Math.max(LEAST_UNDER_WAY_NS, TIMES_LONGER * roundTripNs);
  const queuedNs = Math.min(UNDER_WAY_NS, likelyNs);
  return closeNs - writtenNs <= queuedNs + 2 * (handshake.synToSynAckNs ?? 0);
}

/** Whether the close acknowledges nothing of the lost data. */
export function isUncovered(lost: LostData, close: CloseSegment, connection: Connection): boolean {
  const { acknowledgement, deltaAcknowledgement } = close;
  if (acknowledgement === null || deltaAcknowledgement === null || deltaAcknowledgement > 0) return false;
  if (isBefore(close, lost)) return true;
  if (!mayHaveMet(lost.atNs, close.atNs, connection)) return false;
  if (lost.endNs <= close.atNs) return -deltaAcknowledgement >= lost.bytes;
  const startsAt = startOf(lost, connection);
  return startsAt !== null && acknowledgement <= startsAt;
}

/**
 * Whether the client sends its data again and again long after the close, and nothing comes back: a kernel whose
 * socket is closed resets it, or acknowledges it. It was lost on its way, and so may have been its earlier copies.
 */
function isStillUnmet(close: CloseSegment, { client: { repeated }, close: { segments } }: Connection): boolean {
  if (repeated === null || repeated.acknowledged || repeated.times < MIN_UNMET) return false;
  if (segments.some(({ from, kind }) => from === 'server' && kind === 'rst')) return false;
  return repeated.lastNs - Math.max(close.atNs, repeated.firstNs) > UNDER_WAY_NS;
}

/** Where a request begins in the client's stream, where all before it is known byte by byte. */
function startOf({ exchange }: LostData, connection: Connection): number | null {
  const { exchanges, exchangeOffset, guards, tls, protocol } = connection;
  if (exchange === null || tls !== null || protocol !== 'http/1.1' || exchangeOffset > 0 || guards.midStream)
    return null;
  let at = 1;
  for (const { request } of exchanges.slice(0, exchanges.indexOf(exchange))) {
    if (request === null || request.framing === 'chunked') return null;
    at += request.headBytes + request.bodyBytes;
  }
  return at;
}

function isBefore(one: { readonly atNs: number; readonly packet: PacketReference }, other: LostData): boolean {
  return one.atNs < other.atNs || (one.atNs === other.atNs && one.packet < other.packet);
}

/**
 * Without keys: the client's last record of data, where client and server had both spoken before the
 * server fell silent.
 */
function lostRecord({ tls, handshake }: Connection): LostData | null {
  if (tls === null || handshake.kind !== 'complete') return null;
  const { firstApplication: first, lastApplication: last } = tls.client;
  const heard = tls.server.lastApplication;
  if (first === null || last === null || heard === null || last.length <= MIN_REQUEST_RECORD) return null;
  if (first.atNs >= heard.atNs || last.atNs <= heard.atNs) return null;
  return {
    exchange: null,
    packet: last.packet,
    atNs: last.atNs,
    lastPacket: last.packet,
    endNs: last.atNs,
    bytes: last.length + RECORD_HEADER,
  };
}

function requestsBefore({ exchange }: LostData, { exchanges, exchangeOffset }: Connection): number {
  return exchange === null ? 0 : exchangeOffset + exchanges.indexOf(exchange);
}
