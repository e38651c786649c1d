import { double, halves, type TestPacket, words } from './build-pcap.js';

/** Writes the blocks of pcapng in one byte order. */
export class PcapngBuilder {
  private readonly parts: Uint8Array[] = [];

  constructor(readonly big = false) {}

  /** Any block: type, length, the body padded to 32 bits, length. */
  block(type: number, ...body: readonly Uint8Array[]): this {
    const content = padded(Buffer.concat(body));
    const length = words(this.big, content.length + 12);
    this.parts.push(words(this.big, type), length, content, length);
    return this;
  }

  section(version: readonly [number, number] = [1, 0], options: readonly Uint8Array[] = []): this {
    const fixed = [words(this.big, 0x1a2b3c4d), halves(this.big, ...version), double(this.big, -1n)];
    return this.block(0x0a0d0d0a, ...fixed, ...options);
  }

  interface(linkType = 1, options: readonly Uint8Array[] = [], snapLength = 262_144): this {
    return this.block(1, halves(this.big, linkType, 0), words(this.big, snapLength), ...options);
  }

  /** Enhanced packet block with a time in units of the interface. */
  enhanced(
    bytes: Uint8Array,
    units: bigint,
    options: readonly Uint8Array[] = [],
    id = 0,
    original = bytes.length,
  ): this {
    const time = [Number(units >> 32n), Number(units & 0xffffffffn)];
    return this.block(6, words(this.big, id, ...time, bytes.length, original), padded(bytes), ...options);
  }

  simple(bytes: Uint8Array, original = bytes.length): this {
    return this.block(3, words(this.big, original), padded(bytes));
  }

  /** The obsolete packet block. */
  obsolete(bytes: Uint8Array, units: bigint, drops = 0xffff, options: readonly Uint8Array[] = [], id = 0): this {
    const time = [Number(units >> 32n), Number(units & 0xffffffffn)];
    const fixed = words(this.big, ...time, bytes.length, bytes.length);
    return this.block(2, halves(this.big, id, drops), fixed, padded(bytes), ...options);
  }

  /** One option; without a value, the end of options. */
  option(code: number, value: Uint8Array = Buffer.alloc(0)): Buffer {
    return Buffer.concat([halves(this.big, code, value.length), padded(value)]);
  }

  /** Bytes as they are, whatever they break. */
  raw(bytes: Uint8Array): this {
    this.parts.push(bytes);
    return this;
  }

  build(): Buffer {
    return Buffer.concat(this.parts);
  }
}

export function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length & 3)) & 3)]);
}

/** A capture of one section and one interface, microseconds unless told otherwise. */
export function pcapng(
  packets: readonly TestPacket[],
  { big = false, resolution = 6, kind = 'enhanced' as 'enhanced' | 'obsolete', offsetSeconds = 0n } = {},
): Buffer {
  const builder = new PcapngBuilder(big).section();
  const options = [
    builder.option(2, Buffer.from('eth0')),
    builder.option(9, Buffer.from([resolution])),
    builder.option(14, double(big, offsetSeconds)),
    builder.option(0),
  ];
  builder.interface(1, options);
  const units = (resolution & 0x80) === 0 ? 10n ** BigInt(resolution) : 2n ** BigInt(resolution & 0x7f);
  for (const { seconds, nanoseconds, bytes, originalLength } of packets) {
    const time = (BigInt(seconds) - offsetSeconds) * units + (BigInt(nanoseconds) * units) / 1_000_000_000n;
    if (kind === 'obsolete') builder.obsolete(bytes, time);
    else builder.enhanced(bytes, time, [], 0, originalLength);
  }
  return builder.build();
}
