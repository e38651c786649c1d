/**
 * The files that the same packets may stand in: classic pcap and its dialects, pcapng in all that its writers
 * choose. draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
import { gzipSync } from 'node:zlib';
import { bytes, hex, zeros } from './bytes.mjs';

/** @typedef {import('../fuzz/capture-parts.mjs').Packet} Packet */
/** @typedef {import('../fuzz/capture-parts.mjs').Parts} Parts */
/**
 * `isBesides`: keys do not stand in the file. `isFile`: it has to be read as a file, for what comes late is looked for.
 * @typedef {{ make: (parts: Parts) => Buffer, isBesides?: boolean, isFile?: boolean }} FileForm
 */

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const MODIFIED = 0xa1b2cd34;
const SNAP_LENGTH = 262_144;
/** Four bytes of check sequence, and that this is told. */
const CHECKED = 0x4400_0000;
const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const OBSOLETE = 2;
const NAMES = 4;
const ENHANCED = 6;
const JOURNAL = 9;
const SECRETS = 10;
const CUSTOM = 0x0bad;
const TLS_KEY_LOG = 0x544c_534b;

/** Numbers in one byte order. */
class Order {
  /** @param {boolean} isBig */
  constructor(isBig) {
    this.isBig = isBig;
  }

  /** @param {number} value */
  n16(value) {
    const made = zeros(2);
    if (this.isBig) made.writeUInt16BE(value);
    else made.writeUInt16LE(value);
    return made;
  }

  /** @param {number} value */
  n32(value) {
    const made = zeros(4);
    if (this.isBig) made.writeUInt32BE(value >>> 0);
    else made.writeUInt32LE(value >>> 0);
    return made;
  }

  /** @param {bigint} value */
  n64(value) {
    const made = zeros(8);
    if (this.isBig) made.writeBigInt64BE(BigInt.asIntN(64, value));
    else made.writeBigInt64LE(BigInt.asIntN(64, value));
    return made;
  }
}

/** @param {Parts} parts @param {{ isBig?: boolean, magic?: number, unitsPerMicrosecond?: number, snapLength?: number, flags?: number, record?: Buffer }} [how] */
function pcap({ linkType, packets }, how = {}) {
  const { isBig = false, magic = MICROSECONDS, unitsPerMicrosecond = 1, snapLength = SNAP_LENGTH, flags = 0 } = how;
  const order = new Order(isBig);
  const head = [
    order.n32(magic),
    order.n16(2),
    order.n16(4),
    zeros(8),
    order.n32(snapLength),
    order.n32(linkType | flags),
  ];
  const records = packets.flatMap(({ high, low, length, data }) => [
    ...[high, low * unitsPerMicrosecond, data.length, length].map((word) => order.n32(word)),
    ...(how.record === undefined ? [] : [how.record]),
    data,
  ]);
  return bytes(...head, ...records);
}

/** Blocks of a section. */
class Blocks extends Order {
  /** @param {{ isBig?: boolean, resolution?: number, offsetSeconds?: bigint, type?: number }} [how] */
  constructor({ isBig = false, resolution, offsetSeconds = 0n, type = ENHANCED } = {}) {
    super(isBig);
    this.resolution = resolution;
    this.offsetSeconds = offsetSeconds;
    this.type = type;
  }

  /** @param {number} type @param {...(Buffer | string)} parts */
  block(type, ...parts) {
    const content = bytes(...parts);
    const length = this.n32(12 + content.length + (-content.length & 3));
    return bytes(this.n32(type), length, content, zeros(-content.length & 3), length);
  }

  /** @param {number} code @param {Buffer | string} value */
  option(code, value) {
    const content = bytes(value);
    return bytes(this.n16(code), this.n16(content.length), content, zeros(-content.length & 3));
  }

  section(length = -1n) {
    return this.block(SECTION, this.n32(0x1a2b_3c4d), this.n16(1), this.n16(0), this.n64(length));
  }

  /** @param {number} linkType @param {...Buffer} more Options. */
  interface(linkType, ...more) {
    const options = [...more];
    if (this.resolution !== undefined) options.push(this.option(9, Buffer.of(this.resolution)));
    if (this.offsetSeconds !== 0n) options.push(this.option(14, this.n64(this.offsetSeconds)));
    return this.block(INTERFACE, this.n16(linkType), zeros(2), this.n32(SNAP_LENGTH), ...options, zeros(4));
  }

  /** @param {string} keys */
  secrets(keys) {
    return this.block(SECRETS, this.n32(TLS_KEY_LOG), this.n32(keys.length), keys);
  }

  /** @param {Packet} packet @param {...Buffer} options */
  packet({ high, low, length, data }, ...options) {
    const units = this.unitsPerSecond();
    const micros = (BigInt(high) - this.offsetSeconds) * 1_000_000n + BigInt(low);
    // Rounded up: read again, it is rounded down.
    const time = (micros * units + 999_999n) / 1_000_000n;
    const head = [time >> 32n, time & 0xffff_ffffn, BigInt(data.length), BigInt(length)].map((word) =>
      this.n32(Number(word)),
    );
    const id = this.type === OBSOLETE ? bytes(this.n16(0), this.n16(0xffff)) : this.n32(0);
    return this.block(this.type, id, ...head, data, zeros(-data.length & 3), ...options);
  }

  unitsPerSecond() {
    const { resolution = 6 } = this;
    return resolution < 0x80 ? 10n ** BigInt(resolution) : 2n ** BigInt(resolution - 0x80);
  }
}

/** Keys first, then an interface and its packets. @param {Blocks} blocks @param {(packet: Packet, index: number) => Buffer} [write] @param {...Buffer} options Of the interface. @returns {FileForm} */
function pcapng(blocks, write = (packet) => blocks.packet(packet), ...options) {
  return {
    make: ({ linkType, packets, keyLogs }) =>
      bytes(
        blocks.section(),
        ...keyLogs.map((keys) => blocks.secrets(keys)),
        blocks.interface(linkType, ...options),
        ...packets.map(write),
      ),
  };
}

/** @param {Packet} packet @returns {Packet} */
function checked(packet) {
  const isWhole = packet.length === packet.data.length;
  return { ...packet, length: packet.length + 4, data: isWhole ? bytes(packet.data, hex('8bad f00d')) : packet.data };
}

/** @param {(parts: Parts) => Buffer} make @returns {FileForm} */
function besides(make) {
  return { make, isBesides: true };
}

const plain = new Blocks();
const MODIFIED_RECORD = { little: hex('0100 0000 0800 0000'), big: hex('0000 0001 0008 0000') };

/** @type {Readonly<Record<string, FileForm>>} */
export const FILE_FORMS = {
  pcap: besides((parts) => pcap(parts)),
  'pcap, big-endian': besides((parts) => pcap(parts, { isBig: true })),
  'pcap, nanoseconds': besides((parts) => pcap(parts, { magic: NANOSECONDS, unitsPerMicrosecond: 1000 })),
  'pcap, nanoseconds, big-endian': besides((parts) =>
    pcap(parts, { isBig: true, magic: NANOSECONDS, unitsPerMicrosecond: 1000 }),
  ),
  'pcap, modified': besides((parts) => pcap(parts, { magic: MODIFIED, record: MODIFIED_RECORD.little })),
  'pcap, modified, big-endian': besides((parts) =>
    pcap(parts, { isBig: true, magic: MODIFIED, record: MODIFIED_RECORD.big }),
  ),
  'pcap that tells no snap length': besides((parts) => pcap(parts, { snapLength: 0 })),
  'pcap that tells check sequences': besides((parts) =>
    pcap({ ...parts, packets: parts.packets.map(checked) }, { flags: CHECKED }),
  ),
  'pcap in gzip': besides((parts) => gzipSync(pcap(parts))),
  pcapng: pcapng(plain),
  'pcapng, big-endian': pcapng(new Blocks({ isBig: true })),
  'pcapng, nanoseconds': pcapng(new Blocks({ resolution: 9 })),
  'pcapng, picoseconds of late': pcapng(new Blocks({ resolution: 12, offsetSeconds: 1_790_000_000n })),
  'pcapng, parts of a second by halves': pcapng(new Blocks({ resolution: 0x80 + 30 })),
  'pcapng, a day back': pcapng(new Blocks({ isBig: true, resolution: 9, offsetSeconds: -86_400n })),
  'pcapng of older writers': pcapng(new Blocks({ type: OBSOLETE })),
  'pcapng that tells check sequences': pcapng(
    plain,
    (packet) => plain.packet(checked(packet)),
    plain.option(13, Buffer.of(4)),
  ),
  'pcapng that says much of its interface': pcapng(
    plain,
    (packet) => plain.packet(packet),
    ...[plain.option(1, 'a comment'), plain.option(2, 'eth0'), plain.option(11, '\0tcp'), plain.option(12, 'Linux')],
  ),
  'pcapng with options of packets': pcapng(plain, (packet) =>
    plain.packet(packet, plain.option(1, 'a comment'), plain.option(5, plain.n64(77n)), zeros(4)),
  ),
  'pcapng whose options have no end': pcapng(plain, (packet) => plain.packet(packet, plain.option(1, 'a comment'))),
  'pcapng with other blocks between': pcapng(plain, (packet) => {
    const name = [plain.n16(1), plain.n16(18), Buffer.of(203, 0, 113, 7), 'other.example\0', zeros(2), zeros(4)];
    return bytes(plain.packet(packet), plain.block(0x8000_0abc, zeros(40)), plain.block(NAMES, ...name));
  }),
  'pcapng that ends with a journal': {
    make: (parts) =>
      bytes(
        pcapng(plain).make(parts),
        plain.block(CUSTOM, plain.n32(32_473), 'of its own'),
        plain.block(JOURNAL, '__REALTIME_TIMESTAMP=1\n\n'),
      ),
  },
  'pcapng that ends with its keys': {
    make: ({ keyLogs, ...parts }) =>
      bytes(pcapng(plain).make({ ...parts, keyLogs: [] }), ...keyLogs.map((keys) => plain.secrets(keys))),
    isFile: true,
  },
  'pcapng with its keys line by line': {
    make: ({ linkType, packets, keyLogs }) => {
      const lines = keyLogs.flatMap((keys) => keys.split(/(?<=\n)/)).map((line) => plain.secrets(line));
      const step = Math.max(1, Math.floor(packets.length / (lines.length + 1)));
      const written = packets.flatMap((packet, index) => [
        plain.packet(packet),
        ...(index % step === 0 ? lines.splice(0, 1) : []),
      ]);
      return bytes(plain.section(), plain.interface(linkType), ...written, ...lines);
    },
    isFile: true,
  },
  'pcapng of several sections': {
    make: ({ linkType, packets, keyLogs }) => {
      const kinds = [
        plain,
        new Blocks({ isBig: true, resolution: 9 }),
        new Blocks({ type: OBSOLETE, resolution: 0x9e }),
      ];
      const size = Math.max(1, Math.ceil(packets.length / 9));
      const sections = Array.from({ length: Math.ceil(packets.length / size) }, (_, index) => {
        const blocks = kinds[index % kinds.length] ?? plain;
        const keys = index === 0 ? keyLogs.map((text) => blocks.secrets(text)) : [];
        const own = packets.slice(index * size, (index + 1) * size).map((packet) => blocks.packet(packet));
        return bytes(blocks.section(), ...keys, blocks.interface(linkType), ...own);
      });
      return bytes(...sections);
    },
  },
  'pcapng in gzip': { make: (parts) => gzipSync(pcapng(plain).make(parts)) },
};
