/** VXLAN and its generic extension. RFC 7348 §5; draft-ietf-nvo3-vxlan-gpe §3. */
import type { Cursor } from './cursor.js';
import { ETHERNET, type Layer, NONE } from './layer.js';
import { gpeNext } from './nsh.js';

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
