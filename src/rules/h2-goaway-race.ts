/**
 * A server ends an HTTP/2 connection with GOAWAY while requests are on their way or in progress.
 * RFC 9113 §6.8.
 *
 * What a single connection shows is decided when it ends (farewell.ts); the limit behind it, and
 * what became of the requests, at the end.
 */
import { concludeRun } from './h2-goaway-race/conclude.js';
import { META } from './h2-goaway-race/meta.js';
import { type GoAwayTally, mergeTally, newTally, noteConnection } from './h2-goaway-race/tally.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const h2GoawayRace = defineRule<GoAwayTally>({
  meta: META,
  tally: newTally,
  inspect(connection, tally) {
    if (connection.h2 !== null) noteConnection(connection, tally);
  },
  merge: mergeTally,
  conclude: concludeRun,
});
