/**
 * Large segments do not pass where small ones do: a link with a smaller MTU, and nobody says so, or nobody
 * is heard (RFC 2923 §2.1, RFC 4821).
 */
import { concludeRun } from './mtu-blackhole/conclude.js';
import { type BlackHole, blackHoleOf } from './mtu-blackhole/incident.js';
import { META } from './mtu-blackhole/meta.js';
import { defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';

/** See the head of this file. */
export const mtuBlackhole = defineRule<OccurrencesByServer<BlackHole>>({
  meta: META,
  tally: occurrencesByServer,
  inspect(connection, tally) {
    const found = blackHoleOf(connection);
    if (found !== null) noteOccurrence(tally, found);
  },
  merge: mergeOccurrences,
  conclude: concludeRun,
});
