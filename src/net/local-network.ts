/** Links that few captures have: a header of their own, then LLC or IP. One short function each. */
import type { Cursor } from './cursor.js';
import { ethernetType, macAt } from './ethernet.js';
import { IPV4, IPV6, type Layer, LLC, NONE } from './layer.js';
import { snap } from './llc.js';

const TOKEN_RING_HEADER = 14;
const TOKEN_RING_DESTINATION = 2;
const TOKEN_RING_SOURCE = 8;
/** Frame control 01......: LLC. */
const TOKEN_RING_LLC = 0x40;
const TOKEN_RING_TYPE = 0xc0;
/** First bit of the source address: routing information follows, its length in its first byte. */
const SOURCE_ROUTED = 0x80;
const ROUTING_LENGTH = 0x1f;

/** IEEE 802.5 §3.2. */
export function tokenRing(cursor: Cursor): Layer {
  const { view, at, end } = cursor;
  if (end - at < TOKEN_RING_HEADER) return cursor.malformed('token-ring-header-cut');
  if ((view.getUint8(at + 1) & TOKEN_RING_TYPE) !== TOKEN_RING_LLC) return NONE;
  cursor.segment.mac = macAt(view, at + TOKEN_RING_SOURCE);
  cursor.segment.macTo = macAt(view, at + TOKEN_RING_DESTINATION);
  let header = TOKEN_RING_HEADER;
  if ((view.getUint8(at + TOKEN_RING_SOURCE) & SOURCE_ROUTED) !== 0) {
    if (end - at === header) return cursor.malformed('token-ring-header-cut');
    header += view.getUint8(at + header) & ROUTING_LENGTH;
  }
  return cursor.skip(header, LLC, 'token-ring-header-cut');
}

const FDDI_HEADER = 13;
const FDDI_DESTINATION = 1;
const FDDI_SOURCE = 7;
/** Frame control .101....: asynchronous LLC, .001....: synchronous. */
const FDDI_CLASS = 0x70;
const FDDI_LLC_ASYNC = 0x50;
const FDDI_LLC_SYNC = 0x10;

/** FDDI. RFC 1188. */
export function fddi(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < FDDI_HEADER) return cursor.malformed('fddi-header-cut');
  const frameClass = view.getUint8(at) & FDDI_CLASS;
  if (frameClass !== FDDI_LLC_ASYNC && frameClass !== FDDI_LLC_SYNC) return NONE;
  cursor.segment.mac = macAt(view, at + FDDI_SOURCE);
  cursor.segment.macTo = macAt(view, at + FDDI_DESTINATION);
  cursor.at = at + FDDI_HEADER;
  return LLC;
}

/** Protocol ids. RFC 1051 has neither sequence number nor flags, RFC 1201 has both. */
const ARCNET_IP_RFC1051 = 0xf0;
const ARCNET_IP_RFC1201 = 0xd4;
const RFC1051_HEADER = 1;
/** Protocol, split flag, sequence number. */
const RFC1201_HEADER = 4;
/** Split flag of a packet that is no fragment. */
const WHOLE = 0;
/** A frame that had to be padded: one more header before the real one. */
const EXCEPTION = 0xff;

/** ARCNET as BSD captures it: source, destination. */
export function arcnet(cursor: Cursor): Layer {
  return arcnetProtocol(cursor, 2);
}

/** ARCNET as Linux captures it: source, destination, and an offset of two bytes. */
export function arcnetLinux(cursor: Cursor): Layer {
  return arcnetProtocol(cursor, 4);
}

function arcnetProtocol(cursor: Cursor, addresses: number): Layer {
  const { view, end } = cursor;
  let at = cursor.at + addresses;
  if (at >= end) return cursor.malformed('arcnet-header-cut');
  const protocol = view.getUint8(at);
  if (protocol === ARCNET_IP_RFC1051) {
    cursor.at = at + RFC1051_HEADER;
    return IPV4;
  }
  if (protocol !== ARCNET_IP_RFC1201) return NONE;
  if (end - at < RFC1201_HEADER) return cursor.malformed('arcnet-header-cut');
  if (view.getUint8(at + 1) === EXCEPTION) at += RFC1201_HEADER;
  if (end - at < RFC1201_HEADER) return cursor.malformed('arcnet-header-cut');
  if (view.getUint8(at + 1) !== WHOLE) return cursor.malformed('arcnet-fragment');
  cursor.at = at + RFC1201_HEADER;
  return IPV4;
}

/** Q.922 address: the last byte has its first bit set; two, three or four bytes. */
const ADDRESS_ENDS = 0x01;
const MAX_Q922 = 4;
const UI = 0x03;
const NLPID_SNAP = 0x80;
const NLPID_IP = 0xcc;
const NLPID_IPV6 = 0x8e;

/** Frame relay, RFC 2427; Cisco's own form has an EtherType where that has control and NLPID. */
export function frameRelay(cursor: Cursor): Layer {
  const { view, end } = cursor;
  let at = cursor.at;
  for (let bytes = 1; ; bytes += 1) {
    if (at >= end) return cursor.malformed('frame-relay-header-cut');
    const last = (view.getUint8(at) & ADDRESS_ENDS) !== 0;
    at += 1;
    if (last) break;
    if (bytes === MAX_Q922) return cursor.malformed('frame-relay-address');
  }
  if (end - at < 2) return cursor.malformed('frame-relay-header-cut');
  if (view.getUint8(at) !== UI) {
    cursor.at = at + 2;
    return ethernetType(cursor, view.getUint16(at));
  }
  at += 1;
  // One byte of padding before the NLPID is allowed.
  if (view.getUint8(at) === 0) at += 1;
  if (at >= end) return cursor.malformed('frame-relay-header-cut');
  cursor.at = at + 1;
  switch (view.getUint8(at)) {
    case NLPID_IP:
      return IPV4;
    case NLPID_IPV6:
      return IPV6;
    case NLPID_SNAP:
      return snap(cursor, at + 1);
    default:
      return NONE;
  }
}

const FIBRE_CHANNEL_HEADER = 16;
const FIBRE_CHANNEL_DESTINATION = 2;
const FIBRE_CHANNEL_SOURCE = 10;

/** RFC 2625: two addresses of eight bytes whose last six are a MAC address, then LLC. */
export function ipOverFibreChannel(cursor: Cursor): Layer {
  if (cursor.end - cursor.at < FIBRE_CHANNEL_HEADER) return cursor.malformed('fibre-channel-header-cut');
  cursor.segment.mac = macAt(cursor.view, cursor.at + FIBRE_CHANNEL_SOURCE);
  cursor.segment.macTo = macAt(cursor.view, cursor.at + FIBRE_CHANNEL_DESTINATION);
  cursor.at += FIBRE_CHANNEL_HEADER;
  return LLC;
}

const FIREWIRE_HEADER = 18;

/** Two EUI-64 addresses and an EtherType. */
export function ipOverFirewire(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < FIREWIRE_HEADER) return cursor.malformed('firewire-header-cut');
  cursor.at = at + FIREWIRE_HEADER;
  return ethernetType(cursor, view.getUint16(at + FIREWIRE_HEADER - 2));
}
