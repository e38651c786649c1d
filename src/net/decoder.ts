/**
 * takes: one packet. gives: its TCP segments, the TCP that an ICMP error quotes, the names that DNS
 * answers, signs that a host is there, datagrams that begin QUIC. may: know headers, from the link type to TCP. may not: know connections, or read a file.
 *
 * Each protocol's function reads its header and says what comes next (layer.ts); the loop below
 * calls that. Numbers only: a packet of Ethernet, IP and TCP makes no object.
 */
import type { PacketView } from '../capture/packet.js';
import { arp } from './arp.js';
import { capwap } from './capwap.js';
import { Cursor } from './cursor.js';
import { dns } from './dns.js';
import { etherType } from './ether-type.js';
import { ethernet } from './ethernet.js';
import { geneve } from './geneve.js';
import { gre } from './gre.js';
import { gtp } from './gtp.js';
import { gue, lisp } from './gue.js';
import { icmp, icmpv6 } from './icmp.js';
import { ieee80211, nextSubframe } from './ieee80211.js';
import { ip, ipProtocol } from './ip.js';
import { ipcomp } from './ipcomp.js';
import { ipv4 } from './ipv4.js';
import { ipv6 } from './ipv6.js';
import { l2tp, l2tpSession } from './l2tp.js';
import * as layer from './layer.js';
import { linkType } from './link-type.js';
import { llc } from './llc.js';
import { mpls } from './mpls.js';
import { nsh } from './nsh.js';
import { udpEsp, wireguard } from './opaque.js';
import { ppp, pppoe } from './ppp.js';
import { quic } from './quic.js';
import type { PacketSink } from './segment.js';
import { tcp } from './tcp-header.js';
import { teredo } from './teredo.js';
import { tzsp } from './tzsp.js';
import { udp } from './udp.js';
import { vxlan, vxlanGpe } from './vxlan.js';

/**
 * Headers read of one packet: a tunnel within a tunnel takes some fifteen; beyond this somebody nests
 * for the sake of nesting, and `nesting-too-deep` is counted.
 */
export const MAX_LAYERS = 48;

/** Frames read of one A-MSDU: its longest form, 11,454 bytes, holds no more with TCP inside; beyond it `a-msdu-too-long` is counted. */
export const MAX_SUBFRAMES = 256;

const LINKTYPE_ETHERNET = 1;

/** What was met in fragmented datagrams. */
export interface FragmentFacts {
  /** Datagrams put together. */
  readonly reassembled: number;
  /** Datagrams given up at a bound of fragments.ts. */
  readonly dropped: number;
  /** Datagrams still waiting for fragments. */
  readonly pending: number;
  /** Datagrams put together of overlapping fragments. */
  readonly overlapping: number;
  /** Fragments that cannot be: beyond 65,535 bytes, or not a multiple of 8 bytes long. */
  readonly impossible: number;
}

/** Takes packets apart into the sink given; counts what it could not read. */
export class PacketDecoder {
  /** Packets decoded, and those among them that brought no TCP segment, of their own or quoted. */
  packets = 0;
  nonTcpPackets = 0;

  private readonly cursor: Cursor;

  constructor(sink: PacketSink) {
    this.cursor = new Cursor(sink);
  }

  /** Packets of link types that are not decoded: LINKTYPE_ number → packets. */
  get unknownLinkTypes(): ReadonlyMap<number, number> {
    return this.cursor.unknownLinkTypes;
  }

  /** Headers that could not be read, by stable kebab-case name (`ipv4-header-length`, `tcp-header-cut`) → how many. */
  get anomalies(): ReadonlyMap<string, number> {
    return this.cursor.anomalies;
  }

  get fragments(): FragmentFacts {
    const { reassembled, dropped, pending, overlapping, impossible } = this.cursor.fragments;
    return { reassembled, dropped, pending, overlapping, impossible };
  }

  /** Where the TCP header begins in the buffer of the segment that is being delivered. */
  get headerStart(): number {
    return this.cursor.at;
  }

  /** The packet in hand holds more than the segment that is being delivered (802.11 A-MSDU): what follows is written over it. */
  get goesOn(): boolean {
    return this.cursor.aggregateAt < this.cursor.aggregateEnd;
  }

  /**
   * Takes one packet apart, its segment into the view given. The sink is called before this returns; the bytes need
   * not last longer.
   */
  decode(packet: PacketView, segment = this.cursor.segment): void {
    const cursor = this.cursor;
    cursor.segment = segment;
    segment.packet = packet.reference;
    segment.observationPoint = packet.observationPoint;
    segment.atNs = packet.atNs;
    segment.mac = -1;
    segment.macTo = -1;
    segment.vlan = -1;
    segment.direction = packet.direction;
    segment.interfaceIndex = packet.interfaceIndex;
    cursor.buffer = packet.buffer;
    cursor.view = packet.view;
    cursor.start = packet.start;
    cursor.at = packet.start;
    cursor.end = packet.end;
    // A file may claim that less was on the wire than it holds.
    cursor.wireEnd = Math.max(packet.end, packet.start + packet.originalLength);
    cursor.linkType = packet.linkType;
    cursor.quoting = false;
    cursor.aggregateAt = 0;
    cursor.aggregateEnd = 0;

    const delivered = cursor.delivered;
    read(cursor, packet.linkType === LINKTYPE_ETHERNET ? ethernet(cursor) : linkType(cursor));
    for (let subframes = 1; cursor.aggregateAt < cursor.aggregateEnd; subframes += 1) {
      if (subframes === MAX_SUBFRAMES) {
        cursor.malformed('a-msdu-too-long');
        break;
      }
      read(cursor, nextSubframe(cursor));
    }
    this.packets += 1;
    if (cursor.delivered === delivered) this.nonTcpPackets += 1;
  }
}

/** Reads header after header until there is none. */
function read(cursor: Cursor, first: layer.Layer): void {
  let next = first;
  for (let layers = 0; next !== layer.NONE; layers += 1) {
    if (layers === MAX_LAYERS) {
      cursor.malformed('nesting-too-deep');
      return;
    }
    next = readLayer(cursor, next);
  }
}

/** Reads the header that is named; the cursor stands at its first byte. Gives what comes next. */
export function readLayer(cursor: Cursor, next: layer.Layer): layer.Layer {
  if (next === layer.IPV4) return ipv4(cursor);
  if (next === layer.TCP) return tcp(cursor);
  if (next === layer.IPV6) return ipv6(cursor);
  return readOther(cursor, next);
}

function readOther(cursor: Cursor, next: layer.Layer): layer.Layer {
  switch (next) {
    case layer.ETHERNET:
      return ethernet(cursor);
    case layer.ETHER_TYPE:
      return etherType(cursor);
    case layer.LLC:
      return llc(cursor);
    case layer.IP:
      return ip(cursor);
    case layer.IP_PROTOCOL:
      return ipProtocol(cursor);
    case layer.UDP:
      return udp(cursor);
    case layer.ICMP:
      return icmp(cursor);
    case layer.ICMPV6:
      return icmpv6(cursor);
    case layer.GRE:
      return gre(cursor);
    case layer.MPLS:
      return mpls(cursor);
    case layer.PPP:
      return ppp(cursor);
    case layer.PPPOE:
      return pppoe(cursor);
    case layer.IEEE80211:
      return ieee80211(cursor, false);
    case layer.VXLAN:
      return vxlan(cursor);
    case layer.VXLAN_GPE:
      return vxlanGpe(cursor);
    case layer.GENEVE:
      return geneve(cursor);
    case layer.GTP:
      return gtp(cursor);
    case layer.TEREDO:
      return teredo(cursor);
    case layer.L2TP:
      return l2tp(cursor);
    case layer.TZSP:
      return tzsp(cursor);
    case layer.DNS:
      return dns(cursor);
    case layer.LINK_TYPE:
      return linkType(cursor);
    case layer.IPCOMP:
      return ipcomp(cursor);
    case layer.NSH:
      return nsh(cursor);
    case layer.ARP:
      return arp(cursor);
    case layer.QUIC:
      return quic(cursor);
    case layer.L2TP_SESSION:
      return l2tpSession(cursor);
    case layer.LISP:
      return lisp(cursor);
    case layer.GUE:
      return gue(cursor);
    case layer.CAPWAP:
      return capwap(cursor);
    case layer.WIREGUARD:
      return wireguard(cursor);
    case layer.UDP_ESP:
      return udpEsp(cursor);
    default:
      return layer.NONE;
  }
}
