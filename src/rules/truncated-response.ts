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
import { concludeRun, streamsFinding } from './truncated-response/conclude.js';
import { META } from './truncated-response/meta.js';
import { mergeFarewells, noteFarewell, type SealedFarewells, sealedFarewells } from './truncated-response/sealed.js';
import { mergeStreams, noteStreams, type SilentStreams, silentStreams } from './truncated-response/silent-streams.js';
import { timedStreamsOf } from './truncated-response/timed-streams.js';

/** What the rule keeps. */
interface Tally {
  readonly cuts: OccurrencesByServer<CutResponse>;
  readonly farewells: SealedFarewells;
  readonly streams: SilentStreams;
}

/** See the head of this file. */
export const truncatedResponse = defineRule<Tally>({
  meta: META,
  tally: () => ({ cuts: occurrencesByServer(), farewells: sealedFarewells(), streams: silentStreams() }),
  inspect(connection, { cuts, farewells, streams }) {
    cutResponsesOf(connection, (cut) => noteOccurrence(cuts, cut));
    noteStreams(connection, streams);
    const sealed = connection.protocol === 'tls' ? noteFarewell(connection, farewells) : null;
    if (sealed !== null) noteOccurrence(cuts, sealed);
  },
  merge(into, from) {
    mergeOccurrences(into.cuts, from.cuts);
    mergeFarewells(into.farewells, from.farewells);
    mergeStreams(into.streams, from.streams);
  },
  conclude: ({ cuts, farewells, streams }, conclusion) => [
    ...concludeRun(cuts, farewells, conclusion),
    ...timedStreamsOf(streams).map((timed) => streamsFinding(timed, conclusion)),
  ],
});
