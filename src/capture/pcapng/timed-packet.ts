/** What the enhanced packet block and the obsolete one, which it replaced, have alike. draft-ietf-opsawg-pcapng §4.3, appendix A. */
import { BLOCK_TRAILER_BYTES } from './block.js';
import { type OptionCursor, padded } from './options.js';
import { type PacketBlock, readPacketOptions } from './packet-block.js';

const TIMESTAMP_HIGH = 12;
const TIMESTAMP_LOW = 16;
const CAPTURED_LENGTH = 20;
const ORIGINAL_LENGTH = 24;
const DATA = 28;

/** Bytes of either block without packet and options. */
export const MIN_TIMED_PACKET_BYTES = DATA + BLOCK_TRAILER_BYTES;

/**
 * All but the interface, of a block of `length` bytes at `at`, all held.
 *
 * `false`: its captured length does not fit it; only that figure is then set.
 *
 * @param drops The count of lost packets, which an option may tell instead; -1: not told.
 */
export function readTimedPacket(
  block: PacketBlock,
  options: OptionCursor,
  view: DataView,
  at: number,
  length: number,
  little: boolean,
  drops: number,
): boolean {
  const captured = view.getUint32(at + CAPTURED_LENGTH, little);
  block.capturedLength = captured;
  if (captured > length - MIN_TIMED_PACKET_BYTES) return false;
  block.timed = true;
  block.timestampHigh = view.getUint32(at + TIMESTAMP_HIGH, little);
  block.timestampLow = view.getUint32(at + TIMESTAMP_LOW, little);
  block.originalLength = view.getUint32(at + ORIGINAL_LENGTH, little);
  block.start = at + DATA;
  block.direction = null;
  block.drops = drops;
  const optionsStart = block.start + padded(captured);
  const end = at + length - BLOCK_TRAILER_BYTES;
  if (optionsStart < end) readPacketOptions(block, options, view, optionsStart, end, little);
  return true;
}
