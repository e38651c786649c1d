/** BSD loopback and the raw IP link types. https://www.tcpdump.org/linktypes.html */
import type { Cursor } from './cursor.js';
import { ethernetType, MAX_802_3_LENGTH } from './ethernet.js';
import { IP, IPV4, IPV6, type Layer, NONE, PPP } from './layer.js';

const FAMILY = 4;
const ADDRESS_AND_CONTROL = 0xff03;

/** LINKTYPE_NULL and LINKTYPE_LOOP: an address family in the capturing host's byte order, whichever that was. */
export function nullLoopback(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < FAMILY) return cursor.malformed('null-header-cut');
  // Some PPP drivers deliver their frames as LINKTYPE_NULL.
  if (view.getUint16(at) === ADDRESS_AND_CONTROL) return PPP;
  cursor.at = at + FAMILY;
  const bigEndian = view.getUint32(at);
  // Families are small: what has bytes above the lower two is written the other way round.
  return addressFamily(cursor, bigEndian <= 0xffff ? bigEndian : view.getUint32(at, true));
}

/** Raw IP, under a number that on OpenBSD is that of the loopback: family first, in network byte order. */
export function rawOrLoopback(cursor: Cursor): Layer {
  const { view, at } = cursor;
  const isLoopback = cursor.end - at > FAMILY && view.getUint8(at) === 0;
  return isLoopback ? nullLoopback(cursor) : IP;
}

/** What an AF_ number names; a few loopbacks write an EtherType there. */
export function addressFamily(cursor: Cursor, family: number): Layer {
  switch (family) {
    case 2: // AF_INET everywhere
      return IPV4;
    case 10: // AF_INET6: Linux
    case 23: // Windows
    case 24: // NetBSD, OpenBSD
    case 28: // FreeBSD
    case 30: // macOS
      return IPV6;
    default:
      return family > MAX_802_3_LENGTH && family <= 0xffff ? ethernetType(cursor, family) : NONE;
  }
}
