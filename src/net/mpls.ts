/** MPLS label stack. RFC 3032; the content has no type, RFC 4928 §3, RFC 4448 §4. */
import type { Cursor } from './cursor.js';
import { ETHERNET, IPV4, IPV6, type Layer, NONE } from './layer.js';

const LABEL = 4;
const BOTTOM_OF_STACK = 0x100;
/** First nibble of a pseudowire's control word, and of its associated channel. RFC 4385 §3, §5. */
const CONTROL_WORD = 0;
const ASSOCIATED_CHANNEL = 1;

/** Reads the labels down to the bottom of the stack, then guesses the content by its first nibble. */
export function mpls(cursor: Cursor): Layer {
  const { view, end } = cursor;
  let at = cursor.at;
  for (;;) {
    if (end - at < LABEL) return cursor.malformed('mpls-label-cut');
    const label = view.getUint32(at);
    at += LABEL;
    if ((label & BOTTOM_OF_STACK) !== 0) break;
  }
  cursor.at = at;
  if (at === end) return NONE;
  switch (view.getUint8(at) >>> 4) {
    case 4:
      return IPV4;
    case 6:
      return IPV6;
    case CONTROL_WORD:
      return cursor.skip(LABEL, ETHERNET, 'mpls-control-word-cut');
    case ASSOCIATED_CHANNEL:
      return NONE;
    default:
      return ETHERNET;
  }
}
