/**
 * A receiver keeps its window closed: its application does not read (RFC 9293 §3.8.6.1).
 */

import { defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';
import { concludeRun } from './zero-window-stall/conclude.js';
import { type Stall, stallOf } from './zero-window-stall/incident.js';
import { META } from './zero-window-stall/meta.js';

/** See the head of this file. */
export const zeroWindowStall = defineRule<OccurrencesByServer<Stall>>({
  meta: META,
  tally: occurrencesByServer,
  inspect(connection, tally) {
    const found = stallOf(connection);
    if (found !== null) noteOccurrence(tally, found);
  },
  merge: mergeOccurrences,
  conclude: concludeRun,
});
