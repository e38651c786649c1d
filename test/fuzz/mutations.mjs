/**
 * What is done to captures: to their packets (loss, order, repetition, cuts, another's packets), to
 * single fields of the headers, to what they carry, and to the file itself.
 */
import { captureOf, partsOf } from './capture-parts.mjs';

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {import('./capture-parts.mjs').Parts} Parts */

/** Packets taken from one capture: a run on few is done soon, and there are many runs. */
const MAX_PACKETS = 400;

/** Values that length and count fields break at. */
const EDGES = [
  0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
];

/** Texts that mean something to one of the decoders, put where payload stands. */
const WORDS = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n',
  'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n',
  'Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n',
  'CONNECT a:443 HTTP/1.1\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n',
  'Location: http://\u001b]0;x\u0007\u202e/\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
  '\u0015\u0003\u0003\u0000\u0002\u0002\u0028',
  '\u0000\u0000\u0000\u0004\u0001\u0000\u0000\u0000',
  '\u0081\u00ff\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff',
].map((text) => Buffer.from(text, 'latin1'));

/** Changes of the packets, in place. @type {readonly ((parts: Parts, random: Random, others: readonly Buffer[]) => void)[]} */
const OF_PACKETS = [
  // Loss: single packets, a run of them, a share of all.
  ({ packets }, random) => packets.splice(random.below(packets.length), 1 + random.below(4)),
  (parts, random) => {
    const share = 2 + random.below(30);
    parts.packets = parts.packets.filter(() => !random.oneIn(share));
  },
  // Only what one host sends.
  (parts, random) => {
    const source = random.pick(parts.packets)?.data.subarray(26, 30);
    if (source !== undefined) parts.packets = parts.packets.filter(({ data }) => data.subarray(26, 30).equals(source));
  },
  // Begun late, ended early.
  ({ packets }, random) => packets.splice(0, random.below(packets.length)),
  ({ packets }, random) => packets.splice(1 + random.below(packets.length)),
  // Order and repetition.
  ({ packets }, random) => {
    const from = random.below(packets.length);
    const [moved] = packets.splice(from, 1);
    if (moved !== undefined) packets.splice(Math.min(packets.length, from + 1 + random.below(6)), 0, moved);
  },
  ({ packets }, random) => {
    const one = random.pick(packets);
    if (one !== undefined) packets.splice(random.below(packets.length), 0, { ...one, data: Buffer.from(one.data) });
  },
  (parts, random) => {
    if (random.oneIn(4))
      parts.packets = parts.packets.flatMap((packet) => [packet, { ...packet, data: Buffer.from(packet.data) }]);
  },
  // The clock.
  ({ packets }, random) => {
    const one = random.pick(packets);
    if (one !== undefined) one.high = random.oneIn(2) ? random.bits() : one.high + random.below(100) - 50;
  },
  ({ packets }, random) => {
    const by = random.below(4000);
    for (const packet of packets.slice(random.below(packets.length))) packet.high += by;
  },
  // Cut packets: one, or all as with a snap length.
  ({ packets }, random) => {
    const one = random.pick(packets);
    if (one !== undefined) one.data = one.data.subarray(0, random.below(one.data.length + 1));
  },
  ({ packets }, random) => {
    const snap = random.pick([54, 60, 68, 96, 128, 256]);
    for (const packet of packets) packet.data = packet.data.subarray(0, snap);
  },
  // Packets of another capture in between.
  ({ packets }, random, others) => {
    const other = partsOf(random.pick(others));
    if (other === null) return;
    const from = random.below(other.packets.length);
    packets.splice(random.below(packets.length), 0, ...other.packets.slice(from, from + 1 + random.below(20)));
  },
  // A byte anywhere, headers more often than the rest.
  flipByte,
  flipByte,
  flipByte,
  // A length or count at its edges.
  setEdge,
  setEdge,
  // Ports and addresses exchanged, so that connections run together.
  ({ packets }, random) => {
    const one = random.pick(packets);
    const other = random.pick(packets);
    if (one === undefined || other === undefined || one.data.length < 54 || other.data.length < 54) return;
    other.data.copy(one.data, 26, 26, 38);
  },
  // TCP flags.
  ({ packets }, random) => {
    const one = random.pick(packets);
    if (one !== undefined && one.data.length > 47)
      one.data[47] = random.pick([0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0x01, 0, 0xff]);
  },
  // Something that means something, in the payload.
  (parts, random) => {
    const one = random.pick(parts.packets);
    if (one === undefined || one.data.length < 60) return;
    const word = random.pick(WORDS);
    word.copy(one.data, 54 + random.below(Math.max(1, one.data.length - 54)));
  },
  // Another link type for the same bytes.
  (parts, random) => {
    if (random.oneIn(8))
      parts.linkType = random.pick([0, 1, 12, 101, 105, 108, 113, 127, 192, 228, 276, 9, 50, 119, 65535]);
  },
];

/** Changes of the file. @type {readonly ((file: Buffer, random: Random) => Buffer)[]} */
const OF_FILES = [
  (file, random) => file.subarray(0, random.below(file.length + 1)),
  (file, random) => {
    for (let times = 1 + random.below(8); times > 0; times -= 1) file[random.below(file.length)] = random.bits();
    return file;
  },
  (file, random) => {
    const at = random.below(Math.max(1, Math.min(file.length - 4, random.oneIn(2) ? 512 : file.length)));
    if (at + 4 <= file.length) file.writeUInt32LE(random.pick(EDGES) >>> 0, at);
    return file;
  },
  (file, random) => {
    const from = random.below(file.length);
    const piece = file.subarray(from, from + random.below(600));
    const at = random.below(file.length);
    return Buffer.concat([file.subarray(0, at), piece, file.subarray(at)]);
  },
  (file, random) => Buffer.concat([file, file.subarray(random.below(file.length))]),
];

/**
 * A capture that nobody has seen: of `seeds`, several changes deep.
 * @param {Random} random @param {readonly Buffer[]} seeds
 */
export function mutated(random, seeds) {
  if (random.oneIn(50)) return noise(random);
  const seed = random.pick(seeds);
  const parts = partsOf(seed, MAX_PACKETS);
  let file = Buffer.from(seed);
  if (parts !== null && parts.packets.length > 0 && !random.oneIn(5)) {
    for (let times = 1 + random.below(8); times > 0 && parts.packets.length > 0; times -= 1)
      random.pick(OF_PACKETS)(parts, random, seeds);
    file = captureOf(parts);
    if (!random.oneIn(6)) return file;
  }
  for (let times = 1 + random.below(3); times > 0 && file.length > 0; times -= 1)
    file = random.pick(OF_FILES)(file, random);
  return file;
}

/** Bytes without any order behind a magic number, or not even that. @param {Random} random */
function noise(random) {
  const bytes = Buffer.alloc(random.below(3000));
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = random.bits();
  const magic = random.pick(['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', '0a0d0d0a1c0000004d3c2b1a01000000', '1f8b0800', '']);
  return Buffer.concat([Buffer.from(magic, 'hex'), bytes]);
}

/** @param {Parts} parts @param {Random} random */
function flipByte({ packets }, random) {
  const data = random.pick(packets)?.data;
  if (data === undefined || data.length === 0) return;
  const at = random.oneIn(2) ? random.below(Math.min(data.length, 80)) : random.below(data.length);
  data[at] = random.oneIn(2) ? random.bits() : (data[at] ?? 0) ^ (1 << random.below(8));
}

/** @param {Parts} parts @param {Random} random */
function setEdge({ packets }, random) {
  const data = random.pick(packets)?.data;
  if (data === undefined || data.length < 8) return;
  const size = random.pick([1, 2, 3, 4]);
  const value = random.pick(EDGES);
  const at = random.below(data.length - size);
  for (let index = 0; index < size; index += 1) data[at + index] = value >>> (8 * (size - 1 - index));
}
