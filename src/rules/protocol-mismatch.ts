/**
 * Two sides speak different protocols: TLS to a plain port, plain HTTP to TLS, HTTP/2 to HTTP/1, a
 * PROXY header to who does not expect one, none to who does. The first bytes of both sides show it, or
 * how the server gets on with others. gRPC to a web server, or to what loses its trailers: its answers do.
 */

import { SIGN } from '../facts/signs.js';
import { concludeRun } from './protocol-mismatch/conclude.js';
import { META } from './protocol-mismatch/meta.js';
import { mergeTally, noteCalls, noteConnection, type ServerTally } from './protocol-mismatch/tally.js';
import { defineRule } from './rule.js';
import { type PerServer, perServer } from './tally/per-server.js';

/** See the head of this file. */
export const protocolMismatch = defineRule<PerServer<ServerTally>>({
  meta: META,
  tally: () => perServer(),
  inspect(connection, tally) {
    const { beginnings, tls, signs, exchangeOffset } = connection;
    const isSuspicious =
      beginnings !== null ||
      (tls === null ? (signs & (SIGN.refusal | SIGN.unanswered)) !== 0 : tls.serverHello === null);
    if (exchangeOffset === 0 && isSuspicious) noteConnection(connection, tally);
    if ((signs & SIGN.trailersTaken) !== 0) noteCalls(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
