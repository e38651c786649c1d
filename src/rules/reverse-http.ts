/**
 * Who dials serves: the client of TCP and TLS is the server of HTTP.
 *
 * Told so that nobody reads times and resets the wrong way round; and where such a connection is
 * given up while it is idle, its server cannot be reached until it dials again.
 */

import { concludeRun } from './reverse-http/conclude.js';
import { META } from './reverse-http/meta.js';
import { mergeTally, newTally, noteConnection, type ReverseTally } from './reverse-http/tally.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const reverseHttp = defineRule<ReverseTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    if (connection.anomalies.length > 0 || connection.tls !== null) noteConnection(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
