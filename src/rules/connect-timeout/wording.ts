/** What a finding of the rule says: its title, its sentences and its packets. */
import type { EvidencePacket, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { manyText, timesText } from '../argument/figures.js';
import { subjectText } from '../argument/finding.js';
import { toldPacket, toldSentences } from '../judgements/front-failures.js';
import { SERVED_OTHERWISE } from '../judgements/unmet-connection.js';
import type { Case } from './case.js';
import type { Silence } from './incident.js';

/** Who does not answer, and to whom. */
export function titleOf({ fallsBack, bySource, barred, first }: Case, who: Subject): string {
  const name = subjectText(who);
  if (fallsBack) return `${name} is announced, and does not answer`;
  if (first.synAck !== null) return `${name} answers SYNs, and its clients do not hear it`;
  return bySource || barred !== null ? `${name} does not answer SYNs of some clients` : `${name} does not answer SYNs`;
}

/** How many tries came to nothing, who is accepted, when clients give up, and what those in front were told. */
export function sentencesOf(subject: Case, who: Subject): string[] {
  const { count, silences, clients, known, told, closed, timer, fallsBack, first } = subject;
  const tries = Math.max(...silences.map((one) => one.tries));
  const longest = Math.max(...silences.map((one) => one.lastNs - one.atNs));
  const sentences = [
    `${manyText(count, 'attempt')} of ${manyText(clients.length, 'client')} to connect to ${endpointText(who)} failed: ${count === 1 ? 'its SYN was' : 'their SYNs were'} sent ${count === 1 ? '' : 'up to '}${timesText(tries)} over ${durationText(longest)}${first.synAck === null ? ' and not answered' : ', and the SYN-ACKs did not arrive'}.`,
  ];
  if (known !== null && known.accepted > 0)
    sentences.push(
      `${manyText(known.accepted, 'connection')} to it ${known.accepted === 1 ? 'was' : 'were'} accepted.`,
    );
  if (timer?.seconds != null)
    sentences.push(`The client gives up after ${secondsText(timer.seconds)} (${manyText(timer.agreeing, 'sample')}).`);
  sentences.push(...toldSentences(told, closed, silences.length < count));
  if (fallsBack) sentences.push(SERVED_OTHERWISE);
  return sentences;
}

/** The packets of one silence: its SYNs, what came of them, what a client in front was told. */
export function packetsOf(silence: Silence, { silences, toldOf }: Case): EvidencePacket[] {
  const { packet, atNs, lastPacket, lastNs, tries, synAck } = silence;
  const packets: EvidencePacket[] = [{ packet, atNs, note: 'SYN' }];
  if (synAck !== null) packets.push({ ...synAck, note: 'SYN-ACK, which the client does not acknowledge' });
  packets.push({
    packet: lastPacket,
    atNs: lastNs,
    note:
      synAck === null
        ? `the SYN again, ${durationText(lastNs - atNs)} after the first, the last of ${tries}`
        : `last packet, ${durationText(lastNs - atNs)} later: the SYN was sent ${timesText(tries)}`,
  });
  const failure = toldOf[silences.indexOf(silence)] ?? null;
  if (failure !== null) {
    const told = toldPacket(failure);
    packets.push({ ...told, note: `${told.note}, ${durationText(told.atNs - atNs)} after the SYN` });
  }
  return packets;
}
