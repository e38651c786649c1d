import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StreamFeed } from '../../src/capture/stream-feed.js';

async function readOut(feed: StreamFeed, length = 5): Promise<string> {
  const buffer = Buffer.alloc(length);
  let text = '';
  for (;;) {
    const got = await feed.read(buffer, 0, length);
    if (got === 0) return text;
    text += buffer.toString('latin1', 0, got);
  }
}

describe('a stream as a feed', () => {
  it('gives its bytes in order, in pieces no larger than asked for', async () => {
    const feed = new StreamFeed(Readable.from([Buffer.from('abcdefgh'), Buffer.from('ij')], { objectMode: false }));
    expect(await readOut(feed)).toBe('abcdefghij');
    expect(feed.bytesRead).toBe(10);
    expect(feed.failure).toBeNull();
  });

  it('does not wait when a chunk is there already', async () => {
    const stream = new PassThrough();
    stream.write('abc');
    await new Promise(setImmediate);
    expect(new StreamFeed(stream).read(Buffer.alloc(9), 0, 9)).toBe(3);
  });

  it('waits for a writer that takes its time', async () => {
    const stream = new PassThrough();
    const feed = new StreamFeed(stream);
    const read = readOut(feed);
    stream.write('one');
    await new Promise((resolve) => setTimeout(resolve, 5));
    stream.end('two');
    expect(await read).toBe('onetwo');
  });

  it('ends with what it had when the other end of the pipe dies', async () => {
    const stream = new PassThrough();
    const feed = new StreamFeed(stream);
    stream.write('abc');
    const read = readOut(feed);
    await new Promise((resolve) => setTimeout(resolve, 5));
    stream.destroy();
    expect(await read).toBe('abc');
    expect(feed.failure).toBeNull();
  });

  it('ends with what it had, and the failure, when the stream fails', async () => {
    const stream = new PassThrough();
    const feed = new StreamFeed(stream);
    const read = readOut(feed);
    stream.write('abc');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const failure = new Error('read ECONNRESET');
    stream.destroy(failure);
    expect(await read).toBe('abc');
    expect(feed.failure).toBe(failure);
  });

  it('is at its end at once when the stream was over before', async () => {
    const stream = new PassThrough();
    stream.destroy();
    await new Promise(setImmediate);
    expect(new StreamFeed(stream).read(Buffer.alloc(4), 0, 4)).toBe(0);
  });

  it('gives up waiting when it is closed', async () => {
    const feed = new StreamFeed(new PassThrough());
    const waiting = feed.read(Buffer.alloc(4), 0, 4);
    feed.close();
    expect(await waiting).toBe(0);
  });

  it('asks a stream for no more than its own buffer holds', async () => {
    let made = 0;
    const stream = new Readable({
      highWaterMark: 1000,
      read() {
        made += 100;
        this.push(Buffer.alloc(100));
      },
    });
    const feed = new StreamFeed(stream);
    await feed.read(Buffer.alloc(10), 0, 10);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(made).toBeLessThanOrEqual(2200);
    feed.close();
  });
});
