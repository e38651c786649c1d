import type { Connection } from '../../facts/connection.js';
import { mayHaveMet } from '../judgements/crossed-close.js';
import { bytesArrivedUnseen, clientLeftBefore, hasStalled } from './client-sent.js';
import { begunAt, type GivingUp, half, MIN_SILENT_AGE_NS, unused } from './given-up.js';
import type { Given } from './incident.js';
import { lateOf } from './late-request.js';

/** FIN without one byte of an answer, in clear text or in TLS with keys. */
export function closedSilently(connection: Connection): Given {
  const [fin] = connection.close.segments;
  if (fin === undefined || fin.kind !== 'fin' || fin.from !== 'server' || fin.deltaSequence !== 0) return null;
  const { tls, server, client, exchanges, undecodedBytes } = connection;
  const spoke =
    tls === null ? server.payloadBytes > 0 : tls.server.applicationRecords > 0 || tls.finished.client === null;
  if (spoke || undecodedBytes.server > 0 || clientLeftBefore(connection, fin.atNs)) return null;
  if (tls?.alerts.some(({ from, description }) => from === 'server' && description !== 0) === true) return null;
  const [first, second] = exchanges;
  if (second !== undefined || first?.response != null || (first?.interim.length ?? 0) > 0) return null;
  const begun = begunAt(connection);
  if (begun === null || fin.atNs - begun.atNs < MIN_SILENT_AGE_NS) return null;
  const given: GivingUp = { atNs: fin.atNs, packet: fin.packet, fin, farewell: 'silent', response: null };
  const request = first?.request ?? null;
  if (request === null) {
    if (undecodedBytes.client > 0)
      return connection.protocol === 'http/1.1' && hasStalled(connection, null, fin)
        ? half(connection, given, null)
        : null;
    if (client.payloadBytes > 0 && tls === null) return null;
    if ((fin.deltaAcknowledgement ?? 0) > 0 || bytesArrivedUnseen(connection)) return null;
    return unused(connection, given);
  }
  if (request.version === 'HTTP/0.9' || request.lostBytes > 0) return null;
  const bytes = request.headBytes + request.bodyBytes;
  const isUncovered = (fin.deltaAcknowledgement ?? 0) <= -bytes;
  // Written long before, it was lost or kept from the server.
  if (isUncovered && !mayHaveMet(request.startNs, fin.atNs, connection)) return null;
  if (isUncovered || request.startNs > fin.atNs)
    return unused(connection, { ...given, late: lateOf(connection, request, fin.atNs) });
  return !request.complete && hasStalled(connection, request, fin) ? half(connection, given, request) : null;
}
