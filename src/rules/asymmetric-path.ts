/**
 * The two directions of a connection take different ways, and something on one of them, or the
 * client itself, does not know the connection (RFC 3704, RFC 9293 §3.5.2).
 */
import { concludeRun } from './asymmetric-path/conclude.js';
import { detourOf, unknownOf } from './asymmetric-path/incident.js';
import { META } from './asymmetric-path/meta.js';
import { type AsymmetricPathTally, mergeTally, newTally, noteUnansweredSyn } from './asymmetric-path/tally.js';
import { defineRule } from './rule.js';
import { noteOccurrence } from './tally/occurrences.js';

/** See the head of this file. */
export const asymmetricPath = defineRule<AsymmetricPathTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    const { handshake, close, guards } = connection;
    // Nearly every connection: a handshake of three, and no reset of the server.
    if (handshake.kind === 'complete' && close.resetBy !== 'server' && !guards.oneSided) return;
    if (handshake.syn !== null && handshake.synAck === null && connection.server.packets === 0)
      noteUnansweredSyn(connection, tally);
    const unknown = unknownOf(connection);
    if (unknown !== null) noteOccurrence(tally.unknown, unknown);
    const detour = detourOf(connection);
    if (detour === null) return;
    noteOccurrence(detour.kind === 'one-sided' ? tally.oneSided : tally.failed, detour);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
