/** One suite for every format: the same packets, written by each, come out the same however they arrive. */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureError } from '../../src/capture/capture-error.js';
import { packet, pcap, type TestPacket } from './build-pcap.js';
import { pcapng } from './build-pcapng.js';
import { readAll } from './read-all.js';
import { pieces, scratchFolder } from './scratch-folder.js';
import { hasZstd, zstdOf } from './zstd-frame.js';

const modified = Buffer.from([0, 0, 0, 1, 8, 0, 0, 0]);
const modifiedLittle = Buffer.from([1, 0, 0, 0, 0, 8, 0, 0]);

/** Each way to write the packets; times in whole microseconds survive in all of them. */
const FORMATS: Readonly<Record<string, (packets: readonly TestPacket[]) => Buffer>> = {
  'pcap, little endian, microseconds': (packets) => pcap(packets),
  'pcap, big endian, microseconds': (packets) => pcap(packets, { big: true }),
  'pcap, little endian, nanoseconds': (packets) => pcap(packets, { magic: 0xa1b23c4d, unitNs: 1 }),
  'pcap, big endian, nanoseconds': (packets) => pcap(packets, { big: true, magic: 0xa1b23c4d, unitNs: 1 }),
  'pcap, modified, little endian': (packets) => pcap(packets, { magic: 0xa1b2cd34, extra: modifiedLittle }),
  'pcap, modified, big endian': (packets) => pcap(packets, { big: true, magic: 0xa1b2cd34, extra: modified }),
  'pcap, Ixia hardware': (packets) => pcap(packets, { magic: 0x1c0001ac, unitNs: 1, headerExtra: Buffer.alloc(4) }),
  'pcap, Ixia software': (packets) => pcap(packets, { magic: 0x1c0001ab, headerExtra: Buffer.alloc(4) }),
  'pcap 2.2, lengths the other way round': (packets) => pcap(packets, { version: [2, 2], lengthsSwapped: true }),
  'pcapng, little endian, microseconds': (packets) => pcapng(packets),
  'pcapng, big endian, microseconds': (packets) => pcapng(packets, { big: true }),
  'pcapng, nanoseconds': (packets) => pcapng(packets, { resolution: 9 }),
  'pcapng, tenths of nanoseconds': (packets) => pcapng(packets, { resolution: 10 }),
  'pcapng, picoseconds': (packets) => pcapng(packets, { resolution: 12, offsetSeconds: 1_700_000_000n }),
  'pcapng, big endian, with a time offset': (packets) => pcapng(packets, { big: true, offsetSeconds: -3600n }),
  'pcapng, obsolete packet blocks': (packets) => pcapng(packets, { kind: 'obsolete' }),
};

const PACKETS = [packet(1), packet(2, 1514), packet(3, 0), packet(4, 61), packet(5, 333)];
const { write } = scratchFolder();

function expected(packets: readonly TestPacket[]) {
  return packets.map(({ bytes, seconds, nanoseconds }) => ({
    bytes: Buffer.from(bytes).toString('hex'),
    originalLength: bytes.length,
    timeNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
  }));
}

function found({ packets, timesNs }: Awaited<ReturnType<typeof readAll>>) {
  return packets.map(({ bytes, originalLength }, index) => ({ bytes, originalLength, timeNs: timesNs[index] }));
}

describe.each(Object.entries(FORMATS))('%s', (name, build) => {
  const bytes = build(PACKETS);
  const file = name.replace(/\W+/g, '-');

  it('gives number, time, lengths and bytes of each packet', async () => {
    const read = await readAll(write(file, bytes));
    expect(found(read)).toEqual(expected(PACKETS));
    expect(read.packets.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(read.packets.map(({ atNs }) => atNs)).toEqual([0, 1, 2, 3, 4].map((n) => n * 1_000_001_000));
    expect(read.packets.every(({ linkType }) => linkType === 1)).toBe(true);
    expect(read.error).toBeNull();
    expect(read.facts).toMatchObject({
      format: name.startsWith('pcapng') ? 'pcapng' : 'pcap',
      compressed: false,
      linkTypes: ['ETHERNET'],
      packets: 5,
      bytes: bytes.length,
      startEpochNs: 1_700_000_001_000_001_000n,
      endEpochNs: 1_700_000_005_000_005_000n,
      snappedPackets: 0,
      warnings: [],
    });
  });

  it('reads the same out of a pipe that hands over one byte at a time', async () => {
    expect(found(await readAll('-', Readable.from(pieces(bytes, 1), { objectMode: false })))).toEqual(
      expected(PACKETS),
    );
  });

  it('reads the same out of gzip, in a file and in a pipe, of one member and of two, and out of zstd', async () => {
    const whole = gzipSync(bytes);
    const two = Buffer.concat([gzipSync(bytes.subarray(0, 101)), gzipSync(bytes.subarray(101))]);
    for (const packed of [whole, two, ...(hasZstd ? [zstdOf(bytes)] : [])]) {
      const read = await readAll(write(`${file}.gz`, packed));
      expect(found(read)).toEqual(expected(PACKETS));
      expect(read.facts).toMatchObject({ compressed: true, bytes: bytes.length, warnings: [] });
      expect(read.reader.bytesRead).toBe(packed.length);
      expect(found(await readAll('-', Readable.from(pieces(packed, 7), { objectMode: false })))).toEqual(
        expected(PACKETS),
      );
    }
  });

  it('reads the same whatever the size of the reads', async () => {
    const path = write(file, bytes);
    for (const size of [16, 17, 64, 100, 999, 4096]) {
      expect(found(await readAll(path, undefined, size))).toEqual(expected(PACKETS));
    }
  });

  it('ends with a warning, and all packets before it, when cut at any byte of its first two packets', async () => {
    const short = build([packet(1, 20), packet(2, 33), packet(3, 0)]);
    const { packets: all } = await readAll(write(file, short));
    const starts = all.map(({ fileOffset }) => fileOffset);
    const [first = 0, , third = 0] = starts;
    for (let cut = first; cut <= third; cut += 1) {
      const { packets, facts, error } = await readAll(write('cut', short.subarray(0, cut)), undefined, 64);
      const whole = starts.filter((start) => start <= cut).length - 1;
      expect(packets).toEqual(all.slice(0, whole));
      expect(error).toBeNull();
      const cutShort = facts.warnings.filter((warning) => warning.startsWith('cut short'));
      if (starts.includes(cut)) expect(cutShort).toEqual([]);
      else expect(cutShort).toEqual([expect.stringContaining(`cut short at offset ${starts[whole]}, in `)]);
      expect(facts.warnings.includes('holds no packets')).toBe(whole === 0);
    }
  });

  it('tells how many bytes of the last packet are missing', async () => {
    const { facts } = await readAll(write('cut', bytes.subarray(0, bytes.length - 5)));
    expect(facts.warnings).toEqual([expect.stringContaining(': 5 bytes missing; what came before it was read')]);
  });

  it('refuses it, in one line, when cut within its header', async () => {
    for (let cut = 0; cut < 24; cut += 1) {
      const code = cut === 0 ? 'empty' : cut < 4 ? 'not-a-capture' : 'damaged';
      const failed = readAll(write('cut', bytes.subarray(0, cut)));
      await expect(failed).rejects.toMatchObject({
        name: 'CaptureError',
        code,
        message: expect.not.stringMatching(/\n/),
      });
    }
  });

  it('keeps what was captured apart from what was sent', async () => {
    const snapped = { ...packet(1, 96), originalLength: 1514 };
    if (name.includes('obsolete')) return;
    const read = await readAll(write(file, build([snapped])));
    expect(read.packets[0]?.originalLength).toBe(1514);
    expect(read.packets[0]?.bytes.length).toBe(2 * 96);
    expect(read.facts.snappedPackets).toBe(1);
  });

  it('names a packet that lies before its predecessor, and keeps the order of the file', async () => {
    const back = [packet(1, 60, 1_700_000_100), packet(2, 60, 1_700_000_090), packet(3, 60, 1_700_000_101)];
    const read = await readAll(write(file, build(back)));
    expect(read.packets.map(({ atNs }) => atNs)).toEqual([0, -9_999_999_000, 1_000_002_000]);
    expect(read.facts.warnings).toEqual(['time steps back at 1 packet, first at packet 2, by at most 10.000 s']);
  });

  it('never throws, whatever bytes are changed, and keeps every packet within its buffer', async () => {
    const short = build([packet(1, 20), packet(2, 33), packet(3, 5)]);
    const change = fc.tuple(fc.nat(short.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(0, 255)));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(short);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const { packets, facts, error } = await readAll('-', Readable.from([bytes], { objectMode: false }), 64);
          expect(facts.packets).toBe(packets.length);
          expect(packets.every(({ bytes: hex }) => hex.length <= 2 * short.length)).toBe(true);
          expect(error === null || error.code === 'damaged' || error.code === 'unsupported').toBe(true);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(CaptureError);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('reads packets of any size up to the largest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3000), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 24, max: 5000 }),
        async (lengths, size) => {
          const packets = lengths.map((length, index) => packet(index + 1, length));
          expect(found(await readAll(write(file, build(packets)), undefined, size))).toEqual(expected(packets));
        },
      ),
      { numRuns: 8 },
    );
    const large = [packet(1, 262_144), packet(2)];
    expect(found(await readAll(write(file, build(large)), undefined, 4096))).toEqual(expected(large));
  });

  it('ends in an error that names file, offset and figures at a captured length above 262,144', async () => {
    const path = write(file, build([packet(1), packet(2, 262_145)]));
    const read = await readAll(path);
    const offset = read.packets[0] === undefined ? 0 : read.facts.bytes;
    expect(read.packets.length).toBe(1);
    expect(read.error).toMatchObject({ code: 'damaged', file: path, offset });
    expect(read.error?.message).toMatch(
      new RegExp(
        `^${path}: offset ${offset}: captured length 262,145 of a packet.* is above 262,144.*; read 1 packet before it$`,
      ),
    );
  });
});
