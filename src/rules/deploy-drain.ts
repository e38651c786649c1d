/**
 * A server is stopped with requests in progress: it closes or resets their connections at one moment,
 * and its port refuses the next ones.
 */

import { concludeRun } from './deploy-drain/conclude.js';
import { type Victim, victimsOf } from './deploy-drain/incident.js';
import { META } from './deploy-drain/meta.js';
import { type Refusal, refusalOf } from './judgements/refusal.js';
import { defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';

interface DeployDrainTally {
  readonly victims: OccurrencesByServer<Victim>;
  readonly refusals: OccurrencesByServer<Refusal>;
}

/** See the head of this file. */
export const deployDrain = defineRule<DeployDrainTally>({
  meta: META,
  tally: () => ({ victims: occurrencesByServer(), refusals: occurrencesByServer() }),
  inspect(connection, { victims, refusals }) {
    const { handshake, close } = connection;
    if (handshake.syn !== null && handshake.synAck === null) {
      const refusal = refusalOf(connection);
      if (refusal !== null) noteOccurrence(refusals, refusal);
      return;
    }
    // All answered, or the client's to end: nearly every connection.
    if (close.segments[0]?.from !== 'server') return;
    if (connection.exchanges.at(-1)?.response?.complete === true && connection.h2 === null) return;
    victimsOf(connection, (victim) => noteOccurrence(victims, victim));
  },
  merge(into, from) {
    mergeOccurrences(into.victims, from.victims);
    mergeOccurrences(into.refusals, from.refusals);
  },
  conclude: ({ victims, refusals }, conclusion) => concludeRun(victims, refusals, conclusion),
});
