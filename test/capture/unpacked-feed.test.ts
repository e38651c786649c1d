import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GZIP } from '../../src/capture/gzip.js';
import { ByteSource } from '../../src/capture/source.js';
import { StreamFeed } from '../../src/capture/stream-feed.js';
import { type Packing, UnpackedFeed } from '../../src/capture/unpacked-feed.js';
import { ZSTD } from '../../src/capture/zstd.js';
import { packet, pcap } from './build-pcap.js';
import { readAll } from './read-all.js';
import { pieces, scratchFolder } from './scratch-folder.js';
import { hasZstd, zstdOf } from './zstd-frame.js';

const { write } = scratchFolder();

async function decompress(packing: Packing, packed: Uint8Array, piece = 1000) {
  const source = new ByteSource(new StreamFeed(Readable.from(pieces(packed, piece), { objectMode: false })), 64);
  await source.fill(4);
  const feed = new UnpackedFeed('a', source, packing);
  const parts: Buffer[] = [];
  for (;;) {
    const buffer = Buffer.alloc(10_000);
    const got = await feed.read(buffer, 0, buffer.length);
    if (got === 0) return { bytes: Buffer.concat(parts), feed };
    parts.push(buffer.subarray(0, got));
  }
}

/** The last bytes are a sum over what was unpacked: made wrong. */
function withWrongSum(packed: Uint8Array, fromEnd: number): Buffer {
  const damaged = Buffer.from(packed);
  damaged.writeUInt8(damaged.readUInt8(damaged.length - fromEnd) ^ 1, damaged.length - fromEnd);
  return damaged;
}

describe.each([
  { packing: GZIP, pack: gzipSync, sumFromEnd: 8 },
  ...(hasZstd ? [{ packing: ZSTD, pack: zstdOf, sumFromEnd: 4 }] : []),
])('$packing.program around a capture', ({ packing, pack, sumFromEnd }) => {
  const { program } = packing;
  const raw = randomBytes(300_000);
  const packed = pack(raw);

  it('is taken off as it is read', async () => {
    const { bytes, feed } = await decompress(packing, packed);
    expect(bytes.equals(raw)).toBe(true);
    expect(feed).toMatchObject({ failure: null, notice: null, bytesRead: packed.length });
  });

  it('may consist of several members, wherever the pieces are cut (RFC 1952 §2.2, RFC 8878 §3.1)', async () => {
    const members = Buffer.concat(['one ', 'two ', '', 'three'].map((text) => pack(Buffer.from(text))));
    for (let size = 1; size < members.length; size += 1) {
      expect((await decompress(packing, members, size)).bytes.toString()).toBe('one two three');
    }
  });

  it('gives what there is when it is cut short, and says so', async () => {
    const { bytes, feed } = await decompress(packing, packed.subarray(0, packed.length - 20_000));
    expect(bytes.length).toBeGreaterThan(250_000);
    expect(bytes.equals(raw.subarray(0, bytes.length))).toBe(true);
    expect(feed.failure).toBeNull();
    expect(feed.notice).toBe(`the ${program} data are cut short; read what came before`);
  });

  it('is an error when it is damaged', async () => {
    const { feed } = await decompress(packing, withWrongSum(packed, sumFromEnd));
    expect(feed.failure).toMatchObject({
      code: 'damaged',
      file: 'a',
      reason: expect.stringContaining(`${program} -dc`),
    });
  });

  it('is an error when a byte of it is another: what is read is so up to there', async () => {
    const text = Buffer.from(Array.from({ length: 20_000 }, (_, at) => `line ${at * 7919}\n`).join(''));
    const whole = pack(text);
    for (let at = 100; at < whole.length; at += 9973) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0x55, at);
      const { bytes, feed } = await decompress(packing, damaged);
      expect(feed.failure, `byte ${at}`).toMatchObject({ code: 'damaged' });
      expect(bytes.length).toBeLessThanOrEqual(text.length);
    }
  });

  it('is not read on where it unpacks to what no capture is', async () => {
    const member = pack(Buffer.alloc(2 ** 25));
    const bomb = Buffer.concat(Array.from({ length: 20 }, () => member));
    const feed = new UnpackedFeed('a', new ByteSource(new StreamFeed(Readable.from([bomb])), 64), packing);
    const buffer = Buffer.alloc(2 ** 20);
    let unpacked = 0;
    for (;;) {
      const got = await feed.read(buffer, 0, buffer.length);
      if (got === 0) break;
      unpacked += got;
    }
    expect(unpacked).toBeLessThan(2 ** 28 + 2 ** 21);
    expect(feed.failure).toMatchObject({ code: 'damaged', reason: expect.stringContaining('300 times its size') });
  });

  it('is not read beyond what is allowed, and one of just that size is', async () => {
    for (const [limit, failure] of [
      [raw.length, null],
      [
        raw.length - 1,
        { code: 'beyond-limit', reason: expect.stringMatching(/more than 299,999 bytes .--max-unpacked/) },
      ],
    ] as const) {
      const source = new ByteSource(new StreamFeed(Readable.from([packed])), 64);
      const feed = new UnpackedFeed('a', source, packing, limit);
      const buffer = Buffer.alloc(2 ** 20);
      let unpacked = 0;
      for (let got = -1; got !== 0; unpacked += got) got = await feed.read(buffer, 0, buffer.length);
      expect(unpacked).toBe(raw.length);
      if (failure === null) expect(feed.failure).toBeNull();
      else expect(feed.failure).toMatchObject(failure);
    }
  });

  it('makes a capture that is cut short a warning, with the packets before it', async () => {
    const packets = Array.from({ length: 400 }, (_, index) => ({ ...packet(index + 1), bytes: randomBytes(1000) }));
    const file = write(`cut.${program}`, pack(pcap(packets)).subarray(0, 300_000));
    const { packets: read, facts, error } = await readAll(file);
    expect(error).toBeNull();
    expect(read.length).toBeGreaterThan(250);
    expect(read.length).toBeLessThan(300);
    expect(facts.warnings).toEqual([
      `the ${program} data are cut short; read what came before`,
      expect.stringMatching(/^cut short at offset \d+, in (?:the header of )?a packet record: /),
    ]);
  });

  it('makes a damaged capture an error that says how far it was read', async () => {
    const packets = Array.from({ length: 400 }, (_, index) => ({ ...packet(index + 1), bytes: randomBytes(1000) }));
    const bytes = withWrongSum(pack(pcap(packets)), sumFromEnd);
    const { packets: read, error } = await readAll(write(`bad.${program}`, bytes));
    expect(read.length).toBeGreaterThan(250);
    expect(error).toMatchObject({ code: 'damaged' });
    expect(error?.message).toMatch(
      new RegExp(`offset \\d+: the ${program} data are damaged .*; read ${read.length} packets`),
    );
  });
});

it('gzip may be padded with zeros, as tapes are', async () => {
  const { bytes, feed } = await decompress(GZIP, Buffer.concat([gzipSync('all of it'), Buffer.alloc(512)]));
  expect(bytes.toString()).toBe('all of it');
  expect(feed.failure).toBeNull();
});
