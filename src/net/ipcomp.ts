/** IPComp: an IP payload compressed by itself. RFC 3173; DEFLATE, RFC 2394. */
import { inflateRawSync } from 'node:zlib';
import type { Cursor } from './cursor.js';
import { MAX_DATAGRAM } from './fragments.js';
import { IP_PROTOCOL, type Layer, NONE } from './layer.js';

const HEADER = 4;
/** Compression parameter indices. RFC 3173 §3.3: below 64 well-known, from 256 on negotiated, then mostly DEFLATE too. */
const DEFLATE = 2;
const FIRST_NEGOTIATED = 256;
/** All payloads of a capture together may unpack to so many bytes, and to so many times their own: traffic comes to a tenth of that. */
const UNPACKED_ALLOWANCE = 256 * 1024 * 1024;
const UNPACKED_RATIO = 64;

/** Unpacks the payload into a buffer of its own, at most as large as a datagram. */
export function ipcomp(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < HEADER) return cursor.malformed('ipcomp-header-cut');
  const index = view.getUint16(at + 2);
  if ((index !== DEFLATE && index < FIRST_NEGOTIATED) || cursor.end < cursor.wireEnd) return NONE;
  if (cursor.unpackedBytes > UNPACKED_ALLOWANCE + UNPACKED_RATIO * cursor.packedBytes)
    return cursor.malformed('ipcomp-unpacks-too-far');
  const payload = inflated(cursor.buffer.subarray(at + HEADER, cursor.end));
  cursor.packedBytes += cursor.end - at - HEADER;
  // What cannot be unpacked has cost as much as the largest.
  cursor.unpackedBytes += payload?.length ?? MAX_DATAGRAM;
  if (payload === null) return cursor.malformed('ipcomp-data');
  cursor.protocol = view.getUint8(at);
  cursor.enter(payload);
  return IP_PROTOCOL;
}

/** `null` for what is not DEFLATE, or would be larger than any datagram. */
function inflated(bytes: Uint8Array): Uint8Array | null {
  try {
    return new Uint8Array(inflateRawSync(bytes, { maxOutputLength: MAX_DATAGRAM }));
  } catch {
    return null;
  }
}
