/**
 * Which stalls hurt. A window is there to make a sender wait, so most are flow control at work: a receiver that
 * takes its time and takes all at last. What is left are
 *
 * - `upload`: a server lets a request's body stand still for a second and longer, and had not answered;
 * - `unread`: a client never takes the rest of an answer, and it ends unfinished;
 * - `starved`: a client has used the window of its connection up, and asks for more meanwhile on it.
 */
import { OUT_OF_WINDOW } from '../../facts/anomaly.js';
import type { Connection } from '../../facts/connection.js';
import { OPPOSITE } from '../../facts/endpoint.js';
import type { Exchange, Message } from '../../facts/exchange.js';
import type { WindowStall } from '../../facts/h2.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { httpRoles } from '../judgements/http-roles.js';
import { streamingOf } from '../judgements/streaming.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';
import { mayBeLoss } from './loss.js';

/** A server that reads gives window sooner, however busy; so does a client that asks for more. */
const MIN_WAIT_NS = 1_000_000_000;
/** Whoever leaves an answer sooner has changed his mind: a reader that seeks, a page that is left. */
const MIN_UNREAD_NS = 5_000_000_000;

/** One stall; its packet and time are those of the frame that used the window up. */
export interface Stall extends Occurrence {
  readonly kind: 'upload' | 'unread' | 'starved';
  /** 0: the window of the connection. */
  readonly h2Stream: number;
  readonly durationNs: number;
  /** `null`: nothing ended it but the connection's end, or the capture's. */
  readonly endedBy: WindowStall['endedBy'];
  readonly endPacket: PacketReference | null;
  readonly endNs: number;
  /** The request whose body, or whose answer, stood still; of `starved` the one that waited. */
  readonly method: string;
  readonly target: string;
  readonly requestPacket: PacketReference;
  readonly requestNs: number;
  /** Bytes of the body that had been sent at its end. */
  readonly bodyBytes: number;
  /** What became of it: answered, or reset, by whom; `null`: neither. */
  readonly status: number | null;
  readonly resetBy: 'client' | 'server' | null;
}

/**
 * Whether its request or its answer may have waited for a window so long that it hurts, as far as the exchange
 * shows it: of most it says that they did not.
 */
export function mayHaveWaited(exchange: Exchange): boolean {
  const { request, response, h2 } = exchange;
  if (request === null || h2 === null) return false;
  const endNs = Math.max(request.endNs, response?.endNs ?? 0, h2.reset?.atNs ?? 0);
  // One that is not over lasts until the connection's end.
  if (h2.state === 'closed' && endNs - request.startNs < MIN_WAIT_NS) return false;
  const isStretched = isSpread(request) || (response !== null && isSpread(response));
  return isStretched && streamingOf(exchange) === null;
}

function isSpread({ complete, startNs, endNs }: Message): boolean {
  return !complete || endNs > startNs;
}

/**
 * Those of a connection that hurt.
 *
 * @param connection Its last batch.
 * @param exchanges Of all batches those that {@link mayHaveWaited}, in order of their requests.
 */
export function stallsOf(connection: Connection, exchanges: readonly Exchange[]): Stall[] {
  const { h2, guards, anomalies } = connection;
  if (h2 === null || guards.clockStepped || guards.oneSided) return [];
  // Where the place of a frame was lost a WINDOW_UPDATE may be among what was not seen.
  if (h2.timesLost.client > 0 || h2.timesLost.server > 0) return [];
  if (anomalies.some(({ name }) => name === OUT_OF_WINDOW)) return [];
  return h2.windowStalls.flatMap((stall) => {
    const endNs = stall.endNs ?? connection.endNs;
    // Each side's first frame are its settings: whose were not seen may have said more before the capture.
    if (h2.settings[OPPOSITE[stall.sender]] === null || mayBeLoss(stall, endNs, connection)) return [];
    const found =
      stall.h2Stream === 0
        ? starvedIn(stall, endNs, connection, exchanges)
        : exchanges.find(({ h2Stream }) => h2Stream === stall.h2Stream);
    const request = found?.request ?? null;
    if (found === undefined || request === null) return [];
    const kind = stall.h2Stream === 0 ? 'starved' : kindOf(stall, endNs, found, connection);
    if (kind === null) return [];
    const { client, server } = httpRoles(connection);
    const body = stall.sender === 'client' ? request : found.response;
    return [
      {
        ...occurrenceIn(connection, { atNs: stall.startNs, packet: stall.packet }),
        client: client.endpoint,
        server: server.endpoint,
        kind,
        h2Stream: stall.h2Stream,
        durationNs: endNs - stall.startNs,
        endedBy: stall.endedBy,
        endPacket: stall.endPacket,
        endNs,
        method: request.method,
        target: request.target,
        requestPacket: request.firstPacket,
        requestNs: request.startNs,
        bodyBytes: body?.bodyBytes ?? 0,
        status: found.response?.status ?? null,
        resetBy: found.h2?.reset?.by ?? null,
      },
    ];
  });
}

function kindOf(
  { sender, startNs, endedBy }: WindowStall,
  endNs: number,
  { response }: Exchange,
  { guards }: Connection,
): Stall['kind'] | null {
  const lastedNs = endNs - startNs;
  if (sender === 'client') {
    if (lastedNs < MIN_WAIT_NS) return null;
    // It was answered meanwhile: who has answered needs no more of the body.
    return response !== null && response.startNs < endNs ? null : 'upload';
  }
  if (response === null || response.complete || lastedNs < MIN_UNREAD_NS) return null;
  if (endedBy === 'window-update') return null;
  // It may go on behind the capture's end.
  return endedBy === null && guards.cutByCaptureEnd ? null : 'unread';
}

/** The first request that the client sent while the window of its connection was used up, and for which it so waited; `undefined`: there is none. */
function starvedIn(
  { sender, startNs }: WindowStall,
  endNs: number,
  { guards }: Connection,
  exchanges: readonly Exchange[],
): Exchange | undefined {
  if (sender !== 'server' || guards.cutByCaptureEnd) return undefined;
  return exchanges.find(({ request, response, h2 }) => {
    // Who takes the request back waits no longer.
    const waitsUntilNs = Math.min(endNs, h2?.reset?.atNs ?? endNs);
    if (request === null || request.startNs < startNs || waitsUntilNs - request.endNs < MIN_WAIT_NS) return false;
    // Its head, which needs no window, shows that the server was ready.
    return response !== null && response.startNs < endNs && (!response.complete || response.endNs >= endNs);
  });
}
