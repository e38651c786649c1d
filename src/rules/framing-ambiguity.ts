/**
 * Messages of which two readers may find different ends: where a proxy and the server behind it
 * disagree, one request becomes two (RFC 9112 §11.2). What the decoders remarked, told for its risk; and
 * answers that a proxy in front does not take for it.
 */
import type { Side } from '../facts/endpoint.js';
import type { RawFinding } from '../facts/finding.js';
import { weigh } from './argument/cause.js';
import { manyText } from './argument/figures.js';
import { findingOn, subjectOf, subjectText } from './argument/finding.js';
import { type Ambiguity, ambiguityIn, type FlawedAnswer, flawedAnswerIn } from './framing-ambiguity/ambiguity.js';
import { CAUSES } from './framing-ambiguity/causes.js';
import { type Excess, excessFinding, excessIn } from './framing-ambiguity/excess.js';
import { factsOf } from './framing-ambiguity/figures.js';
import { FLAWS } from './framing-ambiguity/flaws.js';
import { META } from './framing-ambiguity/meta.js';
import { refusedOf } from './framing-ambiguity/refused.js';
import {
  type MisreadTally,
  mergeMisread,
  misreadFindings,
  misreadTally,
  noteMisread,
} from './framing-ambiguity/unread-body.js';
import { type Conclusion, defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
  occurrencesOf,
  onlyOf,
  type ServerOccurrences,
} from './tally/occurrences.js';

/** What the rule keeps. */
interface Tally {
  readonly seen: OccurrencesByServer<Ambiguity>;
  /** Answers that a proxy in front may not take. */
  readonly answers: OccurrencesByServer<FlawedAnswer>;
  /** Bytes behind the end of messages, of each side. */
  readonly excess: Readonly<Record<Side, OccurrencesByServer<Excess>>>;
  readonly misread: MisreadTally;
}

/** See the head of this file. */
export const framingAmbiguity = defineRule<Tally>({
  meta: META,
  seesEveryday: true,
  tally: () => ({
    seen: occurrencesByServer(),
    answers: occurrencesByServer(),
    excess: { client: occurrencesByServer(), server: occurrencesByServer() },
    misread: misreadTally(),
  }),
  inspect(connection, { seen, answers, excess, misread }) {
    noteMisread(connection, misread);
    if (connection.anomalies.length === 0 || connection.goesOn) return;
    const ambiguity = ambiguityIn(connection);
    if (ambiguity !== null) noteOccurrence(seen, ambiguity);
    const answer = flawedAnswerIn(connection);
    if (answer !== null) noteOccurrence(answers, answer);
    for (const one of excessIn(connection)) noteOccurrence(excess[one.from], one);
  },
  merge(into, from) {
    mergeOccurrences(into.seen, from.seen);
    mergeOccurrences(into.answers, from.answers);
    mergeOccurrences(into.excess.client, from.excess.client);
    mergeOccurrences(into.excess.server, from.excess.server);
    mergeMisread(into.misread, from.misread);
  },
  conclude({ seen, answers, excess, misread }, conclusion) {
    const refused = occurrencesOf(answers).flatMap((one) => refusedOf(one, conclusion) ?? []);
    const told = new Set(refused.flatMap(({ streams }) => [...streams]));
    const others = occurrencesOf(seen).flatMap(
      (one) =>
        onlyOf(
          one,
          one.items.filter(({ stream }) => !told.has(stream)),
        ) ?? [],
    );
    const apart = [...occurrencesOf(excess.client), ...occurrencesOf(excess.server)];
    return [
      ...refused.map(({ finding }) => finding),
      ...misreadFindings(misread, conclusion),
      ...apart.map((one) => excessFinding(one, conclusion)),
      ...others.map((one) => findingFor(one, conclusion)),
    ];
  },
});

function findingFor(occurrences: ServerOccurrences<Ambiguity>, conclusion: Conclusion): RawFinding {
  const who = subjectOf(occurrences.endpoint, conclusion);
  const { items, count } = occurrences;
  const flaws = items.flatMap((one) => one.flaws);
  const facts = factsOf(count, flaws);
  return findingOn(
    META,
    occurrences,
    conclusion,
    who,
    {
      severity: 'notice',
      sure: 'certain',
      title: `Messages with ${subjectText(who)} can be read in two ways`,
      sentences: [
        `${manyText(count, 'connection')} with ${facts.flaws.map((name) => FLAWS[name]?.text ?? name).join(', ')}.`,
        facts.inRequests > 0
          ? 'Where a proxy and the server behind it disagree on where a request ends, its rest is taken for another request (request smuggling).'
          : 'In responses it confuses proxies and caches.',
      ],
      facts: { ...facts },
      hypotheses: weigh(CAUSES, flaws),
      remedies: [
        {
          component: 'haproxy',
          text: 'HAProxy refuses most of it by default; see that nobody has switched it off.',
          config: 'no option accept-invalid-http-request',
        },
        {
          component: 'application',
          text: 'Refuse what is ambiguous with 400 and close (RFC 9112 §6.3), and mend what sends it: one length, CRLF, no blank before a colon.',
          config: null,
        },
      ],
    },
    ({ flaws: own, atNs }) =>
      own.map(({ name, from, packet, count: times }) => ({
        packet,
        atNs,
        note: `${FLAWS[name]?.text ?? name}, of the ${from ?? 'connection'}${times > 1 ? `, ${times} times` : ''}`,
      })),
  );
}
