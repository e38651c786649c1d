/** VXLAN and its generic extension. RFC 7348 §5; draft-ietf-nvo3-vxlan-gpe §3. */
import type { Cursor } from './cursor.js';
import { ETHERNET, IPV4, IPV6, type Layer, MPLS, NONE, NSH } from './layer.js';

const HEADER = 8;
/** A valid network identifier: must be set in both. */
const IDENTIFIED = 0x08;

/** Reads the header; an Ethernet frame follows. */
export function vxlan(cursor: Cursor): Layer {
  if (cursor.end - cursor.at < HEADER) return cursor.malformed('vxlan-header-cut');
  // Another protocol on the port of VXLAN lacks it.
  if ((cursor.view.getUint8(cursor.at) & IDENTIFIED) === 0) return NONE;
  cursor.at += HEADER;
  return ETHERNET;
}

/** Reads the header, whose fourth byte says what follows. */
export function vxlanGpe(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < HEADER) return cursor.malformed('vxlan-header-cut');
  if ((view.getUint8(at) & IDENTIFIED) === 0) return NONE;
  cursor.at = at + HEADER;
  return gpeNext(view.getUint8(at + 3));
}

/** The numbers that VXLAN-GPE shares with NSH (RFC 8300 §2.2). */
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

const NSH_MIN = 8;
const NSH_LENGTH = 0x3f;

/** The network service header. RFC 8300 §2.2. */
export function nsh(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < NSH_MIN) return cursor.malformed('nsh-header-cut');
  const length = (view.getUint8(at + 1) & NSH_LENGTH) * 4;
  if (length < NSH_MIN) return cursor.malformed('nsh-header-length');
  return cursor.skip(length, gpeNext(view.getUint8(at + 3)), 'nsh-header-cut');
}
