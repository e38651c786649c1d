/**
 * One packet of an extract: as it was captured, with its payload edited; or, with pseudonyms, its
 * innermost IP datagram under a link header of its own, so that nothing of tunnels and outer
 * addresses is let out.
 *
 * Time (by the clock of the run), TTL, IP ID, flags, options, window and sequence numbers are never touched.
 */
import { LINKTYPE_PRINTED } from '../capture/link-types.js';
import type { PacketView } from '../capture/packet.js';
import { PRINTED, PRINTED_HEADER_BYTES, SAID } from '../capture/text-log/printed-header.js';
import type { CaptureDirection } from '../facts/segment-evidence.js';
import type { QuotedSegment, SegmentView } from '../net/segment.js';
import { checksumOf, sumOf, updatedChecksum } from './checksum.js';
import { ethernetHeader, ipv4Header, ipv6Header, macBytes, writeWords } from './headers.js';
import type { Pseudonyms } from './pseudonyms.js';

const LINKTYPE_ETHERNET = 1;
const LINKTYPE_RAW = 101;
const TCP_CHECKSUM = 16;
const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;
/** An IP header is sought this far before TCP's: options and extension headers may lie between. */
const MAX_IP_HEADER_BYTES = 512;

/** A packet in other words. */
export interface Rewritten {
  readonly linkType: number;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  /** As the capture or its link header told it. */
  readonly direction: CaptureDirection;
  readonly interfaceIndex: number;
}

/** What is done to the payload: edited in place, given where it stands in its direction; or cut off. */
export type PayloadEdit = ((payload: Uint8Array) => void) | 'cut' | null;

/** The packet as captured, its payload edited and its TCP checksum kept true to it. */
export function asCaptured(
  packet: PacketView,
  segment: SegmentView,
  tcpStart: number,
  edit: PayloadEdit,
): Rewritten | null {
  // A datagram out of fragments, or unpacked, has bytes of its own; one made of a text has a header that no file has.
  if (segment.buffer !== packet.buffer || packet.linkType === LINKTYPE_PRINTED) return null;
  const bytes = Buffer.from(packet.buffer.subarray(packet.start, packet.end));
  const { linkType, originalLength } = packet;
  const from = segment.payloadStart - packet.start;
  const to = segment.payloadEnd - packet.start;
  const { direction } = segment;
  const { interfaceIndex } = packet;
  if (edit === 'cut') return { linkType, bytes: bytes.subarray(0, from), originalLength, direction, interfaceIndex };
  if (edit !== null && to > from) editPayload(bytes, tcpStart - packet.start, from, to, edit);
  return { linkType, bytes, originalLength, direction, interfaceIndex };
}

/** A packet that is no TCP, as captured; of a text its datagram. `null`: the text says nothing of it. */
export function otherPacket(packet: PacketView): Rewritten | null {
  const { buffer, start, end, linkType, originalLength, direction, interfaceIndex } = packet;
  if (linkType !== LINKTYPE_PRINTED)
    return { linkType, bytes: buffer.subarray(start, end), originalLength, direction, interfaceIndex };
  const bytes = buffer.subarray(start + PRINTED_HEADER_BYTES, end);
  if (bytes.length === 0) return null;
  // ARP has no place in a file of datagrams.
  const said = new DataView(buffer.buffer, buffer.byteOffset + start).getUint16(PRINTED.said);
  if ((said & SAID.arp) !== 0) return null;
  return {
    linkType: LINKTYPE_RAW,
    bytes,
    originalLength: originalLength - PRINTED_HEADER_BYTES,
    direction,
    interfaceIndex,
  };
}

/** The datagram alone; with pseudonyms under other names. */
export class DatagramWriter {
  /** Link-layer address by the IP address behind it, as it was last seen. */
  private readonly macs = new Map<string, number>();

  constructor(private readonly pseudonyms: Pseudonyms | null) {}

  segment(segment: SegmentView, tcpStart: number, edit: PayloadEdit): Rewritten {
    const source = addressKey(segment.source0, segment.source1, segment.source2, segment.source3);
    if (segment.mac >= 0) this.macs.set(source, segment.mac);
    const ip = this.ipHeader(segment, tcpStart);
    const tcp = Buffer.from(segment.buffer.subarray(tcpStart, segment.payloadEnd));
    const payloadAt = segment.payloadStart - tcpStart;
    this.retell(tcp, segment);
    if (edit !== 'cut' && edit !== null && tcp.length > payloadAt) editPayload(tcp, 0, payloadAt, tcp.length, edit);
    const written = edit === 'cut' ? tcp.subarray(0, payloadAt) : tcp;
    const link = this.linkHeader(segment);
    const bytes = Buffer.concat([link, ip, written]);
    const originalLength = link.length + ip.length + payloadAt + segment.payloadLength;
    const linkType = link.length === 0 ? LINKTYPE_RAW : LINKTYPE_ETHERNET;
    // A link header that is left behind may have told the interface (Linux cooked, version 2).
    const { direction, interfaceIndex } = segment;
    return { linkType, bytes, originalLength, direction, interfaceIndex };
  }

  /** An ICMP error and what it quotes, made anew of what is known of them. RFC 792, RFC 4443. */
  quoted(quoted: QuotedSegment, sequence: number): Rewritten {
    const isV6 = quoted.icmpFamily === 6;
    const quotedSource = this.words(quoted.family, [quoted.source0, quoted.source1, quoted.source2, quoted.source3]);
    const quotedTarget = this.words(quoted.family, [
      quoted.destination0,
      quoted.destination1,
      quoted.destination2,
      quoted.destination3,
    ]);
    const sender = this.words(quoted.icmpFamily, [quoted.sender0, quoted.sender1, quoted.sender2, quoted.sender3]);
    const tcp = Buffer.alloc(20);
    tcp.writeUInt16BE(quoted.sourcePort, 0);
    tcp.writeUInt16BE(quoted.destinationPort, 2);
    tcp.writeUInt32BE(sequence, 4);
    tcp[12] = 0x50;
    const inner =
      quoted.family === 4
        ? ipv4Header({ source: quotedSource[0], target: quotedTarget[0], ttl: 64, id: 0, protocol: TCP, length: 20 })
        : ipv6Header({ source: quotedSource, target: quotedTarget, hopLimit: 64, nextHeader: TCP, length: 20 });
    const head = Buffer.alloc(8);
    head[0] = quoted.icmpType;
    head[1] = quoted.icmpCode;
    if (quoted.mtu >= 0) head.writeUInt32BE(quoted.mtu, 4);
    // What a host answers at another length of quotation is not numbered by Wireshark: 8 bytes of TCP.
    const quotation = Buffer.concat([inner, quoted.numbered ? tcp : tcp.subarray(0, 8)]);
    const icmp = Buffer.concat([head, quotation]);
    const length = icmp.length;
    const outer = isV6
      ? ipv6Header({ source: sender, target: quotedSource, hopLimit: 64, nextHeader: ICMPV6, length })
      : ipv4Header({ source: sender[0], target: quotedSource[0], ttl: 64, id: 0, protocol: ICMP, length });
    const pseudo = isV6 ? sumOf(outer.subarray(8, 40)) + ICMPV6 + length : 0;
    icmp.writeUInt16BE(checksumOf(sumOf(icmp) + pseudo), 2);
    const bytes = Buffer.concat([outer, icmp]);
    return { linkType: LINKTYPE_RAW, bytes, originalLength: bytes.length, direction: null, interfaceIndex: 0 };
  }

  /** The IP header as captured but for its addresses; where its datagram came in pieces, one of its own. */
  private ipHeader(segment: SegmentView, tcpStart: number): Buffer {
    const start = ipHeaderStart(segment, tcpStart);
    const source = this.words(segment.family, [segment.source0, segment.source1, segment.source2, segment.source3]);
    const target = this.words(segment.family, [
      segment.destination0,
      segment.destination1,
      segment.destination2,
      segment.destination3,
    ]);
    if (start < 0) {
      const length = segment.payloadStart - tcpStart + segment.payloadLength;
      return segment.family === 4
        ? ipv4Header({
            source: source[0],
            target: target[0],
            ttl: segment.ttl,
            id: Math.max(0, segment.ipId),
            protocol: TCP,
            length,
          })
        : ipv6Header({ source, target, hopLimit: segment.ttl, nextHeader: TCP, length });
    }
    const header = Buffer.from(segment.buffer.subarray(start, tcpStart));
    if (segment.family === 6) {
      writeWords(header, source, 8);
      writeWords(header, target, 24);
      return header;
    }
    const before = sumOf(header.subarray(12, 20));
    header.writeUInt32BE(source[0], 12);
    header.writeUInt32BE(target[0], 16);
    const checksum = updatedChecksum(header.readUInt16BE(10), before, sumOf(header.subarray(12, 20)));
    header.writeUInt16BE(checksum, 10);
    return header;
  }

  /** The TCP checksum covers the addresses too. RFC 9293 §3.1. */
  private retell(tcp: Buffer, segment: SegmentView): void {
    if (this.pseudonyms === null || tcp.length < TCP_CHECKSUM + 2) return;
    const old = [
      ...[segment.source0, segment.source1, segment.source2, segment.source3],
      ...[segment.destination0, segment.destination1, segment.destination2, segment.destination3],
    ];
    const before = wordSum(old);
    const after = wordSum([
      ...this.words(segment.family, [segment.source0, segment.source1, segment.source2, segment.source3]),
      ...this.words(segment.family, [
        segment.destination0,
        segment.destination1,
        segment.destination2,
        segment.destination3,
      ]),
    ]);
    tcp.writeUInt16BE(updatedChecksum(tcp.readUInt16BE(TCP_CHECKSUM), before, after), TCP_CHECKSUM);
  }

  private linkHeader(segment: SegmentView): Buffer {
    if (segment.mac < 0) return Buffer.alloc(0);
    const target = addressKey(segment.destination0, segment.destination1, segment.destination2, segment.destination3);
    const mac = (value: number) => macBytes(this.pseudonyms === null ? value : this.pseudonyms.mac(value));
    // Where the link header did not tell it: whoever has sent from there, or a locally administered address.
    const to = segment.macTo >= 0 ? segment.macTo : (this.macs.get(target) ?? 0x020000000001);
    return ethernetHeader(mac(to), mac(segment.mac), segment.vlan, segment.family);
  }

  private words(
    family: 4 | 6,
    words: readonly [number, number, number, number],
  ): readonly [number, number, number, number] {
    const { pseudonyms } = this;
    if (pseudonyms === null) return words;
    return family === 4 ? [pseudonyms.ipv4(words[0]), 0, 0, 0] : pseudonyms.ipv6(words);
  }
}

/** Edits [from, to), and the TCP checksum with it. */
function editPayload(
  bytes: Buffer,
  tcpAt: number,
  from: number,
  to: number,
  edit: (payload: Uint8Array) => void,
): void {
  const payload = bytes.subarray(from, to);
  // The sum is taken from an even place in the segment: headers are multiples of four bytes.
  const before = sumOf(payload);
  edit(payload);
  const at = tcpAt + TCP_CHECKSUM;
  bytes.writeUInt16BE(updatedChecksum(bytes.readUInt16BE(at), before, sumOf(payload)), at);
}

/** Where the IP header of the segment begins, by its addresses; -1: not in these bytes. */
function ipHeaderStart(segment: SegmentView, tcpStart: number): number {
  const { view, family } = segment;
  const [least, sourceAt, version] = family === 4 ? [20, 12, 4] : [40, 8, 6];
  const words = family === 4 ? 1 : 4;
  const source = [segment.source0, segment.source1, segment.source2, segment.source3];
  const target = [segment.destination0, segment.destination1, segment.destination2, segment.destination3];
  for (let back = least; back <= MAX_IP_HEADER_BYTES && back <= tcpStart; back += 4) {
    const at = tcpStart - back;
    if (view.getUint8(at) >>> 4 !== version) continue;
    const matches = (words32: readonly number[], from: number) =>
      words32.slice(0, words).every((word, index) => view.getUint32(at + from + index * 4) === word >>> 0);
    if (matches(source, sourceAt) && matches(target, sourceAt + words * 4)) return at;
  }
  return -1;
}

function wordSum(words: readonly number[]): number {
  return words.reduce((sum, word) => sum + (word >>> 16) + (word & 0xffff), 0);
}

function addressKey(...words: readonly number[]): string {
  return words.join();
}
