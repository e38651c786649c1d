/** Linux cooked captures: the `any` interface. https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and _SLL2. */
import type { Cursor } from './cursor.js';
import { ethernetType, macAt } from './ethernet.js';
import { type Layer, LLC, NONE } from './layer.js';

const SLL_HEADER = 16;
const SLL2_HEADER = 20;
const MAC_LENGTH = 6;
/** Packet type: sent by this host. 0 to 3 were received: for us, broadcast, multicast, for another. */
const OUTGOING = 4;
/** Protocol: IEEE 802.2 LLC follows. */
const ETH_P_802_2 = 0x0004;
/** Hardware types whose protocol field is no EtherType: netlink, and 802.11 with and without its radio headers. */
const ARPHRD_NETLINK = 824;
const ARPHRD_IEEE80211 = 801;
const ARPHRD_IEEE80211_RADIOTAP = 803;
/** The protocol field is GRE's; the GRE header itself is gone. */
const ARPHRD_IPGRE = 778;
/** Transparent Ethernet bridging over GRE, whose Ethernet header the kernel took already. */
const TRANSPARENT_BRIDGING = 0x6558;

/** LINKTYPE_LINUX_SLL. */
export function linuxSll(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < SLL_HEADER) return cursor.malformed('sll-header-cut');
  cursor.at = at + SLL_HEADER;
  return cooked(
    cursor,
    view.getUint16(at),
    view.getUint16(at + 2),
    view.getUint16(at + 4),
    at + 6,
    view.getUint16(at + 14),
  );
}

/** LINKTYPE_LINUX_SLL2. */
export function linuxSll2(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < SLL2_HEADER) return cursor.malformed('sll2-header-cut');
  cursor.at = at + SLL2_HEADER;
  cursor.segment.interfaceIndex = view.getUint32(at + 4);
  return cooked(
    cursor,
    view.getUint8(at + 10),
    view.getUint16(at + 8),
    view.getUint8(at + 11),
    at + 12,
    view.getUint16(at),
  );
}

/** Takes down direction (pcapng's own word wins) and sender, and goes by the protocol. */
function cooked(
  cursor: Cursor,
  packetType: number,
  hardware: number,
  addressLength: number,
  addressAt: number,
  protocol: number,
): Layer {
  const segment = cursor.segment;
  if (segment.direction === null && packetType <= OUTGOING) {
    segment.direction = packetType === OUTGOING ? 'outbound' : 'inbound';
  }
  if (addressLength === MAC_LENGTH) segment.mac = macAt(cursor.view, addressAt);
  if (hardware === ARPHRD_NETLINK) return NONE;
  if (hardware >= ARPHRD_IEEE80211 && hardware <= ARPHRD_IEEE80211_RADIOTAP) return NONE;
  if (hardware === ARPHRD_IPGRE && protocol === TRANSPARENT_BRIDGING) return NONE;
  if (protocol === ETH_P_802_2) return LLC;
  return protocol < ETH_P_802_2 ? NONE : ethernetType(cursor, protocol);
}
