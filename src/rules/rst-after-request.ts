/**
 * The server answers a request with RST and not one byte of a response (RFC 9293 §3.5.2).
 *
 * The reset is easy to see; the question is who wrote it. What a single connection shows is
 * decided when it ends: the signature (incident.ts), the reset's shape and the forgery tests.
 * Incidents of one server that agree in all of it are counted together (tally.ts). What needs
 * other connections (capture point, what the server did next, what answered requests have that
 * failed ones lack, retries) is decided once, at the end, from tallies that do not depend on the
 * order of reading (conclude.ts).
 */
import { silenceIsUnsayable } from './judgements/capture-guards.js';
import { concludeRun } from './rst-after-request/conclude.js';
import { META } from './rst-after-request/meta.js';
import { incidentOf } from './rst-after-request/signature.js';
import { mergeTally, newTally, noteIncident, type RstAfterRequestTally } from './rst-after-request/tally.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const rstAfterRequest = defineRule<RstAfterRequestTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    const incident = incidentOf(connection);
    if (incident === null || silenceIsUnsayable(connection, incident.serverReset) !== null) return;
    noteIncident(incident, connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
