/** Records of Endace's capture cards within pcap (LINKTYPE_ERF). Endace, "ERF types reference guide". */
import type { Cursor } from './cursor.js';
import { ETHERNET, IP, type Layer, NONE } from './layer.js';
import { pppHdlc } from './ppp.js';

const TYPE = 8;
const WIRE_LENGTH = 14;
const HEADER = 16;
const EXTENSION = 8;
/** Of a type, and of each extension header's first byte: one more follows. */
const EXTENDED = 0x80;
/** Before an Ethernet frame: offset and padding. */
const ETHERNET_PADDING = 2;

/** Reads the record's header and its extensions, and goes by its type. */
export function erf(cursor: Cursor): Layer {
  const { view, at, end } = cursor;
  if (end - at < HEADER) return cursor.malformed('erf-header-cut');
  const type = view.getUint8(at + TYPE);
  let header = HEADER;
  for (let more = type; (more & EXTENDED) !== 0; header += EXTENSION) {
    if (end - at < header + EXTENSION) return cursor.malformed('erf-header-cut');
    more = view.getUint8(at + header);
  }
  cursor.at = at + header;
  const wireLength = view.getUint16(at + WIRE_LENGTH);
  switch (type & ~EXTENDED) {
    case 2: // ETH
    case 11: // COLOR_ETH
    case 16: // DSM_COLOR_ETH
    case 20: // COLOR_HASH_ETH
      setWireLength(cursor, ETHERNET_PADDING + wireLength);
      return cursor.skip(ETHERNET_PADDING, ETHERNET, 'erf-header-cut');
    case 1: // HDLC_POS
    case 10: // COLOR_HDLC_POS
    case 15: // DSM_COLOR_HDLC_POS
    case 19: // COLOR_HASH_POS
      setWireLength(cursor, wireLength);
      return pppHdlc(cursor);
    case 22: // IPV4
    case 23: // IPV6
      setWireLength(cursor, wireLength);
      return IP;
    default: // ATM, InfiniBand, measurements
      return NONE;
  }
}

/** The card cuts frames by a snap length of its own, of which the file around its record knows nothing. */
function setWireLength(cursor: Cursor, length: number): void {
  cursor.wireEnd = Math.max(cursor.end, cursor.at + length);
}
