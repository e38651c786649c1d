/**
 * A sender of HTTP/2 has used its window up, and the receiver gives it no more: its application does not read,
 * or it has forgotten what it asked for. RFC 9113 §5.2, §6.9.
 */
import { concludeRun } from './h2-window-stall/conclude.js';
import { META } from './h2-window-stall/meta.js';
import { newTally, noteConnection, type WindowStallTally } from './h2-window-stall/tally.js';
import { defineRule } from './rule.js';
import { mergeOccurrences } from './tally/occurrences.js';

/** See the head of this file. */
export const h2WindowStall = defineRule<WindowStallTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    if (connection.protocol === 'h2') noteConnection(connection, tally);
  },
  merge: mergeOccurrences,
  conclude: concludeRun,
});
