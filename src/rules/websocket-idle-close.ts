/**
 * A WebSocket that is ended without a Close frame after a time without frames, by somebody's timer.
 *
 * What one conversation shows is decided when its connection ends (cut.ts); whether the idle times
 * have a timer behind them, and whose, at the end.
 */
import { SIGN } from '../facts/signs.js';
import { defineRule } from './rule.js';
import { concludeRun } from './websocket-idle-close/conclude.js';
import { META } from './websocket-idle-close/meta.js';
import { type IdleCloseTally, mergeTally, newTally, noteConnection } from './websocket-idle-close/tally.js';

/** See the head of this file. */
export const websocketIdleClose = defineRule<IdleCloseTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    if (connection.webSocketCount > 0 || (connection.signs & SIGN.upgrade) !== 0) noteConnection(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
