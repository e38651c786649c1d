/**
 * A web server asks an application server over FastCGI, AJP or uwsgi, and that ends the connection in place of an
 * answer: PHP-FPM whose child was killed, uWSGI whose worker was, Tomcat that gave an idle connection up.
 *
 * These protocols are known by their first bytes and not read further: who spoke last, who ended it, and what the
 * end acknowledges tells all the same. What a connection shows is decided when it ends (incident.ts).
 */
import { concludeRun } from './gateway-cut/conclude.js';
import { gatewayOf } from './gateway-cut/incident.js';
import { META } from './gateway-cut/meta.js';
import { mergeTally, noteConnection, type ServerTally } from './gateway-cut/tally.js';
import { defineRule } from './rule.js';
import { type PerServer, perServer } from './tally/per-server.js';

/** See the head of this file. */
export const gatewayCut = defineRule<PerServer<ServerTally>>({
  meta: META,
  tally: () => perServer(),
  inspect(connection, tally) {
    if (gatewayOf(connection) !== null && !connection.goesOn) noteConnection(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
