/** The signatures: a client that gives up waiting, a 504, an answer that comes late. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import { STATUS } from '../../facts/status.js';
import { abandonedStreamsOf } from '../judgements/abandoned-stream.js';
import { abandonmentOf } from '../judgements/abandonment.js';
import { silenceIsUnsayable } from '../judgements/capture-guards.js';
import { wasDelivered } from '../judgements/delivery.js';
import { attributesOf } from '../judgements/discriminating-attribute.js';
import { missedDeadlineOf } from '../judgements/grpc-deadline.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { streamingOf } from '../judgements/streaming.js';
import { type Undelivered, undeliveredRequestOf } from '../judgements/undelivered.js';
import { noteDeadlineExceeded, noteMissedDeadline } from './deadline.js';
import { slowTurnsOf } from './sealed.js';
import { SLOW_NS, type SlowExchange, slowExchange, unheardOf, waitOf } from './slow-exchange.js';

/** No content: how a poll ends that had nothing to tell, and an answer that takes no work. */
const NOTHING_TO_TELL: ReadonlySet<number> = new Set([204, 304]);

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
  if (protocol === 'tls') slowTurnsOf(connection, note);
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
      if (response === null) noteMissedDeadline(connection, exchange, note);
      else noteDeadlineExceeded(connection, exchange, note);
    }
    if (request === null || response === null || response === abandoned?.tooLate) continue;
    const waitNs = waitOf(connection, request, exchange.interim[0]?.atNs ?? response.startNs);
    if (waitNs >= SLOW_NS && isJudged(connection, exchange, request, response)) {
      const how = response.status === STATUS.gatewayTimeout ? 'gateway-timeout' : 'answered';
      const end = { packet: response.firstPacket, atNs: response.startNs };
      note(slowExchange(connection, request, { how, waitNs, status: response.status }, end));
    }
  }
  if (protocol === 'h2') noteAbandonedStreams(connection, note);
  if (abandoned === null || abandoned.amidAnswer || abandoned.isOwnPause || abandoned.waitedNs < SLOW_NS) return;
  const { request, close, waitedNs: waitNs, tooLate } = abandoned;
  if (isHealthCheck(request)) return;
  // What was sent again until it arrived was not waited for at the server before.
  if (wasDelivered(connection) && waitOf(connection, request, close.atNs) < SLOW_NS) return;
  note({
    ...slowExchange(connection, request, { how: 'abandoned', waitNs, status: null }, close),
    headBytes: abandoned.headBytes,
    unheard: unheardOf(connection),
    tooLate: tooLate === null ? null : { packet: tooLate.firstPacket, atNs: tooLate.startNs, status: tooLate.status },
  });
}

/** Requests of HTTP/2 that their client gave up. */
function noteAbandonedStreams(connection: Connection, note: (slow: SlowExchange) => void): void {
  abandonedStreamsOf(connection, (one) => {
    const { exchange, request, how, end, waitedNs: waitNs, amidAnswer, hasArrived, isGrpc } = one;
    if (amidAnswer || waitNs < SLOW_NS || exchange.interim.length > 0) return;
    // At its own deadline it was noted already.
    if (isGrpc && missedDeadlineOf(exchange) !== null) return;
    if (!request.complete || request.lostBytes > 0 || isHealthCheck(request)) return;
    if (silenceIsUnsayable(connection, { deltaSequence: 0 }) !== null) return;
    const what = { how: 'abandoned', waitNs, status: null } as const;
    note({
      ...slowExchange(connection, request, what, end),
      ...{ acknowledged: hasArrived, isVague: true, isCancelled: how === 'cancel', isGrpc },
    });
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
  note(slowExchange(connection, request, what, { packet: request.lastPacket, atNs: request.endNs }));
}

function undeliveredExchange(connection: Connection, undelivered: Undelivered): SlowExchange {
  const { request, isFirst, times, refusal, waitsForAck, first, last } = undelivered;
  const waitNs = last.atNs - request.endNs;
  const what = { how: 'undelivered', waitNs, status: null } as const;
  const slow = slowExchange(connection, request, what, last);
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
