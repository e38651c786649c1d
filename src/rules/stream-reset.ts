/**
 * A server resets a stream of HTTP/2 in place of an answer, and goes on with the connection.
 * RFC 9113 §5.4.2, §6.4, §7.
 *
 * What a single stream shows is decided when its connection ends (refused-request.ts); why, and what
 * became of the request, at the end.
 */
import { SIGN } from '../facts/signs.js';
import { defineRule } from './rule.js';
import { concludeRun } from './stream-reset/conclude.js';
import { META } from './stream-reset/meta.js';
import { type RefusedRequest, refusedRequestsOf } from './stream-reset/refused-request.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';

/** See the head of this file. */
export const streamReset = defineRule<OccurrencesByServer<RefusedRequest>>({
  meta: META,
  tally: occurrencesByServer,
  inspect(connection, tally) {
    if (connection.h2 === null || (connection.signs & SIGN.unanswered) === 0) return;
    refusedRequestsOf(connection, (refused) => noteOccurrence(tally, refused));
  },
  merge: mergeOccurrences,
  conclude: concludeRun,
});
