/**
 * The packets of a sample as Ethernet frames, whatever its link type, with what other forms need to know of
 * them. What the snap length cut off is made up of zeros, and cut off again when a form has been made.
 */
import { partsOf } from '../fuzz/capture-parts.mjs';
import { bytes, hex, ipv4, u16, udp, zeros } from './bytes.mjs';

/** @typedef {import('../fuzz/capture-parts.mjs').Packet} Packet */
/** @typedef {import('../fuzz/capture-parts.mjs').Parts} Parts */
/**
 * `packet`: from the IP header on, padding left out; `missing`: bytes that the capture does not hold;
 * `isSent`: by the host that captured, as far as it says.
 * @typedef {{ high: number, low: number, frame: Buffer, source: Buffer, destination: Buffer, etherType: number, packet: Buffer, isSent: boolean, missing: number }} Frame
 */

const LINUX_SLL2 = 276;
const OUTGOING = 4;
export const IPV4 = 0x0800;
export const IPV6 = 0x86dd;

/** Stands where a form cannot have the packet: UDP to the port of `discard`. */
const NOTHING = ipv4(17, udp(9, Buffer.from('nothing')));

/** @param {Buffer} file @param {readonly string[]} keyLogs @returns {{ frames: Frame[], keyLogs: string[] }} */
export function framesOf(file, keyLogs) {
  const parts = partsOf(file);
  if (parts === null) throw new Error('not a capture that samples are');
  const { linkType, packets } = parts;
  return { frames: packets.map((packet) => frameOf(packet, linkType)), keyLogs: [...parts.keyLogs, ...keyLogs] };
}

/** @param {Packet} packet @param {number} linkType @returns {Frame} */
function frameOf({ high, low, length, data }, linkType) {
  const missing = length - data.length;
  const whole = bytes(data, zeros(missing));
  const isCooked = linkType === LINUX_SLL2;
  const isSent = isCooked && whole[10] === OUTGOING;
  const frame = isCooked
    ? bytes(
        hex(isSent ? '0200 0000 aa02' : '0200 0000 aa01'),
        whole.subarray(12, 18),
        whole.subarray(0, 2),
        whole.subarray(20),
      )
    : whole;
  const etherType = frame.readUInt16BE(12);
  const [source, destination] = [frame.subarray(6, 12), frame.subarray(0, 6)];
  return {
    ...{ high, low, frame, source, destination, etherType, isSent, missing },
    packet: withoutPadding(frame.subarray(14), etherType),
  };
}

/** @param {Buffer} packet @param {number} etherType */
function withoutPadding(packet, etherType) {
  if (etherType === IPV4) return packet.subarray(0, packet.readUInt16BE(2));
  return etherType === IPV6 ? packet.subarray(0, 40 + packet.readUInt16BE(4)) : packet;
}

/** @param {Frame} frame */
export function isIp({ etherType }) {
  return etherType === IPV4 || etherType === IPV6;
}

/** Itself, or where it is not IP another in its place. @param {Frame} frame @returns {Frame} */
export function ipOrNothing(frame) {
  return isIp(frame) ? frame : { ...frame, packet: NOTHING, etherType: IPV4 };
}

/** A frame in place of a packet that another form has more. @param {Frame} frame @returns {Buffer} */
export function nothing({ source, destination }) {
  return bytes(destination, source, u16(IPV4), NOTHING);
}

/** The link header that the frame has, around something else. @param {Frame} frame @param {number} etherType @param {Buffer} content */
export function around({ source, destination }, etherType, content) {
  return bytes(destination, source, u16(etherType), content);
}

/** A link header of the network that carries the frame. @param {number} etherType @param {Buffer} content */
export function carrier(etherType, content) {
  return bytes(hex('001b 21aa bb02'), hex('001b 21aa bb01'), u16(etherType), content);
}

/** LLC and SNAP. RFC 1042. @param {Frame} frame */
export function snapOf({ etherType, packet }) {
  return bytes(hex('aaaa 0300 0000'), u16(etherType), packet);
}

/** @param {readonly Frame[]} frames @param {number} linkType @param {(frame: Frame) => Buffer | Buffer[]} make @param {string[]} keyLogs @returns {Parts} */
export function partsIn(frames, linkType, make, keyLogs) {
  const packets = frames.flatMap((frame) => {
    const made = make(frame);
    return (Array.isArray(made) ? made : [made]).map((whole) => ({
      high: frame.high,
      low: frame.low,
      length: whole.length,
      data: whole.subarray(0, whole.length - frame.missing),
    }));
  });
  return { linkType, packets, keyLogs };
}
