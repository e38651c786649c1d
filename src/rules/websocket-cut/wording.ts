/** What a finding of the rule says: its title, its sentences and its packets. */
import type { EvidencePacket } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { countText } from '../../text/size.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { ENDINGS } from '../judgements/websocket-end.js';
import type { Case } from './case.js';
import { type Cut, isAmidFrames } from './incident.js';

/** `cuts WebSockets …`, of the server that is named. */
export function titleOf(subject: Case, name: string): string {
  return `${name} cuts WebSockets ${TITLES[subject.pattern](subject)}`;
}

const TITLES: Readonly<Record<Case['pattern'], (subject: Case) => string>> = {
  'one-moment': ({ moments }) => (moments === 1 ? 'at one moment' : 'at one moment, again and again'),
  'one-age': ({ ageSeconds }) => `that are ${secondsText(ageSeconds ?? 0)} old`,
  'one-by-one': () => 'in the middle of their frames',
};

/** How many, of what age, without a Close frame; whether frames went on, what stands behind, who came back and what was lost. */
export function summaryOf(subject: Case, name: string): string[] {
  const { pattern, cuts, together, moments, webSockets, first, backs, back, ageSeconds } = subject;
  const ages = cuts.map(({ ageNs }) => ageNs);
  const age = spreadText(Math.min(...ages), Math.max(...ages));
  const [from = first] = together;
  const spread = durationText((together.at(-1) ?? first).atNs - from.atNs);
  const many = `${countText(cuts.length)} of ${manyText(webSockets, 'WebSocket')}`;
  const without = 'without a Close frame (code 1006 for the application)';
  const sentences: string[] = [];
  if (pattern === 'one-moment')
    sentences.push(
      moments === 1
        ? `${name} ended ${many} ${cuts.length < together.length ? 'at one moment' : `within ${spread}`}, ${without}; ${cuts.length === 1 ? 'it was' : 'they were'} ${age} old.`
        : `${name} ended ${many} at ${manyText(moments, 'moment')}, ${without}; ${manyText(together.length, 'WebSocket')} at the first, within ${spread}.`,
    );
  else if (pattern === 'one-age')
    sentences.push(
      `${name} ended ${many} ${age} after they were opened, ${without}, at different moments: none lasts longer than ${secondsText(ageSeconds ?? 0)}.`,
    );
  else
    sentences.push(`${name} ended ${many} in the middle of ${cuts.length === 1 ? 'its' : 'their'} frames, ${without}.`);
  const others = together.filter((cut) => !cuts.includes(cut));
  if (pattern === 'one-moment' && moments === 1 && others[0] !== undefined)
    sentences.push(
      `${manyText(others.length, 'WebSocket')} of ${listText([...new Set(others.map(({ server }) => endpointText(server)))])} ended with them, all within ${spread}.`,
    );
  const amid = cuts.filter(isAmidFrames).length;
  if (pattern !== 'one-by-one' && amid > 0)
    sentences.push(
      `${amid < cuts.length ? `${countText(amid)} of them had` : cuts.length === 1 ? 'It had' : 'All had'} a frame in the second before.`,
    );
  if (backs.length > 0)
    sentences.push(
      `It ended the ${backs.length === 1 ? 'leg' : 'legs'} behind ${backs.length === cuts.length ? (cuts.length === 1 ? 'it' : 'them') : `${countText(backs.length)} of them`} too, to ${listText([...new Set(backs.map(({ back: leg }) => endpointText(leg.server)))])}.`,
    );
  if (back.length > 0)
    sentences.push(
      `${back.length < cuts.length ? `The clients of ${countText(back.length)} of them` : cuts.length === 1 ? 'Its client' : 'The clients of all of them'} opened another within ${durationText(Math.max(...back.map(({ cut, opened }) => opened.atNs - cut.atNs)))}.`,
    );
  const lost = lostOf(cuts);
  if (lost > 0) sentences.push(`Into ${countText(lost)} of them the client still sent a frame, which is lost.`);
  return sentences;
}

/** So many had a frame sent into their end. */
export function lostOf(cuts: readonly Cut[]): number {
  return cuts.filter(({ lost }) => lost !== null).length;
}

/** The packets of one, in words. */
export function evidenceOf(cut: Cut, { backs, back }: Case): EvidencePacket[] {
  const { handshakePacket, openedNs, lastFrame, packet, atNs, how, ageNs, lost } = cut;
  const behind = backs.find((pair) => pair.cut === cut)?.back ?? null;
  const again = back.find((pair) => pair.cut === cut)?.opened ?? null;
  const packets: EvidencePacket[] = [{ packet: handshakePacket, atNs: openedNs, note: 'the WebSocket is accepted' }];
  if (lastFrame !== null)
    packets.push({
      packet: lastFrame.packet,
      atNs: lastFrame.atNs,
      note: `the last frame, from the ${lastFrame.from}`,
    });
  if (behind !== null)
    packets.push({
      packet: behind.packet,
      atNs: behind.atNs,
      note: `${ENDINGS[behind.how]} of ${endpointText(behind.client)} on the leg behind`,
      elsewhere: true,
    });
  packets.push({
    packet,
    atNs,
    note: `${ENDINGS[how]} of the server ${durationText(ageNs)} after it was accepted, without a Close frame`,
  });
  if (lost !== null)
    packets.push({ packet: lost.packet, atNs: lost.atNs, note: `a frame sent after ${packetText(packet)}, and lost` });
  if (again !== null)
    packets.push({ packet: again.packet, atNs: again.atNs, note: 'the client has opened another', elsewhere: true });
  return packets;
}
