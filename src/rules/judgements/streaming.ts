/**
 * Exchanges that take their time by design: a response that is sent piece by piece, or that waits
 * for something to tell. Pauses in them are no stall, and their length is nobody's slowness
 * (docs/rules/slow-response.md).
 */
import type { Exchange } from '../../facts/exchange.js';
import type { Field } from '../../facts/field.js';

/**
 * `event-stream`: server-sent events (HTML §9.2). `grpc`: a call, which may stream. `tunnel`: CONNECT
 * or an upgrade; what is said in it is not the response. `long-poll`: the client asked to wait.
 */
export type Streaming = 'event-stream' | 'grpc' | 'tunnel' | 'long-poll';

/**
 * Targets by which clients ask to wait: engine.io and SockJS polling, SignalR, CouchDB's and the
 * like's feeds, Kubernetes watches, Consul's blocking queries and etcd's waits; and what is called a poll.
 */
const LONG_POLL_TARGET =
  /[?&](?:transport=(?:polling|longpolling)|feed=longpoll|watch=(?:true|1)|wait=(?:true|\d+(?:ms|s|m)?))(?:&|$)|\/xhr(?:_streaming)?(?:\?|$)|\/cometd\/connect(?:\?|$)|\/(?:long-?)?poll(?:ing)?(?:\?|$)/i;

/** How the exchange takes its time by design; `null`: it does not say so. */
export function streamingOf({ request, response, h2 }: Exchange): Streaming | null {
  if (request?.framing === 'tunnel' || response?.framing === 'tunnel' || (h2?.protocol ?? null) !== null)
    return 'tunnel';
  const type = contentTypeOf(response?.fields) ?? contentTypeOf(request?.fields);
  if (type === 'text/event-stream') return 'event-stream';
  if (type?.startsWith('application/grpc') === true) return 'grpc';
  const isAskedToWait = request !== null && LONG_POLL_TARGET.test(request.target);
  return isAskedToWait ? 'long-poll' : null;
}

/**
 * Whether an end without an answer is no loss of the exchange: it waits by design. A gRPC call whose client has
 * sent all that it had to say does not: its server owes it a status (gRPC over HTTP/2, "Responses").
 */
export function mayEndUnanswered(exchange: Exchange): boolean {
  const streaming = streamingOf(exchange);
  return streaming !== null && !(streaming === 'grpc' && exchange.request?.complete === true);
}

/**
 * Nanoseconds that an unfinished response had been silent at `endNs`; `null` when it is none: no
 * response began, it is complete, or it takes its time by design.
 */
export function silentNs(exchange: Exchange, endNs: number): number | null {
  const { response } = exchange;
  if (response === null || response.complete || streamingOf(exchange) !== null) return null;
  return Math.max(0, endNs - response.endNs);
}

/** The media type without its parameters, in lower case. RFC 9110 §8.3.1. */
function contentTypeOf(fields: readonly Field[] | undefined): string | null {
  const value = fields?.find(({ name }) => name === 'content-type')?.value;
  return value === undefined ? null : (value.split(';', 1)[0] ?? '').trim().toLowerCase();
}
