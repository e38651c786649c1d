/** What the run as a whole says: which server's answers go astray, for whom, and why. */
import type { RawFinding } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { weigh } from '../argument/cause.js';
import { findingOn, subjectOf } from '../argument/finding.js';
import { MANY_ELSEWHERE } from '../judgements/bypassed.js';
import type { Conclusion } from '../rule.js';
import { occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import type { AsymmetricPathFacts, Case } from './case.js';
import { CAUSES } from './causes.js';
import type { Detour } from './incident.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import { isSameMark } from './syn-mark.js';
import type { AsymmetricPathTally, UnansweredSyn } from './tally.js';
import { packetsOf, sentencesOf, titleOf } from './wording.js';

/** So many halves of connections are no accident of the capture. */
const MANY = 3;

/** Another address answers within a few retransmissions of the SYN. */
const ANSWER_WITHIN_NS = 8_000_000_000;

/** A translator hands on a SYN within this. */
const TRANSLATED_WITHIN_NS = 10_000_000;

/** All findings of a run: failures server by server, then what is only half seen. */
export function concludeRun(
  { failed, oneSided, unknown, syns }: AsymmetricPathTally,
  conclusion: Conclusion,
): RawFinding[] {
  const findings: RawFinding[] = [];
  const translated = new Set<string>();
  for (const one of occurrencesOf(unknown)) {
    const asked = askedBy(one, syns.items);
    if (asked.length === 0) continue;
    translated.add(endpointText(one.endpoint));
    findings.push(findingOf(one, strayCase(one, asked, conclusion), conclusion));
  }
  for (const one of occurrencesOf(failed)) {
    // That answers go by another way follows from it.
    if (one.first.kind === 'other-way' && translated.has(endpointText(one.endpoint))) continue;
    if (one.first.kind === 'stray') {
      const asked = askedBy(one, syns.items);
      if (asked.length > 0) findings.push(findingOf(one, strayCase(one, asked, conclusion), conclusion));
      continue;
    }
    const isElsewhere = comeFromElsewhere(one.items);
    const sure = one.items.filter(
      ({ kind }) => kind !== 'bypassed-likewise' && (kind !== 'bypassed-elsewhere' || isElsewhere),
    );
    const [first] = sure;
    if (first === undefined) continue;
    findings.push(findingOf(one, { ...caseOf(one, conclusion), first }, conclusion));
  }
  for (const one of occurrencesOf(oneSided)) {
    const subject = caseOf(one, conclusion);
    const accepted = conclusion.servers.known(one.endpoint)?.acceptedClients ?? [];
    // Where no connection is whole, it is the capture that lacks a direction.
    if (one.count < MANY || subject.served === null || subject.clients.some((client) => accepted.includes(client)))
      continue;
    findings.push(findingOf(one, subject, conclusion));
  }
  return findings;
}

/** Whether a neighbour on the link that no SYN-ACK came from resets many connections. */
function comeFromElsewhere(items: readonly Detour[]): boolean {
  const elsewhere = items.filter(({ kind }) => kind === 'bypassed-elsewhere');
  const answering = new Set(items.map(({ synAck }) => synAck?.mac ?? null));
  return (
    elsewhere.length >= MANY_ELSEWHERE &&
    elsewhere.every(({ resets }) => resets.every(({ mac }) => mac !== null && !answering.has(mac)))
  );
}

/** SYNs of the same clients' ports to another address; where a SYN to the one that answers was captured, those that it is the image of. */
function askedBy({ items }: ServerOccurrences<Detour>, syns: readonly UnansweredSyn[]): readonly UnansweredSyn[] {
  return items
    .flatMap(({ client, server, atNs, mark }) =>
      syns.filter(
        (syn) =>
          syn.client === endpointText(client) &&
          endpointText(syn.server) !== endpointText(server) &&
          (mark === null
            ? Math.abs(syn.atNs - atNs) <= ANSWER_WITHIN_NS
            : Math.abs(syn.atNs - atNs) <= TRANSLATED_WITHIN_NS && isSameMark(syn.mark, mark)),
      ),
    )
    .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
}

function strayCase(one: ServerOccurrences<Detour>, asked: readonly UnansweredSyn[], conclusion: Conclusion): Case {
  const subject = caseOf(one, conclusion);
  return { ...subject, asked, askedServed: servedBy(asked[0], subject.clients, conclusion) };
}

/** A connection of one of these clients that the address which was asked took itself. */
function servedBy(
  syn: UnansweredSyn | undefined,
  clients: readonly string[],
  { servers }: Conclusion,
): Case['askedServed'] {
  const known = syn === undefined ? null : servers.known(syn.server);
  if (known?.firstAccept == null || !clients.some((client) => known.acceptedClients.includes(client))) return null;
  const { atNs, packet } = known.firstAccept;
  return { atNs, packet };
}

function caseOf({ items, first, count, endpoint }: ServerOccurrences<Detour>, { servers }: Conclusion): Case {
  const known = servers.known(endpoint);
  return {
    detours: items,
    first,
    count,
    clients: [...new Set(items.map(({ client }) => client.address))].sort(),
    asked: [],
    askedServed: null,
    answerer: first.kind === 'stray' ? endpoint : null,
    served: known?.firstAccept ?? null,
    servedCount: known?.accepted ?? 0,
  };
}

function findingOf(one: ServerOccurrences<Detour>, subject: Case, conclusion: Conclusion): RawFinding {
  const { first, asked } = subject;
  // Whom the clients asked is whom they miss.
  const endpoint = asked[0]?.server ?? one.endpoint;
  const who = subjectOf(endpoint, conclusion);
  const isOneSided = first.kind === 'one-sided';
  const hypotheses = weigh(CAUSES, subject);
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: isOneSided ? 'notice' : 'critical',
      // That answers take another way is what the packets of a reset mean, not what they say.
      sure: first.kind === 'stray' ? 'certain' : isOneSided ? 'possible' : 'likely',
      title: titleOf(subject, who),
      sentences: sentencesOf(subject, who),
      facts: { ...factsOf(subject) },
      hypotheses,
      remedies: remediesOf(subject, hypotheses, endpoint),
    },
    (detour) => packetsOf(detour, subject),
  );
}

function factsOf({ first, clients, answerer, detours, servedCount }: Case): AsymmetricPathFacts {
  const { kind } = first;
  return {
    kind:
      kind === 'stray'
        ? 'other-address'
        : kind === 'bypassed-elsewhere' || kind === 'bypassed-likewise'
          ? 'bypassed'
          : kind,
    differs: first.way,
    clients: clients.length,
    requestInterface: first.syn?.interfaceIndex ?? null,
    answerInterface: first.synAck?.interfaceIndex ?? null,
    answeredBy: answerer === null ? null : endpointText(answerer),
    resets: detours.reduce((sum, { resets }) => sum + resets.length, 0),
    servedConnections: servedCount,
  };
}
