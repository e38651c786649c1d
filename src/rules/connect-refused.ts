/**
 * A SYN is answered with RST (RFC 9293 §3.10.7.1) or an ICMP error: nobody accepts there, or
 * somebody forbids it.
 */
import { concludeRun } from './connect-refused/conclude.js';
import { META } from './connect-refused/meta.js';
import { type Refusal, refusalOf } from './judgements/refusal.js';
import { defineRule } from './rule.js';
import { type KnockedAt, knockedAt, mergeKnocks, noteKnock } from './tally/knocks.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';

interface ConnectRefusedTally {
  readonly refusals: OccurrencesByServer<Refusal>;
  /** Whom each refused client tried: a scanner tries many. */
  readonly knocks: KnockedAt;
}

/** See the head of this file. */
export const connectRefused = defineRule<ConnectRefusedTally>({
  meta: META,
  tally: () => ({ refusals: occurrencesByServer(), knocks: knockedAt() }),
  inspect(connection, { refusals, knocks }) {
    // Accepted: what nearly every connection is.
    if (connection.handshake.synAck !== null || connection.handshake.syn === null) return;
    const refusal = refusalOf(connection);
    if (refusal === null) return;
    noteKnock(knocks, connection);
    noteOccurrence(refusals, refusal);
  },
  merge(into, from) {
    mergeOccurrences(into.refusals, from.refusals);
    mergeKnocks(into.knocks, from.knocks);
  },
  conclude: ({ refusals, knocks }, conclusion) => concludeRun(refusals, knocks, conclusion),
});
