/** What the run as a whole says: whose responses are cut, how far they came, and what cut them. */
import type { RawFinding } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { secondsText } from '../../text/duration.js';
import { weigh } from '../argument/cause.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import type { CutResponse } from '../judgements/cut-response.js';
import type { Conclusion } from '../rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
  occurrencesOf,
  type ServerOccurrences,
} from '../tally/occurrences.js';
import { CAUSES, type Case } from './causes.js';
import { META } from './meta.js';
import { isBehind, withheldInFront } from './passed-on.js';
import { remediesOf, streamRemedies } from './remedies.js';
import { type SealedFarewells, soundCutsOf } from './sealed.js';
import type { TimedStreams } from './timed-streams.js';
import { packetsOf, sentencesOf, streamSentences } from './wording.js';

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
interface TruncatedResponseFacts {
  readonly byFin: number;
  readonly byReset: number;
  readonly byStreamReset: number;
  readonly framing: string;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly minPauseNs: number;
  readonly maxPauseNs: number;
  readonly passedOnInFront: number;
}

/** All findings of a run, in the order of the servers. */
export function concludeRun(
  plain: OccurrencesByServer<CutResponse>,
  farewells: SealedFarewells,
  conclusion: Conclusion,
): RawFinding[] {
  const tally: OccurrencesByServer<CutResponse> = occurrencesByServer();
  mergeOccurrences(tally, plain);
  for (const cut of soundCutsOf(farewells)) noteOccurrence(tally, cut);
  const all = occurrencesOf(tally);
  const cuts = all.flatMap(({ items }) => items);
  return all
    .filter(({ items }) => !items.every((front) => cuts.some((behind) => isBehind(behind, front))))
    .map((one) => findingOf(one, cuts, conclusion));
}

function findingOf(
  one: ServerOccurrences<CutResponse>,
  cuts: readonly CutResponse[],
  conclusion: Conclusion,
): RawFinding {
  const { items, first, count, endpoint } = one;
  const who = subjectOf(endpoint, conclusion);
  const subject: Case = {
    cuts: items,
    first,
    count,
    inFront: cuts.filter((front) => items.some((behind) => isBehind(behind, front))),
    withheld: withheldInFront(items, conclusion),
    lastAnswer: conclusion.servers.known(endpoint)?.lastAnswer ?? null,
  };
  const hypotheses = weigh(CAUSES, subject);
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: 'critical',
      sure: 'certain',
      title: items.every(({ goesOn }) => goesOn !== null)
        ? `Responses of ${subjectText(who)} are reset on their way`
        : `${subjectText(who)} cuts responses short`,
      sentences: sentencesOf(subject, endpointText(who)),
      facts: { ...factsOf(subject) },
      hypotheses,
      remedies: remediesOf(hypotheses),
      figuresOf: 'kept',
    },
    (cut) => packetsOf(cut, subject, conclusion.reveal),
  );
}

/** Streams of events that one timer cut: clients connect again, so nothing is lost but what was told meanwhile. */
export function streamsFinding(timed: TimedStreams, conclusion: Conclusion): RawFinding {
  const { occurrences, seconds } = timed;
  const { items, first, count, endpoint } = occurrences;
  const who = subjectOf(endpoint, conclusion);
  const subject: Case = {
    ...{ cuts: items, first, count, inFront: [], withheld: new Map() },
    lastAnswer: conclusion.servers.known(endpoint)?.lastAnswer ?? null,
  };
  return findingOn(
    META,
    occurrences,
    conclusion,
    who,
    {
      severity: 'warning',
      sure: 'likely',
      title: `${subjectText(who)} cuts streams of events after ${secondsText(seconds)} without one`,
      sentences: streamSentences(timed, endpointText(who)),
      facts: { ...factsOf(subject) },
      hypotheses: weigh(CAUSES, subject),
      remedies: streamRemedies(seconds),
      figuresOf: 'kept',
    },
    (cut) => packetsOf(cut, subject, conclusion.reveal),
  );
}

function factsOf({ cuts, first, inFront }: Case): TruncatedResponseFacts {
  const countOf = (how: CutResponse['how']): number => cuts.filter((one) => one.how === how).length;
  const [bytes, pauses] = [cuts.map((one) => one.bytes), cuts.map((one) => one.pauseNs)];
  return {
    byFin: countOf('fin'),
    byReset: countOf('rst'),
    byStreamReset: countOf('stream-reset'),
    framing: first.framing ?? 'encrypted',
    minBytes: Math.min(...bytes),
    maxBytes: Math.max(...bytes),
    minPauseNs: Math.min(...pauses),
    maxPauseNs: Math.max(...pauses),
    passedOnInFront: inFront.length,
  };
}
