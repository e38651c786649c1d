/** What an EtherType names, tags included. https://www.iana.org/assignments/ieee-802-numbers */
import type { Cursor } from './cursor.js';
import { ethernetType } from './ethernet.js';
import { ARP, ETHERNET, IPV4, IPV6, type Layer, MPLS, NONE, NSH, PPP, PPPOE } from './layer.js';
import { macsec } from './macsec.js';

/** Tags (802.1Q, MPLS and the like are tags before the type they stand in front of). */
const TAG = 4;
const E_TAG = 8;
const CISCO_METADATA_MIN = 8;
const I_TAG = 4;
const FABRIC_PATH_TAG = 2;
/** A path or reserved bits, a sequence number, the type. */
const REDUNDANCY_TAG = 6;
const TRILL_HEADER = 6;
const TRILL_OPTIONS = 0x07c0;
const TRILL_OPTIONS_SHIFT = 6;
/** Subtype and version; the version says how long the time behind it is. */
const ARISTA_HEADER = 4;
const ARISTA_TIMESTAMP = 1;
const ARISTA_64_BITS = 0x0010;
const ARISTA_48_BITS = 0x0020;
const VLAN_ID = 0x0fff;

/** Goes by `cursor.etherType`; the cursor stands behind the type field. */
export function etherType(cursor: Cursor): Layer {
  switch (cursor.etherType) {
    case 0x0800:
      return IPV4;
    case 0x86dd:
      return IPV6;
    case 0x0806:
      return ARP;
    case 0x8100: // 802.1Q
    case 0x88a8: // 802.1ad, the outer tag of QinQ
    case 0x9100: // the outer tag before 802.1ad
    case 0x9200: // the same, of other makers
      return vlanTag(cursor);
    case 0x8847:
    case 0x8848:
      return MPLS;
    case 0x8864: // session stage; 0x8863 is discovery
      return PPPOE;
    case 0x880b:
      return PPP;
    case 0x6558: // transparent Ethernet bridging, RFC 1701, RFC 8926 §3.4
      return ETHERNET;
    case 0x894f:
      return NSH;
    case 0x88e7: // 802.1ah, provider backbone bridge
      return cursor.skip(I_TAG, ETHERNET, 'i-tag-cut');
    case 0x8926: // Cisco VN-tag
      return tag(cursor, TAG + 2);
    case 0x893f: // 802.1BR
      return tag(cursor, E_TAG);
    case 0x8909: // Cisco MetaData (TrustSec)
      return ciscoMetadata(cursor);
    case 0x8903: // Cisco FabricPath
      return cursor.skip(FABRIC_PATH_TAG, ETHERNET, 'ether-tag-cut');
    case 0x22f3:
      return trill(cursor);
    case 0x88e5:
      return macsec(cursor);
    case 0x892f: // HSR, IEC 62439-3
    case 0xf1c1: // redundancy tag, 802.1CB
      return tag(cursor, REDUNDANCY_TAG);
    case 0xd28b: // what Arista's switches put in when they stamp a mirrored frame
      return aristaTimestamp(cursor);
    default:
      return NONE;
  }
}

function vlanTag(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < TAG) return cursor.malformed('vlan-tag-cut');
  cursor.segment.vlan = view.getUint16(at) & VLAN_ID;
  cursor.at = at + TAG;
  return ethernetType(cursor, view.getUint16(at + 2));
}

/** A tag of `length` bytes that ends in a type. */
function tag(cursor: Cursor, length: number): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < length) return cursor.malformed('ether-tag-cut');
  cursor.at = at + length;
  return ethernetType(cursor, view.getUint16(at + length - 2));
}

/** Version, length in words of 4 bytes, options, then the type. */
function ciscoMetadata(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < CISCO_METADATA_MIN) return cursor.malformed('ether-tag-cut');
  return tag(cursor, view.getUint8(at + 1) * 4 + 4);
}

/** TRILL: hops, options' length in words of 4 bytes, two nicknames; a whole frame follows. RFC 6325 §3. */
function trill(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < TRILL_HEADER) return cursor.malformed('trill-header-cut');
  const options = ((view.getUint16(at) & TRILL_OPTIONS) >>> TRILL_OPTIONS_SHIFT) * 4;
  return cursor.skip(TRILL_HEADER + options, ETHERNET, 'trill-header-cut');
}

/** Subtype, version, a time of 48 or 64 bits, then the type. */
function aristaTimestamp(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < ARISTA_HEADER) return cursor.malformed('ether-tag-cut');
  if (view.getUint16(at) !== ARISTA_TIMESTAMP) return NONE;
  const version = view.getUint16(at + 2);
  if ((version & ARISTA_64_BITS) !== 0) return tag(cursor, ARISTA_HEADER + 8 + 2);
  return (version & ARISTA_48_BITS) !== 0 ? tag(cursor, ARISTA_HEADER + 6 + 2) : NONE;
}
