/** What the run as a whole says: one finding for each server that cuts WebSockets. */
import type { Confidence, EvidencePacket, RawFinding, Severity } from '../../facts/finding.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { serversOf } from '../tally/per-server.js';
import type { Case, WebsocketCutFacts } from './case.js';
import { caseOf, ownCutsOf } from './case-of.js';
import { CAUSES } from './causes.js';
import { type Cut, isAmidFrames } from './incident.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { WebsocketCutTally } from './tally.js';

/** So many that agree are no chance (docs/judging.md). */
const ALIKE = 3;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: WebsocketCutTally, conclusion: Conclusion): RawFinding[] {
  const servers = serversOf(tally.servers).map((one) => ({ ...one, own: ownCutsOf(one.tally, tally.legs) }));
  const byAddress = new Map<string, Cut[]>();
  for (const { endpoint, own } of servers)
    byAddress.set(endpoint.address, [...(byAddress.get(endpoint.address) ?? []), ...own.cuts]);
  for (const cuts of byAddress.values()) cuts.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return servers.flatMap(({ endpoint, tally: server, own }) => {
    const subject = caseOf(server, own, byAddress.get(endpoint.address) ?? [], conclusion.observation.endNs);
    if (subject === null) return [];
    const { cuts, first } = subject;
    const who = subjectOf(endpoint, conclusion);
    return [
      findingOn(
        META,
        {
          ...server.cuts,
          endpoint,
          first,
          items: cuts.slice(0, MAX_EVIDENCE),
          count: cuts.length,
          lastNs: cuts.at(-1)?.atNs ?? first.atNs,
          steps: Math.min(...cuts.map(({ steps }) => steps)),
        },
        conclusion,
        who,
        {
          severity: severityOf(subject),
          sure: sureOf(subject),
          title: `${subjectText(who)} cuts WebSockets ${TITLES[subject.pattern](subject)}`,
          sentences: sentencesOf(subject, endpointText(who)),
          facts: { ...factsOf(subject) },
          hypotheses: weigh(CAUSES, subject),
          remedies: remediesOf(subject),
        },
        (cut) => packetsOf(cut, subject),
      ),
    ];
  });
}

const TITLES: Readonly<Record<Case['pattern'], (subject: Case) => string>> = {
  'one-moment': ({ moments }) => (moments === 1 ? 'at one moment' : 'at one moment, again and again'),
  'one-age': ({ ageSeconds }) => `that are ${secondsText(ageSeconds ?? 0)} old`,
  'one-by-one': () => 'amid their frames',
};

/** Clients connect again: a warning where they had to, and where something was sent into the end. */
function severityOf({ pattern, cuts, back }: Case): Severity {
  if (pattern === 'one-by-one') return cuts.length >= ALIKE ? 'warning' : 'notice';
  return back.length > 0 || lostOf(cuts) > 0 ? 'warning' : 'notice';
}

/** Never more than likely: a goodbye inside the frames, longer before, is not told from what they carry else. */
function sureOf({ pattern, cuts }: Case): Confidence {
  if (pattern !== 'one-by-one') return 'likely';
  return cuts.length >= ALIKE ? 'likely' : 'possible';
}

function sentencesOf(subject: Case, name: string): string[] {
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
  else sentences.push(`${name} ended ${many} amid ${cuts.length === 1 ? 'its' : 'their'} frames, ${without}.`);
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

function lostOf(cuts: readonly Cut[]): number {
  return cuts.filter(({ lost }) => lost !== null).length;
}

function factsOf({ pattern, moments, ageSeconds, cuts, backs, back, webSockets }: Case): WebsocketCutFacts {
  const ages = cuts.map(({ ageNs }) => ageNs);
  return {
    pattern,
    moments,
    ageSeconds,
    lowestAgeNs: Math.min(...ages),
    highestAgeNs: Math.max(...ages),
    amidFrames: cuts.filter(isAmidFrames).length,
    byReset: cuts.filter(({ how }) => how !== 'fin').length,
    seenOnBothLegs: backs.length,
    openedAgain: back.length,
    messagesLost: lostOf(cuts),
    webSocketsOfServer: webSockets,
  };
}

const HOW: Readonly<Record<Cut['how'], string>> = { fin: 'FIN', rst: 'RST', 'stream-reset': 'RST_STREAM' };

function packetsOf(cut: Cut, { backs, back }: Case): EvidencePacket[] {
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
      note: `${HOW[behind.how]} of ${endpointText(behind.client)} on the leg behind`,
      elsewhere: true,
    });
  packets.push({
    packet,
    atNs,
    note: `${HOW[how]} of the server ${durationText(ageNs)} after it was accepted, without a Close frame`,
  });
  if (lost !== null)
    packets.push({ packet: lost.packet, atNs: lost.atNs, note: `a frame sent after ${packetText(packet)}, and lost` });
  if (again !== null)
    packets.push({ packet: again.packet, atNs: again.atNs, note: 'the client has opened another', elsewhere: true });
  return packets;
}
