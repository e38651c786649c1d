/** L2TP version 2 data messages over UDP. RFC 2661 §3.1. */
import type { Cursor } from './cursor.js';
import { type Layer, NONE, PPP } from './layer.js';

const CONTROL = 0x8000;
const HAS_LENGTH = 0x4000;
const HAS_SEQUENCE = 0x0800;
const HAS_OFFSET = 0x0200;
const VERSION = 0x000f;
/** Flags, tunnel, session. */
const MIN_HEADER = 6;

/** Reads the header with its optional fields; PPP follows. */
export function l2tp(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < MIN_HEADER) return cursor.malformed('l2tp-header-cut');
  const flags = view.getUint16(at);
  if ((flags & CONTROL) !== 0 || (flags & VERSION) !== 2) return NONE;
  let header = MIN_HEADER;
  if ((flags & HAS_LENGTH) !== 0) {
    header += 2;
    cursor.limit(view.getUint16(at + 2));
  }
  if ((flags & HAS_SEQUENCE) !== 0) header += 4;
  if ((flags & HAS_OFFSET) !== 0) {
    if (header + 2 > cursor.end - at) return cursor.malformed('l2tp-header-cut');
    header += 2 + view.getUint16(at + header);
  }
  if (header === cursor.end - at) return NONE; // a keep-alive
  return cursor.skip(header, PPP, 'l2tp-header-cut');
}
