/** The IPv6 header and its extension headers. RFC 8200 §3, §4. */
import type { Cursor } from './cursor.js';
import { AH_MIN } from './ip.js';
import { IP_PROTOCOL, IPV4, type Layer, NONE, TCP } from './layer.js';

const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const HOP_LIMIT = 7;
const SOURCE = 8;
const DESTINATION = 24;
const HEADER = 40;

const HOP_BY_HOP = 0;
const PROTOCOL_TCP = 6;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HOST_IDENTITY = 139;
const SHIM6 = 140;

/** Every extension header is a multiple of 8 bytes, and at least 8. */
const EXTENSION_UNIT = 8;
const FRAGMENT_HEADER = 8;
const MORE_FRAGMENTS = 1;

/** Reads the header and whatever extension headers follow. */
export function ipv6(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < HEADER) return cursor.malformed('ipv6-header-cut');
  const version = view.getUint8(at) >>> 4;
  if (version !== 6) return version === 4 ? IPV4 : cursor.malformed('ipv6-version');
  const payloadLength = view.getUint16(at + PAYLOAD_LENGTH);
  // 0 is a jumbogram (RFC 2675) or a segment for the interface to cut up (TSO): as far as the packet goes.
  if (payloadLength !== 0) cursor.limit(HEADER + payloadLength);

  const segment = cursor.segment;
  segment.family = 6;
  segment.source0 = view.getUint32(at + SOURCE);
  segment.source1 = view.getUint32(at + SOURCE + 4);
  segment.source2 = view.getUint32(at + SOURCE + 8);
  segment.source3 = view.getUint32(at + SOURCE + 12);
  segment.destination0 = view.getUint32(at + DESTINATION);
  segment.destination1 = view.getUint32(at + DESTINATION + 4);
  segment.destination2 = view.getUint32(at + DESTINATION + 8);
  segment.destination3 = view.getUint32(at + DESTINATION + 12);
  segment.ttl = view.getUint8(at + HOP_LIMIT);
  segment.ipId = -1;
  cursor.at = at + HEADER;

  const next = view.getUint8(at + NEXT_HEADER);
  return next === PROTOCOL_TCP ? TCP : extensions(cursor, next);
}

/**
 * Walks the chain of extension headers; each takes bytes, so it ends. A routing header is passed like
 * any other: the address in the IPv6 header is the one Wireshark names the connection by.
 */
function extensions(cursor: Cursor, first: number): Layer {
  let next = first;
  for (;;) {
    const { view, at } = cursor;
    switch (next) {
      case HOP_BY_HOP:
      case ROUTING:
      case DESTINATION_OPTIONS:
      case MOBILITY:
      case HOST_IDENTITY:
      case SHIM6: {
        if (cursor.end - at < EXTENSION_UNIT) return cursor.malformed('ipv6-extension-cut');
        const length = (view.getUint8(at + 1) + 1) * EXTENSION_UNIT;
        if (length > cursor.end - at) return cursor.malformed('ipv6-extension-cut');
        next = view.getUint8(at);
        cursor.at = at + length;
        break;
      }
      case AUTHENTICATION: {
        if (cursor.end - at < AH_MIN) return cursor.malformed('ah-header-cut');
        const length = (view.getUint8(at + 1) + 2) * 4;
        if (length > cursor.end - at) return cursor.malformed('ah-header-cut');
        next = view.getUint8(at);
        cursor.at = at + length;
        break;
      }
      case FRAGMENT: {
        if (cursor.end - at < FRAGMENT_HEADER) return cursor.malformed('ipv6-extension-cut');
        const field = view.getUint16(at + 2);
        const offset = field & ~7;
        const more = (field & MORE_FRAGMENTS) !== 0;
        cursor.at = at + FRAGMENT_HEADER;
        next = view.getUint8(at);
        // RFC 6946: neither an offset nor more to come is a whole datagram.
        if (offset === 0 && !more) break;
        if (cursor.quoting || cursor.end < cursor.wireEnd) {
          if (offset !== 0) return NONE;
        } else {
          const whole = cursor.fragments.add(cursor, view.getUint32(at + 4), next, offset, more);
          if (!whole) return NONE;
          next = cursor.fragments.protocol;
        }
        break;
      }
      default:
        cursor.protocol = next;
        return IP_PROTOCOL;
    }
  }
}
