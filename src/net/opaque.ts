/** Tunnels whose content is encrypted: counted by name, so that a report can say why it saw nothing. */
import type { Cursor } from './cursor.js';
import { type Layer, NONE } from './layer.js';

const WIREGUARD_HEADER = 16;
const WIREGUARD_DATA = 4;
/** Of a keep-alive of NAT traversal; and of IKE, which shares the port, in place of an index. RFC 3948 §2. */
const KEEP_ALIVE_BYTES = 1;
const MIN_ESP = 8;

/** IPsec ESP. RFC 4303 §2. */
export function esp(cursor: Cursor): Layer {
  return cursor.malformed('esp-encrypted');
}

/** ESP in UDP. RFC 3948 §2. */
export function udpEsp(cursor: Cursor): Layer {
  const { view, at, end } = cursor;
  if (end - at <= KEEP_ALIVE_BYTES) return NONE;
  return end - at >= MIN_ESP && view.getUint32(at) !== 0 ? esp(cursor) : NONE;
}

/** WireGuard's transport data: type and three bytes of zero, receiver, counter. https://www.wireguard.com/protocol/ */
export function wireguard(cursor: Cursor): Layer {
  const { view, at, end } = cursor;
  const isData = end - at >= WIREGUARD_HEADER && view.getUint32(at, true) === WIREGUARD_DATA;
  return isData ? cursor.malformed('wireguard-encrypted') : NONE;
}
