/** What the run as a whole says: one notice on the capture, before other notices. */
import type { Endpoint } from '../../facts/endpoint.js';
import type { EvidencePacket, RawFinding, Remedy } from '../../facts/finding.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import { findingOn, subjectOf } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { CAUSES, type Case } from './causes.js';
import { META } from './meta.js';
import { type CaptureQualityTally, LACKS, type Lack, type Lacking } from './tally.js';

/** From this share of all connections on it is the capture's way, not the connections' luck. */
const SHARE = 0.5;
const MANY = 2;

/** The finding, where there is one. */
export function concludeRun({ earliest, lastNs, ...tally }: CaptureQualityTally, conclusion: Conclusion): RawFinding[] {
  const { items } = earliest;
  const [first] = items;
  if (first === undefined) return [];
  const { connections, affected, counts } = tally;
  const isWhole = affected < MANY || affected < SHARE * connections;
  if (isWhole && counts.clock === 0) return [];
  const dropped = conclusion.captures.reduce((sum, { droppedPackets }) => sum + (droppedPackets ?? 0), 0);
  const subject: Case = { ...tally, items, first, dropped };
  const isText = conclusion.captures.every(({ format }) => format === 'text');
  const said = LACKS.filter((lack) => counts[lack] > 0).sort((one, other) => counts[other] - counts[one]);
  return [
    findingOn(
      META,
      { endpoint: first.server, count: affected, lastNs, steps: 0, earliest, items, first },
      { ...conclusion, captures: [] },
      subjectOf(first.server, conclusion),
      {
        severity: 'notice',
        sure: 'certain',
        title: `The capture lacks ${said.map((lack) => NAMES[lack]).join(', ')}`,
        sentences: [
          sentence(affected, connections, said, counts),
          'Findings that rest on what is missing are less sure, or left out.',
        ],
        facts: {
          connections,
          affected,
          withLostBytes: counts.bytes,
          oneDirection: counts.direction,
          cutPackets: counts['packet-ends'],
          begunBefore: counts.beginning,
          clockStepped: counts.clock,
          lostBytes: tally.lostBytes,
          droppedPackets: dropped,
        },
        hypotheses: weigh(CAUSES, subject),
        remedies: said.map((lack) => (isText ? OF_TEXT[lack] : undefined) ?? remedies(first.server)[lack]),
      },
      packetsOf,
    ),
  ];
}

/** `13 of 13 connections in the capture have packets cut short.`, or how many there are of each lack. */
function sentence(
  affected: number,
  connections: number,
  said: readonly Lack[],
  counts: Readonly<Record<Lack, number>>,
): string {
  const words = (lack: Lack) => (counts[lack] === 1 ? SINGLE : SAID)[lack];
  const which = `${countText(affected)} of ${manyText(connections, 'connection')} in the capture`;
  const [only, ...others] = said;
  if (only !== undefined && others.length === 0) return `${which} ${words(only)}.`;
  const each = said.map((lack) => `${countText(counts[lack])} ${words(lack)}`);
  return `${which} ${affected === 1 ? 'is' : 'are'} incomplete: ${each.join(', ')}.`;
}

const NAMES: Readonly<Record<Lack, string>> = {
  bytes: 'packets',
  direction: 'a direction',
  'packet-ends': 'the ends of packets',
  beginning: 'the beginnings of connections',
  clock: 'a steady clock',
};

const SAID: Readonly<Record<Lack, string>> = {
  bytes: 'lack bytes that their peers acknowledged',
  direction: 'have one direction only',
  'packet-ends': 'have packets cut short',
  beginning: 'began before it',
  clock: 'have packets out of time',
};

function packetsOf({ packet, atNs, lacks }: Lacking): EvidencePacket[] {
  return [
    {
      packet,
      atNs,
      note: `first packet of a connection that ${lacks.map((lack) => (lack === 'beginning' ? 'began before the capture' : SINGLE[lack])).join(', ')}`,
    },
  ];
}

const SINGLE: Readonly<Record<Lack, string>> = {
  bytes: 'lacks bytes that its peers acknowledged',
  direction: 'has one direction only',
  'packet-ends': 'has packets cut short',
  beginning: 'began before it',
  clock: 'has packets out of time',
};

/** What a text lacks is not in the file that was given: another printing has more, and a capture all. */
const OF_TEXT: Readonly<Partial<Record<Lack, Remedy>>> = {
  bytes: {
    component: 'capture',
    text: 'Give the text whole: lines are missing between those that are there.',
    config: null,
  },
  'packet-ends': {
    component: 'capture',
    text: 'Give the capture itself, or print what the packets hold: a text says no more of payload than was asked for.',
    config: 'tcpdump -w capture.pcap\ntcpdump -nn -v -X -r capture.pcap',
  },
};

const remedies = ({ address }: Endpoint): Readonly<Record<Lack, Remedy>> => ({
  bytes: {
    component: 'capture',
    text: 'Give the capture a larger buffer and a narrower filter, and write to a fast disk.',
    config: "tcpdump -i eth0 -B 65536 -w capture.pcap 'tcp port 443'",
  },
  direction: {
    component: 'capture',
    text: address.includes(':')
      ? 'Capture both directions: all devices, or both lines of the mirror; and filter by host: "tcp" and "port" leave out IPv6 packets with extension headers.'
      : 'Capture both directions: all devices, or both lines of the mirror.',
    config: `tcpdump -i any -w capture.pcap 'host ${address}'`,
  },
  'packet-ends': { component: 'capture', text: 'Capture packets whole.', config: 'tcpdump -s 0 -w capture.pcap' },
  beginning: {
    component: 'capture',
    text: 'Begin the capture before what is to be seen, and let clients connect anew.',
    config: null,
  },
  clock: {
    component: 'capture',
    text: 'Capture with one clock: no merging of unsynchronised hosts, and no step of NTP meanwhile.',
    config: 'chronyc tracking',
  },
});
