/** GENEVE. RFC 8926 §3.4. */
import type { Cursor } from './cursor.js';
import { ETHER_TYPE, type Layer, NONE } from './layer.js';

const HEADER = 8;
const VERSION_SHIFT = 6;
const OPTIONS_LENGTH = 0x3f;

/** Reads the header and passes its options; the protocol type is an EtherType. */
export function geneve(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < HEADER) return cursor.malformed('geneve-header-cut');
  const first = view.getUint8(at);
  if (first >>> VERSION_SHIFT !== 0) return NONE;
  cursor.etherType = view.getUint16(at + 2);
  return cursor.skip(HEADER + (first & OPTIONS_LENGTH) * 4, ETHER_TYPE, 'geneve-header-cut');
}
