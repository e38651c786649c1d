/** What several kinds of forms of a frame are made of. */
import { bytes, u16 } from './bytes.mjs';
import { IPV6, isIp } from './frames.mjs';

/** @typedef {import('./frames.mjs').Frame} Frame */
/** @typedef {import('./link-forms.mjs').Make} Make */
/**
 * Makes of an Ethernet frame another, or several, that carry the same segment; held against the frames
 * themselves, or what `against` makes of them.
 * @typedef {{ make: (frame: Frame) => Buffer | Buffer[], against?: (frame: Frame) => Buffer | Buffer[], onlyIpv4?: boolean, trails?: boolean }} FrameForm
 */

const SMALLEST_FRAME = 60;

/** What is not IP stays as it is. @param {Make} make @returns {FrameForm} */
export function packets(make) {
  return { make: (frame) => (isIp(frame) ? make(frame) : frame.frame) };
}

/** @param {Buffer} frame @param {number} [filler] */
export function padded(frame, filler = 0) {
  return bytes(frame, Buffer.alloc(Math.max(0, SMALLEST_FRAME - frame.length), filler));
}

/** @param {number} flags @param {number} type @param {...Buffer} rest */
export function gre(flags, type, ...rest) {
  return bytes(u16(flags), u16(type), ...rest);
}

/** Protocol of PPP, and the packet. @param {Frame} frame */
export function pppOf({ etherType, packet }) {
  return bytes(u16(etherType === IPV6 ? 0x0057 : 0x0021), packet);
}

/** Number of VXLAN-GPE and NSH. @param {Frame} frame */
export function gpeOf({ etherType }) {
  return etherType === IPV6 ? 2 : 1;
}
