/** Tags and other headers between the addresses of a frame and its packet, and what stands behind it. */
import { bytes, hex, u16, u32, zeros } from './bytes.mjs';
import { gpeOf, packets, padded, pppOf } from './frame-form.mjs';
import { around, carrier, snapOf } from './frames.mjs';

/** @typedef {import('./frames.mjs').Frame} Frame */
/** @typedef {import('./frame-form.mjs').FrameForm} FrameForm */

const MAX_802_3_LENGTH = 1500;
const LABEL = u32(0x0006_4140);

/** Something between addresses and type. @param {Frame} frame @param {...(number | Buffer)} tags */
function tagged({ frame }, ...tags) {
  return bytes(frame.subarray(0, 12), ...tags, frame.subarray(12));
}

/** @param {number} type @param {number} vlan */
function vlan(type, vlan) {
  return bytes(u16(type), u16(vlan));
}

/** @param {Frame} frame */
function pppoeOf(frame) {
  const ppp = pppOf(frame);
  return bytes(0x11, 0, u16(7), u16(ppp.length), ppp);
}

/** A pseudowire without control word, to an address that begins like something else. @param {string} first @returns {FrameForm} */
function bareWire(first) {
  /** @param {Frame} frame */
  const readdressed = ({ frame }) => bytes(hex(`${first} 1b21 9000 01`), frame.subarray(6));
  return { make: (frame) => carrier(0x8847, bytes(LABEL, readdressed(frame))), against: readdressed };
}

/** @type {Readonly<Record<string, FrameForm>>} */
export const TAG_FORMS = {
  padded: { make: ({ frame }) => padded(frame), trails: true },
  'padded with what was in memory': { make: ({ frame }) => padded(frame, 0x47), trails: true },
  'with a check sequence': { make: ({ frame }) => bytes(padded(frame), u32(0x8bad_f00d)), trails: true },
  'with a time behind it': { make: ({ frame }) => bytes(padded(frame), u32(7), zeros(8), u32(7)), trails: true },
  'LLC and SNAP': {
    make: (frame) => {
      const llc = snapOf(frame);
      return llc.length > MAX_802_3_LENGTH ? frame.frame : around(frame, llc.length, llc);
    },
  },
  VLAN: { make: (frame) => tagged(frame, vlan(0x8100, 12)) },
  'priority only': { make: (frame) => tagged(frame, vlan(0x8100, 0xe000)) },
  'two VLANs': { make: (frame) => tagged(frame, vlan(0x88a8, 100), vlan(0x8100, 12)) },
  'two VLANs, older': { make: (frame) => tagged(frame, vlan(0x9100, 100), vlan(0x8100, 12)) },
  'three VLANs': { make: (frame) => tagged(frame, vlan(0x8100, 100), vlan(0x8100, 13), vlan(0x8100, 12)) },
  PPPoE: packets((frame) => around(frame, 0x8864, pppoeOf(frame))),
  'PPPoE in a VLAN': packets((frame) =>
    tagged({ ...frame, frame: around(frame, 0x8864, pppoeOf(frame)) }, vlan(0x8100, 7)),
  ),
  MPLS: packets((frame) => around(frame, 0x8847, bytes(LABEL, frame.packet))),
  'MPLS, four labels': packets((frame) =>
    around(frame, 0x8847, bytes(u32(0x0006_4040), u32(0x0006_5040), u32(0x0006_6040), LABEL, frame.packet)),
  ),
  'a pseudowire': { make: ({ frame }) => carrier(0x8847, bytes(LABEL, u16(0), u16(1), frame)) },
  'a pseudowire without control word': bareWire('20'),
  'the same to an address like a control word': bareWire('00'),
  'the same to an address like IPv4': bareWire('45'),
  'the same to an address like IPv6': bareWire('6c'),
  'a provider’s bridge': {
    make: ({ frame }) => carrier(0x88a8, bytes(u16(5), u16(0x88e7), u32(0x0001_2345), frame)),
  },
  'VN-tag': { make: (frame) => tagged(frame, u16(0x8926), u32(0x0001_0002)) },
  'port extender': { make: (frame) => tagged(frame, u16(0x893f), zeros(6)) },
  'Cisco MetaData': { make: (frame) => tagged(frame, u16(0x8909), 1, 1, u16(1), u16(5)) },
  HSR: { make: (frame) => tagged(frame, u16(0x892f), u16(60), u16(7)) },
  PRP: { make: ({ frame }) => bytes(padded(frame), u16(7), u16(0xa032), u16(0x88fb)), trails: true },
  'a redundancy tag': { make: (frame) => tagged(frame, u16(0xf1c1), u16(0), u16(7)) },
  'a time of Arista': { make: (frame) => tagged(frame, u16(0xd28b), u16(1), u16(0x0010), zeros(8)) },
  FabricPath: { make: ({ frame }) => carrier(0x8903, bytes(u16(0x0420), frame)) },
  TRILL: { make: ({ frame }) => carrier(0x22f3, bytes(u16(0x0003), u16(5), u16(6), frame)) },
  'MACsec in clear': {
    make: (frame) => bytes(tagged(frame, u16(0x88e5), 0x20, 0, u32(7), zeros(8)), zeros(16)),
    trails: true,
  },
  NSH: packets((frame) =>
    around(frame, 0x894f, bytes(u16(0x0fc6), 1, gpeOf(frame), u32(0xaaff), zeros(16), frame.packet)),
  ),
  'NSH of frames': { make: ({ frame }) => carrier(0x894f, bytes(u16(0x0fc2), 2, 3, u32(0xaaff), frame)) },
};
