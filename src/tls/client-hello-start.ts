import { HANDSHAKE } from './content-type.js';
import { CLIENT_HELLO } from './handshake-type.js';
import { HEADER_BYTES, MAX_CONTENT_BYTES } from './record-reader.js';

/** Record header, handshake header, version: what must be seen of a hello to know it. */
const START_BYTES = HEADER_BYTES + 4 + 2;
/** The shortest hello there can be, with its handshake header: random, one suite, one compression method. RFC 5246 §7.4.1.2. */
const MIN_HELLO_BYTES = 4 + 2 + 32 + 1 + 2 + 2 + 2;

/**
 * Whether [start, end) begins with a ClientHello, in any stretch of an unknown protocol: after
 * STARTTLS and its kin nothing but the hello itself announces TLS.
 *
 * Seven bytes must be what they are in a hello and two lengths agree; other bytes look so once in
 * some 10^15 segments.
 */
export function beginsWithClientHello(view: Uint8Array, start: number, end: number): boolean {
  if (view[start] !== HANDSHAKE || end - start < START_BYTES) return false;
  if (view[start + 1] !== 3 || (view[start + 2] ?? 0) > 4 || view[start + HEADER_BYTES] !== CLIENT_HELLO) return false;
  const recordLength = ((view[start + 3] ?? 0) << 8) | (view[start + 4] ?? 0);
  const bodyLength = ((view[start + 6] ?? 0) << 16) | ((view[start + 7] ?? 0) << 8) | (view[start + 8] ?? 0);
  if (recordLength > MAX_CONTENT_BYTES || recordLength < MIN_HELLO_BYTES) return false;
  return (
    bodyLength + 4 >= MIN_HELLO_BYTES &&
    bodyLength + 4 <= 65_536 &&
    view[start + 9] === 3 &&
    (view[start + 10] ?? 9) <= 4
  );
}
