/**
 * A sender of HTTP/2 has used its window up, and the receiver gives it no more: its application does not read,
 * or it has forgotten what it asked for. RFC 9113 §5.2, §6.9.
 */
import { concludeRun } from './h2-window-stall/conclude.js';
import { type Stall, stallsOf } from './h2-window-stall/incident.js';
import { META } from './h2-window-stall/meta.js';
import { defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';

/** See the head of this file. */
export const h2WindowStall = defineRule<OccurrencesByServer<Stall>>({
  meta: META,
  tally: occurrencesByServer,
  inspect(connection, tally) {
    if (connection.h2 === null || connection.h2.windowStallCount === 0) return;
    for (const stall of stallsOf(connection)) noteOccurrence(tally, stall);
  },
  merge: mergeOccurrences,
  conclude: concludeRun,
});
