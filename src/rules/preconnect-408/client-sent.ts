/** What the client of a connection had sent of a request, and when. */
import type { CloseSegment } from '../../facts/close.js';
import { type Connection, MIN_IDLE_NS } from '../../facts/connection.js';
import type { RequestMessage } from '../../facts/exchange.js';

/** The client's FIN or RST, or its alert, came first: it had finished with the connection itself. */
export function clientLeftBefore({ close, tls }: Connection, atNs: number): boolean {
  if (close.segments.some((segment) => segment.from === 'client' && segment.atNs <= atNs)) return true;
  return tls?.alerts.some((alert) => alert.from === 'client' && alert.atNs <= atNs) === true;
}

/** Something of the client stands beyond what was seen of it: a request may have been there. */
export function bytesArrivedUnseen({ close, server, client }: Connection): boolean {
  const isBeyond = close.segments.some(({ from, deltaSequence }) => from === 'client' && (deltaSequence ?? 0) > 0);
  return isBeyond || (server.highestAcknowledged ?? 0) > (client.nextSequence ?? 1);
}

/** When the client sent its first byte of HTTP. */
export function clientSpokeNs({ client, tls }: Connection): number | null {
  return tls === null ? client.firstPayloadNs : (tls.client.firstApplication?.atNs ?? null);
}

/** When it sent the last byte of the request, or, where none can be read, of all. */
export function lastByteNs({ client, tls }: Connection, request: RequestMessage | null): number | null {
  if (request !== null) return request.endNs;
  return tls === null ? client.lastPayloadNs : (tls.client.lastApplication?.atNs ?? null);
}

/** Whether it had been silent for as long as counts as idle when the server closed. */
export function hasStalled(connection: Connection, request: RequestMessage | null, fin: CloseSegment): boolean {
  const lastNs = lastByteNs(connection, request);
  return lastNs !== null && fin.atNs - lastNs >= MIN_IDLE_NS;
}
