/**
 * A server resets a stream of HTTP/2 in place of an answer, and goes on with the connection.
 * RFC 9113 §5.4.2, §6.4, §7.
 *
 * What a single stream shows is decided when its connection ends (refused-request.ts); why, and what
 * became of the request, at the end.
 */
import { defineRule } from './rule.js';
import { concludeRun } from './stream-reset/conclude.js';
import { META } from './stream-reset/meta.js';
import { mergeTally, newTally, noteConnection, type StreamResetTally } from './stream-reset/tally.js';

/** See the head of this file. */
export const streamReset = defineRule<StreamResetTally>({
  meta: META,
  tally: newTally,
  inspect: noteConnection,
  merge: mergeTally,
  conclude: concludeRun,
});
