/** The radio headers that captures put before 802.11 frames: radiotap, Prism, AVS. */
import type { Cursor } from './cursor.js';
import { ieee80211 } from './ieee80211.js';
import type { Layer } from './layer.js';

const RADIOTAP_MIN = 8;
const PRESENT = 4;
const PRESENT_TSFT = 1;
const PRESENT_FLAGS = 2;
const PRESENT_MORE = 0x80000000;
const FLAG_CHECK_SEQUENCE = 0x10;
const FLAG_PADDED = 0x20;
const CHECK_SEQUENCE = 4;

/** Radiotap, whose flags tell of padding and of a check sequence. https://www.radiotap.org; all little-endian. */
export function radiotap(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < RADIOTAP_MIN) return cursor.malformed('radiotap-header-cut');
  const length = view.getUint16(at + 2, true);
  if (length < RADIOTAP_MIN || length > cursor.end - at) return cursor.malformed('radiotap-header-length');
  const flags = radiotapFlags(view, at, at + length);
  cursor.at = at + length;
  if ((flags & FLAG_CHECK_SEQUENCE) !== 0) cursor.limit(Math.max(0, cursor.wireEnd - cursor.at - CHECK_SEQUENCE));
  return ieee80211(cursor, (flags & FLAG_PADDED) !== 0);
}

/** The flags byte: behind the words that say what is present, and the time stamp if that is; 0 without one. */
function radiotapFlags(view: DataView, start: number, end: number): number {
  const present = view.getUint32(start + PRESENT, true);
  if ((present & PRESENT_FLAGS) === 0) return 0;
  let at = start + PRESENT;
  for (let word = present; ; word = view.getUint32(at, true)) {
    at += 4;
    if ((word & PRESENT_MORE) === 0) break;
    if (end - at < 4) return 0;
  }
  if ((present & PRESENT_TSFT) !== 0) at = start + ((at - start + 7) & ~7) + 8;
  return at < end ? view.getUint8(at) : 0;
}

const PRISM_CODE_FIRST = 0x41;
const PRISM_CODE = 0x44;
const PRISM_HEADER = 144;
/** 0x80211001 and its successors. */
const AVS_VERSION_BITS = 12;
const AVS_MAGIC = 0x80211;
const AVS_MIN = 8;

/** Prism and AVS headers, which share a link type: told apart by AVS's magic number. A frame may lack either. */
export function prism(cursor: Cursor): Layer {
  const { view, at } = cursor;
  const captured = cursor.end - at;
  if (captured < AVS_MIN) return cursor.malformed('prism-header-cut');
  let length = 0;
  if (view.getUint32(at) >>> AVS_VERSION_BITS === AVS_MAGIC) {
    length = view.getUint32(at + 4);
    if (length < AVS_MIN) return cursor.malformed('prism-header-length');
  } else {
    // Written in the byte order of the capturing host.
    const littleEndian = view.getUint32(at, true);
    const code = littleEndian <= PRISM_CODE ? littleEndian : view.getUint32(at);
    if (code === PRISM_CODE || code === PRISM_CODE_FIRST) length = PRISM_HEADER;
  }
  if (length > captured) return cursor.malformed('prism-header-cut');
  cursor.at = at + length;
  return ieee80211(cursor, false);
}
