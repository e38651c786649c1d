/**
 * A client goes away: it closes or resets, of its own accord and first, while its request waits or
 * the answer is under way; in HTTP/2 it cancels the stream (RFC 9113 §8.1).
 */
import { concludeRun } from './client-abort/conclude.js';
import { type Abort, abortsOf } from './client-abort/incident.js';
import { META } from './client-abort/meta.js';
import { defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';

/** See the head of this file. */
export const clientAbort = defineRule<OccurrencesByServer<Abort>>({
  meta: META,
  tally: occurrencesByServer,
  inspect: (connection, tally) => abortsOf(connection, (abort) => noteOccurrence(tally, abort)),
  merge: mergeOccurrences,
  conclude: concludeRun,
});
