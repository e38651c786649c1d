/** Who asks and who answers in HTTP, which reverse HTTP turns over. */
import { ROLES_REVERSED } from '../../facts/anomaly.js';
import type { Connection, SideFacts } from '../../facts/connection.js';

/** The sides of a connection by HTTP's roles. */
export function httpRoles(connection: Pick<Connection, 'client' | 'server' | 'anomalies'>): {
  readonly client: SideFacts;
  readonly server: SideFacts;
} {
  const { client, server, anomalies } = connection;
  return anomalies.some(({ name }) => name === ROLES_REVERSED)
    ? { client: server, server: client }
    : { client, server };
}

/** Whether the TCP client asks and the TCP server answers, as nearly everywhere. */
export function areHttpRolesOfTcp({ anomalies }: Pick<Connection, 'anomalies'>): boolean {
  return !anomalies.some(({ name }) => name === ROLES_REVERSED);
}
