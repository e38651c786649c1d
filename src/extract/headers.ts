/** Headers written anew, checksums included. */
import { checksumOf, sumOf } from './checksum.js';

const ETHER_IPV4 = 0x0800;
const ETHER_IPV6 = 0x86dd;
const ETHER_VLAN = 0x8100;

/** Ethernet II, with a tag where there is a VLAN (-1: none). IEEE 802.3, IEEE 802.1Q. */
export function ethernetHeader(target: Uint8Array, source: Uint8Array, vlan: number, family: 4 | 6): Buffer {
  const type = Buffer.alloc(vlan < 0 ? 2 : 6);
  if (vlan >= 0) {
    type.writeUInt16BE(ETHER_VLAN, 0);
    type.writeUInt16BE(vlan & 0xfff, 2);
  }
  type.writeUInt16BE(family === 4 ? ETHER_IPV4 : ETHER_IPV6, type.length - 2);
  return Buffer.concat([target, source, type]);
}

/** Six bytes of a 48-bit number. */
export function macBytes(mac: number): Uint8Array {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(mac, 0, 6);
  return bytes;
}

/** RFC 791 §3.1, without options. `length` is that of what follows. */
export function ipv4Header(header: {
  readonly source: number;
  readonly target: number;
  readonly ttl: number;
  readonly id: number;
  readonly protocol: number;
  readonly length: number;
}): Buffer {
  const bytes = Buffer.alloc(20);
  bytes[0] = 0x45;
  // What is longer than a datagram can be was to be cut up by the interface: its length is not told.
  bytes.writeUInt16BE(header.length + 20 > 0xffff ? 0 : header.length + 20, 2);
  bytes.writeUInt16BE(header.id, 4);
  bytes[8] = header.ttl;
  bytes[9] = header.protocol;
  bytes.writeUInt32BE(header.source >>> 0, 12);
  bytes.writeUInt32BE(header.target >>> 0, 16);
  bytes.writeUInt16BE(checksumOf(sumOf(bytes)), 10);
  return bytes;
}

/** 32-bit words one behind the other. */
export function writeWords(bytes: Buffer, words: readonly number[], at: number): void {
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, at + index * 4);
}

/** RFC 8200 §3, without extension headers. `length` is that of what follows. */
export function ipv6Header(header: {
  readonly source: readonly number[];
  readonly target: readonly number[];
  readonly hopLimit: number;
  readonly nextHeader: number;
  readonly length: number;
}): Buffer {
  const bytes = Buffer.alloc(40);
  bytes[0] = 0x60;
  bytes.writeUInt16BE(header.length > 0xffff ? 0 : header.length, 4);
  bytes[6] = header.nextHeader;
  bytes[7] = header.hopLimit;
  writeWords(bytes, header.source, 8);
  writeWords(bytes, header.target, 24);
  return bytes;
}
