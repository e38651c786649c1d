/**
 * A server reads a request and closes with FIN, without one byte of a response (curl: "Empty reply
 * from server").
 *
 * Told from the race for an idle connection by arithmetic: there the FIN acknowledges nothing of
 * the request, or the connection had been idle for half a second and more. What a single connection
 * shows is decided when it ends (signature.ts); who ended it and why, at the end (conclude.ts).
 */
import { concludeRun } from './empty-response/conclude.js';
import { META } from './empty-response/meta.js';
import { incidentOf } from './empty-response/signature.js';
import { type EmptyResponseTally, mergeTally, newTally, noteCut, noteIncident } from './empty-response/tally.js';
import { cutResponsesOf } from './judgements/cut-response.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const emptyResponse = defineRule<EmptyResponseTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    const incident = incidentOf(connection);
    if (incident !== null) noteIncident(incident, tally);
    else cutResponsesOf(connection, (cut) => noteCut(cut, tally));
  },
  merge: mergeTally,
  conclude: concludeRun,
});
