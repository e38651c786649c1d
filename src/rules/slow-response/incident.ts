/** The signatures: a client that gives up waiting, a 504, an answer that comes late. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { STATUS } from '../../facts/status.js';
import type { TlsTurn } from '../../facts/tls.js';
import { abandonmentOf, commonTimerOf, sealedAbandonmentOf } from '../judgements/abandonment.js';
import { silenceIsUnsayable } from '../judgements/capture-guards.js';
import { lastResendIn, wasDelivered } from '../judgements/delivery.js';
import { type Attributes, attributesOf } from '../judgements/discriminating-attribute.js';
import { GRPC_DEADLINE_EXCEEDED, outcomeOf } from '../judgements/gateway-error.js';
import { deadlineReached, missedDeadlineOf } from '../judgements/grpc-deadline.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { areHttpRolesOfTcp } from '../judgements/http-roles.js';
import { sealedTurnsOf } from '../judgements/sealed-turn.js';
import { streamingOf } from '../judgements/streaming.js';
import { type Undelivered, undeliveredRequestOf } from '../judgements/undelivered.js';
import { targetKeyOf } from '../observation/request-key.js';
import type { Moment } from '../tally/earliest.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';
import { rankOfText } from '../tally/rank.js';

/** Below a second nobody calls it slow. */
export const SLOW_NS = 1_000_000_000;
/** A deadline of a second begins before its request is on the wire. */
const EARLY_SHARE = 0.02;
/** A FIN that is not acknowledged is sent again, after 0.2, 0.6 and 1.4 s at the soonest. */
const MIN_UNHEARD_NS = 500_000_000;
/** No content: how a poll ends that had nothing to tell, and an answer that takes no work. */
const NOTHING_TO_TELL: ReadonlySet<number> = new Set([204, 304]);

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
  } | null;
  /** In TLS without keys: that it speaks HTTP is told by the port alone. */
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

/** Tells `note` of each slow exchange of a connection. */
export function slowExchangesOf(connection: Connection, note: (slow: SlowExchange) => void): void {
  const { exchanges, idlePeriodCount, goesOn, protocol } = connection;
  // By a clock that was set nobody knows how long anything took.
  if (connection.guards.clockStepped) return;
  // What it waits for may have come behind the last packet: nobody answered in the capture.
  if (connection.endNs - connection.startNs < SLOW_NS) {
    notePending(connection, note);
    return;
  }
  if (protocol === 'tls') sealedTurns(connection, note);
  if (exchanges.length === 0) return;
  const undelivered = undeliveredRequestOf(connection);
  if (undelivered !== null && !isHealthCheck(undelivered.request)) note(undeliveredExchange(connection, undelivered));
  else notePending(connection, note);
  // In HTTP/1 who waits for a second leaves a silence, and silences are counted.
  if (idlePeriodCount === 0 && !goesOn && protocol === 'http/1.1') return;
  const abandoned = undelivered === null ? abandonmentOf(connection) : null;
  for (const exchange of exchanges) {
    const { request, response } = exchange;
    if (protocol === 'h2') {
      if (response === null) noteDeadline(connection, exchange, note);
      else noteDeadlineExceeded(connection, exchange, note);
    }
    if (request === null || response === null || response === abandoned?.tooLate) continue;
    const waitNs = waitOf(connection, request, exchange.interim[0]?.atNs ?? response.startNs);
    if (waitNs >= SLOW_NS && isJudged(connection, exchange, request, response)) {
      const how = response.status === STATUS.gatewayTimeout ? 'gateway-timeout' : 'answered';
      note(slowExchange(connection, request, { how, waitNs, status: response.status }, response));
    }
  }
  if (abandoned === null || abandoned.amidAnswer || abandoned.waitedNs < SLOW_NS) return;
  const { request, close, waitedNs: waitNs, tooLate } = abandoned;
  if (isHealthCheck(request)) return;
  const slow = slowExchange(
    connection,
    request,
    { how: 'abandoned', waitNs, status: null },
    { ...close, startNs: close.atNs },
  );
  note({
    ...slow,
    unheard: unheardOf(connection),
    tooLate: tooLate === null ? null : { packet: tooLate.firstPacket, atNs: tooLate.startNs, status: tooLate.status },
  });
}

/** See {@link SlowExchange.unheard}. A kernel acknowledges a FIN at once, however long its application works. */
function unheardOf({ close, endNs, lastPacket, server }: Connection): Moment | null {
  const [fin] = close.segments;
  if (fin === undefined || fin.kind !== 'fin' || fin.from !== 'client' || fin.acknowledgedNs !== null) return null;
  if (close.segments.some(({ from }) => from === 'server') || endNs - fin.atNs < MIN_UNHEARD_NS) return null;
  if (server.lastPayloadNs !== null && server.lastPayloadNs > fin.atNs) return null;
  return { packet: lastPacket, atNs: endNs };
}

/** A gRPC call whose deadline came before its answer. */
function noteDeadline(connection: Connection, exchange: Exchange, note: (slow: SlowExchange) => void): void {
  const missed = missedDeadlineOf(exchange);
  if (missed === null || isHealthCheck(missed.request) || missed.request.lostBytes > 0) return;
  if (!areHttpRolesOfTcp(connection) || silenceIsUnsayable(connection, { deltaSequence: 0 }) !== null) return;
  const { request, reset, declared: deadline } = missed;
  const waitNs = reset.atNs - request.endNs;
  if (waitNs < SLOW_NS * (1 - EARLY_SHARE)) return;
  const what = { how: 'abandoned', waitNs, status: null } as const;
  note({
    ...slowExchange(connection, request, what, { packet: reset.packet, startNs: reset.atNs }),
    deadline,
  });
}

/** A gRPC call that its server answers with nothing but DEADLINE_EXCEEDED: of its own, or what it asked did not come. */
function noteDeadlineExceeded(connection: Connection, exchange: Exchange, note: (slow: SlowExchange) => void): void {
  const { request, response, h2 } = exchange;
  if (request === null || response === null || outcomeOf(response, h2) !== GRPC_DEADLINE_EXCEEDED) return;
  if (!request.complete || request.lostBytes + response.lostBytes > 0 || isHealthCheck(request)) return;
  if (connection.client.zeroWindows > 0 || !areHttpRolesOfTcp(connection)) return;
  const waitNs = waitOf(connection, request, response.startNs);
  if (waitNs < SLOW_NS * (1 - EARLY_SHARE)) return;
  note({
    ...slowExchange(connection, request, { how: 'gateway-timeout', waitNs, status: GRPC_DEADLINE_EXCEEDED }, response),
    deadline: deadlineReached(request, response.startNs),
  });
}

/** A request that the server acknowledged and had not answered when the capture ended. */
function notePending(connection: Connection, note: (slow: SlowExchange) => void): void {
  const { exchanges, close, protocol, goesOn } = connection;
  const exchange = exchanges.at(-1);
  if (exchange?.request == null || exchange.response !== null || exchange.interim.length > 0) return;
  if (protocol !== 'http/1.1' || goesOn || close.segments.length > 0 || !wasDelivered(connection)) return;
  const { request } = exchange;
  if (!request.complete || request.lostBytes > 0 || isHealthCheck(request) || streamingOf(exchange) !== null) return;
  if (silenceIsUnsayable(connection, { deltaSequence: 0 }) !== null) return;
  // How long it was to wait is not known: it is told where somebody gave up waiting for it.
  const what = { how: 'pending', waitNs: 0, status: null } as const;
  note(slowExchange(connection, request, what, { packet: request.lastPacket, startNs: request.endNs }));
}

function undeliveredExchange(connection: Connection, undelivered: Undelivered): SlowExchange {
  const { request, isFirst, times, refusal, waitsForAck, first, last } = undelivered;
  const waitNs = last.atNs - request.endNs;
  const what = { how: 'undelivered', waitNs, status: null } as const;
  const slow = slowExchange(connection, request, what, { packet: last.packet, startNs: last.atNs });
  return {
    ...slow,
    // A server that has no room for the connection yet does not take its first request, either.
    steps: Math.min(2, slow.steps + (isFirst ? 1 : 0)),
    undelivered: {
      ...{ isFirst, times, refusal, waitsForAck, again: first },
      attributes: attributesOf(request, connection.client.endpoint.address, isFirst),
      clientClosed: connection.close.segments.some(({ from }) => from === 'client'),
    },
  };
}

/** TLS without keys: answers that came late, and a client that closed by a time-out upon what was not answered. */
function sealedTurns(connection: Connection, note: (slow: SlowExchange) => void): void {
  const sealed = sealedTurnsOf(connection);
  if (sealed === null) return;
  for (const turn of sealed.speaks === 'said' ? sealed.turns.late : []) {
    const { answer } = turn;
    if (answer === null) continue;
    const end = { packet: answer.firstPacket, atNs: answer.startNs };
    const waitNs = waitOf(connection, turn, answer.startNs);
    if (waitNs < SLOW_NS) continue;
    note(sealedTurn(connection, turn, { how: 'answered', waitNs, status: null, isVague: false }, end));
  }
  const left = sealedAbandonmentOf(connection, sealed);
  if (left === null || left.amidAnswer || left.waitedNs < SLOW_NS) return;
  const what = { how: 'abandoned', waitNs: left.waitedNs, status: null, isVague: left.isVague } as const;
  note({ ...sealedTurn(connection, left.turn, what, left.close), unheard: unheardOf(connection) });
}

/** How long the server had what was asked, at least: a request of which bytes were sent again had not arrived before. */
function waitOf(
  { client }: Connection,
  { startNs, endNs }: { readonly startNs: number; readonly endNs: number },
  answerNs: number,
): number {
  return answerNs - (lastResendIn(client, startNs, answerNs) ?? endNs);
}

function sealedTurn(
  connection: Connection,
  { firstPacket, lastPacket, startNs, endNs, bytes }: TlsTurn,
  what: Pick<SlowExchange, 'how' | 'waitNs' | 'status' | 'isVague'>,
  end: Moment,
): SlowExchange {
  const { client, server } = connection;
  const common = occurrenceIn(connection, end);
  const isUnsure = what.how === 'answered' && server.retransmissions + server.outOfOrder > 0;
  return {
    ...common,
    ...what,
    steps: Math.min(2, common.steps + 1 + (isUnsure ? 1 : 0)),
    isClean: common.steps === 0 && !isUnsure,
    request: null,
    ...{ firstPacket, lastPacket, startNs, endNs, bytes },
    resent: lastResendIn(client, startNs, end.atNs) !== null,
    acknowledged: wasAnswered(what) || wasDelivered(connection),
    undelivered: null,
    unheard: null,
    deadline: null,
    tooLate: null,
  };
}

function isJudged(
  { client }: Connection,
  exchange: Exchange,
  request: RequestMessage,
  response: ResponseMessage,
): boolean {
  if (!request.complete || request.lostBytes > 0 || response.lostBytes > 0) return false;
  if (NOTHING_TO_TELL.has(response.status) || response.status === STATUS.requestTimeout) return false;
  return client.zeroWindows === 0 && streamingOf(exchange) === null && !isHealthCheck(request);
}

function slowExchange(
  connection: Connection,
  request: RequestMessage,
  what: Pick<SlowExchange, 'how' | 'waitNs' | 'status'>,
  end: { readonly startNs: number } & (
    | { readonly packet: PacketReference }
    | { readonly firstPacket: PacketReference }
  ),
): SlowExchange {
  const { method, target, firstPacket, lastPacket, startNs, endNs } = request;
  const { client, server } = connection;
  const packet = 'packet' in end ? end.packet : end.firstPacket;
  const common = occurrenceIn(connection, { atNs: end.startNs, packet });
  const [path = target] = target.split('?', 1);
  // A late answer whose bytes came twice, or out of order, may have been sent in time.
  const isUnsure = what.how === 'answered' && server.retransmissions + server.outOfOrder > 0;
  return {
    ...common,
    ...what,
    steps: Math.min(2, common.steps + (isUnsure ? 1 : 0)),
    isClean: common.steps === 0 && !isUnsure,
    isVague: false,
    request: {
      method,
      target,
      key: targetKeyOf(method, target),
      path: rankOfText(path, rankOfText(method)),
    },
    ...{ firstPacket, lastPacket, startNs, endNs, bytes: request.headBytes + request.bodyBytes },
    resent: lastResendIn(client, startNs, end.startNs) !== null,
    acknowledged: wasAnswered(what) || wasDelivered(connection),
    undelivered: null,
    unheard: null,
    deadline: null,
    tooLate: null,
  };
}

/** What was answered had arrived, whatever was sent behind it. */
function wasAnswered({ how }: Pick<SlowExchange, 'how'>): boolean {
  return how === 'answered' || how === 'gateway-timeout';
}

/** Whether a wait ended where people set time-outs, or where its client said. */
export function endsAtTimer({ waitNs, deadline }: SlowExchange): boolean {
  return deadline !== null || commonTimerOf(waitNs) !== null;
}
