/**
 * Calls of gRPC that are answered in HTTP alone: by a page of a web server, or without the trailers that hold the call's
 * status, which a proxy lost that speaks HTTP/1 behind it or knows none (gRPC over HTTP/2, "Responses").
 *
 * A gateway's own errors (401, 403, 413, 429, 5xx) are no such answers: gRPC says what a client makes of these, and they
 * have reasons of their own.
 */
import type { Connection } from '../../facts/connection.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import { fieldValue } from '../judgements/field-values.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { areHttpRolesOfTcp } from '../judgements/http-roles.js';
import type { Moment } from '../tally/earliest.js';
import { occurrenceIn } from '../tally/occurrences.js';
import { type AnswerKind, answerOf } from './answer.js';
import type { Mismatch } from './mismatch.js';

const CONTENT_TYPE = 'content-type';
/** `application/grpc`, also with `+proto` and the like; gRPC-Web has its own ways to end an answer. */
const GRPC = /^application\/grpc(?:$|[+;])/i;
/** Services that clients ask for and can do without: the server need not have them, nor its proxy know them. */
const OPTIONAL_SERVICE = /^\/grpc\.(?:reflection|health|channelz)\./;
/**
 * What a server says that takes a call for a request of the web: that it went well, is elsewhere, is not there, or cannot
 * be asked for so; 464 is AWS's for a target group of another protocol.
 */
const REFUSALS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308, 404, 405, 411, 415, 426, 464, 505]);

/** Tells `mismatched` of each call that was not answered as one, and `answered` of those that were. */
export function callsOf(
  connection: Connection,
  mismatched: (one: Mismatch) => void,
  answered: (at: Moment) => void,
): void {
  if (!areHttpRolesOfTcp(connection)) return;
  for (const exchange of connection.exchanges) {
    const { request, response, index } = exchange;
    if (request === null || response === null || !isCall(request)) continue;
    const at = { packet: response.firstPacket, atNs: response.startNs };
    const kind = answerTo(exchange, response);
    if (kind === 'grpc') answered(at);
    else if (kind !== null)
      mismatched({
        ...occurrenceIn(connection, at),
        startNs: request.startNs,
        kind: 'grpc-to-http',
        begun: 'grpc',
        index,
        asked: { packet: request.firstPacket, atNs: request.startNs },
        answer: kind === 'not-grpc' ? answerOf(kind, response.status) : answerOf(kind),
      });
  }
}

function isCall(request: RequestMessage): boolean {
  if (request.method !== 'POST' || !GRPC.test(fieldValue(request.fields, CONTENT_TYPE) ?? '')) return false;
  return !OPTIONAL_SERVICE.test(request.target) && !isHealthCheck(request);
}

/**
 * `grpc`: as a call is answered; `null`: that is not known. A status in the head counts where the head ends the stream:
 * a proxy that has it of HTTP/1 sends an empty DATA frame behind, and clients miss the trailers.
 */
function answerTo(
  { h2 }: Exchange,
  response: ResponseMessage,
): Extract<AnswerKind, 'not-grpc' | 'no-grpc-status'> | 'grpc' | null {
  const { status, fields, complete, lostBytes } = response;
  const trailers = h2?.trailers.server ?? [];
  if (h2 !== null && h2.grpcStatus !== null) return 'grpc';
  if (h2?.unknownFields.server === true || trailers.some(({ name }) => name === 'grpc-status')) return null;
  const type = fieldValue(fields, CONTENT_TYPE);
  const isWhole = complete && lostBytes === 0;
  if (type !== null && GRPC.test(type)) {
    // In HTTP/1 trailers are not read.
    return h2 !== null && isWhole && status === 200 ? 'no-grpc-status' : null;
  }
  if (type === null && !isWhole) return null;
  return (status >= 200 && status < 300) || REFUSALS.has(status) ? 'not-grpc' : null;
}
