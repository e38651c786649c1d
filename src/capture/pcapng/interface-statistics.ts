import { BLOCK_TRAILER_BYTES } from './block.js';
import type { OptionCursor } from './options.js';

const INTERFACE_ID = 8;
const OPTIONS = 20;

/** Bytes of an interface statistics block without options. */
export const MIN_INTERFACE_STATISTICS_BYTES = OPTIONS + BLOCK_TRAILER_BYTES;

const ISB_IFDROP = 5;
const ISB_OSDROP = 7;

/** Which interface of the section a statistics block is about. */
export function statisticsInterface(view: DataView, at: number, little: boolean): number {
  return view.getUint32(at + INTERFACE_ID, little);
}

/**
 * Interface statistics block, draft-ietf-opsawg-pcapng §4.6, of `length` bytes at `at`, all held:
 * packets that the interface and the operating system dropped since the capture began; -1 when it
 * counts neither.
 */
export function readStatisticsDrops(
  options: OptionCursor,
  view: DataView,
  at: number,
  length: number,
  little: boolean,
): number {
  let drops = -1;
  options.reset(view, at + OPTIONS, at + length - BLOCK_TRAILER_BYTES, little);
  while (options.next()) {
    if ((options.code === ISB_IFDROP || options.code === ISB_OSDROP) && options.length === 8) {
      drops = Math.max(drops, 0) + options.uint64();
    }
  }
  return drops;
}
