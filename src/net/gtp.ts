/** GTP user plane, version 1 and the old version 0. 3GPP TS 29.281 §5.1, GSM 09.60 §6. */
import type { Cursor } from './cursor.js';
import { IPV4, IPV6, type Layer, NONE } from './layer.js';

const VERSION_SHIFT = 5;
const PROTOCOL_TYPE = 0x10;
/** Any of extension header, sequence number, N-PDU number: then all three fields are there. */
const OPTIONAL_FIELDS = 0x07;
const EXTENSION_HEADER = 0x04;
/** A user's packet. */
const G_PDU = 255;
const HEADER = 8;
const LONG_HEADER = 12;
const VERSION_0_HEADER = 20;

/** Reads the header with its extensions; the user's packet is told by its version nibble. */
export function gtp(cursor: Cursor): Layer {
  const { view, at, end } = cursor;
  if (end - at < HEADER) return cursor.malformed('gtp-header-cut');
  const flags = view.getUint8(at);
  if ((flags & PROTOCOL_TYPE) === 0 || view.getUint8(at + 1) !== G_PDU) return NONE;
  const version = flags >>> VERSION_SHIFT;
  if (version > 1) return NONE;
  // The length counts from behind the part that every message has.
  cursor.at = at + (version === 0 ? VERSION_0_HEADER : HEADER);
  cursor.limit(view.getUint16(at + 2));
  let header = HEADER;
  if (version === 0) {
    header = VERSION_0_HEADER;
  } else if ((flags & OPTIONAL_FIELDS) !== 0) {
    header = LONG_HEADER;
    if (header > cursor.end - at) return cursor.malformed('gtp-header-cut');
    let next = (flags & EXTENSION_HEADER) === 0 ? 0 : view.getUint8(at + header - 1);
    while (next !== 0) {
      if (cursor.end - at <= header) return cursor.malformed('gtp-header-cut');
      const length = view.getUint8(at + header) * 4;
      if (length === 0) return cursor.malformed('gtp-extension-length');
      header += length;
      if (header > cursor.end - at) return cursor.malformed('gtp-header-cut');
      next = view.getUint8(at + header - 1);
    }
  }
  if (cursor.end - at <= header) return at + header > cursor.end ? cursor.malformed('gtp-header-cut') : NONE;
  cursor.at = at + header;
  const nibble = view.getUint8(cursor.at) >>> 4;
  if (nibble === 4) return IPV4;
  return nibble === 6 ? IPV6 : NONE;
}
