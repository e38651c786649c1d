/** Tunnels that put IP into UDP with next to nothing between: GUE (draft-ietf-intarea-gue §3), LISP (RFC 9300 §5). */
import type { Cursor } from './cursor.js';
import { IP, IP_PROTOCOL, type Layer, NONE } from './layer.js';

const HEADER = 4;
const VARIANT_SHIFT = 6;
const CONTROL = 0x20;
const LENGTH = 0x1f;
const LISP_HEADER = 8;

/** Variant 0 has a header that names an IP protocol, variant 1 is IP itself. */
export function gue(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < HEADER) return cursor.malformed('gue-header-cut');
  const first = view.getUint8(at);
  if (first >>> VARIANT_SHIFT === 1) return IP;
  if (first >>> VARIANT_SHIFT !== 0 || (first & CONTROL) !== 0) return NONE;
  cursor.protocol = view.getUint8(at + 1);
  return cursor.skip(HEADER + (first & LENGTH) * 4, IP_PROTOCOL, 'gue-header-cut');
}

/** LISP data: flags, nonce, locators; the packet follows. */
export function lisp(cursor: Cursor): Layer {
  return cursor.skip(LISP_HEADER, IP, 'lisp-header-cut');
}
