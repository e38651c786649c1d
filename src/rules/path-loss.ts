/**
 * Segments get lost on the way, so many that it is felt (RFC 6298, RFC 5681).
 */
import { concludeRun } from './path-loss/conclude.js';
import { type Loss, lossOf } from './path-loss/incident.js';
import { META } from './path-loss/meta.js';
import { defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';

/** See the head of this file. */
export const pathLoss = defineRule<OccurrencesByServer<Loss>>({
  meta: META,
  tally: occurrencesByServer,
  inspect(connection, tally) {
    const found = lossOf(connection);
    if (found !== null) noteOccurrence(tally, found);
  },
  merge: mergeOccurrences,
  conclude: concludeRun,
});
