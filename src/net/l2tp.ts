/** L2TP data messages: version 2 over UDP (RFC 2661 §3.1), version 3 over UDP and IP (RFC 3931 §4.1). */
import type { Cursor } from './cursor.js';
import { isFrameAt } from './ethernet.js';
import { ETHERNET, L2TP_SESSION, type Layer, NONE, PPP } from './layer.js';

const CONTROL = 0x8000;
const HAS_LENGTH = 0x4000;
const HAS_SEQUENCE = 0x0800;
const HAS_OFFSET = 0x0200;
const VERSION = 0x000f;
/** Flags, tunnel, session. */
const MIN_HEADER = 6;
/** Version 3 over UDP: flags and reserved bytes, then what IP carries alone. */
const VERSION_3_HEADER = 4;
const SESSION = 4;
/** A cookie of up to eight bytes and a sublayer of four, both agreed beforehand. RFC 3931 §4.1.2, §4.6. */
const MAX_AGREED = 12;

/** Reads the header with its optional fields; PPP follows. */
export function l2tp(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < MIN_HEADER) return cursor.malformed('l2tp-header-cut');
  const flags = view.getUint16(at);
  if ((flags & CONTROL) !== 0) return NONE;
  if ((flags & VERSION) === 3) return cursor.skip(VERSION_3_HEADER, L2TP_SESSION, 'l2tp-header-cut');
  if ((flags & VERSION) !== 2) return NONE;
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

/**
 * Version 3, from the session identifier on. How long cookie and sublayer are no packet says, nor what kind of
 * frame follows: an Ethernet frame is taken where one begins. Session 0 is control.
 */
export function l2tpSession(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < SESSION) return cursor.malformed('l2tp-header-cut');
  if (view.getUint32(at) === 0) return NONE;
  for (let agreed = 0; agreed <= MAX_AGREED; agreed += 4) {
    if (!isFrameAt(cursor, at + SESSION + agreed)) continue;
    cursor.at = at + SESSION + agreed;
    return ETHERNET;
  }
  return NONE;
}
