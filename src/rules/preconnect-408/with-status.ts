import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { mayHaveMet } from '../judgements/crossed-close.js';
import { bytesArrivedUnseen, clientLeftBefore, clientSpokeNs } from './client-sent.js';
import { half, keptAlive, unused } from './given-up.js';
import type { Given } from './incident.js';
import { lateAmong, lateOf } from './late-request.js';

/** A 408 in clear text, or in TLS with keys. */
export function toldByStatus(connection: Connection, { request, response, index }: Exchange): Given {
  if (response === null) return null;
  const { close } = connection;
  const fin = close.segments.find(({ from, atNs }) => from === 'server' && atNs >= response.startNs) ?? null;
  if (clientLeftBefore(connection, response.startNs)) return null;
  const told = { atNs: response.startNs, packet: response.firstPacket, fin, response };
  if (request !== null) {
    if (request.lostBytes > 0 || connection.guards.midStream) return null;
    // The server's FIN acknowledges nothing of a request that was captured before it: the two crossed.
    const bytes = request.headBytes + request.bodyBytes;
    if (fin !== null && request.complete && (fin.deltaAcknowledgement ?? 0) <= -bytes)
      return index > 0 || !mayHaveMet(request.startNs, fin.atNs, connection)
        ? null
        : unused(connection, { ...told, farewell: 'status', late: lateOf(connection, request, told.atNs) });
    const isHalf = !request.complete || request.endNs > response.startNs;
    // RFC 9110 §10.1.1: it waits for 100 before it goes on; that is another stall.
    const expects = request.fields.some(({ name }) => name === 'expect') && request.bodyBytes === 0;
    if (!isHalf || expects || index > 0) return null;
    return half(connection, { ...told, farewell: 'status' }, request);
  }
  const late = lateAmong(connection, told.atNs);
  if (index > 0) return keptAlive(connection, told, late);
  if (connection.guards.midStream || connection.handshake.kind !== 'complete') return null;
  const spokeNs = clientSpokeNs(connection);
  if (connection.undecodedBytes.client > 0 && spokeNs !== null && spokeNs < told.atNs)
    return half(connection, { ...told, farewell: 'status', late }, null);
  if (fin !== null && (fin.deltaAcknowledgement ?? 0) > 0) return null;
  // Bytes without meaning as a request (a PROXY line) may have come; what arrived unseen may not.
  if (bytesArrivedUnseen(connection)) return null;
  return unused(connection, { ...told, farewell: 'status', late });
}
