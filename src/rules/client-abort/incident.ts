/** The signature: see judgements/abandonment; in HTTP/2, RST_STREAM with CANCEL before the response's end. */
import type { CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import type { RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { abandonedStreamsOf } from '../judgements/abandoned-stream.js';
import { abandonmentOf, commonTimerOf, sealedAbandonmentOf } from '../judgements/abandonment.js';
import { lastResendIn, wasDelivered } from '../judgements/delivery.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { resetShapeOf } from '../judgements/reset-shape.js';
import { sealedTurnsOf } from '../judgements/sealed-turn.js';
import { legKeyOf } from '../observation/request-key.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** Who closes at once has only ended its sending side. */
const MIN_WAIT_NS = 5_000_000;
/** From a second on waits that agree, or that a client in front was told of, are slow-response's. */
export const SLOW_NS = 1_000_000_000;
/** No server that has something to send keeps silent for so long in the middle. */
const STALLED_NS = 5_000_000_000;

/** One request that its client gave up; dated by the close. */
export interface Abort extends Occurrence {
  /** `null`: in TLS without keys. */
  readonly request: {
    readonly method: string;
    readonly target: string;
    readonly key: number;
    /** Its place in the connection. */
    readonly index: number;
  } | null;
  readonly how: 'fin' | 'rst' | 'cancel';
  readonly amidAnswer: boolean;
  /** A reset as no application on Linux leaves: without an ACK, and no FIN came before (judgements/reset-shape). */
  readonly isBare: boolean;
  /** Bytes of body that had come; in TLS without keys, of the answer's records. */
  readonly bytes: number;
  /** Bytes of the request, in TLS without keys of its records. */
  readonly requestBytes: number;
  readonly requestPacket: number;
  readonly requestNs: number;
  /** What was known of the request when its client left: that it had arrived, or that it was still being sent again. */
  readonly delivery: 'arrived' | 'sent-again' | null;
  readonly waitedNs: number;
  /** How long nothing had come of an answer that was under way, all of which was acknowledged; `null`: there was none, or it cannot be told. */
  readonly pauseNs: number | null;
  /** The answer had come to a stop before, short of its Content-Length; `null`: it had not, or it cannot be told. */
  readonly stall: Stall | null;
}

/** An answer that stops: all that was sent was acknowledged and could be read, and no more came. */
interface Stall {
  readonly declared: number;
  /** Its last packet, and how long nothing came before the client left. */
  readonly packet: PacketReference;
  readonly atNs: number;
  readonly silentNs: number;
}

/** Tells `note` of each request of a connection that its client gave up at will. */
export function abortsOf(connection: Connection, note: (abort: Abort) => void): void {
  const { close, protocol } = connection;
  if (protocol === 'tls') sealedAbort(connection, note);
  if (protocol === 'http/1.1') {
    if (close.segments[0]?.from !== 'client') return;
    const given = abandonmentOf(connection);
    if (given === null || given.waitedNs < MIN_WAIT_NS || isHealthCheck(given.request)) return;
    if (isEndedByAlert(connection, given.close.atNs)) return;
    if (!given.amidAnswer && commonTimerOf(given.waitedNs) !== null) return;
    const { request, close: end, waitedNs, amidAnswer, exchange } = given;
    const bytes = amidAnswer ? (exchange.response?.bodyBytes ?? 0) : 0;
    const made = abortOf(connection, request, exchange.index, end);
    const isBare = isBareReset(end);
    const steps = Math.min(2, made.steps + (isBare ? 1 : 0));
    const delivery = deliveryOf(connection, request, amidAnswer);
    const stall = amidAnswer ? stallOf(connection, exchange.response, end) : null;
    const pauseNs = amidAnswer ? pauseOf(connection, exchange.response, end) : null;
    note({ ...made, steps, how: end.kind, waitedNs, amidAnswer, bytes, isBare, delivery, stall, pauseNs });
    return;
  }
  abandonedStreamsOf(connection, ({ exchange, request, how, end, waitedNs, amidAnswer, hasArrived, isGrpc }) => {
    if (isGrpc || waitedNs < MIN_WAIT_NS || isHealthCheck(request) || isEndedByAlert(connection, end.atNs)) return;
    note({
      ...abortOf(connection, request, exchange.index, end),
      ...{ how, waitedNs, amidAnswer, stall: null, pauseNs: null },
      bytes: exchange.response?.bodyBytes ?? 0,
      isBare: false,
      delivery: hasArrived ? 'arrived' : null,
    });
  });
}

/** Whether the server had ended the connection by an alert: its client does not leave, it is sent away (tls-handshake-failure). */
function isEndedByAlert({ tls }: Connection, endNs: number): boolean {
  return (tls?.alerts ?? []).some(
    ({ from, level, name, atNs }) => from === 'server' && level === 'fatal' && name !== 'close_notify' && atNs <= endNs,
  );
}

/** TLS without keys: a turn that waits for its answer when the client closes, or whose answer is cut by that. */
function sealedAbort(connection: Connection, note: (abort: Abort) => void): void {
  if (connection.close.segments[0]?.from !== 'client') return;
  const sealed = sealedTurnsOf(connection);
  const given = sealed === null ? null : sealedAbandonmentOf(connection, sealed);
  if (given === null || given.waitedNs < MIN_WAIT_NS || given.isVague) return;
  const { turn, close, waitedNs, amidAnswer } = given;
  if (!amidAnswer && commonTimerOf(waitedNs) !== null) return;
  const common = occurrenceIn(connection, close);
  note({
    ...common,
    steps: Math.min(2, common.steps + 1),
    request: null,
    ...{ waitedNs, amidAnswer, how: close.kind, isBare: isBareReset(close), stall: null, pauseNs: null },
    bytes: turn.answer?.bytes ?? 0,
    requestBytes: turn.bytes,
    requestPacket: turn.firstPacket,
    requestNs: turn.startNs,
    delivery: deliveryOf(connection, turn, amidAnswer),
  });
}

function deliveryOf(
  connection: Connection,
  { startNs }: { readonly startNs: number },
  amidAnswer: boolean,
): Abort['delivery'] {
  if (amidAnswer || wasDelivered(connection)) return 'arrived';
  return lastResendIn(connection.client, startNs, Number.POSITIVE_INFINITY) === null ? null : 'sent-again';
}

function abortOf(
  connection: Connection,
  { method, target, firstPacket, startNs, headBytes, bodyBytes }: RequestMessage,
  index: number,
  end: { readonly packet: number; readonly atNs: number },
): Omit<Abort, 'how' | 'waitedNs' | 'amidAnswer' | 'bytes' | 'isBare' | 'delivery' | 'stall' | 'pauseNs'> {
  return {
    ...occurrenceIn(connection, end),
    request: { method, target, key: legKeyOf({ method, target }), index },
    requestBytes: headBytes + bodyBytes,
    requestPacket: firstPacket,
    requestNs: startNs,
  };
}

/** A client that keeps its window closed, or lacks what was sent, stops the answer itself. */
function pauseOf({ client, server }: Connection, response: ResponseMessage | null, end: CloseSegment): number | null {
  if (response === null || response.lostBytes > 0 || client.zeroWindows > 0) return null;
  if ((client.highestAcknowledged ?? 0) < (server.nextSequence ?? Number.POSITIVE_INFINITY)) return null;
  return Math.max(0, end.atNs - response.endNs);
}

function stallOf(connection: Connection, response: ResponseMessage | null, end: CloseSegment): Stall | null {
  if (response === null || response.framing !== 'content-length' || response.contentLength === null) return null;
  const silentNs = pauseOf(connection, response, end);
  if (silentNs === null || silentNs < STALLED_NS) return null;
  const { contentLength: declared, lastPacket: packet, endNs: atNs } = response;
  return { declared, packet, atNs, silentNs };
}

/** Who has no socket for a segment answers so, and netfilter's REJECT does: the client's host, or something on the way. */
function isBareReset(close: CloseSegment): boolean {
  return close.kind === 'rst' && resetShapeOf(close) === 'A';
}
