/** What the run as a whole says: one finding for each server whose answers leave TLS. */
import type { Endpoint } from '../../facts/endpoint.js';
import { MAX_EVIDENCE, type RawFinding, type Severity } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { targetText } from '../../text/redaction.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { confidenceOf, evidenceOf, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { type RequestLegs, requestLegs } from '../judgements/request-legs.js';
import type { Conclusion } from '../rule.js';
import { serversOf } from '../tally/per-server.js';
import type { Answer, Leak } from './answer.js';
import type { Case, TlsOffloadLeakFacts } from './case.js';
import { CAUSES } from './causes.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { Leaking, OffloadTally } from './tally.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OffloadTally, conclusion: Conclusion): RawFinding[] {
  const legs = requestLegs(tally.legs, conclusion.observation);
  return serversOf(tally.servers).flatMap(({ endpoint, tally: server }) =>
    (['tls', 'said', 'plain'] as const).flatMap((kind) => {
      const subject = caseOf(server[kind], kind, legs);
      return subject === null ? [] : [findingOf(subject, server[kind], endpoint, conclusion)];
    }),
  );
}

function caseOf(
  { answers, counts, withoutHttpOnly }: Leaking,
  kind: 'tls' | 'said' | 'plain',
  legs: RequestLegs<Answer>,
): Case | null {
  const kept = answers.earliest.items;
  const told: Answer[] = [];
  const fronts: { answer: Answer; front: Answer }[] = [];
  for (const answer of kept) {
    // The server behind said it first.
    if (legs.behind(answer) !== null) continue;
    const front = legs.inFrontOf(answer);
    const isMended = front?.isTls === true && !answer.leaks.some((leak) => front.leaks.includes(leak));
    const isFrontTls = front?.isTls === true || front?.scheme === 'https';
    if (isMended || (kind === 'plain' && !isFrontTls)) continue;
    told.push(answer);
    if (front !== null) fronts.push({ answer, front });
  }
  const [first] = told;
  if (first === undefined) return null;
  // Of answers that are not kept it is supposed that they fare like those that are, if all of those fare alike.
  const isAll = told.length === kept.length;
  return {
    answers: told,
    first,
    occurrences: isAll ? answers.count : told.length,
    counts: isAll ? counts : countsOf(told),
    withoutHttpOnly: isAll ? withoutHttpOnly : told.reduce((sum, one) => sum + one.withoutHttpOnly, 0),
    fronts,
    proof: kind === 'tls' ? 'own-leg' : kind === 'said' ? 'said' : 'front-leg',
  };
}

function countsOf(answers: readonly Answer[]): Record<Leak, number> {
  const counts: Record<Leak, number> = { location: 0, 'content-location': 0, refresh: 0, cookie: 0 };
  for (const { leaks } of answers) for (const leak of leaks) counts[leak] += 1;
  return counts;
}

function findingOf(subject: Case, { answers }: Leaking, endpoint: Endpoint, conclusion: Conclusion): RawFinding {
  const who = subjectOf(endpoint, conclusion);
  const hypotheses = weigh(CAUSES, subject);
  const hasUrls = urlsIn(subject) > 0;
  return {
    rule: META.id,
    severity: severityOf(subject),
    confidence: confidenceOf(isUnseenInFront(subject) ? 'likely' : 'certain', answers, conclusion),
    title: `${subjectText(who)} ${hasUrls ? 'sends clients from https to http' : 'sets session cookies without Secure for clients that use https'}`,
    summary: summaryOf(subject, conclusion.reveal),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: subject.first.atNs,
    lastSeenNs: answers.lastNs,
    facts: { ...factsOf(subject) },
    evidence: subject.answers
      .slice(0, MAX_EVIDENCE)
      .map((answer) => answerEvidence(answer, subject, conclusion.reveal)),
    hypotheses,
    remedies: remediesOf(subject, hypotheses),
    references: META.references,
  };
}

function urlsIn({ counts }: Case): number {
  return counts.location + counts['content-location'] + counts.refresh;
}

/** What the proxy made of the answer was not captured: it may mend it. */
function isUnseenInFront({ proof, fronts }: Case): boolean {
  return proof === 'said' && fronts.length === 0;
}

/** A cookie alone fails nobody; nor does a name of the content that clients do not follow, or what nobody saw arrive. */
function severityOf(subject: Case): Severity {
  const { counts } = subject;
  return counts.location + counts.refresh > 0 && !isUnseenInFront(subject) ? 'warning' : 'notice';
}

const PROOFS: Readonly<Record<Case['proof'], string>> = {
  'own-leg': 'Its own leg is TLS.',
  said: 'The proxy says in the request that its client uses https.',
  'front-leg': 'The leg in front of the proxy is TLS.',
};

function summaryOf(subject: Case, reveal: boolean): string {
  const { counts, first, proof, fronts, answers } = subject;
  const parts: string[] = [];
  if (counts.location > 0) parts.push(manyText(counts.location, 'redirection to http://', 'redirections to http://'));
  if (counts['content-location'] > 0)
    parts.push(
      `${manyText(counts['content-location'], 'Content-Location')} with http://`.replace('Locations', 'Location'),
    );
  if (counts.refresh > 0) parts.push(`${manyText(counts.refresh, 'Refresh', 'Refresh')} to http://`);
  if (counts.cookie > 0)
    parts.push(
      manyText(
        counts.cookie,
        'answer that sets a session cookie without Secure',
        'answers that set a session cookie without Secure',
      ),
    );
  const sentences = [`${parts.join(', ')}. ${PROOFS[proof]}`];
  const url = answers.find((one) => one.url !== null)?.url;
  if (url != null) sentences.push(`The first leads to ${targetText(url, reveal)}.`);
  if (first.scheme === null && proof === 'front-leg')
    sentences.push('No request to the server says how its client came (X-Forwarded-Proto, Forwarded).');
  const [pair] = fronts;
  if (pair !== undefined && pair.front.leaks.length > 0)
    sentences.push(`${endpointText(pair.front.server)} hands it on to its clients as it is.`);
  if (isUnseenInFront(subject))
    sentences.push('What the proxy made of it on the way to its client was not captured, or no key opens it.');
  if (subject.withoutHttpOnly > 0)
    sentences.push(`${manyText(subject.withoutHttpOnly, 'session cookie lacks', 'session cookies lack')} HttpOnly.`);
  return sentences.join(' ');
}

function answerEvidence(answer: Answer, { fronts }: Case, reveal: boolean) {
  const { requestPacket, requestNs, packet, atNs, status, url, leaks, cookies, scheme } = answer;
  const front = fronts.find((one) => one.answer === answer)?.front;
  const what: string[] = [];
  if (url !== null) what.push(`${leaks.find((leak) => leak !== 'cookie') ?? ''} ${targetText(url, reveal)}`.trim());
  if (cookies.length > 0) what.push(`cookie ${cookies.join(', ')} without Secure`);
  return evidenceOf(answer, [
    {
      packet: requestPacket,
      atNs: requestNs,
      note: `${requestText(answer, reveal)}, ${scheme === null ? 'nothing says how its client came' : `forwarded for ${scheme}`}${front === undefined ? '' : `; in front, ${packetText(front.requestPacket)} of stream ${front.stream}, TLS`}`,
    },
    { packet, atNs, note: `${status}: ${what.join('; ')}` },
  ]);
}

function factsOf(subject: Case): TlsOffloadLeakFacts {
  const { counts, fronts, answers, first } = subject;
  return {
    proof: subject.proof,
    redirections: counts.location,
    contentLocations: counts['content-location'],
    refreshes: counts.refresh,
    answersWithInsecureCookies: counts.cookie,
    sessionCookiesWithoutHttpOnly: subject.withoutHttpOnly,
    cookieNames: [...new Set(answers.flatMap(({ cookies }) => cookies))].sort().slice(0, 20),
    forwardedScheme: first.scheme,
    seenOnBothLegs: fronts.length,
    front: fronts[0] === undefined ? null : endpointText(fronts[0].front.server),
  };
}
