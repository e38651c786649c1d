/**
 * WebSockets that their server, or a proxy before it, ends without a Close frame for another reason than silence:
 * its process ends, or it lets none last longer than so long.
 *
 * What one conversation shows is decided when its connection ends (incident.ts); whether the ends have a moment
 * or an age in common, and what stands behind, at the end.
 */
import { SIGN } from '../facts/signs.js';
import { defineRule } from './rule.js';
import { concludeRun } from './websocket-cut/conclude.js';
import { META } from './websocket-cut/meta.js';
import { mergeTally, newTally, noteConnection, type WebsocketCutTally } from './websocket-cut/tally.js';

/** See the head of this file. */
export const websocketCut = defineRule<WebsocketCutTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    if (connection.webSocketCount > 0 || (connection.signs & SIGN.upgrade) !== 0) noteConnection(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
