/**
 * HTTP/2: streams whose requests stood unanswered when the server closed the connection without a
 * GOAWAY, which would have said what became of them (RFC 9113 §6.8).
 */
import { ROLES_REVERSED } from '../../facts/anomaly.js';
import { type Connection, MIN_IDLE_NS } from '../../facts/connection.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import { guardSteps, silenceIsUnsayable } from '../judgements/capture-guards.js';
import { attributesOf } from '../judgements/discriminating-attribute.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { MAX_CROSSING_NS } from '../judgements/moments.js';
import { resetBefore } from '../judgements/stream-reset.js';
import { mayEndUnanswered } from '../judgements/streaming.js';
import { requestKey } from '../observation/request-key.js';
import { rankOfText } from '../tally/rank.js';
import {
  commonOf,
  type Incident,
  isAfterIdle,
  isReadable,
  MAX_FURTHER_REQUESTS,
  unansweredRequest,
} from './incident.js';

/** The incident in an HTTP/2 connection; `null` when it shows none, or it cannot be told. */
export function openStreams(connection: Connection): Incident | null {
  const { h2, close, exchanges, guards, anomalies, undecodedBytes } = connection;
  const [fin] = close.segments;
  if (h2 === null || fin === undefined || fin.kind !== 'fin' || fin.from !== 'server') return null;
  if (guards.clockStepped || anomalies.some(({ name }) => name === ROLES_REVERSED)) return null;
  // Who has not greeted may speak something else; whose frames are lost may have answered.
  if (!guards.midStream && h2.settings.server === null) return null;
  if (h2.timesLost.server > 0 || h2.timesLost.client > 0 || undecodedBytes.server > 0) return null;
  // The server's is h2-goaway-race's; a client that says it leaves may have asked for the end.
  if (h2.goAwayCount > 0 || hasClientSaidClose(connection, fin.atNs)) return null;
  if (silenceIsUnsayable(connection, fin) !== null || !isReadable(connection)) return null;
  // What the FIN does not acknowledge its sender had not read.
  if (fin.deltaAcknowledgement !== 0) return null;
  const open = exchanges.flatMap((exchange) => {
    const request = openRequestOf(exchange, fin.atNs);
    return request === null ? [] : [{ exchange, request }];
  });
  open.sort((one, other) => one.request.startNs - other.request.startNs || one.exchange.index - other.exchange.index);
  const [first, ...further] = open;
  if (first === undefined) return null;
  const { exchange, request } = first;
  const isFirst = exchange.index === 0;
  if (isFirst && guards.midStream) return null;
  const sinceNs = isFirst ? begunNs(connection) : servedNs(connection, request.startNs);
  const waitNs = sinceNs === null ? null : Math.max(0, request.startNs - sinceNs);
  if (!isFirst && waitNs === null) return null;
  const delayNs = fin.atNs - Math.max(request.startNs, request.endNs);
  if (isAfterIdle(isFirst, waitNs) && delayNs < MAX_CROSSING_NS) return null;
  const { address } = connection.client.endpoint;
  const rank = rankOfText(address);
  const waited = isFirst && (waitNs === null || waitNs >= MIN_IDLE_NS) ? 1 : 0;
  return {
    ...commonOf(connection, fin),
    index: exchange.index,
    request: unansweredRequest(request, exchange.h2Stream),
    lostRequests: open.length,
    further: further.slice(0, MAX_FURTHER_REQUESTS).map((one) => ({
      ...unansweredRequest(one.request, one.exchange.h2Stream),
      key: requestKey(rank, one.request),
    })),
    delayNs,
    waitNs,
    isFirst,
    isAfterIdle: isAfterIdle(isFirst, waitNs),
    isUnsaid: false,
    attributes: attributesOf(request, address, isFirst),
    isHealthCheck: open.every((one) => isHealthCheck(one.request)),
    isHungUp: false,
    key: requestKey(rank, request),
    steps: Math.min(guardSteps(connection) + waited, 2),
  };
}

/** The request of a stream on which nobody had said anything back; `null`: it is answered, reset, or need not be. */
function openRequestOf(exchange: Exchange, finNs: number): RequestMessage | null {
  const { request, response, interim, h2 } = exchange;
  if (request === null || response !== null || interim.length > 0 || h2 === null) return null;
  if (h2.promise !== null || resetBefore(exchange, finNs) !== null || mayEndUnanswered(exchange)) return null;
  return request.complete && request.lostBytes === 0 && request.endNs <= finNs ? request : null;
}

/** By a close_notify, which the server may only have answered. */
function hasClientSaidClose({ tls }: Connection, finNs: number): boolean {
  return tls?.alerts.some(({ from, atNs }) => from === 'client' && atNs <= finNs) === true;
}

function begunNs({ tls, handshake }: Connection): number | null {
  return tls === null ? handshake.ackNs : tls.finishedNs.client;
}

/** Until when the server had other streams in progress before this request; `null`: not known. */
function servedNs({ exchanges }: Connection, requestNs: number): number | null {
  let servedNs: number | null = null;
  for (const { request, response, h2 } of exchanges) {
    const beganNs = request?.startNs ?? response?.startNs ?? requestNs;
    if (beganNs >= requestNs) continue;
    const endNs = response?.complete === true ? response.endNs : (h2?.reset?.atNs ?? requestNs);
    servedNs = Math.max(servedNs ?? beganNs, Math.min(endNs, requestNs));
  }
  return servedNs;
}
