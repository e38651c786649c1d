import { BLOCK_TRAILER_BYTES } from './block.js';
import type { OptionCursor } from './options.js';
import { DEFAULT_RESOLUTION, InterfaceClock } from './timestamp.js';

const LINK_TYPE = 8;
const SNAP_LENGTH = 12;
const OPTIONS = 16;

/** Bytes of an interface description block without options. */
export const MIN_INTERFACE_DESCRIPTION_BYTES = OPTIONS + BLOCK_TRAILER_BYTES;

const IF_NAME = 2;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;

/** Characters kept of an interface's name; the longest in the wild, Windows' device paths, have some 60. */
export const MAX_INTERFACE_NAME_LENGTH = 128;

/** One interface of a section, and what has been lost on it. */
export interface PcapngInterface {
  readonly linkType: number;
  /** 0: none. */
  readonly snapLength: number;
  /** if_name; `null` when the capture does not tell. */
  readonly name: string | null;
  readonly clock: InterfaceClock;
  /** Dropped packets as the last statistics block counts them; -1: none did. */
  statisticsDrops: number;
  /** Sum of the drop counts that packets carry; -1: none did. */
  packetDrops: number;
}

/** Interface description block, draft-ietf-opsawg-pcapng §4.2, of `length` bytes at `at`, all held. */
export function readInterfaceDescription(
  options: OptionCursor,
  view: DataView,
  at: number,
  length: number,
  little: boolean,
): PcapngInterface {
  let name: string | null = null;
  let resolution = DEFAULT_RESOLUTION;
  let offsetSeconds = 0;
  options.reset(view, at + OPTIONS, at + length - BLOCK_TRAILER_BYTES, little);
  while (options.next()) {
    if (options.code === IF_NAME) name = options.text().slice(0, MAX_INTERFACE_NAME_LENGTH);
    else if (options.code === IF_TSRESOL && options.length === 1) resolution = view.getUint8(options.at);
    else if (options.code === IF_TSOFFSET && options.length === 8) {
      offsetSeconds = Number(view.getBigInt64(options.at, little));
    }
  }
  return {
    linkType: view.getUint16(at + LINK_TYPE, little),
    snapLength: view.getUint32(at + SNAP_LENGTH, little),
    name,
    clock: new InterfaceClock(resolution, offsetSeconds),
    statisticsDrops: -1,
    packetDrops: -1,
  };
}
