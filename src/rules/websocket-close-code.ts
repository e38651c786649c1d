/**
 * A WebSocket that one side closes with a code that tells of a failure: an error of its own, or a message
 * that it does not accept. RFC 6455 §7.4.1.
 *
 * What one conversation shows is decided when its connection ends (failure-close.ts); which legs only handed it on, at the end.
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
