/** What a LINKTYPE_ number leads to. https://www.tcpdump.org/linktypes.html */
import { LINKTYPE_PRINTED } from '../capture/link-types.js';
import type { Cursor } from './cursor.js';
import { erf } from './erf.js';
import { taggedEthernet } from './ethernet.js';
import { juniper } from './juniper.js';
import { ETHERNET, IEEE80211, IP, IPV4, IPV6, type Layer, LLC, MPLS, NONE, PPPOE } from './layer.js';
import { linuxSll, linuxSll2 } from './linux-cooked.js';
import {
  arcnet,
  arcnetLinux,
  fddi,
  frameRelay,
  ipOverFibreChannel,
  ipOverFirewire,
  tokenRing,
} from './local-network.js';
import {
  encapsulated,
  ethernetWithPreamble,
  frameRelayWithDirection,
  hdlcWithDirection,
  ipnet,
  ipOverInfiniband,
  isPktap,
  netAnalyzer,
  nflog,
  pflog,
  pktap,
  ppi,
  pppWithDirection,
  sunAtm,
  transparentNetAnalyzer,
} from './monitor-header.js';
import { nullLoopback, rawOrLoopback } from './null-loopback.js';
import { ciscoHdlc, pppHdlc } from './ppp.js';
import { printed } from './printed.js';
import { prism, radiotap } from './radio-header.js';

/** Tags of switch chips: bytes between source address and type. */
const BROADCOM_TAG = 4;
const DSA_TAG = 4;
const EDSA_TAG = 8;

/** Goes by `cursor.linkType`; the cursor stands at the first byte of the packet. */
export function linkType(cursor: Cursor): Layer {
  switch (cursor.linkType) {
    case 1:
      return ETHERNET;
    case 0: // NULL
    case 108: // LOOP
      return nullLoopback(cursor);
    case 6:
      return tokenRing(cursor);
    case 7: // ARCNET_BSD
      return arcnet(cursor);
    case 9: // PPP
    case 50: // PPP_HDLC
      return pppHdlc(cursor);
    case 10:
      return fddi(cursor);
    case 11: // DLT_ATM_RFC1483 of BSD
    case 100: // ATM_RFC1483
      return LLC;
    case 12: // DLT_RAW as most systems number it, DLT_LOOP of OpenBSD
      return rawOrLoopback(cursor);
    case 13: // DLT_ENC of OpenBSD
    case 109: // ENC
      return encapsulated(cursor);
    case 14: // DLT_RAW as OpenBSD numbers it
    case 101: // RAW
      return IP;
    case 51: // PPP_ETHER
      return PPPOE;
    case 104: // C_HDLC
      return ciscoHdlc(cursor);
    case 105: // IEEE802_11
      return IEEE80211;
    case 107:
      return frameRelay(cursor);
    case 113:
      return linuxSll(cursor);
    case 117:
      return pflog(cursor);
    case 119: // IEEE802_11_PRISM
    case 163: // IEEE802_11_AVS
      return prism(cursor);
    case 122:
      return ipOverFibreChannel(cursor);
    case 123:
      return sunAtm(cursor);
    case 127:
      return radiotap(cursor);
    case 129:
      return arcnetLinux(cursor);
    case 133: // JUNIPER_GGSN
    case 136: // JUNIPER_SERVICES
    case 164: // JUNIPER_MONITOR
    case 167: // JUNIPER_PPPOE
    case 168: // JUNIPER_PPPOE_ATM
    case 178: // JUNIPER_ETHER
    case 179: // JUNIPER_PPP
    case 180: // JUNIPER_FRELAY
    case 181: // JUNIPER_CHDLC
      return juniper(cursor);
    case 138: // APPLE_IP_OVER_IEEE1394
      return ipOverFirewire(cursor);
    case 166: // PPP_PPPD
    case 204: // PPP_WITH_DIR
      return pppWithDirection(cursor);
    case 192:
      return ppi(cursor);
    case 197:
      return erf(cursor);
    case 205: // C_HDLC_WITH_DIR
      return hdlcWithDirection(cursor);
    case 206: // FRELAY_WITH_DIR
      return frameRelayWithDirection(cursor);
    case 219:
      return MPLS;
    case 226:
      return ipnet(cursor);
    case 228:
      return IPV4;
    case 229:
      return IPV6;
    case 239:
      return nflog(cursor);
    case 240: // NETANALYZER
      return netAnalyzer(cursor);
    case 241: // NETANALYZER_TRANSPARENT
      return transparentNetAnalyzer(cursor);
    case 242:
      return ipOverInfiniband(cursor);
    case 258:
      return pktap(cursor);
    case 274: // ETHERNET_MPACKET
      return ethernetWithPreamble(cursor);
    case 276:
      return linuxSll2(cursor);
    case 281: // ETHERNET with a Broadcom tag
      return taggedEthernet(cursor, BROADCOM_TAG);
    case 282: // the same, the tag before the frame
      return cursor.skip(BROADCOM_TAG, ETHERNET, 'ethernet-header-cut');
    case 284:
      return taggedEthernet(cursor, DSA_TAG);
    case 285:
      return taggedEthernet(cursor, EDSA_TAG);
    case LINKTYPE_PRINTED:
      return printed(cursor);
    case 149: // USER2
      return isPktap(cursor) ? pktap(cursor) : unknown(cursor);
    default:
      return unknown(cursor);
  }
}

function unknown(cursor: Cursor): Layer {
  cursor.unknownLinkTypes.set(cursor.linkType, (cursor.unknownLinkTypes.get(cursor.linkType) ?? 0) + 1);
  return NONE;
}
