import type { CaptureDirection } from '../facts/segment-evidence.js';

/**
 * The TCP segment last decoded: one object for a whole run, overwritten by the next.
 *
 * Addresses are four unsigned 32-bit words. IPv4 stands in the first, the rest are 0; `family`
 * tells 192.0.2.1 from c000:201::. All of it borrowed until the sink returns.
 */
export interface SegmentView {
  /** facts/packet-reference of the packet that carried it (its last fragment, if it was fragmented). */
  packet: number;
  /** Where it was captured (capture/packet). */
  observationPoint: number;
  /** Nanoseconds since the run's first packet. */
  atNs: number;
  family: 4 | 6;
  source0: number;
  source1: number;
  source2: number;
  source3: number;
  destination0: number;
  destination1: number;
  destination2: number;
  destination3: number;
  sourcePort: number;
  destinationPort: number;
  /** Unsigned 32 bits. */
  sequence: number;
  acknowledgement: number;
  /** The eight flag bits (byte 13 of the header). */
  flags: number;
  window: number;
  /** Bits of TCP_OPTION (facts/segment-evidence). */
  options: number;
  /** Option values; -1 when the option is absent. */
  mss: number;
  windowScale: number;
  timestampValue: number;
  timestampEcho: number;
  /** Edges of the first block of SACK, where `options` says that there is one: what is there else is of an earlier segment. RFC 2018 §3. */
  sackStart: number;
  sackEnd: number;
  /** Bytes of options that the snap length cut off, from the first that is not whole on. */
  unseenOptions: number;
  /** Hop limit in IPv6; -1 where a text does not say. */
  ttl: number;
  /** IPv4 identification; -1 for IPv6, and where a text does not say. */
  ipId: number;
  /** Source link-layer address as a 48-bit number; -1 when the link type has none. */
  mac: number;
  /** Destination link-layer address likewise; Linux cooked captures have none. */
  macTo: number;
  /** Innermost 802.1Q VLAN id; -1 when untagged. */
  vlan: number;
  /** Bytes of headers in front of its own: in a tunnel there are more. */
  depth: number;
  direction: CaptureDirection;
  interfaceIndex: number;
  /** Captured payload: [payloadStart, payloadEnd) of `buffer`. */
  buffer: Uint8Array;
  view: DataView;
  payloadStart: number;
  payloadEnd: number;
  /** Payload bytes on the wire, by the IP length (`tcp.len`); above payloadEnd - payloadStart when the snap length cut it. */
  payloadLength: number;
}

/** A TCP header quoted by an ICMP error: enough to find the connection. */
export interface QuotedSegment {
  packet: number;
  atNs: number;
  family: 4 | 6;
  source0: number;
  source1: number;
  source2: number;
  source3: number;
  destination0: number;
  destination1: number;
  destination2: number;
  destination3: number;
  sourcePort: number;
  destinationPort: number;
  /** The ICMP message: who sent it (same words), its type, code and next-hop MTU (-1 when it has none). */
  icmpFamily: 4 | 6;
  sender0: number;
  sender1: number;
  sender2: number;
  sender3: number;
  icmpType: number;
  icmpCode: number;
  mtu: number;
  /**
   * Whether Wireshark gives it a `tcp.stream`, which for a connection not seen before uses up a number:
   * when at least the first 16 bytes of the TCP header are quoted (RFC 792 asks for 8, RFC 1812 for more),
   * and not in an ICMP redirect.
   */
  numbered: boolean;
}

/** A name that DNS resolved in the capture. RFC 1035, RFC 9460. */
export interface NameAnswer {
  readonly packet: number;
  readonly atNs: number;
  /** The name asked for, lower case, no trailing dot; control characters as in the packet. */
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'HTTPS';
  /** Address as text, canonical name, or the HTTPS record's target and parameters' hints. */
  readonly value: string;
  /** Whom it was sent to: who asked. */
  readonly client: string;
}

/**
 * A sign, other than TCP's, that an address is there, or that somebody asks whether it is: ARP (RFC 826),
 * neighbour discovery (RFC 4861), the answer to a ping (RFC 792, RFC 4443).
 */
export interface PresenceSign {
  readonly packet: number;
  readonly atNs: number;
  readonly address: string;
  /** `asked`: a neighbour is asked for. `neighbour`: it speaks for itself on the link. `echo`: it answers a ping. */
  readonly kind: 'asked' | 'neighbour' | 'echo';
  /** Of a neighbour, its link-layer address as a 48-bit number; `null`: not known. */
  readonly mac: number | null;
}

/** Where a packet's content goes. A packet may hold several segments (802.11 A-MSDU) or none. */
export interface PacketSink {
  segment(segment: SegmentView): void;
  quoted(quoted: QuotedSegment): void;
  name(answer: NameAnswer): void;
  presence(sign: PresenceSign): void;
  /** A UDP datagram that begins with a QUIC Initial packet: [start, end) of `buffer`, borrowed. */
  quicInitial(buffer: Uint8Array, start: number, end: number): void;
}
