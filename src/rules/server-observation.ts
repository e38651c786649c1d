/**
 * Enters a connection into its server's baseline: what the server does when all is well. Any rule
 * that compares a failure with the rest of the server's connections observes like this.
 */
import type { CloseSegment } from '../facts/close.js';
import type { Connection } from '../facts/connection.js';
import { endpointText } from '../text/address.js';
import { captureVoteOf } from './judgements/capture-point.js';
import { attributesOf } from './judgements/discriminating-attribute.js';
import { noteActivity } from './tally/activity.js';
import { entryOf } from './tally/bounded-table.js';
import { rankOfText } from './tally/rank.js';
import { keepsRequest, noteRequest, type RecentRequests, requestKey } from './tally/recent-requests.js';
import { addToSample, isSampled } from './tally/sample.js';
import {
  clientDealings,
  noteAnswerTime,
  noteAttempt,
  noteBadRequest,
  noteValue,
  type ServerBaseline,
} from './tally/server-baseline.js';
import { countAt } from './tally/time-counts.js';

/** Enters what one connection (or batch of its exchanges) shows of its server. */
export function observeServer(connection: Connection, baseline: ServerBaseline): void {
  const { handshake, server, close } = connection;
  if (connection.exchangeOffset === 0) {
    baseline.connections += 1;
    const vote = captureVoteOf(connection);
    if (vote !== null) baseline.votes[vote] += 1;
    const attempts = entryOf(baseline.clients, connection.client.endpoint.address, clientDealings);
    if (attempts !== null && handshake.synAck !== null) noteAttempt(attempts, null, handshake.synAck);
    if (isAbandoned(connection)) baseline.abandoned += 1;
    if (handshake.synAck !== null)
      noteActivity(baseline.activity, 'accept', handshake.synAck.atNs, handshake.synAck.packet);
    if (handshake.syn !== null && handshake.synRetransmissions > 0)
      noteActivity(baseline.activity, 'strain', handshake.syn.atNs, handshake.syn.packet);
    if (server.mac !== null && !server.macVaries) noteValue(baseline.macs, server.mac);
  }
  const reset = close.resetBy === null ? undefined : close.segments.find(isServerReset);
  if (reset !== undefined && handshake.syn !== null && handshake.synAck === null && server.plainSegments === 0) {
    noteActivity(baseline.activity, 'refusal', reset.atNs, reset.packet);
    const attempts = entryOf(baseline.clients, connection.client.endpoint.address, clientDealings);
    if (attempts !== null) {
      attempts.refused += 1;
      noteAttempt(attempts, reset, null);
    }
    if (reset.ttl >= 0) noteValue(baseline.refusalTtls, reset.ttl);
  }
  if (reset !== undefined && reset.ttl >= 0 && hasAnsweredAll(connection, reset.atNs))
    noteValue(baseline.refusalTtls, reset.ttl);
  for (const { request, response, index } of connection.exchanges) {
    if (request === null || response === null) continue;
    // What follows the server's own reset is no sign of its life: that is the question.
    if (reset !== undefined && response.startNs > reset.atNs) continue;
    const thinkNs = response.startNs - request.endNs;
    baseline.answered += 1;
    countAt(baseline.answeredAt, response.startNs);
    if (thinkNs >= 0 && response.lostBytes === 0 && request.lostBytes === 0) noteAnswerTime(baseline, thinkNs);
    noteActivity(baseline.activity, 'answer', response.startNs, response.firstPacket);
    const { startNs: atNs, firstPacket: packet } = response;
    if (response.status === 400) noteBadRequest(baseline, { atNs, packet });
    if (isSampled(baseline.sample, packet))
      addToSample(baseline.sample, {
        atNs,
        packet,
        status: response.status,
        thinkNs,
        attributes: attributesOf(request, connection.client.endpoint.address, index === 0),
      });
  }
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

/** Enters a connection's requests among those that may be retries of another. */
export function observeRequests(connection: Connection, requests: RecentRequests): void {
  if (connection.exchanges.length === 0) return;
  const clientRank = rankOfText(connection.client.endpoint.address);
  const server = rankOfText(endpointText(connection.server.endpoint));
  for (const { request, response } of connection.exchanges) {
    if (request === null) continue;
    const key = requestKey(clientRank, request);
    if (!keepsRequest(requests, key)) continue;
    noteRequest(requests, key, {
      startNs: request.startNs,
      stream: connection.stream,
      status: response?.status ?? 0,
      packet: request.firstPacket,
      server,
    });
  }
}
