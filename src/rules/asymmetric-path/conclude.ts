/** What the run as a whole says: which server's answers go astray, for whom, and why. */
import type { EvidencePacket, RawFinding, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { weigh } from '../argument/cause.js';
import { manyText, timesText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { MANY_ELSEWHERE } from '../judgements/bypassed.js';
import type { Conclusion } from '../rule.js';
import { occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import type { AsymmetricPathFacts, Case } from './case.js';
import { CAUSES } from './causes.js';
import type { Detour } from './incident.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { AsymmetricPathTally, UnansweredSyn } from './tally.js';

/** So many halves of connections are no accident of the capture. */
const MANY = 3;
/** Another address answers within a few retransmissions of the SYN. */
const ANSWER_WITHIN_NS = 8_000_000_000;

/** All findings of a run: failures server by server, then what is only half seen. */
export function concludeRun({ failed, oneSided, syns }: AsymmetricPathTally, conclusion: Conclusion): RawFinding[] {
  const findings: RawFinding[] = [];
  for (const one of occurrencesOf(failed)) {
    const asked = one.first.kind === 'stray' ? askedBy(one, syns.items) : [];
    if (one.first.kind === 'stray' && asked.length === 0) continue;
    const isElsewhere = comeFromElsewhere(one.items);
    const sure = one.items.filter(
      ({ kind }) => kind !== 'bypassed-likewise' && (kind !== 'bypassed-elsewhere' || isElsewhere),
    );
    const [first] = sure;
    if (first === undefined) continue;
    const subject = caseOf(one, conclusion);
    const askedServed = servedBy(asked[0], subject.clients, conclusion);
    findings.push(findingOf(one, { ...subject, first, asked, askedServed }, conclusion));
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

/** SYNs of the same clients' ports to another address. */
function askedBy({ items }: ServerOccurrences<Detour>, syns: readonly UnansweredSyn[]): readonly UnansweredSyn[] {
  return items
    .flatMap(({ client, server, atNs }) =>
      syns.filter(
        (syn) =>
          syn.client === endpointText(client) &&
          endpointText(syn.server) !== endpointText(server) &&
          Math.abs(syn.atNs - atNs) <= ANSWER_WITHIN_NS,
      ),
    )
    .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
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

function titleOf({ first, answerer }: Case, who: Subject): string {
  const name = subjectText(who);
  switch (first.kind) {
    case 'stray':
      return `${name} is asked, but answers come from ${answerer === null ? 'another address' : endpointText(answerer)}, which its clients do not know`;
    case 'other-way':
      return `${name} answers by another path than requests take, and handshakes fail`;
    case 'one-sided':
      return `${name} seems to answer some clients by another way`;
    default:
      return `${name} is not reached by what follows the SYN: something that its answers bypass resets it`;
  }
}

function sentencesOf(subject: Case, who: Subject): string[] {
  const { first, count, clients, servedCount, answerer } = subject;
  const name = endpointText(who);
  const of = `${manyText(count, 'connection')} of ${manyText(clients.length, 'client')}`;
  const sentences: string[] = [];
  switch (first.kind) {
    case 'stray':
      sentences.push(
        `SYNs to ${name} are answered from ${answerer === null ? 'another address' : endpointText(answerer)}, and the clients, who know no such connection, reset it: ${of}.`,
      );
      break;
    case 'other-way':
      sentences.push(
        `${of} to ${name} came to nothing: the SYN-ACK leaves by another ${first.way === 'neighbour' ? 'router' : first.way} than the SYN came by${first.resets.length > 0 ? ', and a RST comes back' : ', and is never acknowledged'}.`,
      );
      break;
    case 'one-sided':
      sentences.push(
        `Of ${of} to ${name} only the client’s half is in the capture; it acknowledges bytes that were not seen.`,
      );
      sentences.push('No request is known to have failed for it.');
      break;
    default: {
      const [reset] = first.resets;
      const ttl =
        reset === undefined || first.synAck === null || reset.ttl === null || first.synAck.ttl === null
          ? ''
          : ` (their TTL is ${reset.ttl}, that of its SYN-ACK ${first.synAck.ttl})`;
      sentences.push(
        `In ${of} to ${name} the ACK of the handshake and the request were reset one by one in its name${ttl}${first.again === null ? ', by another neighbour on the link than its SYN-ACK comes from' : ', and the server, which got neither, goes on sending its SYN-ACK'}.`,
      );
    }
  }
  if (servedCount > 0 && !first.kind.startsWith('bypassed'))
    sentences.push(`${manyText(servedCount, 'connection')} to it ${servedCount === 1 ? 'was' : 'were'} whole.`);
  return sentences;
}

function packetsOf(
  { kind, syn, synAck, way, resets, again, last, client, packet, atNs, segments }: Detour,
  { asked }: Case,
): EvidencePacket[] {
  const packets: EvidencePacket[] = [];
  if (kind === 'one-sided')
    packets.push({
      packet,
      atNs,
      note: `first of ${manyText(segments, 'packet')} of the client; none of the server was captured`,
    });
  if (syn !== null && kind !== 'one-sided')
    packets.push({
      packet: syn.packet,
      atNs: syn.atNs,
      note: `SYN${deviceText(way, syn.interfaceIndex)}${ttlText(syn.ttl)}`,
    });
  if (kind === 'stray') {
    const own = asked.find((one) => one.client === endpointText(client));
    if (own !== undefined)
      packets.push({ packet: own.packet, atNs: own.atNs, note: `SYN to ${endpointText(own.server)}`, elsewhere: true });
  }
  if (synAck !== null)
    packets.push({
      packet: synAck.packet,
      atNs: synAck.atNs,
      note: `SYN-ACK${deviceText(way, synAck.interfaceIndex)}${ttlText(synAck.ttl)}`,
    });
  for (const { packet: number, atNs: at, ttl, sinceNs } of resets)
    packets.push({
      packet: number,
      atNs: at,
      note: `RST ${RESETS[kind]}${ttlText(ttl)}${sinceNs === null ? '' : `, ${durationText(sinceNs)} after the last packet of the ${kind.startsWith('bypassed') ? 'client' : 'server'}`}`,
    });
  if (kind === 'other-way' && resets.length === 0)
    packets.push({
      packet: last.packet,
      atNs: last.atNs,
      note: `the last packet: SYN sent ${timesText(last.syns)}, SYN-ACK ${timesText(last.synAcks)}, and no ACK`,
    });
  if (again !== null) packets.push({ ...again, note: 'the server goes on: SYN-ACK again' });
  return packets;
}

/** In whose name a reset is written. */
const RESETS: Readonly<Record<Detour['kind'], string>> = {
  stray: 'of the client',
  'other-way': 'in the client’s name',
  bypassed: 'in the server’s name',
  'bypassed-elsewhere': 'in the server’s name',
  'bypassed-likewise': 'in the server’s name',
  'one-sided': '',
};

/** The device that a segment was captured on, where that is what tells two of them apart. */
function deviceText(way: Detour['way'], interfaceIndex: number): string {
  return way === 'interface' ? ` on interface ${interfaceIndex}` : '';
}

/** What is added to a packet's name: nothing where a text does not say its TTL. */
function ttlText(ttl: number | null): string {
  return ttl === null ? '' : `, TTL ${ttl}`;
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
