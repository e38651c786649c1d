/** What a finding of the rule says: its title, its sentences and its packets. */
import type { EvidencePacket, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { manyText, timesText } from '../argument/figures.js';
import { subjectText } from '../argument/finding.js';
import type { Case } from './case.js';
import type { Detour } from './incident.js';

/** The finding's title. */
export function titleOf({ first, answerer }: Case, who: Subject): string {
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

/** Its summary, sentence by sentence. */
export function sentencesOf(subject: Case, who: Subject): string[] {
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
        `${of} to ${name} failed: the SYN-ACK leaves by another ${first.way === 'neighbour' ? 'router' : first.way} than the SYN came by${first.resets.length > 0 ? ', and a RST comes back' : ', and is never acknowledged'}.`,
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

/** The packets of one occurrence, each with what it shows. */
export function packetsOf(
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
      note: `${kind === 'stray' ? 'the same SYN, translated' : 'SYN'}${deviceText(way, syn.interfaceIndex)}${ttlText(syn.ttl)}`,
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
