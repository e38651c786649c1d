/**
 * A server takes so long that its client gives up, or that a gateway says so with 504 (RFC 9110
 * §15.6.5), or far longer than it usually does.
 *
 * What waits by design is left out (judgements/streaming, long polls). Where both legs of a proxy
 * are captured the wait is the innermost server's: it is told there, once.
 */
import { defineRule } from './rule.js';
import { concludeRun } from './slow-response/conclude.js';
import { slowExchangesOf } from './slow-response/incident.js';
import { META } from './slow-response/meta.js';
import {
  mergeTally,
  newTally,
  noteHold,
  noteSealed,
  noteSlow,
  noteTakenLate,
  noteUnanswered,
  noteUndelivered,
  type SlowResponseTally,
} from './slow-response/tally.js';

/** See the head of this file. */
export const slowResponse = defineRule<SlowResponseTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    slowExchangesOf(connection, (slow) => noteSlow(tally, slow));
    noteHold(connection, tally);
    if (connection.protocol === 'tls') noteSealed(connection, tally);
    if (connection.handshake.synRetransmissions > 0) noteUnanswered(connection, tally);
    if (connection.client.repeated !== null && !connection.goesOn) {
      noteUndelivered(connection, tally);
      noteTakenLate(connection, tally);
    }
  },
  merge: mergeTally,
  conclude: concludeRun,
});
