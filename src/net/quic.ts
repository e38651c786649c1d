/** QUIC as far as its first packets can be told from other UDP: a client's Initial. RFC 9000 §17.2.2, RFC 9369 §3. */
import type { Cursor } from './cursor.js';
import { type Layer, NONE } from './layer.js';

const LONG_HEADER = 0xc0;
const VERSION_1 = 1;
const VERSION_2 = 0x6b3343cf;
/** A client fills up every datagram that carries an Initial. RFC 9000 §14.1. */
const MIN_INITIAL_DATAGRAM = 1200;

/** Whether the datagram at the cursor begins with an Initial packet: form, fixed bit, version and type agree. */
export function beginsWithQuicInitial({ view, at, end }: Cursor): boolean {
  if (end - at < MIN_INITIAL_DATAGRAM) return false;
  const first = view.getUint8(at);
  if ((first & LONG_HEADER) !== LONG_HEADER) return false;
  const version = view.getUint32(at + 1);
  const type = (first >>> 4) & 3;
  // RFC 9369 §3.2: version 2 numbers the types anew.
  return (version === VERSION_1 && type === 0) || (version === VERSION_2 && type === 1);
}

/** Delivers the datagram. */
export function quic(cursor: Cursor): Layer {
  if (cursor.quoting) return NONE;
  cursor.sink.quicInitial(cursor.buffer, cursor.at, cursor.end);
  return NONE;
}
