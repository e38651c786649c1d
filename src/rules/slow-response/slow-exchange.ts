/** A request that waited: what is known of it, and how long its server had it. */
import type { Connection } from '../../facts/connection.js';
import type { RequestMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { TlsTurn } from '../../facts/tls.js';
import { commonTimerOf } from '../judgements/abandonment.js';
import { lastResendIn, wasDelivered } from '../judgements/delivery.js';
import type { Attributes } from '../judgements/discriminating-attribute.js';
import type { Undelivered } from '../judgements/undelivered.js';
import { legKeyOf } from '../observation/request-key.js';
import type { Moment } from '../tally/earliest.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';
import { rankOfText } from '../tally/rank.js';

/** Below a second nobody calls it slow. */
export const SLOW_NS = 1_000_000_000;
/** A FIN that is not acknowledged is sent again, after 0.2, 0.6 and 1.4 s at the soonest. */
const MIN_UNHEARD_NS = 500_000_000;

/** One request that waited. */
export interface SlowExchange extends Occurrence {
  /**
   * `abandoned`: its client closed; `gateway-timeout`: answered 504, a gRPC call with DEADLINE_EXCEEDED; `answered`: late; `undelivered`: sent again
   * and again, and never acknowledged (judgements/undelivered); `pending`: not answered yet at the capture's end.
   */
  readonly how: 'abandoned' | 'gateway-timeout' | 'answered' | 'undelivered' | 'pending';
  /** `null`: in TLS without keys. */
  readonly request: {
    readonly method: string;
    /** As sent. */
    readonly target: string;
    /** Equal on both legs of a proxy, and for equal paths. */
    readonly key: number;
    readonly path: number;
    /** The first of its connection; `null`: in HTTP/2. */
    readonly isFirst: boolean | null;
  } | null;
  /**
   * One alone that its client gave up proves no time-out: a stream of HTTP/2, which browsers cancel as they like; in TLS
   * without keys one of which the port alone says that it is HTTP.
   */
  readonly isVague: boolean;
  /** Bytes of the request, in TLS without keys of its records. */
  readonly bytes: number;
  readonly firstPacket: PacketReference;
  readonly lastPacket: PacketReference;
  readonly startNs: number;
  readonly endNs: number;
  /** From the request's last byte, or the last copy of any of it, to the answer's first, or to the close. */
  readonly waitNs: number;
  /** The outcome that the answer tells (judgements/gateway-error). */
  readonly status: number | null;
  /** Bytes of the client were sent again while it waited. */
  readonly resent: boolean;
  /** Nothing that the capture lacks, or that was sent again, makes the wait unsure. */
  readonly isClean: boolean;
  /** All that the client had sent was acknowledged when it closed. */
  readonly acknowledged: boolean;
  /** The last copy of its client's FIN, where nobody acknowledged any: what the server sends did not arrive then. `null`: it was, or it cannot be told. */
  readonly unheard: Moment | null;
  /** How long the client said that it waits, as sent in `grpc-timeout`, where the call ended then. */
  readonly deadline: string | null;
  /** Bytes of the answer's head that had come when its client gave up, where that had come to a stop amid it; 0: none. */
  readonly headBytes: number;
  /** A stream that its client cancelled, and no connection that it closed. */
  readonly isCancelled: boolean;
  /** A gRPC call that was given up before any deadline: it may wait by design, unless its own client was told of a failure for it. */
  readonly isGrpc: boolean;
  /** The answer that came when its client had given up; `null`: none was seen. */
  readonly tooLate: (Moment & { readonly status: number }) | null;
  /** Of one that was not delivered; `null`: of others. */
  readonly undelivered: UndeliveredRequest | null;
}

/** What is known of a request that nobody acknowledged. */
export interface UndeliveredRequest extends Pick<Undelivered, 'isFirst' | 'times' | 'refusal' | 'waitsForAck'> {
  /** The first packet that sends it again. */
  readonly again: Moment;
  readonly attributes: Attributes;
  readonly clientClosed: boolean;
}

/** What became of a request, and after how long. */
type Outcome = Pick<SlowExchange, 'how' | 'waitNs' | 'status'>;

/** An exchange that was read; `end`: its answer's first packet, or what ended the wait. */
export function slowExchange(
  connection: Connection,
  request: RequestMessage,
  outcome: Outcome,
  end: Moment,
): SlowExchange {
  const { method, target, headBytes, bodyBytes } = request;
  const [path = target] = target.split('?', 1);
  const key = legKeyOf({ method, target });
  const isFirst =
    connection.h2 !== null ? null : connection.exchangeOffset === 0 && connection.exchanges[0]?.request === request;
  const asked = { method, target, key, path: rankOfText(path, rankOfText(method)), isFirst };
  return waiting(connection, { ...request, bytes: headBytes + bodyBytes }, { ...outcome, request: asked }, end);
}

/** The same of a turn in TLS without keys. */
export function slowTurn(
  connection: Connection,
  turn: TlsTurn,
  outcome: Outcome & Pick<SlowExchange, 'isVague'>,
  end: Moment,
): SlowExchange {
  return waiting(connection, turn, { ...outcome, request: null }, end);
}

function waiting(
  connection: Connection,
  { firstPacket, lastPacket, startNs, endNs, bytes }: Omit<TlsTurn, 'answer'>,
  what: Outcome & Pick<SlowExchange, 'request'> & Partial<Pick<SlowExchange, 'isVague'>>,
  end: Moment,
): SlowExchange {
  const { client, server } = connection;
  const common = occurrenceIn(connection, end);
  // A late answer whose bytes came twice, or out of order, may have been sent in time.
  const isUnsure = what.how === 'answered' && server.retransmissions + server.outOfOrder > 0;
  const isSealed = what.request === null;
  return {
    isVague: false,
    ...common,
    ...what,
    steps: Math.min(2, common.steps + (isSealed ? 1 : 0) + (isUnsure ? 1 : 0)),
    isClean: common.steps === 0 && !isUnsure,
    ...{ firstPacket, lastPacket, startNs, endNs, bytes },
    resent: lastResendIn(client, startNs, end.atNs) !== null,
    acknowledged: wasAnswered(what) || wasDelivered(connection),
    undelivered: null,
    headBytes: 0,
    unheard: null,
    deadline: null,
    isCancelled: false,
    isGrpc: false,
    tooLate: null,
  };
}

/** What was answered had arrived, whatever was sent behind it. */
function wasAnswered({ how }: Pick<SlowExchange, 'how'>): boolean {
  return how === 'answered' || how === 'gateway-timeout';
}

/** How long the server had what was asked, at least: a request of which bytes were sent again had not arrived before. */
export function waitOf(
  { client }: Connection,
  { startNs, endNs }: { readonly startNs: number; readonly endNs: number },
  answerNs: number,
): number {
  return answerNs - (lastResendIn(client, startNs, answerNs) ?? endNs);
}

/** See {@link SlowExchange.unheard}. A kernel acknowledges a FIN at once, however long its application works. */
export function unheardOf({ close, endNs, lastPacket, server }: Connection): Moment | null {
  const [fin] = close.segments;
  if (fin === undefined || fin.kind !== 'fin' || fin.from !== 'client' || fin.acknowledgedNs !== null) return null;
  if (close.segments.some(({ from }) => from === 'server') || endNs - fin.atNs < MIN_UNHEARD_NS) return null;
  if (server.lastPayloadNs !== null && server.lastPayloadNs > fin.atNs) return null;
  return { packet: lastPacket, atNs: endNs };
}

/** Whether a wait ended where people set time-outs, or where its client said. */
export function endsAtTimer({ waitNs, deadline }: SlowExchange): boolean {
  return deadline !== null || commonTimerOf(waitNs) !== null;
}
