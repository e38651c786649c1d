import type { OptionCursor } from './options.js';
import type { PacketBlock } from './packet-block.js';
import { readTimedPacket } from './timed-packet.js';

const INTERFACE_ID = 8;
const DROPS_COUNT = 10;

/** A drops count that says: not known. */
const DROPS_UNKNOWN = 0xffff;

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
  const drops = view.getUint16(at + DROPS_COUNT, little);
  if (!readTimedPacket(block, options, view, at, length, little, drops === DROPS_UNKNOWN ? -1 : drops)) return false;
  block.interfaceId = view.getUint16(at + INTERFACE_ID, little);
  return true;
}
