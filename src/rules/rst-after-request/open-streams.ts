import type { CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { resetBefore } from '../judgements/stream-reset.js';
import { mayEndUnanswered } from '../judgements/streaming.js';
import { type Incident, incidentWith, MAX_FURTHER_REQUESTS } from './incident.js';
import { endedIdlePeriod, isStalled, isUnanswered, laterAnswer, lostRequest } from './lost-request.js';

/**
 * HTTP/2: streams whose requests stood unanswered when the server reset the connection. Frames of
 * other streams are no answer to them; a GOAWAY is one, and its story is another rule's.
 */
export function openStreams(connection: Connection, serverReset: CloseSegment): Incident | null {
  const { h2, tls, exchanges, guards } = connection;
  if (h2 === null || h2.timesLost.server > 0 || h2.timesLost.client > 0) return null;
  if (h2.goAways.some(({ from, atNs }) => from === 'server' && atNs <= serverReset.atNs)) return null;
  if (tls !== null && tls.decryption !== 'whole') return null;
  const open = exchanges.filter((exchange) => isOpenStream(exchange, serverReset.atNs));
  const [first, ...further] = [...open].sort((one, other) => one.index - other.index);
  if (first === undefined || first.request === null) return null;
  const { request } = first;
  const isFirst = first.index === 0;
  if (isFirst && guards.midStream) return null;
  // After a pause the server may have given the connection up before the request came: another rule's race.
  if (endedIdlePeriod(connection, request) !== false || isStalled(request, serverReset)) return null;
  const outstandingNs = Math.min(Math.max(request.startNs, request.endNs), serverReset.atNs);
  return incidentWith(connection, serverReset, {
    outstanding: 'request',
    request: lostRequest(request),
    lostRequests: open.length,
    furtherRequests: further
      .slice(0, MAX_FURTHER_REQUESTS)
      .flatMap((exchange) => (exchange.request === null ? [] : [lostRequest(exchange.request)])),
    dataPacket: null,
    requestIsFirst: isFirst,
    requestSpan: null,
    outstandingNs,
    delayNs: serverReset.atNs - outstandingNs,
    ageNs: isFirst && connection.handshake.ackNs !== null ? request.startNs - connection.handshake.ackNs : null,
    pauseNs: null,
    isAfterIdle: false,
    laterAnswer: laterAnswer(first),
  });
}

function isOpenStream(exchange: Exchange, resetNs: number): boolean {
  const { h2, interim } = exchange;
  if (h2 === null || h2.promise !== null || interim.length > 0 || mayEndUnanswered(exchange)) return false;
  if (resetBefore(exchange, resetNs) !== null) return false;
  return isUnanswered(exchange, resetNs);
}
