/** How a WebSocket ended without a Close frame: who ended it, and what was said last. */
import type { Connection } from '../../facts/connection.js';
import type { Side } from '../../facts/endpoint.js';
import type { Exchange } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { TlsFacts } from '../../facts/tls.js';
import type { WebSocketFacts } from '../../facts/websocket.js';
import type { Moment } from '../tally/earliest.js';
import type { Leg } from '../tally/keyed-legs.js';
import type { Occurrence } from '../tally/occurrences.js';
import { guardSteps } from './capture-guards.js';
import { fieldValue } from './field-values.js';
import { httpRoles } from './http-roles.js';

/** TLS's goodbye. RFC 8446 §6.1. */
const CLOSE_NOTIFY = 0;

/** What ends a WebSocket that nobody closes, by its name. */
export const ENDINGS = {
  fin: 'FIN',
  rst: 'RST',
  'stream-reset': 'RST_STREAM',
  'end-stream': 'END_STREAM',
  'close-notify': 'close_notify',
} as const;

/** A WebSocket that was cut; its packet and time are those of what did it. */
export interface WebSocketCut extends Occurrence, Leg {
  readonly by: Side;
  readonly how: keyof typeof ENDINGS;
  /** Sec-WebSocket-Key; `null`: not known, or over HTTP/2. */
  readonly key: string | null;
  readonly handshakePacket: PacketReference;
  /** When it was accepted. */
  readonly openedNs: number;
  /** How long nothing was sent before its end. */
  readonly idleNs: number;
  /** How long its client had sent nothing before its end; `null`: it had not sent anything, or that is not known. */
  readonly clientIdleNs: number | null;
  /** Whether that last word was a Ping or a Pong, which say nothing. */
  readonly isClientsLastControl: boolean;
  /** Frames that its server had sent. */
  readonly serverFrames: number;
  /** The last frame before it; `null`: none was sent. */
  readonly lastFrame: { readonly packet: PacketReference; readonly atNs: number; readonly from: Side } | null;
  /** Mean time between pings; `null`: fewer than two. */
  readonly pingPeriodNs: number | null;
  readonly pings: number;
  /** A frame that its sender sent into the closed conversation. */
  readonly lost: { readonly packet: PacketReference; readonly atNs: number } | null;
  /** The request came through a proxy, as its fields say: the client is one. */
  readonly isForwarded: boolean;
}

type Ending = Pick<WebSocketCut, 'by' | 'how' | 'packet' | 'atNs'>;

/** Whether a WebSocket may have been opened by it. */
export function mayOpenWebSocket({ response, h2 }: Exchange): boolean {
  if (response === null) return false;
  return h2 === null ? response.status === 101 : h2.protocol === 'websocket';
}

/**
 * The cut of a conversation; `null`: it ended otherwise, or it cannot be told.
 *
 * @param connection Its last batch.
 * @param exchanges Of all batches those that {@link mayOpenWebSocket}: over HTTP/2 a stream may end long before its connection.
 */
export function webSocketCutOf(
  webSocket: WebSocketFacts,
  connection: Connection,
  exchanges: readonly Exchange[],
): WebSocketCut | null {
  const { sent, closes, pings, pingCount, handshakePacket, startNs } = webSocket;
  if (closes.client !== null || closes.server !== null || sent.client.isLost || sent.server.isLost) return null;
  const exchange = exchanges.find(
    ({ response, h2Stream }) => response?.headPacket === handshakePacket && h2Stream === webSocket.h2Stream,
  );
  const ending = endingOf(webSocket, connection, exchange ?? null);
  if (ending === null) return null;
  const last = lastFrameOf(webSocket, ending.atNs);
  const { lastNs, lastPacket } = sent.client;
  const clientNs = lastNs !== null && lastNs <= ending.atNs ? lastNs : last?.from === 'client' ? last.atNs : null;
  // A ping that nobody answered: its sender gave up on the other, not on the silence.
  const unanswered = pings.at(-1);
  if (unanswered !== undefined && unanswered.answerNs === null && unanswered.from === ending.by) return null;
  const { client, server } = httpRoles(connection);
  const [firstPing] = pings;
  const request = exchange?.request ?? null;
  const later = [sent.client, sent.server].find(({ lastNs }) => lastNs !== null && lastNs > ending.atNs);
  return {
    ...ending,
    stream: connection.stream,
    client: client.endpoint,
    server: server.endpoint,
    steps: guardSteps(connection),
    requestPacket: request?.firstPacket ?? handshakePacket,
    requestNs: request?.startNs ?? startNs,
    answerPacket: exchange?.response?.firstPacket ?? handshakePacket,
    answerNs: exchange?.response?.startNs ?? startNs,
    key: request === null ? null : fieldValue(request.fields, 'sec-websocket-key'),
    handshakePacket,
    openedNs: startNs,
    idleNs: ending.atNs - (last?.atNs ?? startNs),
    clientIdleNs: clientNs === null ? null : ending.atNs - clientNs,
    isClientsLastControl: pings.some(
      (ping) => (ping.from === 'client' ? ping.packet : ping.answerPacket) === lastPacket,
    ),
    serverFrames: sent.server.frames,
    lastFrame: last,
    pings: pingCount,
    pingPeriodNs:
      firstPing === undefined || unanswered === undefined || pingCount < 2
        ? null
        : (unanswered.atNs - firstPing.atNs) / (pingCount - 1),
    lost: later?.lastNs == null || later.lastPacket === null ? null : { packet: later.lastPacket, atNs: later.lastNs },
    isForwarded:
      request?.fields.some(({ name }) => name === 'via' || name === 'forwarded' || name.startsWith('x-forwarded-')) ??
      false,
  };
}

/** What ended it; over HTTP/2 the stream may end and the connection go on. A client that takes its leave below the frames ends it, whoever hangs up then. */
function endingOf(
  { h2Stream }: WebSocketFacts,
  { close, guards, tls }: Connection,
  exchange: Exchange | null,
): Ending | null {
  const reset = exchange?.h2?.reset ?? null;
  if (reset !== null) {
    const { request } = exchange ?? { request: null };
    // RFC 8441 §5: END_STREAM is what FIN is otherwise.
    return request?.complete === true && request.endNs <= reset.atNs
      ? { by: 'client', how: 'end-stream', packet: request.lastPacket, atNs: request.endNs }
      : { by: reset.by, how: 'stream-reset', packet: reset.packet, atNs: reset.atNs };
  }
  const [first] = close.segments;
  if (first === undefined || guards.oneSided || h2Stream !== null) return null;
  const leave = tls === null ? null : clientsLeaveIn(tls);
  return leave !== null && leave.atNs <= first.atNs
    ? { by: 'client', how: 'close-notify', packet: leave.packet, atNs: leave.atNs }
    : { by: first.from, how: first.kind, packet: first.packet, atNs: first.atNs };
}

/** The client's close_notify, where the server's did not come before it. */
function clientsLeaveIn({ alerts }: TlsFacts): Moment | null {
  const first = alerts.find(({ description }) => description === CLOSE_NOTIFY);
  return first?.from === 'client' ? first : null;
}

/** The last frame of either side before `endNs`. */
function lastFrameOf({ sent, idlePeriods }: WebSocketFacts, endNs: number): WebSocketCut['lastFrame'] {
  let last: WebSocketCut['lastFrame'] = null;
  for (const side of ['client', 'server'] as const) {
    const { lastNs, lastPacket } = sent[side];
    if (lastNs === null || lastPacket === null || lastNs > endNs || (last !== null && lastNs <= last.atNs)) continue;
    last = { packet: lastPacket, atNs: lastNs, from: side };
  }
  // Where a side spoke on after the end, its frame before is known as the beginning of the silence only.
  const idle = idlePeriods.at(-1);
  if (idle === undefined || idle.after === null || idle.startNs > endNs || idle.startNs + idle.durationNs < endNs)
    return last;
  return last !== null && last.atNs >= idle.startNs
    ? last
    : { packet: idle.packet, atNs: idle.startNs, from: idle.after };
}
