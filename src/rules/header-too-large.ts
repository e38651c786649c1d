/**
 * A head that is larger than somebody's buffer: of a request, which the server refuses with 431,
 * 414 or 400, or by ending the connection amid it; of a response, for which the proxy in front answers 502 or 503.
 */
import { SIGN } from '../facts/signs.js';
import { concludeRun } from './header-too-large/conclude.js';
import { META } from './header-too-large/meta.js';
import { mergeTally, noteEndedHead, noteExchange, noteLeftHead, type ServerTally } from './header-too-large/tally.js';
import { defineRule } from './rule.js';
import { type PerServer, perServer } from './tally/per-server.js';

/** See the head of this file. */
export const headerTooLarge = defineRule<PerServer<ServerTally>>({
  meta: META,
  tally: () => perServer(256),
  inspect(connection, tally) {
    if (connection.anomalies.length > 0) noteLeftHead(connection, tally);
    if (connection.undecodedBytes.client > 0) noteEndedHead(connection, tally);
    if ((connection.signs & (SIGN.largeHead | SIGN.unasked)) === 0) return;
    for (const exchange of connection.exchanges) noteExchange(exchange, connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
