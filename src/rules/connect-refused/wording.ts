/** What a finding of the rule says: its title, its sentences and its packets. */
import type { EvidencePacket, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { subjectText } from '../argument/finding.js';
import { toldPacket, toldSentences } from '../judgements/front-failures.js';
import type { Refusal } from '../judgements/refusal.js';
import { SERVED_OTHERWISE } from '../judgements/unmet-connection.js';
import type { Case, Spell } from './case.js';

const MAX_SPELLS_SHOWN = 3;

/** The finding's title. */
export function titleOf({ isInterval, count, first, lastNs, fallsBack }: Case, who: Subject): string {
  const name = subjectText(who);
  if (fallsBack) return `${name} is announced, and not served`;
  return isInterval && count > 1
    ? `${name} refuses connections for ${durationText(lastNs - first.syn.atNs)}`
    : `${name} refuses connections`;
}

/** Its summary, sentence by sentence. */
export function sentencesOf(subject: Case, who: Subject): string[] {
  const { count, refusals, first, accepts, told, fallsBack, isInterval, lastNs, spells } = subject;
  const delays = refusals.map(({ delayNs }) => delayNs);
  const how =
    first.icmp === null ? 'RST' : `an ICMP error (${first.icmp.type}/${first.icmp.code} from ${first.icmp.sender})`;
  const clients = [...new Set(refusals.map(({ client }) => client.address))];
  const whose = refusals.length < count ? '' : ` of ${clients.length === 1 ? clients[0] : `${clients.length} clients`}`;
  const sentences = [
    `${manyText(count, 'SYN')}${whose} to ${endpointText(who)} ${count === 1 ? 'was' : 'were'} answered with ${how} after ${spreadText(Math.min(...delays), Math.max(...delays))}.`,
  ];
  if (isInterval)
    sentences.push(
      `It had accepted connections before, refused ${count === 1 ? 'this one' : `them for ${durationText(lastNs - first.syn.atNs)}`}, and accepted again: ${accepts.count} in all.`,
    );
  else
    sentences.push(
      accepts.count === 0
        ? 'No connection to it was accepted in the capture.'
        : `${manyText(accepts.count, 'connection')} to it ${accepts.count === 1 ? 'was' : 'were'} accepted${spells.length > 0 ? `, none of them while it refused: ${spellsText(spells)}` : ''}.`,
    );
  sentences.push(...toldSentences(told, [], refusals.length < count));
  if (fallsBack) sentences.push(SERVED_OTHERWISE);
  return sentences;
}

/** `for 1.2 s from #12 on, for 800 ms from #910 on`. */
function spellsText(spells: readonly Spell[]): string {
  const shown = spells
    .slice(0, MAX_SPELLS_SHOWN)
    .map(({ first, last }) => `for ${durationText(last.atNs - first.syn.atNs)} from ${packetText(first.packet)} on`);
  return listText(spells.length > MAX_SPELLS_SHOWN ? [...shown, 'and later'] : shown);
}

/** The packets of one occurrence, each with what it shows. */
export function packetsOf(refusal: Refusal, { refusals, toldOf }: Case): EvidencePacket[] {
  const { syn, packet, atNs, delayNs, icmp, ttl } = refusal;
  const what =
    icmp === null ? `RST${ttl === null ? '' : `, TTL ${ttl}`}` : `ICMP ${icmp.type}/${icmp.code} from ${icmp.sender}`;
  const packets: EvidencePacket[] = [
    { ...syn, note: 'SYN' },
    { packet, atNs, note: `${what}, ${durationText(delayNs)} after the SYN` },
  ];
  const failure = toldOf[refusals.indexOf(refusal)] ?? null;
  return failure === null ? packets : [...packets, toldPacket(failure)];
}
