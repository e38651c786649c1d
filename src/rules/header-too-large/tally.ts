/** What the rule keeps of a run: per server the heads that were too large, and those that were answered. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import { LARGE_HEAD_BYTES } from '../../facts/signs.js';
import { STATUS } from '../../facts/status.js';
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
import { saysTooLarge, type TooLarge } from './too-large.js';

/** A 400 says so of a head only where that is as large as the smallest limit in use (HAProxy 16 KB less its reserve, nginx 8 KB a line, Tomcat 8 KB). */
const MIN_REFUSED_BYTES = 7500;
/** Answers that a head is compared with, and large responses that a 502 may be about. */
const MAX_COMPARED = 32;

interface Head extends Moment {
  readonly headBytes: number;
}

/** One server. */
export interface ServerTally {
  readonly refused: Occurrences<TooLarge>;
  /** Responses with a large head, which a proxy in front may not take. */
  readonly responses: Occurrences<TooLarge>;
  readonly answered: Earliest<Head>;
  largestAnswered: Head | null;
}

/** Enters an exchange with a large head. */
export function noteExchange(exchange: Exchange, connection: Connection, tally: PerServer<ServerTally>): void {
  const { request, response, h2Stream } = exchange;
  if (request === null || response === null || isHealthCheck(request)) return;
  const isLargeRequest = request.headBytes >= LARGE_HEAD_BYTES;
  const isLargeResponse = response.headBytes >= LARGE_HEAD_BYTES;
  if (!isLargeRequest && !isLargeResponse) return;
  const server = tallyOf(tally, httpRoles(connection).server.endpoint, newServer);
  if (server === null) return;
  const base = tooLargeOf(exchange, connection, request, response.status);
  if (isLargeResponse && response.status < 500)
    addOccurrence(server.responses, { ...base, whose: 'response', headBytes: response.headBytes });
  if (!isLargeRequest) return;
  // In HTTP/2 the head is compressed: how large it is once read is not known.
  const isRefused =
    saysTooLarge(response.status) ||
    (response.status === STATUS.badRequest && h2Stream === null && request.headBytes >= MIN_REFUSED_BYTES);
  if (isRefused) addOccurrence(server.refused, base);
  else if (response.status < 500) {
    const head = { packet: response.firstPacket, atNs: response.startNs, headBytes: request.headBytes };
    addEarliest(server.answered, head);
    server.largestAnswered = larger(server.largestAnswered, head);
  }
}

function tooLargeOf({ response }: Exchange, connection: Connection, request: RequestMessage, status: number): TooLarge {
  const { client, server } = httpRoles(connection);
  return {
    ...occurrenceIn(connection, {
      packet: response?.firstPacket ?? request.firstPacket,
      atNs: response?.startNs ?? request.startNs,
    }),
    client: client.endpoint,
    server: server.endpoint,
    whose: 'request',
    method: request.method,
    target: keptTarget(request.target),
    headBytes: request.headBytes,
    targetBytes: request.target.length,
    hasCookie: request.fields.some(({ name }) => name === 'cookie'),
    status,
    requestPacket: request.firstPacket,
    requestNs: request.startNs,
  };
}

/** Adds all of `from`. */
export function mergeTally(into: PerServer<ServerTally>, from: PerServer<ServerTally>): void {
  mergePerServer(into, from, newServer, (server, part) => {
    absorbOccurrences(server.refused, part.refused);
    absorbOccurrences(server.responses, part.responses);
    mergeEarliest(server.answered, part.answered);
    if (part.largestAnswered !== null) server.largestAnswered = larger(server.largestAnswered, part.largestAnswered);
  });
}

function newServer(): ServerTally {
  return {
    refused: newOccurrences(),
    responses: newOccurrences(MAX_COMPARED),
    answered: earliest(MAX_COMPARED),
    largestAnswered: null,
  };
}

function larger(one: Head | null, other: Head): Head {
  if (one === null || other.headBytes > one.headBytes) return other;
  return other.headBytes === one.headBytes && other.packet < one.packet ? other : one;
}
