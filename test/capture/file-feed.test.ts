import { appendFileSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FileFeed } from '../../src/capture/file-feed.js';
import { scratchFolder } from './scratch-folder.js';

const { write, folder } = scratchFolder();

describe('a plain file as a feed', () => {
  it('gives its bytes in order and passes over some without reading them', () => {
    const feed = new FileFeed(write('a', Buffer.from('abcdefgh')));
    const buffer = Buffer.alloc(8, '.');
    expect(feed.size).toBe(8);
    expect(feed.read(buffer, 1, 2)).toBe(2);
    expect(feed.skip(3)).toBe(3);
    expect(feed.read(buffer, 3, 5)).toBe(3);
    expect(buffer.toString()).toBe('.abfgh..');
    expect(feed.read(buffer, 0, 8)).toBe(0);
    feed.close();
  });

  it('passes over no more than there is', () => {
    const feed = new FileFeed(write('a', Buffer.from('abc')));
    expect(feed.skip(10)).toBe(3);
    expect(feed.skip(10)).toBe(0);
    feed.close();
  });

  it('ends early when the file shrinks, and goes on when it grows', () => {
    const file = write('a', Buffer.from('abcdefgh'));
    const feed = new FileFeed(file);
    const buffer = Buffer.alloc(8);
    expect(feed.read(buffer, 0, 4)).toBe(4);
    truncateSync(file, 2);
    expect(feed.skip(3)).toBe(0);
    expect(feed.read(buffer, 0, 4)).toBe(0);
    appendFileSync(file, '12345');
    expect(feed.read(buffer, 0, 4)).toBe(3);
    expect(feed.failure).toBeNull();
    feed.close();
  });

  it('fails without throwing when it is a directory, and is at its end when closed, twice too', () => {
    const feed = new FileFeed(folder);
    expect(feed.read(Buffer.alloc(4), 0, 4)).toBe(0);
    expect(feed.failure).toMatchObject({ code: 'EISDIR' });
    feed.close();
    feed.close();
    expect(feed.read(Buffer.alloc(4), 0, 4)).toBe(0);
    expect(feed.skip(4)).toBe(0);
  });
});
