/**
 * An everyday connection: HTTP/1 in clear whose requests were all answered, with nothing lost or sent
 * again, no pause, no unusual sign, and a FIN of both sides at its end. Most rules look for nothing in one, and
 * at a busy proxy nearly all are such: one test spares them all the others.
 */
import type { Connection, ConnectionGuards, SideFacts } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import type { Handshake } from '../../facts/handshake.js';
import { SIGN } from '../../facts/signs.js';

/** Signs that everyday messages may have. */
const EVERYDAY_SIGNS = SIGN.transferCoding | SIGN.forwarded | SIGN.proxied;

/** Who asks for the first time so long after the handshake had opened the connection ahead of need. */
const AHEAD_NS = 1_000_000_000;

/** See the head of this file. */
export function isEveryday(connection: Connection): boolean {
  const { signs, protocol, close, tls, idlePeriods, anomalies, beginnings, undecodedBytes } = connection;
  if ((signs & ~EVERYDAY_SIGNS) !== 0 || protocol !== 'http/1.1' || tls !== null) return false;
  if (close.kind !== 'fin' || close.segmentCount !== 2 || close.resetBy !== null) return false;
  if ((connection.client.firstPayloadNs ?? connection.startNs) - connection.startNs >= AHEAD_NS) return false;
  if (idlePeriods.length > 0 || anomalies.length > 0 || beginnings !== null) return false;
  if (connection.unreachables.length > 0 || undecodedBytes.client > 0 || undecodedBytes.server > 0) return false;
  if (!isWholeHandshake(connection.handshake) || !isSeenWell(connection.guards)) return false;
  if (!isSentOnce(connection.client) || !isSentOnce(connection.server)) return false;
  const { exchanges } = connection;
  for (let at = 0; at < exchanges.length; at += 1) if (!isServed(exchanges[at])) return false;
  return exchanges.length > 0 && !connection.goesOn && connection.exchangeOffset === 0;
}

function isWholeHandshake({ kind, synRetransmissions, synAckRetransmissions }: Handshake): boolean {
  return kind === 'complete' && synRetransmissions === 0 && synAckRetransmissions === 0;
}

function isSeenWell(guards: ConnectionGuards): boolean {
  if (guards.midStream || guards.cutByCaptureEnd || guards.oneSided || guards.snapped) return false;
  return !guards.captureDrops && !guards.clockStepped && !guards.severalPoints;
}

function isSentOnce(side: SideFacts): boolean {
  if (side.lostBytes > 0 || side.retransmissions > 0 || side.outOfOrder > 0 || side.duplicates > 0) return false;
  return side.zeroWindows === 0 && side.windowClosure === null;
}

function isServed({ request, response, interim }: Exchange): boolean {
  if (request === null || response === null || interim.length > 0) return false;
  return request.complete && response.complete && request.lostBytes === 0 && response.lostBytes === 0;
}
