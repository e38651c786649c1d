/** IEEE 802.2 LLC and SNAP. RFC 1042, IEEE 802 §9. */
import type { Cursor } from './cursor.js';
import { ethernetType } from './ethernet.js';
import { ETHERNET, IPV4, type Layer, NONE } from './layer.js';

const LLC_HEADER = 3;
const SNAP_HEADER = 8;
const SAP_SNAP = 0xaa;
/** DoD Internet Protocol. */
const SAP_IP = 0x06;
/** Unnumbered information: the only control field that carries IP. */
const UI = 0x03;

/** RFC 1042, and 802.1H for types that RFC 1042 would let a bridge mistake. */
const OUI_ETHERNET = 0x000000;
const OUI_802_1H = 0x0000f8;
/** IEEE 802.1: bridged frames, RFC 2684 §5.2. */
const OUI_802_1 = 0x0080c2;

/** Reads from the destination SAP on. */
export function llc(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < LLC_HEADER) return cursor.malformed('llc-header-cut');
  const saps = view.getUint16(at);
  if (view.getUint8(at + 2) !== UI) return NONE;
  if (saps >>> 8 === SAP_IP) {
    cursor.at = at + LLC_HEADER;
    return IPV4;
  }
  if (saps >>> 8 !== SAP_SNAP || (saps & 0xfe) !== SAP_SNAP) return NONE;
  return snap(cursor, at + LLC_HEADER);
}

/** Reads OUI and protocol id at `at`. */
export function snap(cursor: Cursor, at: number): Layer {
  const { view } = cursor;
  if (cursor.end - at < SNAP_HEADER - LLC_HEADER) return cursor.malformed('snap-header-cut');
  const oui = (view.getUint8(at) << 16) | view.getUint16(at + 1);
  const protocol = view.getUint16(at + 3);
  cursor.at = at + SNAP_HEADER - LLC_HEADER;
  if (oui === OUI_ETHERNET || oui === OUI_802_1H) return ethernetType(cursor, protocol);
  // 1: with the frame's check sequence kept, 7: without; two bytes of padding where ATM wants it.
  if (oui === OUI_802_1 && (protocol === 1 || protocol === 7)) return ETHERNET;
  return NONE;
}
