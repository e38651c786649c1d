/** The signature: a request, no byte of an answer, and the server's RST_STREAM with an error. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { H2_ERROR, type H2Connection, h2ErrorName } from '../../facts/h2.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { silenceIsUnsayable } from '../judgements/capture-guards.js';
import { deadlineReached } from '../judgements/grpc-deadline.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { areHttpRolesOfTcp } from '../judgements/http-roles.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import { streamingOf } from '../judgements/streaming.js';
import { requestKey } from '../observation/request-key.js';
import type { Moment } from '../tally/earliest.js';
import { keptTarget } from '../tally/kept-target.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';
import { rankOfText } from '../tally/rank.js';
import { type FlawName, isFlaw, isFlawOfHead } from './flaws.js';

/** One request; its packet and time are those of the RST_STREAM. */
export interface RefusedRequest extends Occurrence {
  readonly h2Stream: number;
  /** Place in its connection. */
  readonly index: number;
  readonly method: string;
  readonly target: string;
  readonly requestPacket: PacketReference;
  readonly requestNs: number;
  /** The error code, and its name. RFC 9113 §7. */
  readonly code: number;
  readonly codeName: string;
  /** From the request's last byte so far to the reset. */
  readonly delayNs: number;
  /** Streams that were open just before, its own included, and how many the server allows; `null`: it sets no limit. */
  readonly openStreams: number;
  readonly streamLimit: number | null;
  readonly key: number;
  /** What of it is against the protocol, by the decoder's name for it, and the packet that shows it; `null`: nothing is known to be. */
  readonly flaw: { readonly name: FlawName; readonly packet: PacketReference } | null;
  /** It asked for a WebSocket (RFC 8441); `allowed`: the server's SETTINGS say that one may; `null`: they were not seen. */
  readonly webSocket: { readonly allowed: boolean | null; readonly settings: Moment | null } | null;
}

/** Whether the server's RST_STREAM stands in place of an answer, as far as the exchange shows it. */
export function mayBeRefused({ request, response, h2, h2Stream }: Exchange): boolean {
  return request !== null && response === null && h2Stream !== null && h2?.reset?.by === 'server';
}

/**
 * Tells `note` of each request among `exchanges` that the server reset.
 *
 * @param connection Its last batch, which alone says what became of the connection; of an earlier one it is
 *   taken that nothing did.
 */
export function refusedRequestsOf(
  connection: Connection,
  exchanges: readonly Exchange[],
  note: (refused: RefusedRequest) => void,
): void {
  const { h2, client } = connection;
  if ((h2 !== null && h2.timesLost.server > 0) || !areHttpRolesOfTcp(connection)) return;
  for (const exchange of exchanges) {
    const reset = exchange.h2?.reset ?? null;
    const { request, h2Stream } = exchange;
    if (reset === null || request === null || h2Stream === null || reset.code === null) continue;
    if (!isRefusal(exchange) || deadlineReached(request, reset.atNs) !== null) continue;
    if (h2 !== null && isOfFarewell(h2, h2Stream, reset.atNs)) continue;
    if (silenceIsUnsayable(connection, { deltaSequence: 0 }) !== null) return;
    const { method, target, startNs, endNs } = request;
    note({
      ...occurrenceIn(connection, reset),
      h2Stream,
      index: exchange.index,
      method,
      target: keptTarget(target),
      requestPacket: request.firstPacket,
      requestNs: startNs,
      code: reset.code,
      codeName: h2ErrorName(reset.code),
      delayNs: reset.atNs - Math.min(endNs, reset.atNs),
      openStreams: reset.openStreams,
      streamLimit: h2?.settings.server?.maxConcurrentStreams ?? null,
      key: requestKey(rankOfText(client.endpoint.address), request),
      flaw: flawOf(connection, exchanges, exchange),
      webSocket: exchange.h2?.protocol === 'websocket' ? webSocketOf(h2) : null,
    });
  }
}

/**
 * See {@link RefusedRequest.flaw}. Of each kind a connection names the first alone, and no stream: it is known to be this
 * request's where no other began meanwhile, and, unless it is one of a head, where no other was open.
 */
function flawOf(
  connection: Connection,
  exchanges: readonly Exchange[],
  { index, request, h2 }: Exchange,
): RefusedRequest['flaw'] {
  const reset = h2?.reset ?? null;
  if (request === null || reset === null) return null;
  const isMeanwhile = (packet: PacketReference) => packet >= request.firstPacket && packet <= reset.packet;
  for (const { name, from, packet } of connection.anomalies) {
    if (from !== 'client' || !isFlaw(name) || !isMeanwhile(packet)) continue;
    if (reset.openStreams > 1 && !isFlawOfHead(name)) continue;
    return isAlone(connection, exchanges, index, isMeanwhile) ? { name, packet } : null;
  }
  return null;
}

/** Whether no other request began meanwhile: those next to it must be known, as those that were handed over earlier need not be. */
function isAlone(
  connection: Connection,
  exchanges: readonly Exchange[],
  index: number,
  isMeanwhile: (packet: PacketReference) => boolean,
): boolean {
  const total = connection.exchangeOffset + connection.exchanges.length;
  const others = [...exchanges, ...connection.exchanges].filter((one) => one.index !== index);
  const isKnown = (at: number) => at < 0 || at >= total || others.some((one) => one.index === at);
  if (!isKnown(index - 1) || !isKnown(index + 1)) return false;
  return !others.some(({ request }) => request !== null && isMeanwhile(request.firstPacket));
}

/** Whether a GOAWAY before it or at that moment tells of it, by an error or because it refuses the stream: h2-goaway-race's. */
function isOfFarewell({ goAways }: H2Connection, h2Stream: number, resetNs: number): boolean {
  return goAways.some(
    ({ from, code, lastStream, atNs }) =>
      from === 'server' && atNs <= resetNs + ONE_MOMENT_NS && (h2Stream > lastStream || code !== H2_ERROR.none),
  );
}

function isRefusal(exchange: Exchange): boolean {
  const { request, response, interim, h2 } = exchange;
  const reset = h2?.reset ?? null;
  if (request === null || h2 === null || reset === null || response !== null || interim.length > 0) return false;
  if (reset.by !== 'server' || reset.code === H2_ERROR.none || h2.promise !== null || isHealthCheck(request))
    return false;
  // What never came about is no stream that ends as its server likes.
  if (h2.protocol === 'websocket') return true;
  const streaming = streamingOf(exchange);
  return streaming === null || streaming === 'grpc';
}

function webSocketOf(h2: H2Connection | null): RefusedRequest['webSocket'] {
  const server = h2?.settings.server ?? null;
  if (server === null) return { allowed: null, settings: null };
  const { packet, atNs, enableConnectProtocol } = server;
  return { allowed: enableConnectProtocol === true, settings: { packet, atNs } };
}
