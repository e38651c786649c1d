/**
 * A response ends before its end: fewer bytes than its Content-Length says, no last chunk, no
 * END_STREAM, and the server closes (RFC 9112 §8, RFC 9113 §8.1.1).
 */

import { type CutResponse, cutResponsesOf } from './judgements/cut-response.js';
import { defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from './tally/occurrences.js';
import { concludeRun } from './truncated-response/conclude.js';
import { META } from './truncated-response/meta.js';
import { mergeFarewells, noteFarewell, type SealedFarewells, sealedFarewells } from './truncated-response/sealed.js';

/** What the rule keeps. */
interface Tally {
  readonly cuts: OccurrencesByServer<CutResponse>;
  readonly farewells: SealedFarewells;
}

/** See the head of this file. */
export const truncatedResponse = defineRule<Tally>({
  meta: META,
  tally: () => ({ cuts: occurrencesByServer(), farewells: sealedFarewells() }),
  inspect(connection, { cuts, farewells }) {
    cutResponsesOf(connection, (cut) => noteOccurrence(cuts, cut));
    const sealed = connection.protocol === 'tls' ? noteFarewell(connection, farewells) : null;
    if (sealed !== null) noteOccurrence(cuts, sealed);
  },
  merge(into, from) {
    mergeOccurrences(into.cuts, from.cuts);
    mergeFarewells(into.farewells, from.farewells);
  },
  conclude: ({ cuts, farewells }, conclusion) => concludeRun(cuts, farewells, conclusion),
});
