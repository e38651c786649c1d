/** Ethernet II and IEEE 802.3, as a link and inside tunnels. IEEE 802.3 §3.2. */
import type { Cursor } from './cursor.js';
import { ETHER_TYPE, IPV4, IPV6, type Layer, LLC, NONE } from './layer.js';

const SOURCE = 6;
const TYPE = 12;
const HEADER = 14;

/** Up to this the type field is a length and LLC follows; from 1536 it is a type. IEEE 802.3 §3.2.6. */
export const MAX_802_3_LENGTH = 1500;
const FIRST_ETHER_TYPE = 1536;

const TYPE_IPV4 = 0x0800;
const TYPE_IPV6 = 0x86dd;
const TYPE_ARP = 0x0806;
const TYPE_VLAN = 0x8100;
const TYPE_PROVIDER_VLAN = 0x88a8;
/** Hardware type of Ethernet. RFC 826. */
const ARP_ON_ETHERNET = 1;

/** Reads a frame from its destination address on. The tags before it were another frame's. */
export function ethernet(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < HEADER) return cursor.malformed('ethernet-header-cut');
  const segment = cursor.segment;
  segment.mac = macAt(view, at + SOURCE);
  segment.macTo = macAt(view, at);
  segment.vlan = -1;
  cursor.at = at + HEADER;
  const type = view.getUint16(at + TYPE);
  if (type === TYPE_IPV4) return IPV4;
  if (type === TYPE_IPV6) return IPV6;
  return ethernetType(cursor, type);
}

/**
 * Frames with `tag` bytes of a switch's tag between source address and type (Broadcom, Marvell DSA),
 * as the CPU port of a switch sees them.
 */
export function taggedEthernet(cursor: Cursor, tag: number): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < HEADER + tag) return cursor.malformed('ethernet-header-cut');
  cursor.segment.mac = macAt(view, at + SOURCE);
  cursor.segment.macTo = macAt(view, at);
  cursor.segment.vlan = -1;
  cursor.at = at + HEADER + tag;
  return ethernetType(cursor, view.getUint16(at + TYPE + tag));
}

/** What a type or length field before the cursor says. */
export function ethernetType(cursor: Cursor, type: number): Layer {
  if (type >= FIRST_ETHER_TYPE) {
    cursor.etherType = type;
    return ETHER_TYPE;
  }
  if (type > MAX_802_3_LENGTH) return NONE;
  cursor.limit(type);
  return LLC;
}

/**
 * Whether a frame seems to begin at `at`, by its type and what follows that: for pseudowires, which do not
 * say what stands between their own header and the frame.
 */
export function isFrameAt(cursor: Cursor, at: number): boolean {
  const { view, end } = cursor;
  if (end - at < HEADER + 2) return false;
  const first = view.getUint16(at + HEADER);
  switch (view.getUint16(at + TYPE)) {
    case TYPE_IPV4:
      return first >>> 12 === 4;
    case TYPE_IPV6:
      return first >>> 12 === 6;
    case TYPE_ARP:
      return first === ARP_ON_ETHERNET;
    case TYPE_VLAN:
    case TYPE_PROVIDER_VLAN:
      return true;
    default:
      return false;
  }
}

/** A link-layer address as a 48-bit number; six bytes must be there. */
export function macAt(view: DataView, at: number): number {
  return view.getUint16(at) * 0x1_0000_0000 + view.getUint32(at + 2);
}
