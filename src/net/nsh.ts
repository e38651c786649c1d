/** The network service header, and its numbers for what follows. RFC 8300 §2.2. */
import type { Cursor } from './cursor.js';
import { ETHERNET, IPV4, IPV6, type Layer, MPLS, NONE, NSH } from './layer.js';

const MIN_HEADER = 8;
const LENGTH_IN_WORDS = 0x3f;

/** Reads the header and passes its context headers. */
export function nsh(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < MIN_HEADER) return cursor.malformed('nsh-header-cut');
  const length = (view.getUint8(at + 1) & LENGTH_IN_WORDS) * 4;
  if (length < MIN_HEADER) return cursor.malformed('nsh-header-length');
  return cursor.skip(length, gpeNext(view.getUint8(at + 3)), 'nsh-header-cut');
}

/** What a next-protocol number names, here and in VXLAN-GPE. */
export function gpeNext(next: number): Layer {
  switch (next) {
    case 1:
      return IPV4;
    case 2:
      return IPV6;
    case 3:
      return ETHERNET;
    case 4:
      return NSH;
    case 5:
      return MPLS;
    default:
      return NONE;
  }
}
