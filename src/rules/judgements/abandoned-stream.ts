/**
 * A client of HTTP/2 that gives a request up: it cancels the stream (RFC 9113 §8.1), or closes the
 * connection, of its own accord and first, while the stream waits for its answer.
 */
import type { Connection } from '../../facts/connection.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import { H2_ERROR } from '../../facts/h2.js';
import type { Moment } from '../tally/earliest.js';
import { hasServerLeftBefore } from './abandonment.js';
import { silenceIsUnsayable } from './capture-guards.js';
import { lastResendIn, wasDelivered } from './delivery.js';
import { areHttpRolesOfTcp } from './http-roles.js';
import { isDismissedBy, resetBefore } from './stream-reset.js';
import { streamingOf } from './streaming.js';

/** See the head of this file. */
export interface AbandonedStream {
  readonly exchange: Exchange;
  readonly request: RequestMessage;
  readonly how: 'fin' | 'rst' | 'cancel';
  readonly end: Moment;
  /** From the request's last byte to its end. */
  readonly waitedNs: number;
  /** The answer had begun. */
  readonly amidAnswer: boolean;
  /** The server had the request; otherwise it cannot be told. */
  readonly hasArrived: boolean;
  /** A gRPC call: it may wait for as long as it likes, and its client may leave it as it likes. */
  readonly isGrpc: boolean;
}

/** What is not acknowledged is sent again within this. RFC 6298 §2.1. */
const SENT_AGAIN_WITHIN_NS = 1_000_000_000;

/** Tells `note` of each request of a connection that its client gave up. */
export function abandonedStreamsOf(connection: Connection, note: (one: AbandonedStream) => void): void {
  const { close, exchanges, h2 } = connection;
  if (h2 === null || !areHttpRolesOfTcp(connection)) return;
  const [end] = close.segments;
  const closedNs = end?.from === 'server' ? end.atNs : Number.POSITIVE_INFINITY;
  for (const exchange of exchanges) {
    const { request, response } = exchange;
    if (request === null || response?.complete === true) continue;
    const streaming = streamingOf(exchange);
    if (streaming !== null && streaming !== 'grpc') continue;
    const isGrpc = streaming === 'grpc';
    const reset = resetBefore(exchange, closedNs);
    if (reset === null) {
      const left = leftWith(connection, exchange, request);
      if (left !== null) note({ ...left, isGrpc });
    } else if (
      reset.by === 'client' &&
      reset.code === H2_ERROR.cancel &&
      !isDismissedBy(h2.goAways, exchange.h2Stream, reset.atNs)
    )
      note({
        ...{ exchange, request, isGrpc, how: 'cancel', end: reset },
        ...{ waitedNs: reset.atNs - request.endNs, amidAnswer: response !== null },
        hasArrived: response !== null || hasArrived(connection, request, reset.atNs),
      });
  }
}

/** Whether the server had a request when its client gave it up. */
function hasArrived(connection: Connection, { startNs, endNs }: RequestMessage, untilNs: number): boolean {
  if (wasDelivered(connection)) return true;
  return untilNs - endNs > SENT_AGAIN_WITHIN_NS && lastResendIn(connection.client, startNs, untilNs) === null;
}

/** A stream whose answer had not begun when its client closed the connection; `null`: it did not, or it cannot be told. */
function leftWith(
  connection: Connection,
  exchange: Exchange,
  request: RequestMessage,
): Omit<AbandonedStream, 'isGrpc'> | null {
  const { close, h2, tls, server, undecodedBytes } = connection;
  const [end] = close.segments;
  if (end === undefined || end.from !== 'client' || end.deltaSequence !== 0 || request.endNs > end.atNs) return null;
  if (exchange.response !== null || exchange.interim.length > 0 || exchange.h2?.promise != null) return null;
  if (hasServerLeftBefore(end, connection)) return null;
  if (isDismissedBy(h2?.goAways ?? [], exchange.h2Stream, end.atNs)) return null;
  if (!request.complete || request.lostBytes > 0 || undecodedBytes.server > 0) return null;
  if (tls !== null && tls.decryption !== 'whole') return null;
  // What the server sends after the client's FIN, it had not given up.
  if (end.kind === 'fin' && tls === null && (server.lastPayloadNs ?? 0) > end.atNs) return null;
  if (silenceIsUnsayable(connection, { deltaSequence: 0 }) !== null) return null;
  return {
    exchange,
    request,
    how: end.kind,
    end,
    waitedNs: end.atNs - request.endNs,
    amidAnswer: false,
    hasArrived: hasArrived(connection, request, end.atNs),
  };
}
