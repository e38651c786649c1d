import { BLOCK_TRAILER_BYTES } from './block.js';
import type { PacketBlock } from './packet-block.js';

const ORIGINAL_LENGTH = 8;
const DATA = 12;

/** Bytes of a simple packet block without packet. */
export const MIN_SIMPLE_PACKET_BYTES = DATA + BLOCK_TRAILER_BYTES;

/**
 * Simple packet block, draft-ietf-opsawg-pcapng §4.4, of `length` bytes at `at`, all held.
 *
 * It belongs to interface 0, whose snap length (0: none) says how much of the packet it holds, and
 * has no time. `false`: the captured length so found does not fit; only that figure is then set.
 */
export function readSimplePacket(
  block: PacketBlock,
  view: DataView,
  at: number,
  length: number,
  little: boolean,
  snapLength: number,
): boolean {
  const original = view.getUint32(at + ORIGINAL_LENGTH, little);
  const captured = snapLength > 0 ? Math.min(original, snapLength) : original;
  block.capturedLength = captured;
  if (captured > length - MIN_SIMPLE_PACKET_BYTES) return false;
  block.interfaceId = 0;
  block.timed = false;
  block.originalLength = original;
  block.start = at + DATA;
  block.direction = null;
  block.drops = -1;
  return true;
}
