/** GRE and what it is used for: bridging, ERSPAN, PPTP, EoIP, WCCP. RFC 1701, RFC 2784, RFC 2890, RFC 2637. */
import type { Cursor } from './cursor.js';
import { ETHER_TYPE, ETHERNET, IEEE80211, IPV4, type Layer, NONE, PPP } from './layer.js';

const HEADER = 4;
const WORD = 4;

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
/** PPTP's version only. RFC 2637 §4.1. */
const ACKNOWLEDGEMENT = 0x0080;
const VERSION = 0x0007;
const PPTP_VERSION = 1;

const TYPE_ERSPAN = 0x88be;
const TYPE_ERSPAN_III = 0x22eb;
const TYPE_WCCP = 0x883e;
/** MikroTik's Ethernet over IP: version 1 as in PPTP, length and tunnel little-endian, then the frame. */
const TYPE_EOIP = 0x6400;
/** Aruba's access points send 802.11 frames under these, one for each tunnel. */
const TYPE_ARUBA_FIRST = 0x8200;
const TYPE_ARUBA_LAST = 0x82ff;

const ERSPAN_II_HEADER = 8;
const ERSPAN_III_HEADER = 12;
const ERSPAN_III_SUBHEADER = 8;
const ERSPAN_III_HAS_SUBHEADER = 0x01;

const SOURCE_ROUTE_ENTRY = 4;

/** Reads the header with its optional fields. */
export function gre(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < HEADER) return cursor.malformed('gre-header-cut');
  const flags = view.getUint16(at);
  const type = view.getUint16(at + 2);
  if ((flags & VERSION) === PPTP_VERSION) {
    return type === TYPE_EOIP ? cursor.skip(HEADER + WORD, ETHERNET, 'gre-header-cut') : pptp(cursor, flags);
  }
  if ((flags & VERSION) !== 0) return NONE;
  let length = HEADER;
  if ((flags & (CHECKSUM | ROUTING)) !== 0) length += WORD;
  if ((flags & KEY) !== 0) length += WORD;
  if ((flags & SEQUENCE) !== 0) length += WORD;
  if (length > cursor.end - at) return cursor.malformed('gre-header-cut');
  cursor.at = at + length;
  if ((flags & ROUTING) !== 0 && !passSourceRoutes(cursor)) return cursor.malformed('gre-header-cut');
  return content(cursor, type, (flags & SEQUENCE) !== 0);
}

function content(cursor: Cursor, type: number, hasSequence: boolean): Layer {
  switch (type) {
    case TYPE_ERSPAN:
      // Type I has neither a sequence number nor a header of its own.
      return hasSequence ? cursor.skip(ERSPAN_II_HEADER, ETHERNET, 'erspan-header-cut') : ETHERNET;
    case TYPE_ERSPAN_III:
      return erspan3(cursor);
    case TYPE_WCCP: {
      // WCCP version 2 puts a redirect header of four bytes before the packet, version 1 does not.
      if (cursor.at === cursor.end) return NONE;
      return cursor.view.getUint8(cursor.at) >>> 4 === 4 ? IPV4 : cursor.skip(WORD, IPV4, 'wccp-header-cut');
    }
    default:
      if (type >= TYPE_ARUBA_FIRST && type <= TYPE_ARUBA_LAST) return IEEE80211;
      cursor.etherType = type;
      return ETHER_TYPE;
  }
}

/** ERSPAN type III: the last bit of the header announces a platform's own eight bytes. */
function erspan3(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < ERSPAN_III_HEADER) return cursor.malformed('erspan-header-cut');
  const more = (view.getUint8(at + ERSPAN_III_HEADER - 1) & ERSPAN_III_HAS_SUBHEADER) !== 0;
  return cursor.skip(ERSPAN_III_HEADER + (more ? ERSPAN_III_SUBHEADER : 0), ETHERNET, 'erspan-header-cut');
}

/** PPTP: the key holds payload length and call id. RFC 2637 §4.1. */
function pptp(cursor: Cursor, flags: number): Layer {
  const { view, at } = cursor;
  let length = HEADER + WORD;
  if ((flags & SEQUENCE) !== 0) length += WORD;
  if ((flags & ACKNOWLEDGEMENT) !== 0) length += WORD;
  if (length > cursor.end - at) return cursor.malformed('gre-header-cut');
  const payloadLength = view.getUint16(at + HEADER);
  cursor.at = at + length;
  cursor.limit(payloadLength);
  // Without a sequence number, or without bytes, it is an acknowledgement alone.
  return (flags & SEQUENCE) !== 0 && cursor.at < cursor.end ? PPP : NONE;
}

/** RFC 1701: entries of address family, offset, length and address; one of length 0 ends them. */
function passSourceRoutes(cursor: Cursor): boolean {
  const { view, end } = cursor;
  let at = cursor.at;
  while (end - at >= SOURCE_ROUTE_ENTRY) {
    const length = view.getUint8(at + 3);
    at += SOURCE_ROUTE_ENTRY + length;
    if (length === 0) {
      cursor.at = at;
      return true;
    }
  }
  return false;
}
