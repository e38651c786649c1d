/**
 * A capture taken to pieces and put together again: what the mutations work on. Reads only what
 * this repository's samples and the public captures hold; anything else is mutated as bytes.
 */

/** @typedef {{ high: number, low: number, length: number, data: Buffer }} Packet Seconds and microseconds of its time, original length, and the bytes. */
/** @typedef {{ linkType: number, packets: Packet[], keyLogs: string[] }} Parts */

const PCAP_MICRO = 0xa1b2c3d4;
const PCAP_NANO = 0xa1b23c4d;
const PCAPNG_SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const ENHANCED = 6;
const SECRETS = 10;
/** Option of an interface. */
const TIME_RESOLUTION = 9;
const TLS_KEY_LOG = 0x544c534b;

/** The packets of a classic capture or a pcapng of one interface; `null`: it is neither. @param {Buffer} file @param {number} [most] Packets taken at most. @returns {Parts | null} */
export function partsOf(file, most = Number.POSITIVE_INFINITY) {
  if (file.length < 24) return null;
  const magic = file.readUInt32LE(0);
  if (magic === PCAP_MICRO || magic === PCAP_NANO) return classicParts(file, most);
  if (magic === PCAPNG_SECTION && file.readUInt32LE(8) === 0x1a2b3c4d) return pcapngParts(file, most);
  return null;
}

/** @param {Buffer} file @param {number} most @returns {Parts} */
function classicParts(file, most) {
  const packets = [];
  const fractions = file.readUInt32LE(0) === PCAP_NANO ? 1000 : 1;
  for (let at = 24; at + 16 <= file.length && packets.length < most; ) {
    const length = file.readUInt32LE(at + 8);
    if (length > file.length - at - 16) break;
    packets.push({
      high: file.readUInt32LE(at),
      low: Math.floor(file.readUInt32LE(at + 4) / fractions),
      length: file.readUInt32LE(at + 12),
      data: Buffer.from(file.subarray(at + 16, at + 16 + length)),
    });
    at += 16 + length;
  }
  return { linkType: file.readUInt32LE(20) & 0xffff, packets, keyLogs: [] };
}

/** @param {Buffer} file @param {number} most @returns {Parts | null} */
function pcapngParts(file, most) {
  let linkType = -1;
  let perSecond = 1_000_000n;
  const packets = [];
  const keyLogs = [];
  for (let at = 0; at + 12 <= file.length && packets.length < most; ) {
    const type = file.readUInt32LE(at);
    const length = file.readUInt32LE(at + 4);
    if (length < 12 || length % 4 !== 0 || length > file.length - at) break;
    if (type === INTERFACE && linkType < 0) {
      linkType = file.readUInt16LE(at + 8);
      perSecond = unitsPerSecond(file.subarray(at + 16, at + length - 4));
    }
    if (type === ENHANCED && length >= 32) {
      const captured = file.readUInt32LE(at + 20);
      if (captured <= length - 32) {
        const units = BigInt(file.readUInt32LE(at + 12)) * 0x1_0000_0000n + BigInt(file.readUInt32LE(at + 16));
        const micros = (units * 1_000_000n) / perSecond;
        packets.push({
          high: Number(BigInt.asUintN(32, micros / 1_000_000n)),
          low: Number(micros % 1_000_000n),
          length: file.readUInt32LE(at + 24),
          data: Buffer.from(file.subarray(at + 28, at + 28 + captured)),
        });
      }
    }
    if (type === SECRETS && length >= 20 && file.readUInt32LE(at + 8) === TLS_KEY_LOG)
      keyLogs.push(file.toString('latin1', at + 16, at + 16 + Math.min(file.readUInt32LE(at + 12), length - 20)));
    at += length;
  }
  return linkType < 0 ? null : { linkType, packets, keyLogs };
}

/** What time stamps count, by the options of their interface (if_tsresol); microseconds where they say nothing. @param {Buffer} options @returns {bigint} */
function unitsPerSecond(options) {
  for (let at = 0; at + 4 <= options.length; ) {
    const [code, length] = [options.readUInt16LE(at), options.readUInt16LE(at + 2)];
    if (code === 0) break;
    const resolution = options[at + 4];
    if (code === TIME_RESOLUTION && resolution !== undefined)
      return resolution < 0x80 ? 10n ** BigInt(resolution) : 2n ** BigInt(resolution - 0x80);
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return 1_000_000n;
}

/** A capture of these parts: a classic one, or pcapng where keys belong to it. @param {Parts} parts @returns {Buffer} */
export function captureOf(parts) {
  return parts.keyLogs.length > 0 ? pcapngOf(parts) : classicOf(parts);
}

/** @param {Parts} parts @returns {Buffer} */
function pcapngOf({ linkType, packets, keyLogs }) {
  const blocks = [block(PCAPNG_SECTION, [0x1a2b3c4d, 1, 0xffffffff, 0xffffffff], Buffer.alloc(0))];
  for (const keyLog of keyLogs) {
    const keys = Buffer.from(keyLog, 'latin1');
    blocks.push(block(SECRETS, [TLS_KEY_LOG, keys.length], keys));
  }
  blocks.push(block(INTERFACE, [linkType & 0xffff, 262_144], Buffer.alloc(0)));
  for (const { high, low, length, data } of packets) {
    const micros = BigInt.asUintN(64, BigInt(high) * 1_000_000n + BigInt(low));
    const time = [Number(micros >> 32n), Number(micros & 0xffff_ffffn)];
    blocks.push(block(ENHANCED, [0, ...time, data.length, Math.max(length, data.length)], data));
  }
  return Buffer.concat(blocks);
}

/** @param {number} type @param {readonly number[]} words What stands before the content. @param {Buffer} content */
function block(type, words, content) {
  const length = 12 + 4 * words.length + Math.ceil(content.length / 4) * 4;
  const bytes = Buffer.alloc(length);
  for (const [at, word] of [type, length, ...words].entries()) bytes.writeUInt32LE(word >>> 0, 4 * at);
  content.copy(bytes, 8 + 4 * words.length);
  bytes.writeUInt32LE(length, length - 4);
  return bytes;
}

/** @param {Parts} parts @returns {Buffer} */
function classicOf({ linkType, packets }) {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(PCAP_MICRO, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(262_144, 16);
  head.writeUInt32LE(linkType, 20);
  const pieces = [head];
  for (const { high, low, length, data } of packets) {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(high >>> 0, 0);
    record.writeUInt32LE(low >>> 0, 4);
    record.writeUInt32LE(data.length, 8);
    record.writeUInt32LE(Math.max(length, data.length), 12);
    pieces.push(record, data);
  }
  return Buffer.concat(pieces);
}
