/** Whether bytes of the server that nobody could read may be what it answered. */
import type { Connection } from '../../facts/connection.js';
import type { RequestMessage } from '../../facts/exchange.js';

/**
 * Whether they may answer this request. Where the snap length cuts a body that says itself where it ends
 * (chunked), the rest of it cannot be read; what came before the request is no answer to it.
 */
export function mayHideAnswer(
  { undecodedBytes, guards, server }: Pick<Connection, 'undecodedBytes' | 'guards' | 'server'>,
  request: Pick<RequestMessage, 'startNs'>,
): boolean {
  if (undecodedBytes.server === 0) return false;
  return !guards.snapped || server.lastPayloadNs === null || server.lastPayloadNs >= request.startNs;
}
