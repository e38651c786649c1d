import type { Side } from './endpoint.js';
import type { PacketReference } from './packet-reference.js';

/** TCP options that a segment carried, as bits of {@link SegmentEvidence.options}. RFC 9293 §3.1, RFC 7323, RFC 2018. */
export const TCP_OPTION = {
  mss: 1,
  windowScale: 2,
  sackPermitted: 4,
  sack: 8,
  timestamps: 16,
  fastOpen: 32,
  md5: 64,
  mptcp: 128,
  other: 256,
} as const;

/** Whether the capturing host sent or received a packet, where the link type or pcapng says so. */
export type CaptureDirection = 'inbound' | 'outbound' | null;

/**
 * One TCP segment kept whole because a judgement may hang on it: each SYN, FIN and RST.
 *
 * Sequence figures are relative to the sender's initial sequence number (`seq`) or the peer's
 * (`ack`), as Wireshark shows them; where the handshake was not seen, to the first number seen.
 */
export interface SegmentEvidence {
  readonly packet: PacketReference;
  /** Nanoseconds since the first packet of the run. */
  readonly atNs: number;
  readonly from: Side;
  /** Relative sequence number. */
  readonly sequence: number;
  /** Relative acknowledgement number; `null` when the ACK flag is not set. */
  readonly acknowledgement: number | null;
  /** The flag byte, RFC 9293 §3.1: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32. */
  readonly flags: number;
  /** The window field as sent, unscaled. */
  readonly window: number;
  /** Payload bytes on the wire. */
  readonly payloadLength: number;
  /** Bits of {@link TCP_OPTION}. */
  readonly options: number;
  /**
   * IPv4 time to live or IPv6 hop limit; `null` where the capture does not say: a text
   * printed without -v, or an extract of one, which has 0 there (nobody sends with that: RFC 1122 §3.2.1.7).
   */
  readonly ttl: number | null;
  /** IPv4 identification; `null` for IPv6, and where the capture does not say. */
  readonly ipId: number | null;
  /** Source link-layer address as a 48-bit number; `null` when the link type has none. */
  readonly mac: number | null;
  /** Destination link-layer address; `null` when the link type has none, or (Linux cooked) does not say. */
  readonly macTo: number | null;
  /** Innermost 802.1Q VLAN; `null` when untagged. */
  readonly vlan: number | null;
  readonly direction: CaptureDirection;
  /** Interface index within its capture (pcapng), or the device's number (LINUX_SLL2); 0 where there is none. */
  readonly interfaceIndex: number;
}
