/** UDP: the tunnels, the DNS answers and the beginnings of QUIC that it carries. RFC 768. */
import type { Cursor } from './cursor.js';
import {
  CAPWAP,
  DNS,
  GENEVE,
  GRE,
  GTP,
  GUE,
  L2TP,
  type Layer,
  LISP,
  MPLS,
  NONE,
  QUIC,
  TEREDO,
  TZSP,
  UDP_ESP,
  VXLAN,
  VXLAN_GPE,
  WIREGUARD,
} from './layer.js';
import { beginsWithQuicInitial } from './quic.js';

const LENGTH = 4;
const HEADER = 8;

/** Reads the header and goes by the lower port, then by the other, as Wireshark does. */
export function udp(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < HEADER) return cursor.malformed('udp-header-cut');
  const source = view.getUint16(at);
  const destination = view.getUint16(at + 2);
  const length = view.getUint16(at + LENGTH);
  // 0 is a jumbogram, RFC 2675 §4.
  if (length !== 0) {
    if (length < HEADER) return cursor.malformed('udp-length');
    cursor.limit(length);
  }
  cursor.at = at + HEADER;
  const lower = portLayer(Math.min(source, destination));
  const layer = lower !== NONE ? lower : portLayer(Math.max(source, destination));
  // QUIC has a port of its own on servers only, and no reason to keep to it: its first bytes tell.
  return layer === NONE && beginsWithQuicInitial(cursor) ? QUIC : layer;
}

/** What the registry (or custom) has on a port. */
function portLayer(port: number): Layer {
  switch (port) {
    case 53:
      return DNS;
    case 1701:
      return L2TP;
    case 2152: // GTP-U; 2123 and 3386 are control and its first version
    case 3386:
      return GTP;
    case 3544:
      return TEREDO;
    case 4341:
      return LISP;
    case 4500: // IPsec through a NAT
      return UDP_ESP;
    case 4754: // GRE in UDP, RFC 8086
      return GRE;
    case 4789:
    case 8472: // Linux before the port was assigned, and Flannel still
    case 48879: // Cisco's fabrics (ACI)
      return VXLAN;
    case 4790:
      return VXLAN_GPE;
    case 5247: // data; 5246 is control
      return CAPWAP;
    case 6080:
      return GUE;
    case 6081:
      return GENEVE;
    case 6635: // RFC 7510
      return MPLS;
    case 37008: // what MikroTik's and Aruba's sniffers stream
      return TZSP;
    case 51820:
      return WIREGUARD;
    default:
      return NONE;
  }
}
