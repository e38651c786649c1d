import { dataViewOf } from './data-view.js';

const LF = 0x0a;
const LF_IN_EACH = 0x0a0a0a0a;
const ONE_IN_EACH = 0x01010101;
/** The top bit of each byte, 0x80808080 as a signed word. */
const TOP_OF_EACH = -0x7f7f7f80;

/**
 * Index of the first line feed in [start, end), or -1.
 *
 * Four bytes at a time: a word that holds a line feed, taken as exclusive-or with four line feeds,
 * holds a zero byte, and that is what the usual borrow trick tells exactly. Unlike a search for
 * CRLF in steps of two it cannot miss a line feed that stands alone.
 */
export function lineFeed(view: Uint8Array, start: number, end: number): number {
  const data = dataViewOf(view);
  let at = start;
  // Two words a turn: one branch for eight bytes.
  for (const last = end - 8; at <= last; at += 8) {
    const first = data.getInt32(at, true) ^ LF_IN_EACH;
    const second = data.getInt32(at + 4, true) ^ LF_IN_EACH;
    const found = ((first - ONE_IN_EACH) & ~first) | ((second - ONE_IN_EACH) & ~second);
    if ((found & TOP_OF_EACH) !== 0) break;
  }
  for (; at < end; at += 1) if (view[at] === LF) return at;
  return -1;
}
