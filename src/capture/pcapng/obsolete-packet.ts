import { BLOCK_TRAILER_BYTES } from './block.js';
import { type OptionCursor, padded } from './options.js';
import { type PacketBlock, readPacketOptions } from './packet-block.js';

const INTERFACE_ID = 8;
const DROPS_COUNT = 10;
const TIMESTAMP_HIGH = 12;
const TIMESTAMP_LOW = 16;
const CAPTURED_LENGTH = 20;
const ORIGINAL_LENGTH = 24;
const DATA = 28;

/** A drops count that says: not known. */
const DROPS_UNKNOWN = 0xffff;

/** Bytes of an obsolete packet block without packet and options. */
export const MIN_OBSOLETE_PACKET_BYTES = DATA + BLOCK_TRAILER_BYTES;

/**
 * Packet block, which the enhanced one replaced, draft-ietf-opsawg-pcapng appendix A, of `length`
 * bytes at `at`, all held.
 *
 * `false`: its captured length does not fit it; only that figure is then set.
 */
export function readObsoletePacket(
  block: PacketBlock,
  options: OptionCursor,
  view: DataView,
  at: number,
  length: number,
  little: boolean,
): boolean {
  const captured = view.getUint32(at + CAPTURED_LENGTH, little);
  block.capturedLength = captured;
  if (captured > length - MIN_OBSOLETE_PACKET_BYTES) return false;
  const drops = view.getUint16(at + DROPS_COUNT, little);
  block.interfaceId = view.getUint16(at + INTERFACE_ID, little);
  block.timed = true;
  block.timestampHigh = view.getUint32(at + TIMESTAMP_HIGH, little);
  block.timestampLow = view.getUint32(at + TIMESTAMP_LOW, little);
  block.originalLength = view.getUint32(at + ORIGINAL_LENGTH, little);
  block.start = at + DATA;
  block.direction = null;
  block.drops = drops === DROPS_UNKNOWN ? -1 : drops;
  const optionsStart = block.start + padded(captured);
  const end = at + length - BLOCK_TRAILER_BYTES;
  if (optionsStart < end) readPacketOptions(block, options, view, optionsStart, end, little);
  return true;
}
