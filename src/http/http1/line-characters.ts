/** What the characters of a field line are, looked at where they stand. RFC 9110 §5.1, §5.5. */
import { dataViewOf } from '../../bytes/data-view.js';
import { BARE_CR, CONTROL_CHARACTER } from './field-flaws.js';
import { COLON, CR, HT, IS_TOKEN, SP } from './grammar.js';

const DEL = 0x7f;

/** Flaws that the characters [start, end) of a line are: controls other than a tab have no place in it. RFC 9110 §5.5, RFC 9112 §2.2. */
export function controlsIn(view: Uint8Array, start: number, end: number): number {
  let flaws = 0;
  for (let at = start; at < end; at += 1) {
    const byte = view[at] ?? 0;
    if (byte === CR) flaws |= BARE_CR;
    else if ((byte < SP && byte !== HT) || byte === DEL) flaws |= CONTROL_CHARACTER;
  }
  return flaws;
}

/** Whether the bytes [start, end) are a token's. RFC 9110 §5.6.2. */
export function isToken(view: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (IS_TOKEN[view[at] ?? 0] !== 1) return false;
  return true;
}

const COLON_IN_EACH = 0x3a3a3a3a;
const ONE_IN_EACH = 0x01010101;
/** The first graphic character, 0x21, in each byte. */
const GRAPHIC_IN_EACH = 0x21212121;
const TOP_OF_EACH = -0x7f7f7f80;

/**
 * Index of the first colon, blank or control character in [start, end), else `end`: four bytes at a
 * time, as in bytes/line-feed. Other characters that no token has pass; such names are not kept.
 */
export function nameEnd(view: Uint8Array, start: number, end: number): number {
  const data = dataViewOf(view);
  let at = start;
  for (const last = end - 4; at <= last; at += 4) {
    const word = data.getInt32(at, true);
    const colons = word ^ COLON_IN_EACH;
    const found = ((colons - ONE_IN_EACH) & ~colons) | ((word - GRAPHIC_IN_EACH) & ~word);
    if ((found & TOP_OF_EACH) !== 0) break;
  }
  while (at < end && view[at] !== COLON && (view[at] ?? 0) > SP) at += 1;
  return at;
}
