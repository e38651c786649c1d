/** Client data that nobody could read, outstanding when the server reset: in TLS without keys, and where payload was not captured. */
import type { CloseSegment } from '../../facts/close.js';
import { type Connection, MIN_IDLE_NS } from '../../facts/connection.js';
import { isSealed, speaksHttp } from '../judgements/sealed-turn.js';
import { type Incident, incidentWith } from './incident.js';
import { clientPosition } from './lost-request.js';

/**
 * TLS without keys: client data outstanding after the server had spoken. Whether it was a request is
 * likely where it is application data of a client that speaks HTTP; of other bytes nothing is
 * concluded but a forgery.
 */
export function encrypted(connection: Connection, serverReset: CloseSegment): Incident | null {
  const { client, server } = connection;
  const spokeNs = client.lastPayloadNs;
  const heardNs = server.lastPayloadNs;
  if (spokeNs === null || heardNs === null || connection.handshake.kind !== 'complete') return null;
  if (spokeNs <= heardNs || spokeNs > serverReset.atNs || spokeNs - heardNs >= MIN_IDLE_NS) return null;
  return incidentWith(connection, serverReset, {
    outstanding: isLikelyRequest(connection, serverReset.atNs) ? 'application-data' : 'unknown-bytes',
    request: null,
    lostRequests: 1,
    furtherRequests: [],
    dataPacket: connection.tls?.client.lastRecord?.atNs === spokeNs ? connection.tls.client.lastRecord.packet : null,
    requestIsFirst: false,
    requestSpan: null,
    outstandingNs: spokeNs,
    delayNs: serverReset.atNs - spokeNs,
    ageNs: null,
    pauseNs: spokeNs - heardNs,
    isAfterIdle: false,
    laterAnswer: null,
  });
}

/**
 * A connection of whose payload nothing was captured: the server accepts it, the client sends its
 * first bytes, and the server resets it without having said anything. Lengths and numbers are exact
 * all the same (docs/judging.md); what was sent, and that it was a request, is not known.
 */
export function uncaptured(connection: Connection, serverReset: CloseSegment): Incident | null {
  const { client, server, handshake, protocol, exchanges, exchangeOffset, guards } = connection;
  if (protocol !== 'unknown' || exchanges.length + exchangeOffset > 0 || !guards.snapped) return null;
  const { firstPayloadNs, lastPayloadNs, nextSequence } = client;
  if (handshake.kind !== 'complete' || handshake.ackNs === null || server.payloadBytes > 0) return null;
  if (firstPayloadNs === null || lastPayloadNs === null || nextSequence === null) return null;
  // What was captured of it and is no HTTP is another protocol's.
  const isUncaptured = client.snappedBytes > 0 && client.snappedBytes >= nextSequence - 2;
  if (!isUncaptured || client.lostBytes > client.snappedBytes || firstPayloadNs > serverReset.atNs) return null;
  const outstandingNs = Math.min(lastPayloadNs, serverReset.atNs);
  const { peerPacket, sincePeerNs } = serverReset;
  return incidentWith(connection, serverReset, {
    outstanding: 'uncaptured-bytes',
    request: null,
    lostRequests: 1,
    furtherRequests: [],
    dataPacket: sincePeerNs !== null && serverReset.atNs - sincePeerNs === lastPayloadNs ? peerPacket : null,
    requestIsFirst: true,
    requestSpan: { start: 1, end: clientPosition(connection.close.segments, serverReset) ?? nextSequence },
    outstandingNs,
    delayNs: serverReset.atNs - outstandingNs,
    ageNs: firstPayloadNs - handshake.ackNs,
    pauseNs: null,
    isAfterIdle: false,
    laterAnswer: null,
  });
}

/** A record above this is none of HTTP/2's SETTINGS, WINDOW_UPDATE, PING, RST_STREAM or GOAWAY (docs/without-keys.md). */
const MAX_CONTROL_RECORD = 60;

/** Whether what the client last sent is application data, after the handshake, of a client that speaks HTTP. */
function isLikelyRequest({ tls, client, server }: Connection, resetNs: number): boolean {
  // What was opened in part may hold the answer, or be another protocol's.
  if (tls === null || !isSealed(tls) || tls.alertCount > 0 || tls.serverHello === null) return false;
  const sent = tls.client.lastApplication;
  if (sent === null || sent.atNs > resetNs || sent.length <= MAX_CONTROL_RECORD) return false;
  if (tls.client.lastRecord?.packet !== sent.packet || client.lastPayloadNs !== sent.atNs) return false;
  const ended: readonly string[] = [tls.client.closeNotify, tls.server.closeNotify];
  if (ended.includes('seen') || ended.includes('probable')) return false;
  return speaksHttp(tls, server) !== null;
}
