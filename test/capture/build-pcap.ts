/** A packet as tests write it into captures of any format. */
export interface TestPacket {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
  /** On the wire; as captured when absent. */
  readonly originalLength?: number;
}

export interface PcapOptions {
  readonly big?: boolean;
  readonly magic?: number;
  readonly version?: readonly [number, number];
  readonly snapLength?: number;
  /** The whole field: link type and the bits above it. */
  readonly network?: number;
  /** Nanoseconds of one unit of the fraction. */
  readonly unitNs?: number;
  /** Bytes behind the lengths of each record header. */
  readonly extra?: Uint8Array;
  /** Bytes behind the file header. */
  readonly headerExtra?: Uint8Array;
  readonly lengthsSwapped?: boolean;
}

/** A packet of `length` bytes that differ from those of other numbers. */
export function packet(number: number, length = 60 + number, seconds = 1_700_000_000 + number): TestPacket {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 7 + number * 31) & 0xff);
  return { seconds, nanoseconds: number * 1000, bytes };
}

/** 32-bit words in either byte order. */
export function words(big: boolean, ...figures: readonly number[]): Buffer {
  const buffer = Buffer.alloc(figures.length * 4);
  for (const [index, figure] of figures.entries()) {
    if (big) buffer.writeUInt32BE(figure >>> 0, index * 4);
    else buffer.writeUInt32LE(figure >>> 0, index * 4);
  }
  return buffer;
}

/** 16-bit half words in either byte order. */
export function halves(big: boolean, ...figures: readonly number[]): Buffer {
  const buffer = Buffer.alloc(figures.length * 2);
  for (const [index, figure] of figures.entries()) {
    if (big) buffer.writeUInt16BE(figure, index * 2);
    else buffer.writeUInt16LE(figure, index * 2);
  }
  return buffer;
}

/** A 64-bit figure in either byte order. */
export function double(big: boolean, figure: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  if (big) buffer.writeBigUInt64BE(BigInt.asUintN(64, figure));
  else buffer.writeBigUInt64LE(BigInt.asUintN(64, figure));
  return buffer;
}

/** The bytes of a classic pcap file. */
export function pcap(packets: readonly TestPacket[], options: PcapOptions = {}): Buffer {
  const { big = false, magic = 0xa1b2c3d4, version = [2, 4], snapLength = 262_144, network = 1 } = options;
  const { unitNs = 1000, extra, headerExtra, lengthsSwapped = false } = options;
  const parts: Uint8Array[] = [words(big, magic), halves(big, ...version), words(big, 0, 0, snapLength, network)];
  if (headerExtra !== undefined) parts.push(headerExtra);
  for (const { seconds, nanoseconds, bytes, originalLength = bytes.length } of packets) {
    const lengths = lengthsSwapped ? [originalLength, bytes.length] : [bytes.length, originalLength];
    parts.push(words(big, seconds, nanoseconds / unitNs, ...lengths));
    if (extra !== undefined) parts.push(extra);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}
