/**
 * A SYN is answered with RST (RFC 9293 §3.10.7.1) or an ICMP error: nobody accepts there, or
 * somebody forbids it.
 */
import { type ConnectRefusedTally, concludeRun } from './connect-refused/conclude.js';
import { META } from './connect-refused/meta.js';
import { isLoneSyn } from './judgements/lone-syn.js';
import { refusalOf } from './judgements/refusal.js';
import { defineRule } from './rule.js';
import { knockedAt, mergeKnocks, noteKnock } from './tally/knocks.js';
import { mergeOccurrences, noteOccurrence, occurrencesByServer } from './tally/occurrences.js';

/** See the head of this file. */
export const connectRefused = defineRule<ConnectRefusedTally>({
  meta: META,
  tally: () => ({ refusals: occurrencesByServer(), knocks: knockedAt(), probes: knockedAt() }),
  inspect(connection, { refusals, knocks, probes }) {
    // Accepted: what nearly every connection is.
    if (connection.handshake.synAck !== null || connection.handshake.syn === null) return;
    const refusal = refusalOf(connection);
    if (refusal === null) {
      if (isLoneSyn(connection)) noteKnock(probes, connection);
      return;
    }
    noteKnock(knocks, connection);
    noteOccurrence(refusals, refusal);
  },
  merge(into, from) {
    mergeOccurrences(into.refusals, from.refusals);
    mergeKnocks(into.knocks, from.knocks);
    mergeKnocks(into.probes, from.probes);
  },
  conclude: concludeRun,
});
