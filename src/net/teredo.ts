/** Teredo: IPv6 over UDP through a NAT. RFC 4380 §5.1.1. */
import type { Cursor } from './cursor.js';
import { IPV6, type Layer, NONE } from './layer.js';

const ORIGIN = 0x0000;
const ORIGIN_LENGTH = 8;
const AUTHENTICATION = 0x0001;
/** Indicator, two lengths, nonce, confirmation. */
const AUTHENTICATION_FIXED = 13;

/** Passes an authentication and an origin indication, in this order, each at most once. */
export function teredo(cursor: Cursor): Layer {
  const { view, end } = cursor;
  let at = cursor.at;
  if (end - at >= AUTHENTICATION_FIXED && view.getUint16(at) === AUTHENTICATION) {
    at += AUTHENTICATION_FIXED + view.getUint8(at + 2) + view.getUint8(at + 3);
  }
  if (end - at >= ORIGIN_LENGTH && view.getUint16(at) === ORIGIN) at += ORIGIN_LENGTH;
  if (at >= end || view.getUint8(at) >>> 4 !== 6) return NONE;
  cursor.at = at;
  return IPV6;
}
