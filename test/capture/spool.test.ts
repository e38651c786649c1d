import { fstatSync, readdirSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { ByteSource } from '../../src/capture/source.js';
import { Spool } from '../../src/capture/spool.js';
import { StreamFeed } from '../../src/capture/stream-feed.js';
import { pieces, scratchFolder } from './scratch-folder.js';

const scratch = scratchFolder();
const BYTES = Uint8Array.from({ length: 5000 }, (_, index) => index & 0xff);

/** Reads a stream to its end through a feed that keeps it. */
async function readThrough(spool: Spool, bytes: Uint8Array): Promise<void> {
  const source = new ByteSource(
    spool.keep(0, new StreamFeed(Readable.from(pieces(bytes, 333), { objectMode: false }))),
  );
  await source.fill(bytes.length + 1);
  expect(Buffer.from(source.buffer.subarray(0, source.end)).equals(Buffer.from(bytes))).toBe(true);
}

function keptBytes(spool: Spool): Buffer {
  const buffer = Buffer.alloc(10_000);
  const descriptor = spool.descriptorOf(0);
  if (descriptor === null) throw new Error('nothing was kept');
  return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, 0));
}

describe('what cannot be read twice', () => {
  it('is kept byte for byte, under no name', async () => {
    // A folder of its own: in the machine's, others keep what they read at the same time.
    vi.stubEnv('TMPDIR', scratch.folder);
    const spool = new Spool();
    expect(spool.descriptorOf(0)).toBeNull();
    await readThrough(spool, BYTES);
    expect(keptBytes(spool).equals(Buffer.from(BYTES))).toBe(true);
    expect(readdirSync(scratch.folder)).toEqual([]);
    expect(fstatSync(spool.descriptorOf(0) ?? -1)).toMatchObject({ nlink: 0, size: BYTES.length });
    spool.close();
  });

  it('is kept from the beginning where it is read once more', async () => {
    const spool = new Spool();
    await readThrough(spool, BYTES);
    await readThrough(spool, BYTES);
    expect(keptBytes(spool)).toHaveLength(BYTES.length);
    spool.close();
  });

  it('is given up, and its place on the disk, where it is more than may be kept', async () => {
    const spool = new Spool(BYTES.length - 1);
    await readThrough(spool, BYTES);
    expect(spool.descriptorOf(0)).toBeNull();
    expect(spool.noticeOf(0)).toMatch(/more than 4,999 bytes would have to be kept \(--max-spool\)/);
    spool.close();
    const whole = new Spool(BYTES.length);
    await readThrough(whole, BYTES);
    expect([whole.noticeOf(0), keptBytes(whole).length]).toEqual([null, BYTES.length]);
    whole.close();
  });

  it('is no longer kept once it is released', async () => {
    const spool = new Spool();
    const feed = spool.keep(0, new StreamFeed(Readable.from(pieces(BYTES, 100), { objectMode: false })));
    const buffer = new Uint8Array(100);
    await feed.read(buffer, 0, 100);
    feed.release();
    await feed.read(buffer, 0, 100);
    expect(keptBytes(spool)).toHaveLength(100);
    spool.close();
  });
});
