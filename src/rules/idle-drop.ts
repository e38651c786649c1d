/**
 * Something on the way forgets a connection that was idle: what comes next meets silence, or a reset
 * that the other side did not write.
 */
import { concludeRun } from './idle-drop/conclude.js';
import { type Drop, dropOf } from './idle-drop/incident.js';
import { META } from './idle-drop/meta.js';
import { defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';

/** See the head of this file. */
export const idleDrop = defineRule<OccurrencesByServer<Drop>>({
  meta: META,
  tally: occurrencesByServer,
  inspect(connection, tally) {
    const found = dropOf(connection);
    if (found !== null) noteOccurrence(tally, found);
  },
  merge: mergeOccurrences,
  conclude: concludeRun,
});
