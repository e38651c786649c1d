/** Headers that the capturing system puts before a packet which it took inside: one short function each. */
import type { Cursor } from './cursor.js';
import { ethernetType } from './ethernet.js';
import { ETHERNET, IPV4, IPV6, type Layer, LINK_TYPE, LLC, NONE, PPP } from './layer.js';
import { frameRelay } from './local-network.js';
import { addressFamily } from './null-loopback.js';
import { ciscoHdlc } from './ppp.js';

const PPP_CONTROL = 0x03;

const PPI_HEADER = 8;

/** Per-packet information: its own length and the LINKTYPE_ number of what follows. Little-endian. */
export function ppi(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < PPI_HEADER) return cursor.malformed('ppi-header-cut');
  const length = view.getUint16(at + 2, true);
  if (length < PPI_HEADER) return cursor.malformed('ppi-header-length');
  cursor.linkType = view.getUint32(at + 4, true);
  return cursor.skip(length, LINK_TYPE, 'ppi-header-cut');
}

/** Up to and including the flags; longer in every version so far. */
const PKTAP_MIN = 40;
/** What kind of record it is: a packet is the only one. */
const PKTAP_RECORD = 4;
const PKTAP_PACKET = 1;
const PKTAP_LINK_TYPE = 8;
const PKTAP_FLAGS = 36;
const PKTAP_INBOUND = 1;
const PKTAP_OUTBOUND = 2;

/** What Apple's own libpcap calls PKTAP: the second number that is free for everybody. `false`: somebody else's. */
export function isPktap({ view, at, end }: Cursor): boolean {
  if (end - at < PKTAP_MIN) return false;
  const length = view.getUint32(at, true);
  return length >= PKTAP_MIN && length <= end - at && view.getUint32(at + PKTAP_RECORD, true) === PKTAP_PACKET;
}

/** macOS: one header for packets of all its interfaces. Little-endian. */
export function pktap(cursor: Cursor): Layer {
  const { view, at, segment } = cursor;
  if (cursor.end - at < PKTAP_MIN) return cursor.malformed('pktap-header-cut');
  const length = view.getUint32(at, true);
  if (length < PKTAP_MIN) return cursor.malformed('pktap-header-length');
  const flags = view.getUint32(at + PKTAP_FLAGS, true);
  if (segment.direction === null) {
    if ((flags & PKTAP_OUTBOUND) !== 0) segment.direction = 'outbound';
    else if ((flags & PKTAP_INBOUND) !== 0) segment.direction = 'inbound';
  }
  cursor.linkType = view.getUint32(at + PKTAP_LINK_TYPE, true);
  return cursor.skip(length, LINK_TYPE, 'pktap-header-cut');
}

const NFLOG_HEADER = 4;
const NFLOG_ATTRIBUTE = 4;
const NFLOG_PAYLOAD = 9;
/** Above the type number: nested, network byte order. */
const NFLOG_TYPE = 0x3fff;

/** Linux netfilter: family, version, then attributes in the host's byte order, one of them the packet. */
export function nflog(cursor: Cursor): Layer {
  const { view, end } = cursor;
  let at = cursor.at + NFLOG_HEADER;
  if (at > end) return cursor.malformed('nflog-header-cut');
  const family = view.getUint8(cursor.at);
  // A length read in the wrong order is at least 1024: no first attribute is (it is the packet header's, 8 bytes).
  const littleEndian = end - at < 2 || view.getUint16(at, true) <= view.getUint16(at);
  while (end - at >= NFLOG_ATTRIBUTE) {
    const length = view.getUint16(at, littleEndian);
    if (length < NFLOG_ATTRIBUTE) return cursor.malformed('nflog-attribute-length');
    if ((view.getUint16(at + 2, littleEndian) & NFLOG_TYPE) === NFLOG_PAYLOAD) {
      cursor.at = at;
      cursor.limit(length);
      cursor.at = at + NFLOG_ATTRIBUTE;
      return addressFamily(cursor, family);
    }
    at += (length + 3) & ~3;
  }
  return cursor.malformed('nflog-header-cut');
}

const PFLOG_MIN = 48;
const PFLOG_DIRECTION = 60;
const PFLOG_INBOUND = 1;
const PFLOG_OUTBOUND = 2;

/** OpenBSD's packet filter log; its length byte leaves out the padding to four bytes. */
export function pflog(cursor: Cursor): Layer {
  const { view, at, segment } = cursor;
  if (cursor.end - at < PFLOG_MIN) return cursor.malformed('pflog-header-cut');
  const length = (view.getUint8(at) + 3) & ~3;
  if (length < PFLOG_MIN) return cursor.malformed('pflog-header-length');
  if (length > cursor.end - at) return cursor.malformed('pflog-header-cut');
  if (segment.direction === null && length > PFLOG_DIRECTION) {
    const direction = view.getUint8(at + PFLOG_DIRECTION);
    if (direction === PFLOG_INBOUND) segment.direction = 'inbound';
    else if (direction === PFLOG_OUTBOUND) segment.direction = 'outbound';
  }
  cursor.at = at + length;
  return addressFamily(cursor, view.getUint8(at + 1));
}

const ENC_HEADER = 12;

/** OpenBSD's view into IPsec: address family in the host's byte order, SPI, flags. */
export function encapsulated(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < ENC_HEADER) return cursor.malformed('enc-header-cut');
  cursor.at = at + ENC_HEADER;
  const bigEndian = view.getUint32(at);
  return addressFamily(cursor, bigEndian <= 0xffff ? bigEndian : view.getUint32(at, true));
}

/** A byte before frames of a serial line: 0 was received, anything else sent. `false`: it is not there. */
function passDirection(cursor: Cursor): boolean {
  const { view, at, segment } = cursor;
  if (at === cursor.end) return false;
  if (segment.direction === null) segment.direction = view.getUint8(at) === 0 ? 'inbound' : 'outbound';
  cursor.at = at + 1;
  return true;
}

/** PPP behind a direction, which pppd writes in place of the address byte alone. */
export function pppWithDirection(cursor: Cursor): Layer {
  if (!passDirection(cursor)) return cursor.malformed('ppp-header-cut');
  if (cursor.at < cursor.end && cursor.view.getUint8(cursor.at) === PPP_CONTROL) cursor.at += 1;
  return PPP;
}

/** Cisco HDLC behind a direction. */
export function hdlcWithDirection(cursor: Cursor): Layer {
  return passDirection(cursor) ? ciscoHdlc(cursor) : cursor.malformed('hdlc-header-cut');
}

/** Frame relay behind a direction. */
export function frameRelayWithDirection(cursor: Cursor): Layer {
  return passDirection(cursor) ? frameRelay(cursor) : cursor.malformed('frame-relay-header-cut');
}

const NET_ANALYZER_HEADER = 4;

/** Hilscher netANALYZER: four bytes of status, then the frame with its check sequence. */
export function netAnalyzer(cursor: Cursor): Layer {
  return cursor.skip(NET_ANALYZER_HEADER, ETHERNET, 'ethernet-header-cut');
}

/** Preamble and start delimiter, as on the wire. */
const PREAMBLE = 8;
/** The delimiter of a whole frame; preempted ones are sent in parts that have others. IEEE 802.3 §99.3. */
const FRAME_DELIMITER = 0xd5;

/** netANALYZER with what precedes the frame on the wire. */
export function transparentNetAnalyzer(cursor: Cursor): Layer {
  return cursor.skip(NET_ANALYZER_HEADER + PREAMBLE, ETHERNET, 'ethernet-header-cut');
}

/** Ethernet from its preamble on. */
export function ethernetWithPreamble(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < PREAMBLE) return cursor.malformed('ethernet-header-cut');
  if (view.getUint8(at + PREAMBLE - 1) !== FRAME_DELIMITER) return NONE;
  cursor.at = at + PREAMBLE;
  return ETHERNET;
}

const IPNET_HEADER = 24;
const SOLARIS_INET6 = 26;

/** IP between the zones of a Solaris host: version, family, interfaces and zones. */
export function ipnet(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < IPNET_HEADER) return cursor.malformed('ipnet-header-cut');
  cursor.at = at + IPNET_HEADER;
  return view.getUint8(at + 1) === SOLARIS_INET6 ? IPV6 : IPV4;
}

const SUNATM_HEADER = 4;
const SUNATM_KIND = 0x0f;
const SUNATM_LLC = 2;
const SUNATM_SENT = 0x80;

/** ATM as Solaris captures it: direction and kind, then path and channel. */
export function sunAtm(cursor: Cursor): Layer {
  const { view, at, segment } = cursor;
  if (cursor.end - at < SUNATM_HEADER) return cursor.malformed('sunatm-header-cut');
  const first = view.getUint8(at);
  if (segment.direction === null) segment.direction = (first & SUNATM_SENT) === 0 ? 'inbound' : 'outbound';
  return (first & SUNATM_KIND) === SUNATM_LLC ? cursor.skip(SUNATM_HEADER, LLC, 'sunatm-header-cut') : NONE;
}

const GLOBAL_ROUTING_HEADER = 40;
const INFINIBAND_HEADER = 4;

/** IP over InfiniBand as captured on Linux: a global routing header, EtherType, two reserved bytes. RFC 4391 §6. */
export function ipOverInfiniband(cursor: Cursor): Layer {
  const { view, at } = cursor;
  const header = GLOBAL_ROUTING_HEADER + INFINIBAND_HEADER;
  if (cursor.end - at < header) return cursor.malformed('infiniband-header-cut');
  cursor.at = at + header;
  return ethernetType(cursor, view.getUint16(at + GLOBAL_ROUTING_HEADER));
}
