/** The WebSockets of a connection as the rules about them meet them: once, with its last batch, by the server's tally. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import type { WebSocketFacts } from '../../facts/websocket.js';
import { type EarlierExchanges, earlierExchanges, exchangesOfAll } from '../tally/earlier-exchanges.js';
import { type KeyedLegs, keyedLegs, type Leg } from '../tally/keyed-legs.js';
import { type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { httpRoles } from './http-roles.js';
import { mayOpenWebSocket } from './websocket-end.js';

/** What a rule about WebSockets keeps: of each server, and of those that ended as the rule looks for. */
export interface WebSocketTally<Server, End extends Leg> {
  readonly servers: PerServer<Server>;
  /** By their keys: of the two legs of a proxy one WebSocket has the same. */
  readonly legs: KeyedLegs<End>;
  /** Exchanges that opened WebSockets: how those ended is told with the last batch. */
  readonly waiting: EarlierExchanges;
}

/** Nothing seen yet. */
export function webSocketTally<Server, End extends Leg>(): WebSocketTally<Server, End> {
  return { servers: perServer(), legs: keyedLegs(), waiting: earlierExchanges() };
}

/**
 * Counts the WebSockets of a connection for its server, and tells `note` of each; of a connection that goes on it
 * keeps the exchanges that opened some, and tells of them with its last batch.
 *
 * @param make The tally of a server that is new.
 * @param note `exchanges`: of all batches those that {@link mayOpenWebSocket}.
 */
export function noteWebSockets<Server extends { webSockets: number }>(
  connection: Connection,
  { servers, waiting }: WebSocketTally<Server, Leg>,
  make: () => Server,
  note: (webSocket: WebSocketFacts, server: Server, exchanges: readonly Exchange[]) => void,
): void {
  const exchanges = exchangesOfAll(waiting, connection, mayOpenWebSocket);
  if (exchanges === null || connection.webSocketCount === 0) return;
  const server = tallyOf(servers, httpRoles(connection).server.endpoint, make);
  if (server === null) return;
  for (const webSocket of connection.webSockets) {
    server.webSockets += 1;
    note(webSocket, server, exchanges);
  }
}
