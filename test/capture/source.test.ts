import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSource, type Feed } from '../../src/capture/source.js';

/** Bytes 0, 1, 2, … modulo 251, brought in the pieces asked for. */
class CountingFeed implements Feed {
  readonly failure = null;
  readonly notice = null;
  bytesRead = 0;
  skip?: (length: number) => number;

  constructor(
    readonly size: number,
    private readonly piece: number,
    private readonly later: boolean,
    seekable: boolean,
  ) {
    if (seekable) {
      this.skip = (length) => {
        const skipped = Math.min(length, this.size - this.bytesRead);
        this.bytesRead += skipped;
        return skipped;
      };
    }
  }

  read(buffer: Uint8Array, at: number, length: number): number | Promise<number> {
    const count = Math.min(length, this.piece, this.size - this.bytesRead);
    for (let index = 0; index < count; index += 1) buffer[at + index] = (this.bytesRead + index) % 251;
    this.bytesRead += count;
    return this.later ? Promise.resolve(count) : count;
  }

  close(): void {}
}

/** Whether each byte held is the one that belongs at its offset. */
function isTrue(source: ByteSource): boolean {
  for (let at = source.start; at < source.end; at += 1) {
    if (source.buffer[at] !== (source.base + at) % 251 || source.view.getUint8(at) !== source.buffer[at]) return false;
  }
  return true;
}

describe('the window on a capture', () => {
  it('holds what was asked for, at the right offset, however it is consumed', async () => {
    const step = fc.record({ needed: fc.integer({ min: 1, max: 400 }), consume: fc.nat(400), skip: fc.nat(900) });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(5000),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 128 }),
        fc.boolean(),
        fc.boolean(),
        fc.array(step, { maxLength: 40 }),
        async (size, piece, capacity, later, seekable, steps) => {
          const source = new ByteSource(new CountingFeed(size, piece, later, seekable), capacity);
          let offset = 0;
          for (const { needed, consume, skip } of steps) {
            if (source.end - source.start < needed) await source.fill(needed);
            expect(isTrue(source)).toBe(true);
            if (source.unskipped === 0) expect(source.offset).toBe(offset);
            const held = source.end - source.start;
            if (held < needed) {
              expect(source.ended).toBe(true);
              expect(source.offset + held).toBe(size);
              return;
            }
            const consumed = Math.min(consume, held);
            source.start += consumed;
            source.skip(skip);
            offset += consumed + skip;
          }
        },
      ),
    );
  });

  it('waits only for a feed that makes it wait', () => {
    expect(new ByteSource(new CountingFeed(10, 3, false, false), 4).fill(8)).toBeNull();
    expect(new ByteSource(new CountingFeed(10, 3, true, false), 4).fill(8)).toBeInstanceOf(Promise);
  });

  it('tells how much of a skip lies beyond the end', async () => {
    for (const seekable of [false, true]) {
      const source = new ByteSource(new CountingFeed(100, 7, false, seekable), 16);
      await source.fill(4);
      source.skip(150);
      await source.fill(4);
      expect(source).toMatchObject({ ended: true, unskipped: 50, offset: 100 });
    }
  });

  it('reads no byte of what a file lets it pass over', async () => {
    const feed = new CountingFeed(2 ** 40, 1000, false, true);
    const source = new ByteSource(feed, 1000);
    await source.fill(10);
    source.skip(2 ** 40 - 1000);
    await source.fill(4);
    expect(source.offset).toBe(2 ** 40 - 1000);
    expect(isTrue(source)).toBe(true);
  });
});
