/**
 * A server’s queue of connections is full: its kernel leaves SYNs, or the ACKs of handshakes,
 * without answer until their senders repeat them, or resets them (listen(2), tcp_abort_on_overflow).
 */
import { concludeRun } from './accept-queue-overflow/conclude.js';
import { type LateAccept, lateAcceptOf } from './accept-queue-overflow/incident.js';
import { META } from './accept-queue-overflow/meta.js';
import { defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';

/** See the head of this file. */
export const acceptQueueOverflow = defineRule<OccurrencesByServer<LateAccept>>({
  meta: META,
  tally: occurrencesByServer,
  inspect(connection, tally) {
    const { handshake, close, client } = connection;
    // Nearly every handshake needs no repetition, nearly none is reset, and nearly no request is sent twice.
    if (handshake.synRetransmissions === 0 && client.repeated === null && close.resetBy !== 'server') return;
    const late = lateAcceptOf(connection);
    if (late !== null) noteOccurrence(tally, late);
  },
  merge: mergeOccurrences,
  conclude: concludeRun,
});
