/** CAPWAP data: frames between access points and their controller. RFC 5415 §4.3, RFC 5416 §2. */
import type { Cursor } from './cursor.js';
import { ieee80211 } from './ieee80211.js';
import { ETHERNET, type Layer, NONE } from './layer.js';

const HEADER = 8;
/** Version 0; type 0 is plain, 1 is DTLS. */
const PLAIN = 0x00;
const DTLS = 0x01;
const LENGTH_SHIFT = 3;
const BINDING = 0x3e;
const BINDING_IEEE80211 = 0x02;
/** The frame is as on the air, not 802.3. */
const NATIVE = 0x01;
const FRAGMENT = 0x80;
const KEEP_ALIVE = 0x08;
const DATA_TYPE = 0x08;
const TYPE_MASK = 0x0f;

/** Reads the header; a frame of 802.3 or 802.11 follows. Encrypted ones and fragments are counted and left. */
export function capwap(cursor: Cursor): Layer {
  const { view, at, end } = cursor;
  if (end - at < HEADER) return cursor.malformed('capwap-header-cut');
  const preamble = view.getUint8(at);
  if (preamble === DTLS) return cursor.malformed('capwap-encrypted');
  const flags = view.getUint8(at + 3);
  if (preamble !== PLAIN || (flags & KEEP_ALIVE) !== 0) return NONE;
  if ((flags & FRAGMENT) !== 0) return cursor.malformed('capwap-fragment');
  const length = (view.getUint8(at + 1) >>> LENGTH_SHIFT) * 4;
  if (length < HEADER) return cursor.malformed('capwap-header-length');
  if (length > end - at) return cursor.malformed('capwap-header-cut');
  const kind = view.getUint8(at + 2);
  cursor.at = at + length;
  if ((kind & NATIVE) === 0) return ETHERNET;
  return (kind & BINDING) === BINDING_IEEE80211 ? ieee80211(cursor, false, isSwapped(cursor)) : NONE;
}

/** Cisco's access points write the two bytes of the frame control the other way round. */
function isSwapped({ view, at, end }: Cursor): boolean {
  if (end - at < 2) return false;
  return (view.getUint8(at + 1) & TYPE_MASK) === DATA_TYPE && (view.getUint8(at) & TYPE_MASK) !== DATA_TYPE;
}
