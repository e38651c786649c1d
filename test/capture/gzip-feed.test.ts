import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GzipFeed } from '../../src/capture/gzip-feed.js';
import { ByteSource } from '../../src/capture/source.js';
import { StreamFeed } from '../../src/capture/stream-feed.js';
import { packet, pcap } from './build-pcap.js';
import { readAll } from './read-all.js';
import { pieces, scratchFolder } from './scratch-folder.js';

const { write } = scratchFolder();

async function decompress(packed: Uint8Array, piece = 1000) {
  const source = new ByteSource(new StreamFeed(Readable.from(pieces(packed, piece), { objectMode: false })), 64);
  await source.fill(4);
  const feed = new GzipFeed('a.gz', source);
  const parts: Buffer[] = [];
  for (;;) {
    const buffer = Buffer.alloc(10_000);
    const got = await feed.read(buffer, 0, buffer.length);
    if (got === 0) return { bytes: Buffer.concat(parts), feed };
    parts.push(buffer.subarray(0, got));
  }
}

describe('gzip around a capture', () => {
  const raw = randomBytes(300_000);
  const packed = gzipSync(raw);

  it('is taken off as it is read', async () => {
    const { bytes, feed } = await decompress(packed);
    expect(bytes.equals(raw)).toBe(true);
    expect(feed).toMatchObject({ failure: null, notice: null, bytesRead: packed.length });
  });

  it('may consist of several members, wherever the pieces are cut (RFC 1952 §2.2)', async () => {
    const members = Buffer.concat([gzipSync('one '), gzipSync('two '), gzipSync('three')]);
    for (let size = 1; size < members.length; size += 1) {
      expect((await decompress(members, size)).bytes.toString()).toBe('one two three');
    }
  });

  it('may be padded with zeros, as tapes are', async () => {
    const { bytes, feed } = await decompress(Buffer.concat([gzipSync('all of it'), Buffer.alloc(512)]));
    expect(bytes.toString()).toBe('all of it');
    expect(feed.failure).toBeNull();
  });

  it('gives what there is when it is cut short, and says so', async () => {
    const { bytes, feed } = await decompress(packed.subarray(0, packed.length - 20_000));
    expect(bytes.length).toBeGreaterThan(270_000);
    expect(bytes.equals(raw.subarray(0, bytes.length))).toBe(true);
    expect(feed.failure).toBeNull();
    expect(feed.notice).toMatch(/^the gzip data are cut short/);
  });

  it('is an error when it is damaged', async () => {
    const damaged = Buffer.from(packed);
    damaged.writeUInt32LE(0, damaged.length - 8);
    const { feed } = await decompress(damaged);
    expect(feed.failure).toMatchObject({ code: 'damaged', file: 'a.gz', reason: expect.stringContaining('gzip -dc') });
  });

  it('is not read on where it unpacks to what no capture is', async () => {
    const member = gzipSync(Buffer.alloc(2 ** 25));
    const bomb = Buffer.concat(Array.from({ length: 20 }, () => member));
    const feed = new GzipFeed('a.gz', new ByteSource(new StreamFeed(Readable.from([bomb])), 64));
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
      const feed = new GzipFeed('a.gz', source, limit);
      const buffer = Buffer.alloc(2 ** 20);
      let unpacked = 0;
      for (let got = -1; got !== 0; unpacked += got) got = await feed.read(buffer, 0, buffer.length);
      expect(unpacked).toBe(raw.length);
      if (failure === null) expect(feed.failure).toBeNull();
      else expect(feed.failure).toMatchObject(failure);
    }
  });

  it('makes a capture that is cut short a warning, with the packets before it', async () => {
    const packets = Array.from({ length: 200 }, (_, index) => ({ ...packet(index + 1), bytes: randomBytes(1000) }));
    const file = write('cut.gz', gzipSync(pcap(packets)).subarray(0, 100_000));
    const { packets: read, facts, error } = await readAll(file);
    expect(error).toBeNull();
    expect(read.length).toBeGreaterThan(90);
    expect(read.length).toBeLessThan(100);
    expect(facts.warnings).toEqual([
      'the gzip data are cut short; read what came before',
      expect.stringMatching(/^cut short at offset \d+, in a packet record: /),
    ]);
  });

  it('makes a damaged capture an error that says how far it was read', async () => {
    const packets = Array.from({ length: 200 }, (_, index) => ({ ...packet(index + 1), bytes: randomBytes(1000) }));
    const bytes = gzipSync(pcap(packets));
    bytes.writeUInt32LE(0, bytes.length - 8);
    const { packets: read, error } = await readAll(write('bad.gz', bytes));
    expect(read.length).toBeGreaterThan(100);
    expect(error).toMatchObject({ code: 'damaged' });
    expect(error?.message).toMatch(
      new RegExp(`offset \\d+: the gzip data are damaged .*; read ${read.length} packets`),
    );
  });
});
