/**
 * The link types that a capture may have: each makes of a frame what a capture of that type holds.
 * https://www.tcpdump.org/linktypes.html
 */
import { bytes, hex, le16, le32, u16, u32, zeros } from './bytes.mjs';
import { pppOf } from './frame-form.mjs';
import { IPV6, ipOrNothing, snapOf } from './frames.mjs';

/** @typedef {import('./frames.mjs').Frame} Frame */
/** @typedef {(frame: Frame) => Buffer} Make */
/**
 * What a form keeps of a frame, and so what it is held against: `frames` all, `frames both ways` and who sent
 * it, `cooked` all but the destination address, `packets` nothing of the link, `packets both ways` but who
 * sent it.
 * @typedef {'frames' | 'frames both ways' | 'cooked' | 'packets' | 'packets both ways'} Against
 */
/**
 * `onlyIpv4`: it cannot carry IPv6. `trails`: it puts something behind the packet.
 * @typedef {{ linkType: number, against: Against, make: Make, onlyIpv4?: boolean, trails?: boolean }} LinkForm
 */

const JUNOS = 'MGC';

/** Address families of Linux, Windows, BSD, FreeBSD and macOS for IPv6; IPv4 is 2. @param {Frame} frame @param {number} six */
function family({ etherType }, six) {
  return etherType === IPV6 ? six : 2;
}

/** @param {Frame} frame */
function hdlcOf({ etherType, packet }) {
  return bytes(u16(0x0f00), u16(etherType), packet);
}

/** RFC 2427. @param {Frame} frame */
function relayedOf({ etherType, packet }) {
  return bytes(u16(0x1841), 3, etherType === IPV6 ? 0x8e : 0xcc, packet);
}

/** @param {Frame} frame */
function airOf(frame) {
  return bytes(0x08, 0x02, 0, 0, frame.destination, hex('0200 0000 0099'), frame.source, u16(0), snapOf(frame));
}

/** With quality of service, towards the access point. @param {Frame} frame */
function qosOf(frame) {
  return bytes(0x88, 0x01, 0, 0, hex('0200 0000 0099'), frame.source, frame.destination, u16(0), u16(0));
}

/** @param {Frame} frame @param {number} linkType @param {Buffer} content */
function pktapOf({ isSent }, linkType, content) {
  return bytes(le32(108), le32(1), le32(linkType), zeros(24), le32(isSent ? 2 : 1), zeros(68), content);
}

/** @param {Frame} frame @param {number} length */
function pflogOf(frame, length) {
  const padded = (length + 3) & ~3;
  return bytes(length, family(frame, 24), zeros(58), frame.isSent ? 2 : 1, zeros(padded - 61), frame.packet);
}

/** @param {Frame} frame @param {(value: number) => Buffer} n16 */
function nflogOf(frame, n16) {
  const before = bytes(n16(8), n16(1), u16(frame.etherType), 1, 0, n16(7), n16(10), 'in', 0, 0);
  const padding = zeros(-frame.packet.length & 3);
  return bytes(family(frame, 10), 0, u16(5), before, n16(4 + frame.packet.length), n16(9), frame.packet, padding);
}

/** @param {number} linkType @param {Make} make @param {Partial<LinkForm>} [more] @returns {LinkForm} */
function packets(linkType, make, more = {}) {
  return { linkType, against: 'packets', make: (frame) => make(ipOrNothing(frame)), ...more };
}

/** @param {number} linkType @param {Make} make @returns {LinkForm} */
function bothWays(linkType, make) {
  return packets(linkType, make, { against: 'packets both ways' });
}

/** @param {number} linkType @param {Make} make @param {Partial<LinkForm>} [more] @returns {LinkForm} */
function frames(linkType, make, more = {}) {
  return { linkType, against: 'frames', make, ...more };
}

/** @param {Frame} frame @param {number} [more] Flags. */
function junos({ isSent }, more = 0) {
  return bytes(JUNOS, (isSent ? 0 : 1) | more);
}

/** @type {Readonly<Record<string, LinkForm>>} */
export const LINK_FORMS = {
  'raw IP': packets(101, ({ packet }) => packet),
  'raw IP as BSD numbers it': packets(12, ({ packet }) => packet),
  'raw IP as OpenBSD numbers it': packets(14, ({ packet }) => packet),
  'raw IPv4': packets(228, ({ packet }) => packet, { onlyIpv4: true }),
  'loopback of macOS': packets(0, (frame) => bytes(le32(family(frame, 30)), frame.packet)),
  'loopback of BSD, big-endian': packets(0, (frame) => bytes(u32(family(frame, 24)), frame.packet)),
  'loopback of Windows': packets(0, (frame) => bytes(le32(family(frame, 23)), frame.packet)),
  'loopback of FreeBSD': packets(108, (frame) => bytes(le32(family(frame, 28)), frame.packet)),
  'loopback of OpenBSD': packets(108, (frame) => bytes(u32(family(frame, 24)), frame.packet)),
  'loopback as OpenBSD numbers it': packets(12, (frame) => bytes(u32(family(frame, 24)), frame.packet)),
  ENC: packets(109, (frame) => bytes(le32(family(frame, 24)), zeros(8), frame.packet)),
  'ENC as OpenBSD numbers it': packets(13, (frame) => bytes(u32(family(frame, 24)), zeros(8), frame.packet)),
  PPP: packets(9, (frame) => bytes(u16(0xff03), pppOf(frame))),
  'PPP without address': packets(9, pppOf),
  'PPP, compressed': packets(9, (frame) => pppOf(frame).subarray(1)),
  'PPP in HDLC': packets(50, (frame) => bytes(u16(0xff03), pppOf(frame))),
  'PPP both ways': bothWays(204, (frame) => bytes(frame.isSent ? 1 : 0, u16(0xff03), pppOf(frame))),
  'PPP of pppd': bothWays(166, (frame) => bytes(frame.isSent ? 1 : 0, 3, pppOf(frame))),
  'PPPoE as a link': packets(51, (frame) => bytes(0x11, 0, u16(7), u16(pppOf(frame).length), pppOf(frame))),
  'Cisco HDLC': packets(104, hdlcOf),
  'Cisco HDLC as PPP': packets(50, hdlcOf),
  'Cisco HDLC both ways': bothWays(205, (frame) => bytes(frame.isSent ? 1 : 0, hdlcOf(frame))),
  'frame relay': packets(107, relayedOf),
  'frame relay with SNAP': packets(107, (frame) => bytes(u16(0x1841), 3, 0, 0x80, snapOf(frame).subarray(3))),
  'frame relay of Cisco': packets(107, (frame) => bytes(u16(0x1841), u16(frame.etherType), frame.packet)),
  'frame relay both ways': bothWays(206, (frame) => bytes(frame.isSent ? 1 : 0, relayedOf(frame))),
  PFLOG: bothWays(117, (frame) => pflogOf(frame, 61)),
  'PFLOG of FreeBSD': bothWays(117, (frame) => pflogOf(frame, 69)),
  'PFLOG, later': bothWays(117, (frame) => pflogOf(frame, 100)),
  NFLOG: packets(239, (frame) => nflogOf(frame, le16)),
  'NFLOG, big-endian': packets(239, (frame) => nflogOf(frame, u16)),
  IPNET: packets(226, (frame) => bytes(1, family(frame, 26), zeros(22), frame.packet)),
  'PKTAP of a tunnel': bothWays(258, (frame) => pktapOf(frame, 101, frame.packet)),
  'PKTAP of the loopback': bothWays(258, (frame) => pktapOf(frame, 0, bytes(le32(family(frame, 30)), frame.packet))),
  'PKTAP as macOS numbers it': bothWays(149, (frame) => pktapOf(frame, 101, frame.packet)),
  ATM: packets(100, snapOf),
  'ATM as BSD numbers it': packets(11, snapOf),
  'ATM of Solaris': bothWays(123, (frame) => bytes(frame.isSent ? 0x82 : 2, 0, u16(100), snapOf(frame))),
  ARCNET: packets(7, ({ packet }) => bytes(1, 2, 0xd4, 0, u16(1), packet), { onlyIpv4: true }),
  FireWire: packets(138, ({ etherType, packet }) => bytes(zeros(16), u16(etherType), packet)),
  InfiniBand: packets(242, ({ etherType, packet }) => bytes(zeros(40), u16(etherType), zeros(2), packet)),
  'PPI of raw IP': packets(192, ({ packet }) => bytes(0, 0, le16(8), le32(101), packet)),
  'MPLS as a link': packets(219, ({ packet }) => bytes(u32(0x0001_0140), packet)),
  'Junos, PPP': bothWays(179, (frame) => bytes(junos(frame), u16(0xff03), pppOf(frame))),
  'Junos, frame relay': bothWays(180, (frame) => bytes(junos(frame), relayedOf(frame))),
  'Junos, Cisco HDLC': bothWays(181, (frame) => bytes(junos(frame), hdlcOf(frame))),
  'Junos, IP alone': bothWays(178, (frame) => bytes(junos(frame, 2), family(frame, 6), zeros(3), frame.packet)),
  Junos: frames(178, (frame) => bytes(junos(frame), frame.frame), { against: 'frames both ways' }),
  'Junos with extensions': frames(178, (frame) => bytes(junos(frame, 0x80), u16(6), 3, 1, 14, 2, 1, 14, frame.frame), {
    against: 'frames both ways',
  }),
  'Linux cooked': frames(
    113,
    ({ isSent, source, etherType, packet }) =>
      bytes(u16(isSent ? 4 : 0), u16(1), u16(6), source, zeros(2), u16(etherType), packet),
    { against: 'cooked' },
  ),
  802.11: frames(105, airOf),
  '802.11 with quality of service': frames(105, (frame) => bytes(qosOf(frame), snapOf(frame))),
  '802.11 between access points': frames(105, (frame) => {
    const [access, far] = [hex('0200 0000 0099'), hex('0200 0000 0098')];
    const head = bytes(0x88, 0x83, 0, 0, far, access, frame.destination, u16(0), frame.source, u16(0));
    return bytes(head, zeros(4), snapOf(frame));
  }),
  'radiotap, checked': frames(
    127,
    (frame) => bytes(0, 0, le16(9), le32(2), 0x10, qosOf(frame), snapOf(frame), u32(0xdead_beef)),
    { trails: true },
  ),
  'radiotap, padded': frames(127, (frame) =>
    bytes(0, 0, le16(25), hex('0300 0080 0000 0080 0000 0000'), zeros(8), 0x20, qosOf(frame), zeros(2), snapOf(frame)),
  ),
  Prism: frames(119, (frame) => bytes(le32(0x44), le32(144), zeros(136), airOf(frame))),
  AVS: frames(163, (frame) => bytes(u32(0x8021_1001), u32(64), zeros(56), airOf(frame))),
  'PPI of 802.11': frames(192, (frame) => bytes(0, 0, le16(8), le32(105), airOf(frame))),
  'token ring': frames(6, (frame) => bytes(0x10, 0x40, frame.destination, frame.source, snapOf(frame))),
  FDDI: frames(10, (frame) => bytes(0x50, frame.destination, frame.source, snapOf(frame))),
  'Fibre Channel': frames(122, (frame) => bytes(0x10, 0, frame.destination, 0x10, 0, frame.source, snapOf(frame))),
  netANALYZER: frames(240, ({ frame }) => bytes(zeros(4), frame, u32(7)), { trails: true }),
  'netANALYZER, transparent': frames(241, ({ frame }) => bytes(zeros(4), hex('5555 5555 5555 55d5'), frame)),
  'Ethernet from the preamble on': frames(274, ({ frame }) => bytes(hex('5555 5555 5555 55d5'), frame)),
  'a switch of Broadcom': frames(281, ({ frame }) => bytes(frame.subarray(0, 12), zeros(4), frame.subarray(12))),
  'a switch of Marvell': frames(285, ({ frame }) =>
    bytes(frame.subarray(0, 12), hex('dada 0000 c000 0000'), frame.subarray(12)),
  ),
  Endace: frames(197, ({ frame }) =>
    bytes(zeros(8), 2, 4, u16(18 + frame.length), u16(0), u16(frame.length), zeros(2), frame),
  ),
  'Endace with extensions': frames(197, ({ frame }) =>
    bytes(zeros(8), 0x82, 4, u16(26 + frame.length), u16(0), u16(frame.length), zeros(8), zeros(2), frame),
  ),
};

/** What each kind is held against. @type {Readonly<Record<Against, { linkType: number, make: Make }>>} */
export const BASES = {
  frames: { linkType: 1, make: ({ frame }) => frame },
  'frames both ways': { linkType: 258, make: (frame) => pktapOf(frame, 1, frame.frame) },
  cooked: {
    linkType: 276,
    make: ({ isSent, source, etherType, packet }) =>
      bytes(u16(etherType), zeros(2), u32(0), u16(1), isSent ? 4 : 0, 6, source, zeros(2), packet),
  },
  packets: { linkType: 101, make: (frame) => ipOrNothing(frame).packet },
  'packets both ways': LINK_FORMS['PPP both ways'] ?? unknown(),
};

/** @returns {never} */
function unknown() {
  throw new Error('no such form');
}
