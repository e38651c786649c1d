/** A WebSocket that ended after a time without frames. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import type { WebSocketFacts } from '../../facts/websocket.js';
import type { GivenUp } from '../judgements/timer-estimate.js';
import { type WebSocketCut, webSocketCutOf } from '../judgements/websocket-end.js';

/** Shorter is pace: a conversation that was going on until then. */
const MIN_PAUSE_NS = 1_000_000_000;

/** A WebSocket that was cut; its age is the time without frames. */
export interface Cut extends WebSocketCut, GivenUp {}

/** The cut of a conversation; `null`: it ended otherwise, amid its frames, or it cannot be told. */
export function cutOf(webSocket: WebSocketFacts, connection: Connection, exchanges: readonly Exchange[]): Cut | null {
  const cut = webSocketCutOf(webSocket, connection, exchanges);
  return cut === null || cut.idleNs < MIN_PAUSE_NS ? null : { ...cut, ageNs: cut.idleNs };
}
