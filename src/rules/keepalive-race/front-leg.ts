/**
 * The failure that the client of a proxy saw, for a request that was lost behind it.
 *
 * Where both legs are in the capture, the exchange at the front encloses that at the back in time
 * and asks for the same thing by the same method. Kept are exchanges that failed as a gateway's do:
 * 502, 503, 504, or no answer and a close by the server.
 */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import type { RequestMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { endpointText } from '../../text/address.js';
import { rankOfText } from '../tally/rank.js';
import { addToSample, mergeSample, type Sample, sample } from '../tally/sample.js';

/** Failures kept of a run: those of more are a fair sample. */
const MAX_FAILURES = 4096;
/** A front answers its client soon after the back has failed, where it does not try again. */
const FRONT_WITHIN_NS = 1_000_000_000;
const GATEWAY_ERRORS: ReadonlySet<number> = new Set([502, 503, 504]);

/** A failed exchange that may be a front's. */
export interface FrontFailure {
  /** Its answer, or the close that came instead. */
  readonly packet: PacketReference;
  readonly endNs: number;
  readonly requestPacket: PacketReference;
  readonly startNs: number;
  readonly stream: number;
  readonly server: Endpoint;
  /** `null`: closed without an answer. */
  readonly status: number | null;
  readonly key: number;
}

/** Failures by nothing: looked through once for each lost request. */
export type FrontFailures = Sample<FrontFailure>;

/** None yet. */
export function frontFailures(): FrontFailures {
  return sample(MAX_FAILURES);
}

/** Equal for a request at the front and the one made of it. */
export function frontKey({ method, target }: Pick<RequestMessage, 'method' | 'target'>): number {
  return rankOfText(target, rankOfText(method));
}

/** Enters the exchanges of a connection that failed. */
export function noteFrontFailures(connection: Connection, into: FrontFailures): void {
  const { exchanges, close, stream, server } = connection;
  for (const { request, response } of exchanges) {
    if (request === null) continue;
    const answered = response !== null && GATEWAY_ERRORS.has(response.status);
    const closed =
      response === null
        ? close.segments.find((segment) => segment.from === 'server' && segment.atNs >= request.startNs)
        : undefined;
    if (!answered && closed === undefined) continue;
    addToSample(into, {
      packet: answered ? response.firstPacket : (closed?.packet ?? request.firstPacket),
      endNs: answered ? response.startNs : (closed?.atNs ?? request.startNs),
      requestPacket: request.firstPacket,
      startNs: request.startNs,
      stream,
      server: server.endpoint,
      status: answered ? response.status : null,
      key: frontKey(request),
    });
  }
}

/** Adds all of `from`. */
export function mergeFrontFailures(into: FrontFailures, from: FrontFailures): void {
  mergeSample(into, from);
}

/** The front's failure that encloses a request lost at `failedNs`; `null`: none was seen. */
export function frontFailureOf(
  from: FrontFailures,
  key: number | null,
  lost: { readonly atNs: number; readonly failedNs: number; readonly stream: number; readonly server: Endpoint },
): FrontFailure | null {
  if (key === null) return null;
  let nearest: FrontFailure | null = null;
  for (const failure of from.items) {
    if (failure.key !== key || failure.stream === lost.stream) continue;
    if (endpointText(failure.server) === endpointText(lost.server)) continue;
    if (failure.startNs > lost.atNs || failure.endNs < lost.failedNs) continue;
    if (failure.endNs - lost.failedNs > FRONT_WITHIN_NS) continue;
    if (nearest === null || failure.startNs > nearest.startNs) nearest = failure;
  }
  return nearest;
}
