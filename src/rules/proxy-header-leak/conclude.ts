/** What the run as a whole says: one finding for each server that names what its clients cannot know. */

import type { Endpoint } from '../../facts/endpoint.js';
import { MAX_EVIDENCE, type RawFinding, type Severity } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { listText } from '../../text/list.js';
import { targetText } from '../../text/redaction.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { confidenceOf, evidenceOf, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { type RequestLegs, requestLegs } from '../judgements/request-legs.js';
import type { Conclusion } from '../rule.js';
import type { Occurrences } from '../tally/occurrences.js';
import { serversOf } from '../tally/per-server.js';
import type { Answer, Leak } from './answer.js';
import type { Case, ProxyHeaderLeakFacts, Told } from './case.js';
import { CAUSES } from './causes.js';
import { META } from './meta.js';
import { endpointOfOrigin, remediesOf } from './remedies.js';
import { attemptKey, type HeaderLeakTally } from './tally.js';

/** Values listed of each kind. */
const MAX_LISTED = 10;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: HeaderLeakTally, conclusion: Conclusion): RawFinding[] {
  const legs = requestLegs(tally.legs, conclusion.observation);
  return serversOf(tally.servers).flatMap(({ endpoint, tally: answers }) => {
    const subject = caseOf(answers, tally, legs);
    return subject === null ? [] : [findingOf(subject, answers, endpoint, conclusion)];
  });
}

function caseOf(answers: Occurrences<Answer>, tally: HeaderLeakTally, legs: RequestLegs<Answer>): Case | null {
  const kept = answers.earliest.items;
  const told = kept.map((answer) => toldOf(answer, tally, legs)).filter((one) => one !== null);
  const [first] = told;
  if (first === undefined) return null;
  return {
    told,
    first,
    occurrences: told.length === kept.length ? answers.count : told.length,
    isFront: told.some(({ answer, back }) => back !== null || !answer.isForwarded),
  };
}

/** What of an answer gets to its client, as far as it can be told; `null`: nothing. */
function toldOf(answer: Answer, tally: HeaderLeakTally, legs: RequestLegs<Answer>): Told | null {
  // What the client gets is told of the leg in front: handed on, or mended.
  if (legs.inFrontOf(answer) !== null) return null;
  const back = legs.behind(answer);
  const leaks = answer.leaks.filter((leak) => stands(leak, answer, back));
  if (leaks.length === 0) return null;
  return { answer, leaks, back, attempt: attemptAfter(answer, leaks, tally) };
}

/** A port or a path alone is a leak where it is the server's; else the client may have been meant to go there. */
function stands({ kind, port, value }: Leak, answer: Answer, back: Answer | null): boolean {
  if (kind === 'port') return port === (back ?? answer).server.port && (back !== null || answer.isForwarded);
  if (kind === 'cookie-path') return back?.target.startsWith(value) === true;
  return true;
}

function attemptAfter(
  { client, atNs }: Answer,
  leaks: readonly Leak[],
  { attempts }: HeaderLeakTally,
): Told['attempt'] {
  for (const { origin } of leaks) {
    const endpoint = origin === null ? null : endpointOfOrigin(origin);
    const known = endpoint === null ? undefined : attempts.entries[attemptKey(client.address, endpoint)];
    const attempt = known?.items.find((one) => one.atNs >= atNs);
    if (attempt !== undefined) return attempt;
  }
  return null;
}

function findingOf(
  subject: Case,
  answers: Occurrences<Answer>,
  endpoint: Endpoint,
  conclusion: Conclusion,
): RawFinding {
  const who = subjectOf(endpoint, conclusion);
  return {
    rule: META.id,
    severity: severityOf(subject),
    confidence: confidenceOf(subject.isFront ? 'certain' : 'likely', answers, conclusion),
    title: `${subjectText(who)} ${subject.isFront ? 'sends its clients the address of an inner server' : 'answers with addresses that its clients cannot reach'}`,
    summary: summaryOf(subject, conclusion.reveal),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: subject.first.answer.atNs,
    lastSeenNs: answers.lastNs,
    facts: { ...factsOf(subject) },
    evidence: subject.told.slice(0, MAX_EVIDENCE).map((one) => toldEvidence(one, conclusion.reveal)),
    hypotheses: weigh(CAUSES, subject),
    remedies: remediesOf(subject),
    references: META.references,
  };
}

/** Critical where a client went there in vain; a notice where a proxy may mend it that was not captured, or nobody follows. */
function severityOf({ told, isFront }: Case): Severity {
  if (told.some(({ attempt }) => attempt !== null)) return 'critical';
  const isFollowed = told.some(({ leaks }) =>
    leaks.some(({ kind, where }) => kind.startsWith('cookie') || where !== 'content-location'),
  );
  return isFront && isFollowed ? 'warning' : 'notice';
}

function countOf({ told }: Case, kind: Leak['kind']): number {
  return told.reduce((sum, { leaks }) => sum + leaks.filter((leak) => leak.kind === kind).length, 0);
}

function summaryOf(subject: Case, reveal: boolean): string {
  const { told, first, isFront } = subject;
  const parts: string[] = [];
  const [urls, ports] = [countOf(subject, 'host'), countOf(subject, 'port')];
  const [domains, paths] = [countOf(subject, 'cookie-domain'), countOf(subject, 'cookie-path')];
  const url = told.flatMap(({ leaks }) => leaks).find(({ origin }) => origin !== null);
  const which = url === undefined ? '' : ` (first ${targetText(url.value, reveal)})`;
  if (urls > 0) parts.push(`${manyText(urls, 'URL of an inner host', 'URLs of inner hosts')}${which}`);
  if (ports > 0) parts.push(`${manyText(ports, 'URL')} with the server’s own port${urls > 0 ? '' : which}`);
  if (domains > 0) parts.push(`${manyText(domains, 'cookie')} for a domain that is not the client’s`);
  if (paths > 0) parts.push(`${manyText(paths, 'cookie')} for a path that is the server’s`);
  const sentences = [
    `In ${manyText(subject.occurrences, 'answer')}: ${listText(parts, parts.length)}; the client had asked for ${first.answer.authority}.`,
  ];
  const back = told.find((one) => one.back !== null)?.back;
  if (back != null) sentences.push(`${endpointText(back.server)} sends them, and they are handed on unchanged.`);
  const tried = told.filter(({ attempt }) => attempt !== null).length;
  if (tried > 0)
    sentences.push(
      `After ${manyText(tried, 'of them', 'of them')} the client tried to connect to the address that it was told, and failed.`,
    );
  if (domains > 0) sentences.push('Clients discard a cookie for a domain that their host is not in.');
  if (!isFront)
    sentences.push('What the proxy made of it on the way to its client was not captured, or no key opens it.');
  return sentences.join(' ');
}

function toldEvidence({ answer, leaks, back, attempt }: Told, reveal: boolean) {
  const { requestPacket, requestNs, packet, atNs, status, authority } = answer;
  const what = leaks.map(({ kind, where, value }) => {
    if (kind === 'cookie-domain') return `cookie ${where} for Domain=${value}`;
    if (kind === 'cookie-path') return `cookie ${where} for Path=${value}`;
    return `${where} ${targetText(value, reveal)}`;
  });
  return evidenceOf(answer, [
    { packet: requestPacket, atNs: requestNs, note: `${requestText(answer, reveal)} of ${authority}` },
    {
      packet,
      atNs,
      note: `${status}: ${what.join('; ')}${back === null ? '' : `; behind, ${packetText(back.packet)} of stream ${back.stream}`}`,
    },
    attempt === null
      ? null
      : { ...attempt, note: 'SYN of the same client to that address, without an answer', elsewhere: true },
  ]);
}

function factsOf(subject: Case): ProxyHeaderLeakFacts {
  const leaks = subject.told.flatMap((one) => one.leaks);
  const valuesOf = (values: readonly string[]) => [...new Set(values)].sort().slice(0, MAX_LISTED);
  return {
    urls: countOf(subject, 'host'),
    ports: countOf(subject, 'port'),
    cookieDomains: countOf(subject, 'cookie-domain'),
    cookiePaths: countOf(subject, 'cookie-path'),
    origins: valuesOf(leaks.flatMap(({ origin }) => origin ?? [])),
    domains: valuesOf(leaks.filter(({ kind }) => kind === 'cookie-domain').map(({ value }) => value)),
    seenOnBothLegs: subject.told.filter(({ back }) => back !== null).length,
    attemptsInVain: subject.told.filter(({ attempt }) => attempt !== null).length,
    isFrontLeg: subject.isFront,
  };
}
