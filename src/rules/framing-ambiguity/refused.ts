/** Answers with flaws that a proxy in front does not take: it tells its client of a failure right then. */
import type { EvidencePacket, RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Conclusion } from '../rule.js';
import type { ServerOccurrences } from '../tally/occurrences.js';
import type { FlawedAnswer } from './ambiguity.js';
import { CAUSES } from './causes.js';
import { factsOf, namesOf } from './figures.js';
import { flawOf } from './flaws.js';
import { META } from './meta.js';

/** A proxy that cannot read an answer says so at once. */
const TOLD_WITHIN_NS = 100_000_000;

/** What one server's answers with flaws came to in front. */
export interface Refused {
  readonly finding: RawFinding;
  /** The connections that it tells of. */
  readonly streams: ReadonlySet<number>;
}

/** Those of one server that were refused; `null`: none was, or as many like them were taken. */
export function refusedOf(occurrences: ServerOccurrences<FlawedAnswer>, conclusion: Conclusion): Refused | null {
  const pairs = legPairsOf(conclusion.observation);
  const told = new Map<FlawedAnswer, LoggedExchange>();
  let taken = 0;
  for (const answer of occurrences.items) {
    const front = pairs.frontOf(answer);
    if (front === null) continue;
    if (isRefusal(front, answer)) told.set(answer, front);
    else if (front.status !== null && front.status < 500) taken += 1;
  }
  const items = [...told.keys()];
  const [first] = items;
  if (first === undefined || taken >= items.length) return null;
  const finding = findingFor({ ...occurrences, items, first, count: items.length }, told, conclusion);
  return { finding, streams: new Set(items.map(({ stream }) => stream)) };
}

/** It tells its client of a failure, or closes without a word (nginx, of a chunk that is none). */
function isRefusal({ status, endNs, answerPacket }: LoggedExchange, { atNs }: FlawedAnswer): boolean {
  return (status === null || status >= 500) && answerPacket !== null && endNs >= atNs && endNs - atNs <= TOLD_WITHIN_NS;
}

function findingFor(
  occurrences: ServerOccurrences<FlawedAnswer>,
  told: ReadonlyMap<FlawedAnswer, LoggedExchange>,
  conclusion: Conclusion,
): RawFinding {
  const { items, first, count } = occurrences;
  const who = subjectOf(occurrences.endpoint, conclusion);
  const flaws = items.flatMap((one) => one.flaws);
  const names = namesOf(flaws);
  const front = told.get(first);
  return findingOn(
    META,
    occurrences,
    conclusion,
    who,
    {
      severity: 'critical',
      sure: 'likely',
      title: `The proxy in front does not take answers of ${subjectText(who)}`,
      sentences: [
        `${manyText(count, 'answer')} with ${names.map((name) => flawOf(name)?.text ?? name).join(', ')}, and the client in front ${toldText([...told.values()])} right then${front?.answerPacket == null ? '' : ` (${packetText(front.answerPacket)})`}.`,
      ],
      facts: { ...factsOf(count, flaws, count) },
      hypotheses: weigh(CAUSES, flaws),
      remedies: names.some(isOfSyntax) ? [...REMEDIES, HAPROXY_LETS_PASS] : [...REMEDIES, HAPROXY],
      figuresOf: 'kept',
    },
    (one) => packetsOf(one, told.get(one), conclusion.reveal),
  );
}

/** What clients in front were told, or that they were told nothing. */
function toldText(fronts: readonly LoggedExchange[]): string {
  const statuses = [...new Set(fronts.flatMap(({ status }) => status ?? []))].sort((one, other) => one - other);
  if (statuses.length === 0) return 'got the end of its connection';
  return `was told ${statuses.join(' or ')}${fronts.some(({ status }) => status === null) ? ', or nothing,' : ''}`;
}

function packetsOf(
  { flaws, atNs, request }: FlawedAnswer,
  front: LoggedExchange | undefined,
  reveal: boolean,
): EvidencePacket[] {
  const asked = { packet: request.packet, atNs: request.atNs, note: requestText(request, reveal) };
  const seen = flaws.map(({ name, packet }) => ({ packet, atNs, note: `its answer: ${flawOf(name)?.text ?? name}` }));
  if (front?.answerPacket == null) return [asked, ...seen];
  const name = endpointText(front.server);
  const note =
    front.status === null
      ? `${name} in front closes without an answer`
      : `${name} in front answers its client ${front.status}`;
  return [asked, ...seen, { packet: front.answerPacket, atNs: front.endNs, note, elsewhere: true }];
}

const REMEDIES: readonly Remedy[] = [
  {
    component: 'application',
    text: 'Mend what writes these answers: one Content-Length that is the body’s, or chunks and no Content-Length; a name and a colon on each line of the head, and an empty line behind the last. A library that prints before its headers are sent does this.',
    config: null,
  },
  {
    component: 'nginx',
    text: 'Its error log names what it did not take ("upstream sent invalid header", "upstream sent duplicate header line").',
    config: null,
  },
];

const HAPROXY: Remedy = {
  component: 'haproxy',
  text: 'It keeps the last answer that it did not take, and its log says PH--.',
  config: 'echo "show errors" | socat /run/haproxy/admin.sock -',
};

/** For lines alone: of two lengths it takes none, whatever it is told. */
const HAPROXY_LETS_PASS: Remedy = {
  ...HAPROXY,
  text: 'It keeps the last answer that it did not take, and its log says PH--. Until the server is mended it can be made to take some of what is not written as it should be.',
  config: `${HAPROXY.config}\noption accept-invalid-http-response`,
};

function isOfSyntax(name: string): boolean {
  const kind = flawOf(name)?.kind;
  return kind === 'loose-syntax' || kind === 'broken-syntax';
}
