/**
 * Enters a connection into its server's baseline: what the server does when all is well, with which
 * rules compare a failure. Made once for all rules, for every connection: what is everyday in it
 * costs a comparison or an addition, and makes nothing.
 */
import type { CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import type { RequestMessage } from '../../facts/exchange.js';
import { captureVoteOf, countVote } from '../judgements/capture-point.js';
import type { DescribedRequest } from '../judgements/discriminating-attribute.js';
import { noteSpoken } from '../judgements/spoken-otherwise.js';
import { noteActivity } from '../tally/activity.js';
import { entryOf } from '../tally/bounded-table.js';
import { addToSample, isSampled } from '../tally/sample.js';
import {
  clientDealings,
  noteAnswerTime,
  noteAttempt,
  noteBadRequest,
  noteRoundTrip,
  noteValue,
  type ServerBaseline,
} from '../tally/server-baseline.js';
import { countAt } from '../tally/time-counts.js';

/** Enters what one connection (or batch of its exchanges) shows of its server. */
export function observeServer(connection: Connection, baseline: ServerBaseline): void {
  if (connection.exchangeOffset === 0) observeOpening(connection, baseline);
  const { protocol, close, handshake, server } = connection;
  if (protocol === 'http/1.1' || protocol === 'h2' || offersHttp(connection)) baseline.http += 1;
  const reset = close.resetBy === null ? undefined : close.segments.find(isServerReset);
  if (reset !== undefined) {
    const isRefusal = handshake.syn !== null && handshake.synAck === null && server.plainSegments === 0;
    if (isRefusal) {
      noteActivity(baseline.activity, 'refusal', reset.atNs, reset.packet);
      const attempts = entryOf(baseline.clients, connection.client.endpoint.address, clientDealings);
      if (attempts !== null) {
        attempts.refused += 1;
        noteAttempt(attempts, reset, null);
      }
    }
    if (reset.ttl !== null && (isRefusal || hasAnsweredAll(connection, reset.atNs)))
      noteValue(baseline.refusalTtls, reset.ttl);
  }
  observeAnswers(connection, reset === undefined ? Number.POSITIVE_INFINITY : reset.atNs, baseline);
}

function observeOpening(connection: Connection, baseline: ServerBaseline): void {
  const { handshake, server, client } = connection;
  const { syn, synAck, synToSynAckNs } = handshake;
  baseline.connections += 1;
  const vote = captureVoteOf(connection);
  if (vote !== null) countVote(baseline.votes, vote);
  const attempts = entryOf(baseline.clients, client.endpoint.address, clientDealings);
  if (synAck !== null) {
    if (attempts !== null) noteAttempt(attempts, null, synAck);
    noteActivity(baseline.activity, 'accept', synAck.atNs, synAck.packet);
  }
  if (isAbandoned(connection)) baseline.abandoned += 1;
  if (synToSynAckNs !== null && synToSynAckNs >= 0) noteRoundTrip(baseline, synToSynAckNs);
  if (syn !== null && handshake.synRetransmissions > 0) noteActivity(baseline.activity, 'strain', syn.atNs, syn.packet);
  if (server.mac !== null && !server.macVaries) noteValue(baseline.macs, server.mac);
  noteSpoken(connection, baseline.spoken);
}

/** What follows the server's own reset (`untilNs`) is no sign of its life: that is the question. */
function observeAnswers({ exchanges, client }: Connection, untilNs: number, baseline: ServerBaseline): void {
  let [nearCount, nearActivity] = [-1, -1];
  for (let at = 0; at < exchanges.length; at += 1) {
    const exchange = exchanges[at];
    if (exchange === undefined || exchange.request === null || exchange.response === null) continue;
    const { request, response, index } = exchange;
    const { startNs, firstPacket: packet, status } = response;
    if (startNs > untilNs) continue;
    const thinkNs = startNs - request.endNs;
    baseline.answered += 1;
    nearCount = countAt(baseline.answeredAt, startNs, 1, nearCount);
    if (thinkNs >= 0 && response.lostBytes === 0 && request.lostBytes === 0) noteAnswerTime(baseline, thinkNs);
    nearActivity = noteActivity(baseline.activity, 'answer', startNs, packet, nearActivity);
    if (status < 400) baseline.largestHeadBytes = Math.max(baseline.largestHeadBytes, request.headBytes);
    if (status === 400) noteBadRequest(baseline, { atNs: startNs, packet });
    if (isSampled(baseline.sample, packet))
      addToSample(baseline.sample, {
        atNs: startNs,
        packet,
        status,
        request: describedOf(request),
        client: client.endpoint.address,
        isFirst: index === 0,
      });
  }
}

function describedOf({ method, target, authority, headBytes, bodyBytes, fields }: RequestMessage): DescribedRequest {
  return { method, target, authority, headBytes, bodyBytes, fields };
}

/** TLS that no key opens says what it will carry: its ALPN. RFC 7301. */
function offersHttp({ tls }: Connection): boolean {
  if (tls === null) return false;
  const chosen = tls.serverHello?.alpn ?? null;
  const names = chosen === null ? (tls.clientHello?.alpn ?? []) : [chosen];
  return names.includes('http/1.1') || names.includes('h2');
}

/** Whether the client reset the connection by itself while a request waited: its own RST came first, at its own position. */
function isAbandoned({ close, exchanges }: Connection): boolean {
  const [first] = close.segments;
  if (first === undefined || first.kind !== 'rst' || first.from !== 'client' || first.deltaSequence !== 0) return false;
  return exchanges.some(({ request, response }) => request !== null && response === null);
}

/** Whether every request of the connection, and at least one, had been answered by then. */
function hasAnsweredAll({ exchanges }: Connection, atNs: number): boolean {
  return exchanges.length > 0 && exchanges.every(({ response }) => response !== null && response.startNs <= atNs);
}

function isServerReset({ kind, from }: CloseSegment): boolean {
  return kind === 'rst' && from === 'server';
}
