import type { OptionCursor } from './options.js';
import type { PacketBlock } from './packet-block.js';
import { readTimedPacket } from './timed-packet.js';

const INTERFACE_ID = 8;

/**
 * Enhanced packet block, draft-ietf-opsawg-pcapng §4.3, of `length` bytes at `at`, all held.
 *
 * `false`: its captured length does not fit it; only that figure is then set.
 */
export function readEnhancedPacket(
  block: PacketBlock,
  options: OptionCursor,
  view: DataView,
  at: number,
  length: number,
  little: boolean,
): boolean {
  if (!readTimedPacket(block, options, view, at, length, little, -1)) return false;
  block.interfaceId = view.getUint32(at + INTERFACE_ID, little);
  return true;
}
