import type { CaptureDirection } from '../../facts/segment-evidence.js';
import type { OptionCursor } from './options.js';

/** What the three kinds of packet block say; one object, filled anew for each. */
export interface PacketBlock {
  /** Index of the interface in its section. */
  interfaceId: number;
  /** Whether the block has a time; the simple packet block has none. */
  timed: boolean;
  timestampHigh: number;
  timestampLow: number;
  capturedLength: number;
  originalLength: number;
  /** Where the packet's bytes begin in the view. */
  start: number;
  direction: CaptureDirection;
  /** Packets lost between the interface's previous packet and this one; -1 when not told. */
  drops: number;
}

/** A packet block with nothing in it. */
export function emptyPacketBlock(): PacketBlock {
  return {
    interfaceId: 0,
    timed: false,
    timestampHigh: 0,
    timestampLow: 0,
    capturedLength: 0,
    originalLength: 0,
    start: 0,
    direction: null,
    drops: -1,
  };
}

/** epb_flags and pack_flags share code and layout. draft-ietf-opsawg-pcapng §4.3. */
const FLAGS = 2;
const DROP_COUNT = 4;

/** Reads the direction and the drop count out of the options at [start, end). */
export function readPacketOptions(
  block: PacketBlock,
  options: OptionCursor,
  view: DataView,
  start: number,
  end: number,
  little: boolean,
): void {
  options.reset(view, start, end, little);
  while (options.next()) {
    if (options.code === FLAGS && options.length === 4) {
      const direction = view.getUint32(options.at, little) & 3;
      block.direction = direction === 1 ? 'inbound' : direction === 2 ? 'outbound' : null;
    } else if (options.code === DROP_COUNT && options.length === 8) {
      block.drops = options.uint64();
    }
  }
}
