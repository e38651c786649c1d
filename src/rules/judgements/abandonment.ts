/**
 * A client that gives up: it closes, of its own accord and first, while a request waits for its
 * answer or the answer is not at its end.
 */
import { ROLES_REVERSED } from '../../facts/anomaly.js';
import type { CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import type { TlsSideFacts, TlsTurn } from '../../facts/tls.js';
import { type BegunHead, begunHeadOf } from './begun-head.js';
import { silenceIsUnsayable } from './capture-guards.js';
import { wasDelivered } from './delivery.js';
import { mayHideAnswer } from './hidden-answer.js';
import { isSeenWhole } from './message-end.js';
import { type SealedTurns, unansweredTurnOf } from './sealed-turn.js';
import { streamingOf } from './streaming.js';
import { isTooLate } from './too-late.js';

/** See the head of this file. */
export interface Abandonment {
  readonly exchange: Exchange;
  readonly request: RequestMessage;
  readonly close: CloseSegment;
  /** From the request's last byte to the close. */
  readonly waitedNs: number;
  /** The answer had begun. */
  readonly amidAnswer: boolean;
  /** Bytes of its head that had come, where that came to a stop amid it: no answer to anybody. 0: none. */
  readonly headBytes: number;
  /** The client had not sent all of its request, and nobody kept it from going on: it waited for itself. */
  readonly isOwnPause: boolean;
  /** The answer that came when its client had gone; `null`: none came. */
  readonly tooLate: ResponseMessage | null;
}

/** The request that the client of a connection gave up; `null`: it gave up none, or it cannot be told. */
export function abandonmentOf(connection: Connection): Abandonment | null {
  const { close, exchanges, protocol, tls } = connection;
  const [first] = close.segments;
  if (first === undefined || first.from !== 'client' || first.deltaSequence !== 0) return null;
  if (protocol !== 'http/1.1' || hasServerLeftBefore(first, connection)) return null;
  const exchange = exchanges.at(-1);
  if (exchange?.request == null) return null;
  const { request } = exchange;
  const response = isTooLate(exchange.response, connection.close.segments) ? null : exchange.response;
  if (response?.complete === true) return null;
  if (response !== null && isEndUnknown(response)) return null;
  if (streamingOf(exchange) !== null || response?.framing === 'close' || request.endNs > first.atNs) return null;
  if (tls !== null && tls.decryption !== 'whole') return null;
  if (connection.anomalies.some(({ name }) => name === ROLES_REVERSED)) return null;
  const head = response === null ? stoppedHead(connection, first) : null;
  if (response === null && head === null && mayHideAnswer(connection, request)) return null;
  if (isUnknown(request, response, connection) || silenceIsUnsayable(connection, { deltaSequence: 0 }) !== null)
    return null;
  // What the server sends after the client's FIN, it had not given up: the client only ended its sending side.
  // Within TLS its records tell: the close_notify that answers the FIN is no part of a response.
  const lastOfServerNs = tls === null ? connection.server.lastPayloadNs : (response?.endNs ?? null);
  if (first.kind === 'fin' && (lastOfServerNs ?? 0) > first.atNs && response !== null) return null;
  const tooLate = response === null ? exchange.response : null;
  return {
    ...{ exchange, request, close: first, waitedNs: first.atNs - request.endNs },
    ...{ amidAnswer: response !== null, headBytes: head?.bytes ?? 0, tooLate },
    isOwnPause: isOwnPause(connection, request),
  };
}

/** Whether the server's close stands behind the client's in the file, and is older: packets of several queues. */
export function hasServerLeftBefore(first: CloseSegment, { close }: Connection): boolean {
  return close.segments.some(({ from, atNs }) => from === 'server' && atNs < first.atNs);
}

/** Bytes of its head are missing as well as any of its body, or what tells where chunks end may be among them. */
function isEndUnknown({ bodyBytes, framing, lostBytes }: ResponseMessage): boolean {
  return lostBytes > bodyBytes || (framing === 'chunked' && lostBytes > 0);
}

/** A head that came to a stop, and that its client waited for in vain; who closes at once has no room for it (header-too-large). */
function stoppedHead(connection: Connection, close: CloseSegment): BegunHead | null {
  const head = begunHeadOf(connection);
  return head !== null && close.atNs - head.lastNs >= STOPPED_NS ? head : null;
}

/** See {@link Abandonment.isOwnPause}. */
function isOwnPause(connection: Connection, { complete, lostBytes, fields }: RequestMessage): boolean {
  const { server, client } = connection;
  if (complete || lostBytes > 0 || client.lostBytes > 0 || server.zeroWindows > 0) return false;
  return !fields.some(({ name }) => name === 'expect') && wasDelivered(connection);
}

/** Bytes of it are missing, and not only the end of a head that asks for something and sends nothing. */
function isUnknown(
  { lostBytes, method }: RequestMessage,
  response: ResponseMessage | null,
  { client }: Connection,
): boolean {
  return lostBytes > 0 && (response !== null || !isSeenWhole(client) || !(method === 'GET' || method === 'HEAD'));
}

/** The same in TLS without keys. */
export interface SealedAbandonment {
  readonly turn: TlsTurn;
  readonly close: CloseSegment;
  /** From the last record of what is likely the request to the close. */
  readonly waitedNs: number;
  /** The answer had begun: the server was in the middle of a record, or its data meets the client's resets. */
  readonly amidAnswer: boolean;
  /** The port alone says that it is HTTP: another protocol may end so by design. */
  readonly isVague: boolean;
}

/** What the client of such a connection gave up; `null`: nothing, or it cannot be told. */
export function sealedAbandonmentOf(connection: Connection, sealed: SealedTurns): SealedAbandonment | null {
  const { close, client, server, tls } = connection;
  const [first] = close.segments;
  if (tls === null || first === undefined || first.from !== 'client' || first.deltaSequence !== 0) return null;
  if (hasServerLeftBefore(first, connection)) return null;
  if (silenceIsUnsayable(connection, { deltaSequence: 0 }) !== null || client.zeroWindows > 0) return null;
  const { last } = sealed;
  if (last.endNs > first.atNs) return null;
  const waitedNs = first.atNs - last.endNs;
  if (last.answer === null) {
    const turn = unansweredTurnOf(sealed);
    // A server of HTTP/2 greets within a round trip: what it has not met for a second waits for its answer.
    if (turn === null || (sealed.turns.mayBePreface && waitedNs < GREETS_WITHIN_NS)) return null;
    return { turn, close: first, waitedNs, amidAnswer: false, isVague: sealed.speaks === 'port' };
  }
  const isSending = last.answer.startNs < first.atNs && first.atNs - last.answer.endNs < PAUSE_NS;
  const isReset = close.segments.some(({ kind, from }) => kind === 'rst' && from === 'client');
  const isCut = tls.server.unfinishedBytes > 0 || (isReset && last.answer.endNs > first.atNs && !endsBare(tls.server));
  if (!isSending || !isCut || server.outOfOrder + server.retransmissions > 0) return null;
  return { turn: last, close: first, waitedNs, amidAnswer: true, isVague: sealed.speaks === 'port' };
}

/**
 * A record that has room for the head of a frame and eight bytes at most: the server of HTTP/2 ends its stream with an
 * empty frame, or acknowledges settings, for which nobody waits who has all that Content-Length says (curl); or it says
 * GOAWAY to a client that has closed (Apache). RFC 9113 §4.1, §6.8.
 */
function endsBare({ lastApplication, unfinishedBytes }: TlsSideFacts): boolean {
  return unfinishedBytes === 0 && lastApplication !== null && lastApplication.length <= MAX_BARE_FRAME_BYTES;
}

/** Of a frame's head 9 bytes, of a GOAWAY 8, of the record around them at most 24: nonce and tag of AES-GCM in TLS 1.2. */
const MAX_BARE_FRAME_BYTES = 41;
/** What comes at once is not waited for. */
const STOPPED_NS = 1_000_000_000;
const GREETS_WITHIN_NS = 1_000_000_000;
/** A server that has sent nothing for so long is not amid an answer. */
const PAUSE_NS = 500_000_000;

/** Time-outs that people set, in seconds (docs/rules/slow-response.md). */
const COMMON_TIMERS: readonly number[] = [5, 10, 15, 20, 29, 30, 50, 55, 60, 75, 90, 100, 110, 120, 125, 180, 300, 600];
/** A timer fires late, by this share at most, and never early but for what a clock's tick makes. */
const LATE_SHARE = 0.02;
const EARLY_SHARE = 0.002;

/** The common time-out that a wait ended at, in seconds; `null`: at none. */
export function commonTimerOf(waitedNs: number): number | null {
  const seconds = waitedNs / 1e9;
  return (
    COMMON_TIMERS.find((timer) => seconds >= timer * (1 - EARLY_SHARE) && seconds <= timer * (1 + LATE_SHARE)) ?? null
  );
}
