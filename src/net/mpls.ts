/** MPLS label stack. RFC 3032; the content has no type, RFC 4928 §3, RFC 4448 §4. */
import type { Cursor } from './cursor.js';
import { isFrameAt } from './ethernet.js';
import { ETHERNET, IPV4, IPV6, type Layer, NONE } from './layer.js';

const LABEL = 4;
const BOTTOM_OF_STACK = 0x100;
/** First nibble of a pseudowire's control word, and of its associated channel. RFC 4385 §3, §5. */
const CONTROL_WORD = 0;
const CONTROL_WORD_BYTES = 4;
const ASSOCIATED_CHANNEL = 1;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
/** Of UDP and ICMP. */
const SHORTEST_CONTENT = 8;
const CHECK_SEQUENCE = 4;
/** What Ethernet pads its content to, label included: no TCP over IPv6 is as short. IEEE 802.3 §3.2.8. */
const PADDED = 46;

/**
 * Reads the labels down to the bottom of the stack, then guesses the content by its first nibble: version of
 * IP, or 0 of a control word. A pseudowire may do without a control word, and any address may stand first then.
 */
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
      return isFrameAt(cursor, at) && !hasLength(cursor, at, 4) ? ETHERNET : IPV4;
    case 6:
      return isFrameAt(cursor, at) && !hasLength(cursor, at, 6) ? ETHERNET : IPV6;
    case CONTROL_WORD:
      if (isFrameAt(cursor, at) && !isFrameAt(cursor, at + CONTROL_WORD_BYTES)) return ETHERNET;
      return cursor.skip(CONTROL_WORD_BYTES, ETHERNET, 'mpls-control-word-cut');
    case ASSOCIATED_CHANNEL:
      return isFrameAt(cursor, at) ? ETHERNET : NONE;
    default:
      return ETHERNET;
  }
}

/** Whether the packet is as long as an IP header at `at` would have it: a check sequence, or padding, may follow. */
function hasLength({ view, wireEnd }: Cursor, at: number, version: number): boolean {
  const rest = wireEnd - at;
  const content = version === 4 ? view.getUint16(at + 2) - IPV4_HEADER : view.getUint16(at + 4);
  const behind = rest - content - (version === 4 ? IPV4_HEADER : IPV6_HEADER);
  return content >= SHORTEST_CONTENT && behind >= 0 && (behind <= CHECK_SEQUENCE || (version === 4 && rest <= PADDED));
}
