/** The signature: a server that gives a connection up because no whole request has come on it. */
import { ROLES_REVERSED } from '../../facts/anomaly.js';
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { STATUS } from '../../facts/status.js';
import type { Given } from './incident.js';
import { closedSilently } from './silent.js';
import { toldByStatus } from './with-status.js';
import { closedWithoutKeys } from './without-keys.js';

/** What a connection shows. */
export function incidentOf(connection: Connection): Given {
  const { anomalies, guards, handshake, protocol, server, client } = connection;
  if (anomalies.some(({ name }) => name === ROLES_REVERSED)) return null;
  if (protocol === 'websocket' || protocol === 'h2' || guards.oneSided || guards.clockStepped) return null;
  if (client.lostBytes > 0) return bytesOfClientMissing(connection) ? 'path' : null;
  // It asked, again and again, and the server acknowledged nothing of it.
  if (client.repeated !== null && !client.repeated.acknowledged && (server.highestAcknowledged ?? 0) <= 1)
    return 'path';
  const answered = lastTimedOut(connection.exchanges);
  if (answered !== null) return toldByStatus(connection, answered);
  if (server.lostBytes > 0 || connection.exchangeOffset > 0) return null;
  if (guards.midStream || handshake.kind !== 'complete') return null;
  if (protocol === 'tls' && connection.tls !== null && connection.tls.decryption !== 'whole')
    return closedWithoutKeys(connection, connection.tls);
  return closedSilently(connection);
}

/** The last exchange that was answered 408; `null`: none was. A loop, since every connection comes here. */
function lastTimedOut(exchanges: readonly Exchange[]): Exchange | null {
  for (let at = exchanges.length - 1; at >= 0; at -= 1) {
    const exchange = exchanges[at];
    if (exchange?.response?.status === STATUS.requestTimeout) return exchange;
  }
  return null;
}

/** The client sent bytes that its peer acknowledged none of: they were lost on the way. What the snap length cut was captured. */
function bytesOfClientMissing({ server, client, exchanges }: Connection): boolean {
  const isGivenUp = exchanges.some(({ response }) => response?.status === STATUS.requestTimeout);
  return isGivenUp && client.lostBytes > client.snappedBytes && (server.highestAcknowledged ?? 0) <= 1;
}
