import { dataViewOf } from './data-view.js';

const SPACE = 0x20;
const DELETE = 0x7f;
const SPACE_IN_EACH = 0x20202020;
const ONE_IN_EACH = 0x01010101;
const TOP_OF_EACH = -0x7f7f7f80;

/**
 * Index of the first byte in [start, end) that is no printable character of ASCII, the space among them; `end` where all are.
 *
 * Eight bytes a turn, as in line-feed: a byte below the space borrows, DEL and what is beyond ASCII have their top
 * bit set, or get it by adding one. Only bytes above the first that is found can be marked wrongly.
 */
export function printableEnd(view: Uint8Array, start: number, end: number): number {
  const data = dataViewOf(view);
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    const first = data.getInt32(at, true);
    const second = data.getInt32(at + 4, true);
    const low = ((first - SPACE_IN_EACH) | (first + ONE_IN_EACH)) & TOP_OF_EACH;
    const high = ((second - SPACE_IN_EACH) | (second + ONE_IN_EACH)) & TOP_OF_EACH;
    if ((low | high) !== 0) return low !== 0 ? at + lowestByte(low) : at + 4 + lowestByte(high);
  }
  for (; at < end; at += 1) {
    const byte = view[at] ?? 0;
    if (byte < SPACE || byte >= DELETE) return at;
  }
  return end;
}

/** Which byte of a little-endian word holds its lowest bit. */
function lowestByte(word: number): number {
  return (31 - Math.clz32(word & -word)) >> 3;
}
