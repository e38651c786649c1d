/** An answer of which nothing but a part of its head came: whoever ended the connection, it was amid the head. */
import { UNFINISHED_HEAD } from '../../facts/anomaly.js';
import type { Connection } from '../../facts/connection.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { areHttpRolesOfTcp } from './http-roles.js';

/** See the head of this file. */
export interface BegunHead {
  readonly exchange: Exchange;
  readonly request: RequestMessage;
  /** The packet that carries its first bytes, and its time; where that is not kept, the time of the last. */
  readonly packet: PacketReference;
  readonly startNs: number;
  /** Bytes of it that had come. */
  readonly bytes: number;
  /** Its last byte seen. */
  readonly lastNs: number;
}

/** The head that a connection of HTTP/1 ended amid; `null`: there is none, or it cannot be told. */
export function begunHeadOf(connection: Connection): BegunHead | null {
  const { anomalies, exchanges, protocol, server, tls, undecodedBytes, guards } = connection;
  // Nearly always.
  if (anomalies.length === 0) return null;
  const begun = anomalies.find(({ name }) => name === UNFINISHED_HEAD);
  if (begun === undefined || protocol !== 'http/1.1' || !areHttpRolesOfTcp(connection)) return null;
  if (server.lostBytes > 0 || guards.clockStepped || (tls !== null && tls.decryption !== 'whole')) return null;
  const exchange = exchanges.find(({ request, response }) => request !== null && response === null);
  const lastNs = tls === null ? server.lastPayloadNs : (tls.server.lastApplication?.atNs ?? null);
  if (exchange?.request?.complete !== true || lastNs === null || lastNs < exchange.request.startNs) return null;
  const { request } = exchange;
  const firstNs = tls === null ? server.firstPayloadNs : null;
  const startNs = firstNs === null || firstNs < request.startNs ? lastNs : firstNs;
  return { exchange, request, packet: begun.packet, startNs, bytes: undecodedBytes.server, lastNs };
}
