/** The IPv4 header. RFC 791 §3.1. Checksums are not checked: with offload the sender's kernel leaves them empty. */
import type { Cursor } from './cursor.js';
import { IP_PROTOCOL, IPV6, type Layer, NONE, TCP } from './layer.js';

const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
const FRAGMENT = 6;
const TTL = 8;
const PROTOCOL = 9;
const SOURCE = 12;
const DESTINATION = 16;
const MIN_HEADER = 20;

const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;

const PROTOCOL_TCP = 6;

/** Reads the header and its options, narrows the packet to the total length, and puts fragments aside. */
export function ipv4(cursor: Cursor): Layer {
  const { view, at } = cursor;
  const captured = cursor.end - at;
  if (captured < MIN_HEADER) return cursor.malformed('ipv4-header-cut');
  const first = view.getUint8(at);
  if (first >>> 4 !== 4) return first >>> 4 === 6 ? IPV6 : cursor.malformed('ipv4-version');
  const headerLength = (first & 15) << 2;
  if (headerLength < MIN_HEADER) return cursor.malformed('ipv4-header-length');
  if (headerLength > captured) return cursor.malformed('ipv4-header-cut');
  const totalLength = view.getUint16(at + TOTAL_LENGTH);
  if (totalLength !== 0) {
    if (totalLength < headerLength) return cursor.malformed('ipv4-total-length');
    cursor.limit(totalLength);
  }
  // A total length of 0 is a segment that the interface was to cut up (TSO): it goes as far as the packet.

  const segment = cursor.segment;
  segment.family = 4;
  segment.source0 = view.getUint32(at + SOURCE);
  segment.source1 = 0;
  segment.source2 = 0;
  segment.source3 = 0;
  segment.destination0 = view.getUint32(at + DESTINATION);
  segment.destination1 = 0;
  segment.destination2 = 0;
  segment.destination3 = 0;
  segment.ttl = view.getUint8(at + TTL);
  segment.ipId = view.getUint16(at + IDENTIFICATION);
  cursor.at = at + headerLength;

  const protocol = view.getUint8(at + PROTOCOL);
  const fragment = view.getUint16(at + FRAGMENT) & (MORE_FRAGMENTS | FRAGMENT_OFFSET);
  if (fragment !== 0) {
    const offset = (fragment & FRAGMENT_OFFSET) << 3;
    const more = (fragment & MORE_FRAGMENTS) !== 0;
    if (cursor.quoting || cursor.end < cursor.wireEnd) {
      // Quoted, or cut by the snap length: it cannot be put together, but a first fragment shows its ports.
      if (offset !== 0) return NONE;
    } else if (!cursor.fragments.add(cursor, segment.ipId, protocol, offset, more)) {
      return NONE;
    }
  }
  if (protocol === PROTOCOL_TCP) return TCP;
  cursor.protocol = protocol;
  return IP_PROTOCOL;
}
