/** Records of classic pcap for the packets of a text: each behind the header that says what of it is known. */
import { LINKTYPE_PRINTED } from '../link-types.js';
import { type PrintedLink, printedHeader, SAID } from './printed-header.js';

const NANOSECOND_MAGIC = 0xa1b23c4d;
const SNAP_LENGTH = 262_144;
const RECORD_HEADER = 16;
const TCP = 6;
const ICMP = 1;
const UNREACHABLE = 3;
const SYN = 2;
const NOTHING = new Uint8Array(0);
/** RFC 826: a message's bytes, hardware and protocol, and how long their addresses are. */
const ARP_MESSAGE = 28;
const ETHERNET_FOR_IPV4 = 0x0001_0800;
const ARP_ADDRESS_LENGTHS = 0x0604;
/** RFC 791 §3.1. */
const DONT_FRAGMENT = 0x4000;
const NO_LINK: PrintedLink = { direction: null, interfaceIndex: 0, mac: null, macTo: null, vlan: null };

/** A segment with all that a header needs; `null`: the text does not say. */
export interface SegmentRecord {
  readonly link: PrintedLink;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  readonly options: readonly number[];
  readonly tcpChecksum: number | null;
  readonly ttl: number | null;
  readonly ipId: number | null;
  readonly fragment: number | null;
  readonly trafficClass: number | null;
  /** What of the payload is known, and how long it was. */
  readonly payload: Uint8Array;
  readonly length: number;
}

/** What such a file begins with. */
export function pcapHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(NANOSECOND_MAGIC, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(SNAP_LENGTH, 16);
  header.writeUInt32LE(LINKTYPE_PRINTED, 20);
  return header;
}

/** Who speaks in an ARP packet, and who is asked for; `null`: not said, or nobody. */
export interface ArpRecord {
  readonly link: PrintedLink;
  readonly isRequest: boolean;
  readonly sender: Uint8Array | null;
  readonly senderMac: readonly number[] | null;
  readonly target: Uint8Array | null;
}

/** A packet of which nothing is known but that it was there. */
export function unknownRecord(atNs: bigint): Buffer {
  return recordOf(atNs, [printedHeader(SAID.nothing, NO_LINK)], 0);
}

/** An ARP packet as its line describes it; what that does not say is 0. RFC 826. */
export function arpRecord(atNs: bigint, { link, isRequest, sender, senderMac, target }: ArpRecord): Buffer {
  const message = Buffer.alloc(ARP_MESSAGE);
  message.writeUInt32BE(ETHERNET_FOR_IPV4, 0);
  message.writeUInt16BE(ARP_ADDRESS_LENGTHS, 4);
  message.writeUInt16BE(isRequest ? 1 : 2, 6);
  if (senderMac !== null) message.set(senderMac, 8);
  if (sender !== null) message.set(sender, 14);
  if (target !== null) message.set(target, 24);
  return recordOf(atNs, [printedHeader(SAID.arp, link), message], 0);
}

/** An ICMP error about a SYN, of IPv4, as its line describes it. RFC 792. */
export function unreachableRecord(
  atNs: bigint,
  link: PrintedLink,
  code: number,
  [sender, receiver]: readonly [Uint8Array, Uint8Array],
  quoted: Pick<SegmentRecord, 'source' | 'destination' | 'sourcePort' | 'destinationPort'>,
): Buffer {
  const unsaid = { link, ttl: null, ipId: null, fragment: null, trafficClass: null, tcpChecksum: null };
  const numbers = { sequence: 0, acknowledgement: 0, flags: SYN, window: 0, options: [], payload: NOTHING, length: 0 };
  const segment: SegmentRecord = { ...unsaid, ...numbers, ...quoted };
  const tcp = tcpHeader(segment);
  const inner = ipv4Header(segment, tcp.length);
  const icmp = Buffer.alloc(8);
  icmp[0] = UNREACHABLE;
  icmp[1] = code;
  const carried = icmp.length + inner.length + tcp.length;
  const outer = ipv4Header({ ...segment, source: sender, destination: receiver }, carried);
  outer[9] = ICMP;
  return recordOf(atNs, [printedHeader(0, link), outer, icmp, inner, tcp], 0);
}

/** A packet whose bytes were printed from its IP header on. @param missing Bytes that were on the wire and were not printed. */
export function dumpedRecord(atNs: bigint, link: PrintedLink, bytes: Uint8Array, missing: number): Buffer {
  return recordOf(atNs, [printedHeader(SAID.bytes, link), bytes], missing);
}

/** A segment as its line describes it; what its payload was beyond the bytes known counts as cut. */
export function segmentRecord(atNs: bigint, segment: SegmentRecord): Buffer {
  const { payload, length } = segment;
  const tcp = tcpHeader(segment);
  const ip = segment.source.length === 16 ? ipv6Header(segment, tcp.length) : ipv4Header(segment, tcp.length);
  const header = printedHeader(saidBy(segment), segment.link);
  return recordOf(atNs, [header, ip, tcp, payload], length - payload.length);
}

function saidBy({ ttl, ipId, fragment, trafficClass, tcpChecksum }: SegmentRecord): number {
  return (
    (ttl === null ? 0 : SAID.ttl) |
    (ipId === null ? 0 : SAID.ipId) |
    (fragment === null ? 0 : SAID.fragment) |
    (trafficClass === null ? 0 : SAID.trafficClass) |
    (tcpChecksum === null ? 0 : SAID.tcpChecksum)
  );
}

function recordOf(atNs: bigint, parts: readonly Uint8Array[], missing: number): Buffer {
  const captured = parts.reduce((sum, part) => sum + part.length, 0);
  const header = Buffer.alloc(RECORD_HEADER);
  header.writeUInt32LE(Number(atNs / 1_000_000_000n), 0);
  header.writeUInt32LE(Number(atNs % 1_000_000_000n), 4);
  header.writeUInt32LE(captured, 8);
  header.writeUInt32LE(captured + missing, 12);
  return Buffer.concat([header, ...parts]);
}

function tcpHeader(segment: SegmentRecord): Buffer {
  const { options } = segment;
  const header = Buffer.alloc(20 + options.length);
  header.writeUInt16BE(segment.sourcePort, 0);
  header.writeUInt16BE(segment.destinationPort, 2);
  header.writeUInt32BE(segment.sequence, 4);
  header.writeUInt32BE(segment.acknowledgement, 8);
  header[12] = (header.length / 4) << 4;
  header[13] = segment.flags;
  header.writeUInt16BE(segment.window, 14);
  header.writeUInt16BE(segment.tcpChecksum ?? 0, 16);
  header.set(options, 20);
  return header;
}

function ipv4Header(segment: SegmentRecord, tcpBytes: number): Buffer {
  const { ttl, ipId, fragment, trafficClass, length, source, destination } = segment;
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header[1] = trafficClass ?? 0;
  header.writeUInt16BE(Math.min(20 + tcpBytes + length, 0xffff), 2);
  header.writeUInt16BE(ipId ?? 0, 4);
  // Of a fragmented datagram the first piece alone is printed as a segment, with the payload that it has: it is whole.
  header.writeUInt16BE((fragment ?? 0) & DONT_FRAGMENT, 6);
  header[8] = ttl ?? 0;
  header[9] = TCP;
  header.set(source, 12);
  header.set(destination.subarray(0, 4), 16);
  return header;
}

function ipv6Header({ ttl, trafficClass, length, source, destination }: SegmentRecord, tcpBytes: number): Buffer {
  const header = Buffer.alloc(40);
  const traffic = trafficClass ?? 0;
  header[0] = 0x60 | (traffic >>> 4);
  header[1] = (traffic & 15) << 4;
  header.writeUInt16BE(Math.min(tcpBytes + length, 0xffff), 4);
  header[6] = TCP;
  header[7] = ttl ?? 0;
  header.set(source, 8);
  header.set(destination, 24);
  return header;
}
