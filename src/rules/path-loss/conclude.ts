/** What the run as a whole says: to and from which server segments are lost, and how many. */
import { type EvidencePacket, MAX_EVIDENCE, type RawFinding, type Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, ordinalText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { CAUSES, mostLostOf } from './causes.js';
import type { Loss } from './incident.js';
import { META } from './meta.js';
import { heardOf, type LossesByServer, lossesOf, type ServerLosses } from './tally.js';

/** From this share on a transfer crawls (Mathis: throughput falls with the root of the loss). */
const HEAVY_SHARE = 0.05;
/** One lossy connection may be one bad client: from so many on it is the way. Those alone count whose other side was captured. */
const MANY = 3;

/** All findings of a run, in the order of the servers; what one client loses with many of them is one. */
export function concludeRun(tally: LossesByServer, conclusion: Conclusion): RawFinding[] {
  const all = lossesOf(tally);
  const everywhere = all.flatMap(({ items }) => items);
  const common = commonClients(all);
  const inCommon = new Set([...common.values()].flat());
  return [
    ...all.filter((one) => !inCommon.has(one)).map((one) => findingOf(one, [], everywhere, conclusion)),
    ...[...common.values()].map((ones) => findingOf(asOne(ones), ones, everywhere, conclusion)),
  ];
}

/** Clients that lose with so many servers that it is on their side, with all servers that nobody else is known to lose with. */
function commonClients(all: readonly ServerLosses[]): ReadonlyMap<string, readonly ServerLosses[]> {
  const byClient = new Map<string, ServerLosses[]>();
  for (const one of all) {
    const { items, count, first } = one;
    const { address } = first.client;
    // Of those that are not kept nobody knows whose they are.
    if (items.length < count || items.some(({ client }) => client.address !== address)) continue;
    byClient.set(address, [...(byClient.get(address) ?? []), one]);
  }
  return new Map(
    [...byClient].filter(([, ones]) => new Set(ones.map(({ endpoint }) => endpoint.address)).size >= MANY),
  );
}

/** Those of several servers, told under the one that came first. */
function asOne(ones: readonly ServerLosses[]): ServerLosses {
  const items = ones
    .flatMap((one) => one.items)
    .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  const [first] = items;
  if (first === undefined) throw new Error('a server without a loss is none of these');
  return {
    endpoint: first.server,
    count: items.length,
    lastNs: Math.max(...ones.map(({ lastNs }) => lastNs)),
    steps: Math.min(...ones.map(({ steps }) => steps)),
    earliest: { limit: items.length, items },
    items,
    first,
    heard: heardOf(ones),
  };
}

/** @param common The servers with which one client loses, where they are told as one. */
function findingOf(
  one: ServerLosses,
  common: readonly ServerLosses[],
  everywhere: readonly Loss[],
  conclusion: Conclusion,
): RawFinding {
  const { items, first, count, endpoint, heard } = one;
  const who = subjectOf(endpoint, conclusion);
  const again = items.reduce((sum, loss) => sum + loss.again, 0);
  const late = items.reduce((sum, loss) => sum + loss.late, 0);
  const needless = items.reduce((sum, loss) => sum + loss.needless, 0);
  const packets = items.reduce((sum, loss) => sum + loss.packets, 0);
  const longest = Math.max(
    ...items.map(({ repeated }) => (repeated === null ? 0 : repeated.lastNs - repeated.firstNs)),
  );
  const share = packets === 0 ? 0 : again / packets;
  return findingOn(
    META,
    { ...one, items: items.slice(0, MAX_EVIDENCE) },
    conclusion,
    who,
    {
      severity: heard.connections >= MANY && heard.again >= HEAVY_SHARE * heard.packets ? 'warning' : 'notice',
      // A segment that is overtaken by a whole round trip is hardly to be met, but it looks alike.
      sure: late * 2 > again ? 'likely' : 'certain',
      title:
        common.length > 0
          ? `${first.client.address} loses segments with ${common.length} servers, of which ${subjectText(who)} is the first`
          : `The path ${mostLostOf(items, first) === 'client' ? 'to' : 'from'} ${subjectText(who)} loses segments`,
      sentences: [
        `${whereText(items.length, count, common.length > 0 ? serversText(common) : endpointText(who))} ${countText(again)} of ${manyText(packets, 'packet')} had to be sent again (${(share * 100).toFixed(1)} %).`,
        ...(late > 0
          ? [
              `${late === again ? (late === 1 ? 'It' : 'All of these') : `${countText(late)} of these`} came a round trip and more after those behind them: lost before the capture point.`,
            ]
          : []),
        ...(needless > 0
          ? [
              `${manyText(needless, 'more was', 'more were')} sent again for nothing: by D-SACK their receiver says that it had them.`,
            ]
          : []),
        ...(longest > 0 ? [`One segment was repeated for ${durationText(longest)} until it was acknowledged.`] : []),
      ],
      facts: {
        sentAgain: again,
        sentAgainForNothing: needless,
        packetsOfSenders: packets,
        share: Math.round(share * 10_000) / 10_000,
        longestRepetitionNs: longest,
        servers: Math.max(1, common.length),
      },
      hypotheses: weigh(CAUSES, { losses: items, first, count, everywhere }),
      remedies: REMEDIES,
    },
    packetsOf,
  );
}

function serversText(ones: readonly ServerLosses[]): string {
  return listText(ones.map(({ endpoint }) => endpointText(endpoint)));
}

/** Of many connections the first are looked at one by one. */
function whereText(kept: number, count: number, server: string): string {
  const all = `${manyText(count, 'connection')} with ${server}`;
  return kept < count ? `Segments were lost in ${all}; in the first ${countText(kept)} of them,` : `In ${all},`;
}

function packetsOf({ side, packet, atNs, again, late, packets, repeated }: Loss): EvidencePacket[] {
  const had = `the ${side} had to send ${countText(again)} of ${manyText(packets, 'packet')} again`;
  const first =
    late * 2 > again ? 'the first that comes late, having been lost before' : 'the first that is sent again';
  if (repeated === null) return [{ packet, atNs, note: `${first}; ${had}` }];
  const what = `${manyText(repeated.length, 'byte')} again`;
  const evidence =
    repeated.firstPacket === packet
      ? [{ packet, atNs, note: `${what}; ${had}` }]
      : [
          { packet, atNs, note: `${first}; ${had}` },
          { packet: repeated.firstPacket, atNs: repeated.firstNs, note: what },
        ];
  evidence.push({
    packet: repeated.lastPacket,
    atNs: repeated.lastNs,
    note: `the same, for the ${ordinalText(repeated.times)} time`,
  });
  return evidence;
}

const REMEDIES: readonly Remedy[] = [
  {
    component: 'network',
    text: 'Look for the place: errors and drops of interfaces, a duplex mismatch, a full queue or a policer, radio; a capture at the other end tells on which side of it segments vanish.',
    config: 'ip -s link\nethtool -S eth0 | grep -iE "drop|err|crc"\ntc -s qdisc',
  },
  {
    component: 'host',
    text: 'Until then: let TCP recover faster, and let requests that are safe to repeat be repeated.',
    config: 'sysctl -w net.ipv4.tcp_congestion_control=bbr\nsysctl -w net.ipv4.tcp_recovery=1',
  },
];
