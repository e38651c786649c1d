/** What the run as a whole says: on which way large segments vanish, and from what size. */
import { LARGE_SEGMENT } from '../../facts/connection.js';
import type { EvidencePacket, RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import { CAUSES } from './causes.js';
import type { BlackHole } from './incident.js';
import { META } from './meta.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OccurrencesByServer<BlackHole>, conclusion: Conclusion): RawFinding[] {
  return occurrencesOf(tally).map((one) => findingOf(one, conclusion));
}

function findingOf(one: ServerOccurrences<BlackHole>, conclusion: Conclusion): RawFinding {
  const { items, first, count, endpoint } = one;
  const who = subjectOf(endpoint, conclusion);
  const smallest = Math.min(...items.map(({ repeated, missing }) => repeated?.length ?? missing?.bytes ?? 0));
  const mtu = first.icmp?.mtu ?? null;
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: 'critical',
      // Two connections that hang at the same size, or a router that says so, are no chance.
      // Where they do not arrive, one hole may be an outage.
      sure: first.icmp !== null ? 'certain' : first.missing !== null && count === 1 ? 'possible' : 'likely',
      title: `Large segments ${first.side === 'client' ? 'to' : 'from'} ${subjectText(who)} do not pass`,
      sentences: [
        first.repeated === null
          ? `In ${manyText(count, 'connection')} with ${endpointText(who)} ${countText(smallest)} bytes and more of the ${first.side} never arrived, though shorter segments behind them did; no segment of ${countText(LARGE_SEGMENT)} bytes ever came.`
          : `In ${manyText(count, 'connection')} with ${endpointText(who)} segments of ${countText(smallest)} bytes and more were sent again and again by the ${first.side} and never acknowledged; smaller ones were.`,
        ...(mtu === null ? [] : [`${first.icmp?.sender ?? ''} asks for packets of at most ${mtu} bytes.`]),
        ...(items.some(({ encrypted, passed }) => encrypted && passed < smallest)
          ? ['It stops within the TLS handshake.']
          : []),
      ],
      facts: { by: first.side, smallestLostBytes: smallest, mtu, connections: count },
      hypotheses: weigh(CAUSES, { holes: items, first, count }),
      remedies: remediesOf(mtu),
    },
    packetsOf,
  );
}

function packetsOf({ repeated, missing, alive, icmp, passed, side }: BlackHole): EvidencePacket[] {
  const packets: EvidencePacket[] = [];
  if (missing !== null)
    packets.push({
      packet: missing.packet,
      atNs: missing.atNs,
      note: `the other side gives up, ${durationText(missing.waitedNs)} after the last segment of the ${side}: ${countText(missing.bytes)} bytes before that are missing, ${countText(passed)} bytes had arrived`,
    });
  if (repeated !== null)
    packets.push(
      {
        packet: repeated.firstPacket,
        atNs: repeated.firstNs,
        note: `the ${side} sends ${countText(repeated.length)} bytes again; ${countText(passed)} bytes in smaller segments had passed`,
      },
      {
        packet: repeated.lastPacket,
        atNs: repeated.lastNs,
        note: `the same for the ${manyText(repeated.times, 'time')}, ${durationText(repeated.lastNs - repeated.firstNs)} later; not acknowledged`,
      },
    );
  if (icmp !== null)
    packets.push({ packet: icmp.packet, atNs: icmp.atNs, note: `ICMP from ${icmp.sender}: at most ${icmp.mtu} bytes` });
  if (alive !== null)
    packets.push({ ...alive, note: missing === null ? 'the other side is there: it closes' : `the ${side} is there` });
  return packets;
}

function remediesOf(mtu: number | null): Remedy[] {
  return [
    {
      component: 'router',
      text: 'Let the router before the narrow link lower the MSS that both sides announce.',
      config: 'iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
    },
    {
      component: 'firewall',
      text: 'Let ICMP "fragmentation needed" (3/4) and ICMPv6 "packet too big" (2) pass everywhere.',
      config: 'iptables -A FORWARD -p icmp --icmp-type fragmentation-needed -j ACCEPT',
    },
    {
      component: 'host',
      text: 'Or let the sender find out by itself, or give its device the smaller MTU.',
      config: `sysctl -w net.ipv4.tcp_mtu_probing=1\nip link set dev eth0 mtu ${mtu ?? 1400}`,
    },
  ];
}
