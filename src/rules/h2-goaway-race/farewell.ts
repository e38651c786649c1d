/** A server's GOAWAY, and the requests that it met. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { type GoAway, H2_ERROR, H2_ERROR_NAMES, h2ErrorName } from '../../facts/h2.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { GRPC_UNAVAILABLE, outcomeOf } from '../judgements/gateway-error.js';
import { httpRoles } from '../judgements/http-roles.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import { resetBefore } from '../judgements/stream-reset.js';
import { requestKey } from '../observation/request-key.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';
import { rankOfText } from '../tally/rank.js';
import { type LargeHead, largeHeadBefore } from './large-head.js';

/** A GOAWAY that announces the end and refuses nothing yet. RFC 9113 §6.8. */
const NOTHING_REFUSED = 2 ** 31 - 1;
/** Requests of one connection that are kept. */
const MAX_LOST = 32;

/**
 * `refused`: above the last stream, sent before the GOAWAY could be known: not processed. `late`:
 * above it, sent when it was known. `cut`: not above it, and not answered when the server closed; or a gRPC call
 * to which the server's own library said UNAVAILABLE then.
 */
export type Fate = 'refused' | 'late' | 'cut';

/** A request that the GOAWAY met. */
export interface LostRequest {
  readonly fate: Fate;
  readonly h2Stream: number;
  readonly method: string;
  readonly target: string;
  readonly packet: PacketReference;
  readonly atNs: number;
  readonly key: number;
  /** A gRPC call that was in progress: it was ended with UNAVAILABLE. */
  readonly isToldUnavailable: boolean;
}

/** A server's last GOAWAY on a connection; its packet and time are those of it. */
export interface Farewell extends Occurrence {
  readonly lastStream: number;
  readonly code: number;
  readonly codeName: string;
  readonly debug: string;
  /** Requests that it processed, where it says so; `null`: it refuses none by its number. */
  readonly processed: number | null;
  readonly ageNs: number;
  /** For how long nothing that it took had been in progress, since the last answer's end, or, where nothing had been asked, since the connection's beginning; 0: something was, until then; `null`: it cannot be told. */
  readonly idleNs: number | null;
  readonly lost: readonly LostRequest[];
  readonly counts: Readonly<Record<Fate, number>>;
  /** See {@link largeHeadBefore}. */
  readonly largeHead: LargeHead | null;
  /** FIN or RST of the server behind it. */
  readonly close: { readonly packet: PacketReference; readonly atNs: number; readonly kind: 'fin' | 'rst' } | null;
}

/** Whether it met no request and gives no error: what servers do every day. */
export function isGraceful({ counts, code }: Farewell): boolean {
  return code === H2_ERROR.none && counts.refused + counts.late + counts.cut === 0;
}

/** Whether a code says that its sender failed: its own of HTTP/2, or one that is none of HTTP/2's, as a library's. RFC 9113 §7. */
export function isOwnFailure(code: number): boolean {
  return code === H2_ERROR.internal || code === H2_ERROR.connect || code >= H2_ERROR_NAMES.length;
}

/** The server's farewell on a connection; `null`: it said none. */
export function farewellOf(connection: Connection): Farewell | null {
  const { h2, exchanges, startNs, guards } = connection;
  const own = h2?.goAways.filter(({ from }) => from === 'server') ?? [];
  const [first] = own;
  // Each may only lower the number: the last one counts; but an error ends all, whatever is said behind it (Apache: NO_ERROR).
  const errors = own.filter(({ code }) => code !== H2_ERROR.none);
  const last = (errors.length > 0 ? errors : own).reduce(
    (lowest, one) => (one.lastStream < lowest.lastStream ? one : lowest),
    errors[0] ?? first ?? NONE,
  );
  if (first === undefined) return null;
  const close = closeOf(connection);
  const counts: Record<Fate, number> = { refused: 0, late: 0, cut: 0 };
  const lost: LostRequest[] = [];
  const clientRank = rankOfText(httpRoles(connection).client.endpoint.address);
  for (const exchange of exchanges) {
    const fate = fateOf(exchange, last, close, connection);
    if (fate === null || exchange.request === null) continue;
    counts[fate] += 1;
    const { method, target, firstPacket: packet, startNs: atNs } = exchange.request;
    if (lost.length < MAX_LOST)
      lost.push({
        fate,
        h2Stream: exchange.h2Stream ?? 0,
        method,
        target,
        packet,
        atNs,
        key: requestKey(clientRank, exchange.request),
        isToldUnavailable: fate === 'cut' && exchange.response !== null && isUnavailable(exchange),
      });
  }
  const { client, server } = httpRoles(connection);
  return {
    ...occurrenceIn(connection, last),
    client: client.endpoint,
    server: server.endpoint,
    lastStream: last.lastStream,
    code: last.code,
    codeName: h2ErrorName(last.code),
    debug: last.debug,
    processed: last.lastStream === NOTHING_REFUSED ? null : Math.ceil(last.lastStream / 2),
    ageNs: guards.midStream ? 0 : last.atNs - startNs,
    idleNs: idleAt(last, connection),
    lost,
    counts,
    largeHead: largeHeadBefore(last, connection),
    close,
  };
}

const NONE = { from: 'server', packet: 0, atNs: 0, lastStream: NOTHING_REFUSED, code: 0, debug: '' } as const;

/** See {@link Farewell.idleNs}; what crosses the GOAWAY is on streams above its last one, and no work of the server's. */
function idleAt(
  { lastStream, atNs }: Pick<GoAway, 'lastStream' | 'atNs'>,
  { exchanges, exchangeOffset, guards, startNs }: Connection,
): number | null {
  let endedNs = Number.NEGATIVE_INFINITY;
  for (const exchange of exchanges) {
    const { h2Stream, request, response } = exchange;
    if (h2Stream === null || request === null || h2Stream % 2 === 0) continue;
    if (h2Stream > lastStream && request.startNs > atNs - ONE_MOMENT_NS) continue;
    const doneNs = response?.complete === true ? response.endNs : resetBefore(exchange, atNs)?.atNs;
    if (doneNs === undefined || doneNs > atNs) return 0;
    endedNs = Math.max(endedNs, doneNs, request.endNs);
  }
  if (endedNs === Number.NEGATIVE_INFINITY) {
    // What was asked before may have been handed over already, or have come before the capture.
    if (exchangeOffset > 0 || guards.midStream) return null;
    endedNs = startNs;
  }
  return Math.max(0, atNs - endedNs);
}

/** The server's end of the connection, if it was the first to end it. */
function closeOf(connection: Connection): Farewell['close'] {
  const [first] = connection.close.segments;
  if (first === undefined) return null;
  const ends = first.from === 'server' ? connection.server : connection.client;
  if (ends.endpoint !== httpRoles(connection).server.endpoint) return null;
  return { packet: first.packet, atNs: first.atNs, kind: first.kind };
}

function fateOf(
  exchange: Exchange,
  { lastStream, atNs, code }: Pick<GoAway, 'lastStream' | 'atNs' | 'code'>,
  close: Farewell['close'],
  { handshake, server, h2: facts }: Connection,
): Fate | null {
  const { h2Stream, request, response } = exchange;
  if (h2Stream === null || request === null || h2Stream % 2 === 0) return null;
  if (h2Stream > lastStream) {
    // One that was reset long before was refused by name, and not for the end of the connection (stream-reset).
    if (response !== null || resetBefore(exchange, atNs - ONE_MOMENT_NS) !== null) return null;
    const roundTripNs = (handshake.synToSynAckNs ?? 0) + (handshake.synAckToAckNs ?? 0);
    return request.startNs <= atNs + roundTripNs || handshake.synToSynAckNs === null ? 'refused' : 'late';
  }
  if (isDismissed(exchange, atNs, code, close)) return 'cut';
  // Taken back by the client, refused by name, answered: no harm of the GOAWAY's.
  if (
    close === null ||
    resetBefore(exchange, close.atNs) !== null ||
    response?.complete === true ||
    request.startNs > atNs
  )
    return null;
  // What was lost to the capture may have held the answer.
  if (server.lostBytes > server.snappedBytes || (facts?.timesLost.server ?? 0) > 0) return null;
  return 'cut';
}

/**
 * A gRPC call that the server ends with UNAVAILABLE and no message as it ends the connection: upon an error at once,
 * after a grace just before its FIN, as gRPC's libraries do.
 */
function isDismissed(exchange: Exchange, atNs: number, code: number, close: Farewell['close']): boolean {
  const { request, response } = exchange;
  if (request === null || response === null || request.startNs > atNs || response.startNs < atNs) return false;
  if (!isUnavailable(exchange)) return false;
  const isAtOnce = code !== H2_ERROR.none && response.startNs - atNs <= ONE_MOMENT_NS;
  return isAtOnce || (close !== null && Math.abs(close.atNs - response.startNs) <= ONE_MOMENT_NS);
}

function isUnavailable({ response, h2 }: Exchange): boolean {
  return response !== null && outcomeOf(response, h2) === GRPC_UNAVAILABLE;
}
