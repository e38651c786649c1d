/**
 * A WebSocket that one side closes with a code which says that something failed: an error of its own, a message
 * that it does not take. RFC 6455 §7.4.1.
 *
 * What one conversation shows is decided when its connection ends (said.ts); which legs only handed it on, at the end.
 */
import { SIGN } from '../facts/signs.js';
import { defineRule } from './rule.js';
import { concludeRun } from './websocket-close-code/conclude.js';
import { META } from './websocket-close-code/meta.js';
import { type CloseCodeTally, mergeTally, newTally, noteConnection } from './websocket-close-code/tally.js';

/** See the head of this file. */
export const websocketCloseCode = defineRule<CloseCodeTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    if (connection.webSocketCount > 0 || (connection.signs & SIGN.upgrade) !== 0) noteConnection(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
