/** What the rule keeps of a run: per server the heads that were too large, and those that were answered. */
import type { Connection } from '../../facts/connection.js';
import { type Exchange, type RequestMessage, type ResponseMessage, UNKNOWN_STATUS } from '../../facts/exchange.js';
import { LARGE_HEAD_BYTES } from '../../facts/signs.js';
import { STATUS } from '../../facts/status.js';
import { begunHeadOf } from '../judgements/begun-head.js';
import { silenceIsUnsayable } from '../judgements/capture-guards.js';
import { announcesClose } from '../judgements/closing-message.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { httpRoles } from '../judgements/http-roles.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { keptTarget } from '../tally/kept-target.js';
import {
  absorbOccurrences,
  addOccurrence,
  newOccurrences,
  type Occurrences,
  occurrenceIn,
} from '../tally/occurrences.js';
import { mergePerServer, type PerServer, tallyOf } from '../tally/per-server.js';
import { hasOtherReason, hasSyntaxFlaw } from './other-reason.js';
import { saysTooLarge, type TooLarge, type WholeHead } from './too-large.js';

/** A 400 says so of a head only where that is as large as the smallest limit in use (HAProxy 16 KB less its reserve, nginx 8 KB a line, Tomcat 8 KB). */
const MIN_REFUSED_BYTES = 7500;
const CONTENT_TOO_LARGE = 413;
/** Who refuses a head for its size has read that much and no more: he says so at once. Later, it is the wait for its end that is over. */
const AT_ONCE_NS = 1_000_000_000;
/** Whose buffer is full closes at once: later, a head that came to a stop was waited for. */
const LEFT_AT_ONCE_NS = 500_000_000;
/** Answers that a head is compared with, and large responses that a 502 may be about. */
const MAX_COMPARED = 32;

interface Head extends Moment {
  readonly headBytes: number;
}

/** One server. */
export interface ServerTally {
  /** What may have been refused for its size: which of it was, all of the run says (of-its-size). */
  readonly refused: Occurrences<TooLarge>;
  /** Responses with a large head, which a proxy in front may not take. */
  readonly responses: Occurrences<TooLarge>;
  readonly answered: Earliest<Head>;
  largestAnswered: Head | null;
  /** Length of the longest target that was answered in a large head. */
  longestTarget: number;
}

/** Enters an exchange with a large head, or an answer to a head that did not end. */
export function noteExchange(exchange: Exchange, connection: Connection, tally: PerServer<ServerTally>): void {
  const { request, response, h2Stream } = exchange;
  if (response === null) return;
  if (request === null) {
    noteUnfinished(exchange, response, connection, tally);
    return;
  }
  if (isHealthCheck(request)) return;
  const isLargeRequest = request.headBytes >= LARGE_HEAD_BYTES;
  const isLargeResponse = response.headBytes >= LARGE_HEAD_BYTES;
  if (!isLargeRequest && !isLargeResponse) return;
  const server = tallyOf(tally, httpRoles(connection).server.endpoint, newServer);
  if (server === null) return;
  const isDismissed = hasNoBody(request) && !announcesClose(request) && isDismissal(response, connection, exchange);
  const { headBytes } = request;
  const base = {
    ...tooLargeOf(response, connection, headBytes, wholeHeadOf(request), isDismissed),
    index: exchange.index,
  };
  if (isLargeResponse && response.status < 500)
    addOccurrence(server.responses, { ...base, whose: 'response', headBytes: response.headBytes });
  if (!isLargeRequest) return;
  // In HTTP/2 the head is compressed: how large it is once read is not known.
  const mayMeanIt =
    h2Stream === null && request.headBytes >= MIN_REFUSED_BYTES && mayBeOfHead(response.status, request);
  if (mayMeanIt && hasOtherReason(request, connection)) return;
  if (saysTooLarge(response.status) || mayMeanIt) addOccurrence(server.refused, base);
  else if (response.status < 500) {
    const head = { packet: response.firstPacket, atNs: response.startNs, headBytes: request.headBytes };
    addEarliest(server.answered, head);
    server.largestAnswered = larger(server.largestAnswered, head);
    server.longestTarget = Math.max(server.longestTarget, request.target.length);
  }
}

/** A 400 has many reasons, of which a large head is one; a 413 to a request without a body has no other (WEBrick, older Jetty). */
function mayBeOfHead(status: number, request: RequestMessage): boolean {
  return status === STATUS.badRequest || (status === CONTENT_TOO_LARGE && request.complete && hasNoBody(request));
}

function hasNoBody({ bodyBytes, contentLength, framing }: RequestMessage): boolean {
  return bodyBytes === 0 && (contentLength ?? 0) === 0 && framing !== 'chunked';
}

/** Whether the server ends the connection with this answer, the last: it says so, or hangs up first. */
function isDismissal(response: ResponseMessage, { exchanges, close }: Connection, exchange: Exchange): boolean {
  if (announcesClose(response)) return true;
  const [first] = close.segments;
  return exchange === exchanges.at(-1) && first?.from === 'server' && first.atNs - response.endNs < AT_ONCE_NS;
}

/** The only request of a connection, refused before its head had ended: nothing of it is known but what had come. */
function noteUnfinished(
  exchange: Exchange,
  response: ResponseMessage,
  connection: Connection,
  tally: PerServer<ServerTally>,
): void {
  const { exchanges, exchangeOffset, guards, beginnings, close, undecodedBytes } = connection;
  const { status, startNs } = response;
  if (exchange.h2Stream !== null || guards.midStream || exchangeOffset > 0 || exchanges.length > 1) return;
  // What did not begin like a request has no head, and what was not seen of it may hold anything.
  if (beginnings !== null || hasSyntaxFlaw(connection)) return;
  // A client that ended amid its head is answered for that.
  if (close.segments.some(({ from, atNs }) => from === 'client' && atNs <= startNs)) return;
  const { client, server } = httpRoles(connection);
  const { lastPayloadNs } = client;
  if (client.lostBytes > 0 || lastPayloadNs === null) return;
  const bytes = undecodedBytes.client;
  if (!saysTooLarge(status)) {
    if (status !== STATUS.badRequest || bytes < MIN_REFUSED_BYTES) return;
    if (startNs - lastPayloadNs > AT_ONCE_NS || !isDismissal(response, connection, exchange)) return;
  } else if (bytes < LARGE_HEAD_BYTES) return;
  const known = tallyOf(tally, server.endpoint, newServer);
  if (known !== null) addOccurrence(known.refused, tooLargeOf(response, connection, bytes, null, true));
}

/** A client, as a proxy is, that closes amid the head of an answer has no room for more of it. */
export function noteLeftHead(connection: Connection, tally: PerServer<ServerTally>): void {
  const head = begunHeadOf(connection);
  const [end] = connection.close.segments;
  if (head === null || end === undefined || end.from !== 'client' || head.bytes < LARGE_HEAD_BYTES) return;
  if (isHealthCheck(head.request) || end.atNs - head.startNs > LEFT_AT_ONCE_NS) return;
  const server = tallyOf(tally, connection.server.endpoint, newServer);
  if (server === null) return;
  const left = { firstPacket: end.packet, startNs: end.atNs, status: UNKNOWN_STATUS };
  const made = tooLargeOf(left, connection, head.bytes, wholeHeadOf(head.request), false);
  const { index } = head.exchange;
  addOccurrence(server.responses, { ...made, index, whose: 'response', begunNs: head.startNs });
}

/** A server that ends the connection amid a large head, at once and without a word (Varnish). */
export function noteEndedHead(connection: Connection, tally: PerServer<ServerTally>): void {
  const { exchanges, exchangeOffset, guards, beginnings, client, server, undecodedBytes, protocol, tls } = connection;
  const bytes = undecodedBytes.client;
  if (bytes < MIN_REFUSED_BYTES || exchanges.length + exchangeOffset > 0 || protocol !== 'http/1.1') return;
  const [end] = connection.close.segments;
  if (end === undefined || end.from !== 'server' || tls !== null || guards.midStream || beginnings !== null) return;
  if (server.payloadBytes > 0 || client.lostBytes > 0 || client.lastPayloadNs === null) return;
  if (hasSyntaxFlaw(connection)) return;
  if (silenceIsUnsayable(connection, end) !== null || end.atNs - client.lastPayloadNs > LEFT_AT_ONCE_NS) return;
  const known = tallyOf(tally, server.endpoint, newServer);
  const ended = { firstPacket: end.packet, startNs: end.atNs, status: UNKNOWN_STATUS };
  if (known !== null) addOccurrence(known.refused, tooLargeOf(ended, connection, bytes, null, true));
}

function wholeHeadOf({ method, target, fields, firstPacket, startNs }: RequestMessage): WholeHead {
  return {
    method,
    target: keptTarget(target),
    targetBytes: target.length,
    hasCookie: fields.some(({ name }) => name === 'cookie'),
    packet: firstPacket,
    atNs: startNs,
  };
}

function tooLargeOf(
  { firstPacket, startNs, status }: Pick<ResponseMessage, 'firstPacket' | 'startNs'> & Pick<TooLarge, 'status'>,
  connection: Connection,
  headBytes: number,
  request: WholeHead | null,
  isDismissed: boolean,
): TooLarge {
  const { client, server } = httpRoles(connection);
  return {
    ...occurrenceIn(connection, { packet: firstPacket, atNs: startNs }),
    client: client.endpoint,
    server: server.endpoint,
    whose: 'request',
    index: null,
    headBytes,
    status,
    request,
    isDismissed,
    isClear: connection.tls === null,
  };
}

/** Adds all of `from`. */
export function mergeTally(into: PerServer<ServerTally>, from: PerServer<ServerTally>): void {
  mergePerServer(into, from, newServer, (server, part) => {
    absorbOccurrences(server.refused, part.refused);
    absorbOccurrences(server.responses, part.responses);
    mergeEarliest(server.answered, part.answered);
    if (part.largestAnswered !== null) server.largestAnswered = larger(server.largestAnswered, part.largestAnswered);
    server.longestTarget = Math.max(server.longestTarget, part.longestTarget);
  });
}

function newServer(): ServerTally {
  return {
    refused: newOccurrences(),
    responses: newOccurrences(MAX_COMPARED),
    answered: earliest(MAX_COMPARED),
    largestAnswered: null,
    longestTarget: 0,
  };
}

function larger(one: Head | null, other: Head): Head {
  if (one === null || other.headBytes > one.headBytes) return other;
  return other.headBytes === one.headBytes && other.packet < one.packet ? other : one;
}
