/** Tunnels over IP and UDP, for packets and for whole frames. */
import { bytes, hex, ipv4, ipv6, le16, u16, u32, udp, zeros } from './bytes.mjs';
import { gpeOf, gre, packets, pppOf } from './frame-form.mjs';
import { around, carrier, IPV4, IPV6, snapOf } from './frames.mjs';

/** @typedef {import('./frames.mjs').Frame} Frame */
/** @typedef {import('./frame-form.mjs').FrameForm} FrameForm */
/** @typedef {import('./link-forms.mjs').Make} Make */

const LABEL = u32(0x0006_4140);
const ACCESS_POINT = hex('0200 0000 0099');

/** The frame in a tunnel between others. @param {(frame: Buffer) => Buffer} make @returns {FrameForm} */
function bridged(make) {
  return { make: ({ frame }) => carrier(IPV4, make(frame)) };
}

/** The packet in a tunnel over IPv4 under the same link header. @param {number} protocol @param {Make} make @returns {FrameForm} */
function tunnelled(protocol, make) {
  return packets((frame) => around(frame, IPV4, ipv4(protocol, make(frame))));
}

/** @param {number} port @param {Make} make @returns {FrameForm} */
function overUdp(port, make) {
  return packets((frame) => around(frame, IPV4, ipv4(17, udp(port, make(frame)))));
}

/** @param {number} port @param {(frame: Buffer) => Buffer} make @returns {FrameForm} */
function bridgedOverUdp(port, make) {
  return bridged((frame) => ipv4(17, udp(port, make(frame))));
}

/** IP protocol number of a packet in another. @param {Frame} frame */
function numberOf({ etherType }) {
  return etherType === IPV6 ? 41 : 4;
}

/** @param {Frame} frame @param {Buffer} head */
function airOf(frame, head) {
  return bytes(head, 0, 0, frame.destination, ACCESS_POINT, frame.source, u16(0), snapOf(frame));
}

/** @type {Readonly<Record<string, FrameForm>>} */
export const TUNNEL_FORMS = {
  GRE: tunnelled(47, (frame) => gre(0, frame.etherType, frame.packet)),
  'GRE with all fields': tunnelled(47, (frame) => gre(0xb000, frame.etherType, zeros(12), frame.packet)),
  'GRE over IPv6': packets((frame) =>
    around(frame, IPV6, ipv6(47, gre(0x2000, frame.etherType, zeros(4), frame.packet))),
  ),
  'GRE of frames': bridged((frame) => ipv4(47, gre(0, 0x6558, frame))),
  NVGRE: bridged((frame) => ipv4(47, gre(0x2000, 0x6558, u32(0x0001_2301), frame))),
  EoIP: bridged((frame) => ipv4(47, gre(0x2001, 0x6400, le16(frame.length), le16(9), frame))),
  'ERSPAN I': bridged((frame) => ipv4(47, gre(0, 0x88be, frame))),
  'ERSPAN II': bridged((frame) => ipv4(47, gre(0x1000, 0x88be, u32(7), u32(0x1001_0007), zeros(4), frame))),
  'ERSPAN III': bridged((frame) => ipv4(47, gre(0x1000, 0x22eb, u32(7), u32(0x2001_0007), zeros(8), frame))),
  'ERSPAN III of a platform': bridged((frame) =>
    ipv4(47, gre(0x1000, 0x22eb, u32(7), u32(0x2001_0007), zeros(7), Buffer.of(1), zeros(8), frame)),
  ),
  WCCP: { ...tunnelled(47, ({ packet }) => gre(0, 0x883e, zeros(4), packet)), onlyIpv4: true },
  PPTP: tunnelled(47, (frame) => {
    const ppp = bytes(u16(0xff03), pppOf(frame));
    return gre(0x3001, 0x880b, u16(ppp.length), u16(5), u32(7), ppp);
  }),
  'GRE over UDP': overUdp(4754, (frame) => gre(0, frame.etherType, frame.packet)),
  VXLAN: bridgedOverUdp(4789, (frame) => bytes(8, zeros(3), u32(0x0013_8800), frame)),
  'VXLAN of Linux': bridgedOverUdp(8472, (frame) => bytes(8, zeros(3), u32(0x0013_8800), frame)),
  'VXLAN with a group': bridgedOverUdp(4789, (frame) => bytes(0x88, 0x40, u16(77), u32(0x0013_8800), frame)),
  'VXLAN of Cisco ACI': bridgedOverUdp(48_879, (frame) => bytes(0xc8, 0x10, u16(77), u32(0x0013_8800), frame)),
  'VXLAN over IPv6': {
    make: ({ frame }) => carrier(IPV6, ipv6(17, udp(4789, bytes(8, zeros(3), u32(0x0013_8800), frame)))),
  },
  'VXLAN within VXLAN': bridgedOverUdp(4789, (frame) => {
    const inner = carrier(IPV4, ipv4(17, udp(4789, bytes(8, zeros(7), frame))));
    return bytes(8, zeros(7), inner);
  }),
  'VXLAN GPE': overUdp(4790, (frame) => bytes(0x0c, zeros(2), gpeOf(frame), zeros(4), frame.packet)),
  'VXLAN GPE and NSH': overUdp(4790, (frame) =>
    bytes(0x0c, zeros(2), 4, zeros(4), u16(0x0fc6), 1, gpeOf(frame), zeros(20), frame.packet),
  ),
  GENEVE: bridgedOverUdp(6081, (frame) => bytes(0, 0, u16(0x6558), u32(0x0001_f400), frame)),
  'GENEVE of a gateway load balancer': overUdp(6081, ({ etherType, packet }) => {
    const options = bytes(u16(0x0108), 1, 2, zeros(8), u16(0x0108), 2, 2, zeros(8), u16(0x0108), 3, 1, zeros(4));
    return bytes(8, 0, u16(etherType), zeros(4), options, packet);
  }),
  'IP in IP': packets((frame) => around(frame, IPV4, ipv4(numberOf(frame), frame.packet))),
  'IP in IP in IP': packets((frame) => around(frame, IPV4, ipv4(4, ipv4(numberOf(frame), frame.packet)))),
  'IP in IPv6': packets((frame) => around(frame, IPV6, ipv6(numberOf(frame), frame.packet))),
  '6in4': packets((frame) => around(frame, IPV4, ipv4(41, ipv6(numberOf(frame), frame.packet)))),
  'segment routing over IPv6': packets((frame) =>
    around(frame, IPV6, ipv6(43, bytes(numberOf(frame), 2, 4, zeros(5), zeros(16), frame.packet))),
  ),
  'segment routing of frames': {
    make: ({ frame }) => carrier(IPV6, ipv6(43, bytes(143, 2, 4, zeros(5), zeros(16), frame))),
  },
  'MPLS over IP': tunnelled(137, ({ packet }) => bytes(LABEL, packet)),
  'MPLS over UDP': overUdp(6635, ({ packet }) => bytes(LABEL, packet)),
  EtherIP: bridged((frame) => ipv4(97, bytes(u16(0x3000), frame))),
  AH: packets((frame) => around(frame, IPV4, ipv4(51, bytes(numberOf(frame), 4, zeros(22), frame.packet)))),
  GTP: overUdp(2152, ({ packet }) => bytes(0x30, 255, u16(packet.length), u32(77), packet)),
  'GTP of 5G': overUdp(2152, ({ packet }) =>
    bytes(0x34, 255, u16(packet.length + 8), u32(77), zeros(3), 0x85, 1, 0x10, 9, 0, packet),
  ),
  L2TP: overUdp(1701, (frame) => {
    const ppp = bytes(u16(0xff03), pppOf(frame));
    return bytes(u16(0x4002), u16(8 + ppp.length), u16(5), u16(6), ppp);
  }),
  'L2TPv3 over IP': bridged((frame) => ipv4(115, bytes(u32(77), frame))),
  'L2TPv3 with a sublayer': bridged((frame) => ipv4(115, bytes(u32(77), u32(0x4000_0001), frame))),
  'L2TPv3 with a cookie': bridgedOverUdp(1701, (frame) =>
    bytes(u16(3), u16(0), u32(77), u32(0x1234_5678), u32(1), frame),
  ),
  TZSP: bridgedOverUdp(37_008, (frame) => bytes(1, 0, u16(1), 10, 1, 0xd0, 1, frame)),
  'TZSP of 802.11': {
    make: (frame) => carrier(IPV4, ipv4(17, udp(37_008, bytes(1, 0, u16(18), 1, airOf(frame, Buffer.of(0x08, 0x02)))))),
  },
  CAPWAP: bridgedOverUdp(5247, (frame) => bytes(0, 0x10, 0x02, 0, zeros(4), frame)),
  'CAPWAP of 802.11': {
    make: (frame) =>
      carrier(IPV4, ipv4(17, udp(5247, bytes(0, 0x10, 0x83, 0, zeros(4), airOf(frame, Buffer.of(0x08, 0x02)))))),
  },
  'CAPWAP of Cisco': {
    make: (frame) =>
      carrier(IPV4, ipv4(17, udp(5247, bytes(0, 0x10, 0x83, 0, zeros(4), airOf(frame, Buffer.of(0x02, 0x08)))))),
  },
  Teredo: overUdp(3544, (frame) => (frame.etherType === IPV6 ? frame.packet : ipv6(4, frame.packet))),
  LISP: overUdp(4341, ({ packet }) => bytes(0xc0, zeros(7), packet)),
  GUE: overUdp(6080, (frame) => bytes(0, numberOf(frame), u16(0), frame.packet)),
  'GUE without a header': overUdp(6080, ({ packet }) => packet),
};
