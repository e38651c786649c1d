/** PPP in its framings. RFC 1661, RFC 1662; PPPoE RFC 2516; Cisco HDLC. */
import type { Cursor } from './cursor.js';
import { ethernetType } from './ethernet.js';
import { IPV4, IPV6, type Layer, MPLS, NONE, PPP } from './layer.js';

/** All stations, unnumbered information. RFC 1662 §3.1. */
const ADDRESS_AND_CONTROL = 0xff03;
const CISCO_UNICAST = 0x0f;
const CISCO_MULTICAST = 0x8f;
const CISCO_HEADER = 4;
const PPPOE_HEADER = 6;
const PPPOE_VERSION_AND_TYPE = 0x11;
const SESSION_DATA = 0;
const FLAG = 0x7e;

/** Reads the protocol field, after address and control bytes if they are there. */
export function ppp(cursor: Cursor): Layer {
  const { view, end } = cursor;
  let at = cursor.at;
  if (end - at >= 2 && view.getUint16(at) === ADDRESS_AND_CONTROL) at += 2;
  if (end - at < 2) return cursor.malformed('ppp-header-cut');
  // RFC 1661 §6.5: a compressed protocol field is one odd byte.
  const first = view.getUint8(at);
  const compressed = (first & 1) === 1;
  cursor.at = at + (compressed ? 1 : 2);
  switch (compressed ? first : view.getUint16(at)) {
    case 0x0021:
      return IPV4;
    case 0x0057:
      return IPV6;
    case 0x0281:
    case 0x0283:
      return MPLS;
    default:
      return NONE;
  }
}

/** LINKTYPE_PPP_HDLC and LINKTYPE_PPP: PPP, or Cisco HDLC on the same kind of line; a leading flag byte is dropped. */
export function pppHdlc(cursor: Cursor): Layer {
  if (cursor.at < cursor.end && cursor.view.getUint8(cursor.at) === FLAG) cursor.at += 1;
  if (cursor.at === cursor.end) return cursor.malformed('ppp-header-cut');
  const first = cursor.view.getUint8(cursor.at);
  return first === CISCO_UNICAST || first === CISCO_MULTICAST ? ciscoHdlc(cursor) : PPP;
}

/** Cisco HDLC: address, control, EtherType; PPP where its address says so. */
export function ciscoHdlc(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < CISCO_HEADER) return cursor.malformed('hdlc-header-cut');
  if (view.getUint16(at) === ADDRESS_AND_CONTROL) return PPP;
  cursor.at = at + CISCO_HEADER;
  return ethernetType(cursor, view.getUint16(at + 2));
}

/** PPPoE, session stage. RFC 2516 §4. */
export function pppoe(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < PPPOE_HEADER) return cursor.malformed('pppoe-header-cut');
  if (view.getUint8(at) !== PPPOE_VERSION_AND_TYPE) return cursor.malformed('pppoe-version');
  if (view.getUint8(at + 1) !== SESSION_DATA) return NONE;
  cursor.at = at + PPPOE_HEADER;
  cursor.limit(view.getUint16(at + 4));
  return PPP;
}
