/**
 * Blocks of a pcapng file as they are written: little-endian, times in nanoseconds.
 * draft-ietf-opsawg-pcapng §3, §4.
 */
import type { CaptureDirection } from '../../facts/segment-evidence.js';
import {
  BLOCK_HEADER_BYTES,
  BLOCK_TRAILER_BYTES,
  DECRYPTION_SECRETS,
  ENHANCED_PACKET,
  INTERFACE_DESCRIPTION,
  SECTION_HEADER,
} from './block.js';

const COMMENT = 1;
const USER_APPLICATION = 4;
const TIME_RESOLUTION = 9;
const PACKET_FLAGS = 2;

/** An option's value has 16 bits of length; Wireshark shows no more of a comment anyway. */
const MAX_COMMENT_BYTES = 60_000;

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

/** The block that a file begins with. @param application What writes it. */
export function sectionHeaderBlock(application: string, comment: string | null): Uint8Array {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(0x1a2b3c4d, 0);
  body.writeUInt16LE(1, 4);
  // -1: the section's length is not told.
  body.writeBigInt64LE(-1n, 8);
  return block(SECTION_HEADER, body, [
    ...commentOption(comment),
    { code: USER_APPLICATION, value: Buffer.from(application) },
  ]);
}

/** One interface; those of a section are numbered from 0 in the order in which they stand. */
export function interfaceBlock(linkType: number, snapLength: number): Uint8Array {
  const body = Buffer.alloc(8);
  body.writeUInt16LE(linkType, 0);
  body.writeUInt32LE(snapLength, 4);
  return block(INTERFACE_DESCRIPTION, body, [{ code: TIME_RESOLUTION, value: Uint8Array.of(9) }]);
}

/** The text of an NSS key log. */
export function keyLogBlock(text: string): Uint8Array {
  const secrets = Buffer.from(text, 'latin1');
  const head = Buffer.alloc(8);
  head.write('KSLT', 0, 'latin1');
  head.writeUInt32LE(secrets.length, 4);
  return block(DECRYPTION_SECRETS, Buffer.concat([head, padded(secrets)]), []);
}

/** A packet to be written. */
export interface WrittenPacket {
  readonly interfaceId: number;
  /** Epoch nanoseconds. */
  readonly epochNs: bigint;
  readonly bytes: Uint8Array;
  /** On the wire; at least the length of `bytes`. */
  readonly originalLength: number;
  readonly direction: CaptureDirection;
  readonly comment: string | null;
}

/** An enhanced packet block. */
export function packetBlock(packet: WrittenPacket): Uint8Array {
  const head = Buffer.alloc(20);
  const time = BigInt.asUintN(64, packet.epochNs);
  head.writeUInt32LE(packet.interfaceId, 0);
  head.writeUInt32LE(Number(time >> 32n), 4);
  head.writeUInt32LE(Number(time & 0xffffffffn), 8);
  head.writeUInt32LE(packet.bytes.length, 12);
  head.writeUInt32LE(Math.max(packet.originalLength, packet.bytes.length), 16);
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(packet.direction === 'inbound' ? 1 : 2, 0);
  return block(ENHANCED_PACKET, Buffer.concat([head, padded(packet.bytes)]), [
    ...commentOption(packet.comment),
    ...(packet.direction === null ? [] : [{ code: PACKET_FLAGS, value: flags }]),
  ]);
}

function commentOption(comment: string | null): Option[] {
  if (comment === null) return [];
  // A character cut in two is written as such.
  return [{ code: COMMENT, value: Buffer.from(comment).subarray(0, MAX_COMMENT_BYTES) }];
}

function block(type: number, body: Uint8Array, options: readonly Option[]): Uint8Array {
  const parts: Uint8Array[] = [body];
  for (const { code, value } of options) {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(code, 0);
    head.writeUInt16LE(value.length, 2);
    parts.push(head, padded(value));
  }
  if (options.length > 0) parts.push(Buffer.alloc(4));
  const content = Buffer.concat(parts);
  const length = BLOCK_HEADER_BYTES + content.length + BLOCK_TRAILER_BYTES;
  const head = Buffer.alloc(BLOCK_HEADER_BYTES);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  const trailer = Buffer.alloc(BLOCK_TRAILER_BYTES);
  trailer.writeUInt32LE(length, 0);
  return Buffer.concat([head, content, trailer]);
}

/** Filled with zeros to a multiple of four. */
function padded(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % 4;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - rest)]);
}
