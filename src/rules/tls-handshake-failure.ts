/**
 * A TLS handshake that comes to nothing: one side says why in an alert, or closes without one.
 *
 * What a single connection shows is decided when it ends (failure.ts); whether others fare better,
 * at the end. In TLS 1.3 without keys the shape of the records stands for the alert (docs/without-keys.md).
 */
import { defineRule } from './rule.js';
import { concludeRun } from './tls-handshake-failure/conclude.js';
import { META } from './tls-handshake-failure/meta.js';
import { type HandshakeTally, mergeTally, newTally, noteConnection } from './tls-handshake-failure/tally.js';

/** See the head of this file. */
export const tlsHandshakeFailure = defineRule<HandshakeTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    if (connection.tls !== null && connection.exchangeOffset === 0) noteConnection(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
