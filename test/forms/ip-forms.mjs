/** Shapes that IP gives the same segment: options, extension headers, fragments, lengths that say nothing. */
import { bytes, hex, ipv4, u16, u32, udp, withChecksum, zeros } from './bytes.mjs';
import { gre, packets, padded } from './frame-form.mjs';
import { around, IPV4, IPV6, isIp, nothing } from './frames.mjs';

/** @typedef {import('./frames.mjs').Frame} Frame */
/** @typedef {import('./frame-form.mjs').FrameForm} FrameForm */

const TCP = 6;

/** Header and content of an IPv4 packet. @param {Frame} frame @returns {{ header: Buffer, content: Buffer }} */
function partsOf({ packet }) {
  const length = ((packet[0] ?? 0) & 15) * 4;
  return { header: Buffer.from(packet.subarray(0, length)), content: packet.subarray(length) };
}

/** @param {Frame} frame @param {Buffer} options */
function withOptions(frame, options) {
  if (frame.etherType !== IPV4) return frame.frame;
  const { header, content } = partsOf(frame);
  const longer = bytes(header.subarray(0, 20), options);
  longer[0] = 0x40 | (longer.length / 4);
  longer.writeUInt16BE(longer.length + content.length, 2);
  return around(frame, IPV4, bytes(withChecksum(longer), content));
}

/** In so many pieces, of which `order` says how they come. @param {Frame} frame @param {number} count @param {(pieces: Buffer[]) => Buffer[]} order @returns {Buffer[]} */
function inFragments(frame, count, order) {
  const { header, content } = partsOf(frame);
  const size = Math.max(8, Math.floor(content.length / count) & ~7);
  if (frame.etherType !== IPV4 || content.length <= size) return [frame.frame];
  const pieces = [];
  for (let at = 0; at < content.length; at += size) {
    const piece = content.subarray(at, at + size);
    const head = Buffer.from(header);
    head.writeUInt16BE(head.length + piece.length, 2);
    head.writeUInt16BE((at + size < content.length ? 0x2000 : 0) | (at >> 3), 6);
    pieces.push(padded(around(frame, IPV4, bytes(withChecksum(head), piece))));
  }
  return order(pieces);
}

/** Fragments belong to the packet that completes them: the others count as packets of something else. @param {(frame: Frame) => Buffer[]} make @returns {FrameForm} */
function fragments(make) {
  return {
    make,
    against: (frame) => [
      ...make(frame)
        .slice(1)
        .map(() => nothing(frame)),
      frame.frame,
    ],
    trails: true,
  };
}

/** The tunnel itself in fragments. @param {Frame} frame @param {Buffer} outer @param {(pieces: Buffer[]) => Buffer[]} order */
function outerFragments(frame, outer, order) {
  return inFragments({ ...frame, etherType: IPV4, packet: outer, frame: around(frame, IPV4, outer) }, 2, order);
}

/** The segment over IPv6 (RFC 6052), behind extension headers: the first one's number, and all of them. @param {Frame} frame @param {number} first @param {Buffer} extensions @param {number} [length] As stated. */
function translated(frame, first, extensions, length) {
  if (frame.etherType !== IPV4 || frame.packet[9] !== TCP) return frame.frame;
  const { header, content } = partsOf(frame);
  const prefix = bytes(hex('0064 ff9b'), zeros(8));
  const ends = [prefix, header.subarray(12, 16), prefix, header.subarray(16, 20)];
  const stated = length ?? extensions.length + content.length;
  return around(frame, IPV6, bytes(u32(0x6000_0000), u16(stated), first, header[8] ?? 0, ...ends, extensions, content));
}

/** @param {number} first @param {Buffer} extensions @returns {FrameForm} */
function extended(first, extensions) {
  return {
    make: (frame) => translated(frame, first, extensions),
    against: (frame) => translated(frame, TCP, zeros(0)),
    onlyIpv4: true,
  };
}

/** @type {Readonly<Record<string, FrameForm>>} */
export const IP_FORMS = {
  'an IP option': { make: (frame) => withOptions(frame, hex('9404 0000')) },
  'all IP options': { make: (frame) => withOptions(frame, bytes(7, 39, 4, zeros(37))) },
  'no total length (TSO)': packets((frame) => {
    // Where the packet is padded, its length is what tells.
    if (frame.etherType !== IPV4 || frame.frame.length !== 14 + frame.packet.length) return frame.frame;
    const { header, content } = partsOf(frame);
    header.writeUInt16BE(0, 2);
    return around(frame, IPV4, bytes(header, content));
  }),
  fragments: fragments((frame) => inFragments(frame, 2, (pieces) => pieces)),
  'fragments, the last first': fragments((frame) => inFragments(frame, 3, (pieces) => pieces.reverse())),
  'GRE in fragments': fragments((frame) =>
    isIp(frame)
      ? outerFragments(frame, ipv4(47, gre(0, frame.etherType, frame.packet)), (pieces) => pieces)
      : [frame.frame],
  ),
  'VXLAN in fragments': fragments((frame) =>
    outerFragments(frame, ipv4(17, udp(4789, bytes(8, zeros(7), frame.frame))), (pieces) => pieces.reverse()),
  ),
  'hop-by-hop options': extended(0, bytes(TCP, 0, 5, 2, 0, 0, 1, 0)),
  'all extension headers': extended(
    0,
    bytes(60, 0, 1, 4, zeros(4), 43, 0, 1, 4, zeros(4), 60, 2, zeros(22), TCP, 1, 1, 12, zeros(12)),
  ),
  'segments to route': extended(43, bytes(TCP, 4, 4, 0, 1, zeros(3), zeros(32))),
  'an authentication header': extended(51, bytes(TCP, 4, zeros(22))),
  'an atomic fragment': extended(44, bytes(TCP, 0, u16(0), u32(7))),
  'no payload length (BIG TCP)': {
    make: (frame) => translated(frame, TCP, zeros(0), 0),
    against: (frame) => translated(frame, TCP, zeros(0)),
    onlyIpv4: true,
  },
};
