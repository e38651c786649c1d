/**
 * The same packet captured twice: at two ports of a switch that a router stands between, or on two
 * interfaces of one host, by the device `any`.
 */
import { segmentOf } from './merged-segments.mjs';

/** @typedef {import('../fuzz/capture-parts.mjs').Packet} Packet */
/** @typedef {import('../fuzz/capture-parts.mjs').Parts} Parts */
/** @typedef {import('../fuzz/random.mjs').Random} Random */

const ETHERNET = 1;
const LINUX_SLL2 = 276;
const ETHERNET_HEADER = 14;
/** A router takes less than this, microseconds. */
const ROUTER = 1_000;
/** A bridge, or the way from one virtual device to the next. */
const BRIDGE = 8;

/** Microseconds since 1970; of none 0. @param {Packet | undefined} packet */
export function microsOf(packet) {
  return packet === undefined ? 0 : packet.high * 1_000_000 + packet.low;
}

/** Each packet again up to a millisecond later, with what a router changes: one hop less, other addresses of the link. @param {Packet[]} packets @param {Random} random @returns {Packet[]} */
export function seenAtTwoPorts(packets, random) {
  // One router, which keeps the order of what it hands on.
  let free = 0;
  return inTime(
    packets.flatMap((packet) => {
      const data = Buffer.from(packet.data);
      const segment = segmentOf(data);
      if (segment !== null) {
        data[segment.ip + 8] = (data[segment.ip + 8] ?? 64) - 1;
        if (segment.ip === ETHERNET_HEADER) data.set([2, 0, 0, 0, 9, 1, 2, 0, 0, 0, 9, 2]);
      }
      free = Math.max(free, microsOf(packet) + random.below(ROUTER - 1) + 1);
      return [packet, later({ ...packet, data }, free - microsOf(packet))];
    }),
  );
}

/** What the device `any` shows of packets that cross two of a host's interfaces. @param {Parts} parts @returns {Parts} */
export function onSeveralInterfaces({ linkType, packets, keyLogs }) {
  const cooked = packets.flatMap((packet) => {
    const [outer, inner] = [cookedFrame(packet, linkType, 2), cookedFrame(packet, linkType, 3)];
    return [outer, later(inner, BRIDGE)];
  });
  return { linkType: LINUX_SLL2, packets: inTime(cooked), keyLogs };
}

/** As LINKTYPE_LINUX_SLL2 has it. @param {Packet} packet @param {number} linkType @param {number} index @returns {Packet} */
function cookedFrame(packet, linkType, index) {
  if (linkType === LINUX_SLL2) {
    const data = Buffer.from(packet.data);
    data.writeUInt32BE(data.readUInt32BE(4) + 100 * (index - 2), 4);
    return { ...packet, data };
  }
  if (linkType !== ETHERNET) return packet;
  const head = Buffer.alloc(20);
  packet.data.copy(head, 0, 12, 14);
  head.writeUInt32BE(index, 4);
  head.writeUInt16BE(1, 8);
  head[11] = 6;
  packet.data.copy(head, 12, 6, 12);
  const data = Buffer.concat([head, packet.data.subarray(ETHERNET_HEADER)]);
  return { ...packet, data, length: packet.length - ETHERNET_HEADER + head.length };
}

/** @param {Packet} packet @param {number} micros @returns {Packet} */
function later(packet, micros) {
  const at = microsOf(packet) + micros;
  return { ...packet, high: Math.floor(at / 1_000_000), low: at % 1_000_000 };
}

/** @param {Packet[]} packets @returns {Packet[]} */
function inTime(packets) {
  return packets.sort((one, other) => microsOf(one) - microsOf(other));
}
