/**
 * A capture taken to pieces and put together again: what the mutations work on. Reads only what
 * this repository's samples and the public captures hold; anything else is mutated as bytes.
 */

/** @typedef {{ high: number, low: number, data: Buffer }} Packet Time stamp as it stands in the file, and the bytes. */
/** @typedef {{ linkType: number, packets: Packet[] }} Parts */

const PCAP_MICRO = 0xa1b2c3d4;
const PCAP_NANO = 0xa1b23c4d;
const PCAPNG_SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const ENHANCED = 6;
/** Packets taken from one capture: a run on few is done soon, and there are many runs. */
export const MAX_PACKETS = 400;

/** The packets of a classic capture or a pcapng of one interface; `null`: it is neither. @param {Buffer} file @returns {Parts | null} */
export function partsOf(file) {
  if (file.length < 24) return null;
  const magic = file.readUInt32LE(0);
  if (magic === PCAP_MICRO || magic === PCAP_NANO) return classicParts(file);
  if (magic === PCAPNG_SECTION && file.readUInt32LE(8) === 0x1a2b3c4d) return pcapngParts(file);
  return null;
}

/** @param {Buffer} file @returns {Parts} */
function classicParts(file) {
  const packets = [];
  for (let at = 24; at + 16 <= file.length && packets.length < MAX_PACKETS; ) {
    const length = file.readUInt32LE(at + 8);
    if (length > file.length - at - 16) break;
    packets.push({
      high: file.readUInt32LE(at),
      low: file.readUInt32LE(at + 4),
      data: Buffer.from(file.subarray(at + 16, at + 16 + length)),
    });
    at += 16 + length;
  }
  return { linkType: file.readUInt32LE(20) & 0xffff, packets };
}

/** @param {Buffer} file @returns {Parts | null} */
function pcapngParts(file) {
  let linkType = -1;
  const packets = [];
  for (let at = 0; at + 12 <= file.length && packets.length < MAX_PACKETS; ) {
    const type = file.readUInt32LE(at);
    const length = file.readUInt32LE(at + 4);
    if (length < 12 || length % 4 !== 0 || length > file.length - at) break;
    if (type === INTERFACE && linkType < 0) linkType = file.readUInt16LE(at + 8);
    if (type === ENHANCED && length >= 32) {
      const captured = file.readUInt32LE(at + 20);
      if (captured <= length - 32) {
        // Microseconds since 1970, as nearly all captures have them.
        const micros = BigInt(file.readUInt32LE(at + 12)) * 0x1_0000_0000n + BigInt(file.readUInt32LE(at + 16));
        packets.push({
          high: Number(BigInt.asUintN(32, micros / 1_000_000n)),
          low: Number(micros % 1_000_000n),
          data: Buffer.from(file.subarray(at + 28, at + 28 + captured)),
        });
      }
    }
    at += length;
  }
  return linkType < 0 ? null : { linkType, packets };
}

/** A classic capture of these parts. `lengthOf` may lie about a packet's original length. @param {Parts} parts @returns {Buffer} */
export function captureOf({ linkType, packets }) {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(PCAP_MICRO, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(262_144, 16);
  head.writeUInt32LE(linkType, 20);
  const pieces = [head];
  for (const { high, low, data } of packets) {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(high >>> 0, 0);
    record.writeUInt32LE(low >>> 0, 4);
    record.writeUInt32LE(data.length, 8);
    record.writeUInt32LE(data.length, 12);
    pieces.push(record, data);
  }
  return Buffer.concat(pieces);
}
