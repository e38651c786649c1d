/** TaZmen Sniffer Protocol: how some routers and access points stream what they capture. Its own specification only. */
import type { Cursor } from './cursor.js';
import { ETHERNET, IEEE80211, type Layer, NONE } from './layer.js';

const HEADER = 4;
const RECEIVED = 0;
const TAG_PADDING = 0;
const TAG_END = 1;
const ENCAPSULATES_ETHERNET = 1;
const ENCAPSULATES_802_11 = 18;

/** Passes the header and its tags. */
export function tzsp(cursor: Cursor): Layer {
  const { view, at, end } = cursor;
  if (end - at < HEADER) return cursor.malformed('tzsp-header-cut');
  if (view.getUint8(at) !== 1 || view.getUint8(at + 1) !== RECEIVED) return NONE;
  const content = view.getUint16(at + 2);
  let tag = at + HEADER;
  while (tag < end) {
    const type = view.getUint8(tag);
    if (type === TAG_END) {
      cursor.at = tag + 1;
      if (content === ENCAPSULATES_ETHERNET) return ETHERNET;
      return content === ENCAPSULATES_802_11 ? IEEE80211 : NONE;
    }
    if (type === TAG_PADDING) {
      tag += 1;
      continue;
    }
    if (end - tag < 2) break;
    tag += 2 + view.getUint8(tag + 1);
  }
  return cursor.malformed('tzsp-header-cut');
}
