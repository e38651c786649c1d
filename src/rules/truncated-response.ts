/**
 * A response ends before its end: fewer bytes than its Content-Length says, no last chunk, no
 * END_STREAM, and the server closes (RFC 9112 §8, RFC 9113 §8.1.1).
 */
import { defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';
import { concludeRun } from './truncated-response/conclude.js';
import { type CutResponse, cutResponsesOf } from './truncated-response/incident.js';
import { META } from './truncated-response/meta.js';

/** See the head of this file. */
export const truncatedResponse = defineRule<OccurrencesByServer<CutResponse>>({
  meta: META,
  tally: occurrencesByServer,
  inspect: (connection, tally) => cutResponsesOf(connection, (cut) => noteOccurrence(tally, cut)),
  merge: mergeOccurrences,
  conclude: concludeRun,
});
