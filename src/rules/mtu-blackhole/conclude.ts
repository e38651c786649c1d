/** What the run as a whole says: on which way large segments vanish, and from what size. */
import { LARGE_SEGMENT } from '../../facts/connection.js';
import { OPPOSITE } from '../../facts/endpoint.js';
import type { EvidencePacket, RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, ordinalText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { laterOf, type Moment } from '../tally/earliest.js';
import { type OccurrencesByServer, occurrencesOf, onlyOf, type ServerOccurrences } from '../tally/occurrences.js';
import { CAUSES } from './causes.js';
import type { BlackHole } from './incident.js';
import { META } from './meta.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OccurrencesByServer<BlackHole>, conclusion: Conclusion): RawFinding[] {
  return occurrencesOf(tally).flatMap((one) => {
    const known = conclusion.servers.known(one.endpoint);
    const heard = laterOf(known?.lastAnswer ?? null, known?.lastAccept ?? null);
    const alive = onlyOf(
      one,
      one.items.flatMap((hole) => withLife(hole, heard) ?? []),
    );
    return alive === null ? [] : [findingOf(alive, conclusion)];
  });
}

/** With what shows that the other side is there, on another connection where this one does not; `null`: nothing does. */
function withLife(hole: BlackHole, heard: Moment | null): BlackHole | null {
  if (hole.alive !== null || hole.icmp !== null) return hole;
  // Where not even a small segment passed, what is sent may be lost whatever its size.
  if (heard === null || hole.repeated === null || hole.passed === 0) return null;
  if (heard.atNs <= hole.repeated.firstNs) return null;
  const { packet, atNs } = heard;
  return { ...hole, alive: { packet, atNs, elsewhere: true } };
}

function findingOf(one: ServerOccurrences<BlackHole>, conclusion: Conclusion): RawFinding {
  const { items, first, count, endpoint } = one;
  const who = subjectOf(endpoint, conclusion);
  const sizes = items.map(({ repeated, missing }) => repeated?.length ?? missing?.bytes ?? 0);
  const smallest = Math.min(...sizes);
  const size = `${countText(smallest)} bytes${Math.max(...sizes) > smallest ? ' and more' : ''}`;
  const smallerPassed = items.some(({ passed }) => passed > 0) ? '; smaller ones were' : '';
  const mtu = first.icmp?.mtu ?? null;
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: 'critical',
      // Two connections that hang at the same size, or a router that says so, are no chance.
      sure: first.icmp !== null ? 'certain' : count === 1 && isOneOutage(first) ? 'possible' : 'likely',
      title: `Large segments ${first.side === 'client' ? 'to' : 'from'} ${subjectText(who)} do not pass`,
      sentences: [
        first.repeated === null
          ? `In ${manyText(count, 'connection')} with ${endpointText(who)}, ${size} of the ${first.side} never arrived, though shorter segments behind them did; no segment of ${countText(LARGE_SEGMENT)} bytes or more ever came.`
          : `In ${manyText(count, 'connection')} with ${endpointText(who)}, segments of ${size} were sent again and again by the ${first.side} and never acknowledged${smallerPassed}.`,
        ...(mtu === null ? [] : [`${first.icmp?.sender ?? ''} asks for packets of at most ${countText(mtu)} bytes.`]),
        ...(items.some(({ encrypted, passed }) => encrypted && passed < smallest)
          ? ['It stops within the TLS handshake.']
          : []),
      ],
      facts: { by: first.side, smallestLostBytes: smallest, mtu, connections: count },
      hypotheses: weigh(CAUSES, { holes: items, first, count }),
      remedies: remediesOf(first, who.address.includes(':')),
      figuresOf: 'kept',
    },
    packetsOf,
  );
}

/** Where they do not arrive, or where the other side is heard of by others alone, one hole may be an outage. */
function isOneOutage({ missing, alive }: BlackHole): boolean {
  return missing !== null || alive?.elsewhere === true;
}

function packetsOf({ repeated, missing, alive, icmp, passed, side }: BlackHole): EvidencePacket[] {
  const packets: EvidencePacket[] = [];
  if (missing !== null)
    packets.push({
      packet: missing.packet,
      atNs: missing.atNs,
      note: `the ${OPPOSITE[side]} gives up, ${durationText(missing.waitedNs)} after the last segment of the ${side}: ${countText(missing.bytes)} bytes before it are missing${passed > 0 ? `; ${countText(passed)} bytes had arrived` : ''}`,
    });
  if (repeated !== null)
    packets.push(
      {
        packet: repeated.firstPacket,
        atNs: repeated.firstNs,
        note: `the ${side} sends ${countText(repeated.length)} bytes again${passed > 0 ? `; ${countText(passed)} bytes in smaller segments had passed` : ''}`,
      },
      {
        packet: repeated.lastPacket,
        atNs: repeated.lastNs,
        note: `the same bytes for the ${ordinalText(repeated.times)} time, ${durationText(repeated.lastNs - repeated.firstNs)} after the first; not acknowledged`,
      },
    );
  if (icmp !== null)
    packets.push({
      packet: icmp.packet,
      atNs: icmp.atNs,
      note: `ICMP from ${icmp.sender}: at most ${countText(icmp.mtu)} bytes`,
    });
  if (alive !== null)
    packets.push({
      ...alive,
      note:
        missing !== null
          ? `the ${side} is there`
          : `the ${OPPOSITE[side]} is there: it ${alive.elsewhere ? 'answers others' : 'closes'}`,
    });
  return packets;
}

function remediesOf({ icmp }: BlackHole, isIpv6: boolean): Remedy[] {
  const tables = isIpv6 ? 'ip6tables' : 'iptables';
  const error = isIpv6 ? '-p icmpv6 --icmpv6-type packet-too-big' : '-p icmp --icmp-type fragmentation-needed';
  const messages = 'ICMP "fragmentation needed" (3/4) and ICMPv6 "packet too big" (2)';
  const router: Remedy = {
    component: 'router',
    text: 'Let the router before the narrow link lower the MSS that both sides announce.',
    config: `${tables} -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu`,
  };
  const firewall: Remedy = {
    component: 'firewall',
    text: `Let ${messages} pass everywhere.`,
    // Inserted, not appended: behind a rule that drops ICMP it would have no effect.
    config: `${tables} -I FORWARD ${error} -j ACCEPT`,
  };
  const ignored: Remedy = {
    component: 'firewall',
    text: `Let ${messages} reach the sender’s kernel: the error was captured, and the sender does not act on it, as where its own packet filter drops ICMP.`,
    config: `${tables} -I INPUT ${error} -j ACCEPT`,
  };
  const host: Remedy = {
    component: 'host',
    text: 'Or let the sender find out by itself, or give its device the smaller MTU.',
    config: `sysctl -w net.ipv4.tcp_mtu_probing=1\nip link set dev eth0 mtu ${icmp?.mtu ?? 1400}`,
  };
  return icmp === null ? [router, firewall, host] : [ignored, router, host];
}
