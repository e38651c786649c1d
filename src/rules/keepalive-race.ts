/**
 * The server gives an idle connection up while a request for it is on its way (RFC 9112 §9.5).
 *
 * What a single connection shows is decided when it ends: whether the server's close acknowledges
 * the request (judgements/crossed-close), and whether the client could know of it (incident.ts).
 * After how long the server gives up, what became of the lost requests and what the front made of
 * them is decided once, at the end (conclude.ts).
 */

import { suddenCloseOf } from './judgements/sudden-close.js';
import { concludeRun } from './keepalive-race/conclude.js';
import { incidentAt, incidentOf } from './keepalive-race/incident.js';
import { META } from './keepalive-race/meta.js';
import {
  type KeepaliveRaceTally,
  mergeTally,
  newTally,
  noteIdleness,
  noteIncident,
  noteSuddenClose,
} from './keepalive-race/tally.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const keepaliveRace = defineRule<KeepaliveRaceTally>({
  meta: META,
  seesEveryday: true,
  tally: newTally,
  inspect(connection, tally) {
    const sudden = suddenCloseOf(connection);
    if (sudden !== null) {
      const { close, crossed } = sudden;
      noteSuddenClose(close, crossed === null ? null : incidentAt(crossed, connection), connection, tally);
    }
    // Whatever else it looks for begins with an idle time.
    if (connection.idlePeriods.length === 0) return;
    noteIdleness(connection, tally);
    const incident = incidentOf(connection);
    if (incident !== null) noteIncident(incident, connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
