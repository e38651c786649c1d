/** What the version nibble and the protocol number of IP lead to. RFC 791 §3.1, RFC 8200 §3. */
import type { Cursor } from './cursor.js';
import {
  ETHERNET,
  GRE,
  ICMP,
  ICMPV6,
  IP_PROTOCOL,
  IPCOMP,
  IPV4,
  IPV6,
  L2TP_SESSION,
  type Layer,
  MPLS,
  NONE,
  TCP,
  UDP,
} from './layer.js';
import { esp } from './opaque.js';

/** Authentication header: fixed part. RFC 4302 §2. */
export const AH_MIN = 12;
const ETHERIP_HEADER = 2;

/** IP without a link header, or after one that does not say which version. */
export function ip(cursor: Cursor): Layer {
  if (cursor.at === cursor.end) return cursor.malformed('ip-header-cut');
  const version = cursor.view.getUint8(cursor.at) >>> 4;
  if (version === 4) return IPV4;
  return version === 6 ? IPV6 : cursor.malformed('ip-version');
}

/** Goes by `cursor.protocol`; the cursor stands behind the IP header. */
export function ipProtocol(cursor: Cursor): Layer {
  switch (cursor.protocol) {
    case 6:
      return TCP;
    case 17:
      return UDP;
    case 1:
      return ICMP;
    case 58:
      return ICMPV6;
    case 4: // RFC 2003
      return IPV4;
    case 41: // RFC 4213
      return IPV6;
    case 47:
      return GRE;
    case 50:
      return esp(cursor);
    case 51:
      return authentication(cursor);
    case 97: // EtherIP, RFC 3378
      return cursor.skip(ETHERIP_HEADER, ETHERNET, 'etherip-header-cut');
    case 108:
      return IPCOMP;
    case 115: // L2TP version 3, RFC 3931 §4.1.1
      return L2TP_SESSION;
    case 137: // RFC 4023
      return MPLS;
    case 143: // a frame behind segment routing, RFC 8986 §10.1
      return ETHERNET;
    default:
      return NONE;
  }
}

/** An authentication header over IPv4 (IPv6 takes it as an extension header). RFC 4302. */
function authentication(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < AH_MIN) return cursor.malformed('ah-header-cut');
  cursor.protocol = view.getUint8(at);
  return cursor.skip((view.getUint8(at + 1) + 2) * 4, IP_PROTOCOL, 'ah-header-cut');
}
