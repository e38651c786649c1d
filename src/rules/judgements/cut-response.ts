/** A response begun, not at its end, and the server that closes first, or resets the stream. */

import type { CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import { H2_ERROR } from '../../facts/h2.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { legKeyOf } from '../observation/request-key.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';
import { begunHeadOf } from './begun-head.js';
import { silenceIsUnsayable } from './capture-guards.js';
import { isHealthCheck } from './health-check.js';
import { areHttpRolesOfTcp } from './http-roles.js';
import { resetBefore } from './stream-reset.js';
import { streamingOf } from './streaming.js';

/** One response that was cut short; dated by what cut it. */
export interface CutResponse extends Occurrence {
  /** `null`: in TLS without keys. Its key is equal on both legs of a proxy. */
  readonly request: { readonly method: string; readonly target: string; readonly key: number } | null;
  /** Place of the exchange in its connection; `null`: in TLS without keys. */
  readonly index: number | null;
  /** Bytes of the request, in TLS without keys of its records. */
  readonly requestBytes: number;
  /** In TLS without keys: what shows that it is cut (sealed.ts). */
  readonly sealedBy: 'record' | 'no-close-notify' | null;
  /** `null`: in TLS without keys, as its framing; and where it is cut amid its head, of which its framing says so. */
  readonly status: number | null;
  readonly how: 'fin' | 'rst' | 'stream-reset';
  readonly framing: ResponseMessage['framing'] | 'head' | null;
  /** Of its body; in TLS without keys of records, of one that is cut amid its head of that. */
  readonly bytes: number;
  readonly declared: number | null;
  readonly requestPacket: number;
  readonly requestNs: number;
  readonly headPacket: number;
  readonly startNs: number;
  readonly lastPacket: number;
  readonly lastNs: number;
  /** From its last byte to what cut it. */
  readonly pauseNs: number;
  /** The server sends on behind its own RST: somebody else wrote it. `null`: it does not. */
  readonly goesOn: { readonly packet: PacketReference; readonly atNs: number } | null;
}

/**
 * Tells `note` of each response that a connection cuts short.
 *
 * @param streaming `event-stream`: instead of these, of each stream of events that ends without its end.
 */
export function cutResponsesOf(
  connection: Connection,
  note: (cut: CutResponse) => void,
  streaming: 'event-stream' | null = null,
): void {
  const { exchanges, close, h2, protocol } = connection;
  const [first] = close.segments;
  if (protocol === 'http/1.1') {
    // What went before the last exchange is whole, or the last would not stand behind it.
    const last = exchanges.at(-1);
    if (last === undefined || first === undefined || first.from !== 'server') return;
    const head = streaming === null ? cutHeadOf(connection, first) : null;
    if (head !== null) note(head);
    const goesOn = goesOnAfter(connection, last.response, first);
    if (last.response?.complete !== false && goesOn === null) return;
    // It acknowledges more than was seen: the client's own FIN may have come first.
    if ((first.deltaAcknowledgement ?? 0) > 0) return;
    const cut = cutOf(connection, last, first, first.kind, streaming, goesOn);
    if (cut !== null) note(goesOn === null ? cut : { ...cut, pauseNs: first.sinceSenderNs ?? 0 });
    return;
  }
  if (h2 === null) return;
  for (const exchange of exchanges) {
    if (exchange.response?.complete !== false) continue;
    const closedNs = first?.from === 'server' ? first.atNs : Number.POSITIVE_INFINITY;
    const reset = resetBefore(exchange, closedNs);
    const isReset = reset !== null && reset.by === 'server' && reset.code !== H2_ERROR.none && reset.code !== null;
    if (reset !== null && !isReset) continue;
    // The client's RST_STREAM, which takes the answer back, may be among what was not seen of it.
    if (exchange.h2?.reset == null && (h2.timesLost.client > 0 || (first?.deltaAcknowledgement ?? 0) > 0)) continue;
    const end = reset ?? (first?.from === 'server' ? first : undefined);
    if (end === undefined) continue;
    const cut = cutOf(connection, exchange, end, isReset ? 'stream-reset' : (first?.kind ?? 'fin'), streaming);
    if (cut !== null) note(cut);
  }
}

/** One that is cut before its head has ended: nothing of it is known but that it had begun. */
function cutHeadOf(connection: Connection, end: CloseSegment): CutResponse | null {
  const head = begunHeadOf(connection);
  if (head === null || isHealthCheck(head.request) || (end.deltaAcknowledgement ?? 0) > 0) return null;
  if (silenceIsUnsayable(connection, end) !== null || head.lastNs > end.atNs) return null;
  const { request, exchange, packet, bytes, startNs, lastNs } = head;
  const part = { bodyBytes: bytes, contentLength: null, headPacket: packet, lastPacket: packet };
  const response = { ...part, startNs, endNs: lastNs };
  return {
    ...cutResponse(connection, exchange.index, request, { status: null, framing: 'head', ...response }, end),
    how: end.kind,
  };
}

function cutOf(
  connection: Connection,
  exchange: Exchange,
  end: Pick<CloseSegment, 'packet' | 'atNs'>,
  how: CutResponse['how'],
  streaming: 'event-stream' | null,
  goesOn: CutResponse['goesOn'] = null,
): CutResponse | null {
  const { request, response } = exchange;
  const { server, tls } = connection;
  if (request === null || response === null || !areHttpRolesOfTcp(connection)) return null;
  if (streamingOf(exchange) !== streaming || isHealthCheck(request)) return null;
  // Without a length the close is the end; only a reset says that it is not.
  if (response.framing === 'close' && how !== 'rst') return null;
  if (isRefusal(request, response, end)) return null;
  if (response.framing === 'tunnel' || response.framing === 'none') return null;
  if (silenceIsUnsayable(connection, { deltaSequence: 0 }) !== null) return null;
  if (tls !== null && tls.decryption !== 'whole') return null;
  const cut = cutResponse(connection, exchange.index, request, response, end);
  // It was amid its sending: that says it all, whatever the capture holds of the rest.
  if (goesOn !== null) return { ...cut, how, goesOn, lastPacket: cut.headPacket, lastNs: cut.startNs };
  if (!isMeasured(response, server.snappedBytes) || response.endNs > end.atNs) return null;
  return { ...cut, how };
}

/** A server that closes with bytes of the request unread has sent what it had to say: its kernel resets at once. */
const UNREAD_NS = 10_000_000;
/** Smaller requests come in one segment or two, and are read with it. */
const UNREAD_BYTES = 4096;

/** Whether it is a refusal without a length, and what ends it the reset of bytes that the server has not read (RFC 9112 §9.6). */
function isRefusal(request: RequestMessage, response: ResponseMessage, end: Pick<CloseSegment, 'atNs'>): boolean {
  if (response.framing !== 'close' || response.status < 400) return false;
  return request.headBytes + request.bodyBytes > UNREAD_BYTES && end.atNs - response.endNs <= UNREAD_NS;
}

/**
 * Where the server sends on, amid a response, behind a RST in its name, and the client's kernel has
 * taken that RST: from then on it answers with resets of its own. Segments out of order would look the same.
 */
function goesOnAfter(
  { close, client, server, guards }: Connection,
  response: ResponseMessage | null,
  { kind, atNs, packet, deltaSequence, lifeAfter, lifeAfterNs }: CloseSegment,
): CutResponse['goesOn'] {
  if (kind !== 'rst' || response === null || lifeAfter === null || lifeAfterNs === null) return null;
  if (response.startNs > atNs || response.endNs <= atNs) return null;
  if ((deltaSequence ?? 1) > 0 || server.outOfOrder > 0 || client.outOfOrder > 0 || guards.clockStepped) return null;
  const isTaken = close.segments.some((one) => one.kind === 'rst' && one.from === 'client' && one.packet !== packet);
  return isTaken ? { packet: lifeAfter, atNs: lifeAfterNs } : null;
}

/**
 * Whether the capture tells how long the body was: of bytes that were cut off packets it does where a
 * length was declared and all of them stand in the body, not in the head or where a chunk begins. In
 * HTTP/2 the frame that ends a stream may stand in what was cut of any packet.
 */
function isMeasured({ lostBytes, bodyBytes, framing }: ResponseMessage, snappedBytes: number): boolean {
  if (framing === 'stream') return snappedBytes === 0;
  if (lostBytes === 0) return true;
  return lostBytes <= snappedBytes && lostBytes <= bodyBytes && framing === 'content-length';
}

/** What is told of a response. */
type CutMessage = Pick<
  ResponseMessage,
  'bodyBytes' | 'contentLength' | 'headPacket' | 'lastPacket' | 'startNs' | 'endNs'
> &
  Pick<CutResponse, 'status' | 'framing'>;

function cutResponse(
  connection: Connection,
  index: number,
  request: RequestMessage,
  response: CutMessage,
  end: Pick<CloseSegment, 'packet' | 'atNs'>,
): Omit<CutResponse, 'how'> {
  const { method, target } = request;
  return {
    ...occurrenceIn(connection, end),
    request: { method, target, key: legKeyOf({ method, target }) },
    index,
    requestBytes: request.headBytes + request.bodyBytes,
    sealedBy: null,
    status: response.status,
    framing: response.framing,
    bytes: response.bodyBytes,
    declared: response.contentLength,
    requestPacket: request.firstPacket,
    requestNs: request.startNs,
    headPacket: response.headPacket,
    startNs: response.startNs,
    lastPacket: response.lastPacket,
    lastNs: response.endNs,
    pauseNs: end.atNs - response.endNs,
    goesOn: null,
  };
}
