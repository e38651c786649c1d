import { describe, expect, it } from 'vitest';
import { ByteQueue, QUEUE_TAIL } from '../../src/bytes/byte-queue.js';

const text = (queue: ByteQueue): string => Buffer.from(queue.bytes.subarray(0, queue.length)).toString('latin1');

describe('a byte queue', () => {
  it('keeps copies of what is appended, in order', () => {
    const queue = new ByteQueue(100);
    const view = Buffer.from('..hello..');
    queue.append(view, 2, 5);
    view.fill(0);
    queue.append(Buffer.from('p'), 0, 1);
    queue.append(Buffer.from('x'), 0, 0);
    expect(text(queue)).toBe('help');
    expect(queue.overflowed).toBe(false);
  });

  it('grows up to its limit and no further', () => {
    const queue = new ByteQueue(1000);
    queue.append(Buffer.alloc(1000, 'a'), 0, 1000);
    expect(queue.length).toBe(1000);
    expect(queue.overflowed).toBe(false);
    queue.append(Buffer.from('b'), 0, 1);
    expect(queue.length).toBe(1000);
    expect(queue.bytes.length).toBe(1000);
    expect(queue.overflowed).toBe(true);
  });

  it('keeps both ends of what overflows, however it is cut', () => {
    const all = Array.from({ length: 300 }, (_, index) => String.fromCharCode(48 + (index % 70))).join('');
    const expected = all.slice(0, 100 - QUEUE_TAIL) + all.slice(-QUEUE_TAIL);
    for (const step of [1, 3, 7, QUEUE_TAIL, 99, 100, 101, 300]) {
      const queue = new ByteQueue(100);
      for (let at = 0; at < all.length; at += step) {
        const piece = Buffer.from(all.slice(at, at + step));
        queue.append(piece, 0, piece.length);
      }
      expect(text(queue), `in steps of ${step}`).toBe(expected);
      expect(queue.overflowed).toBe(true);
    }
  });

  it('is empty after it was cleared, and gives back a large buffer', () => {
    const queue = new ByteQueue(100_000);
    queue.append(Buffer.alloc(50_000), 0, 50_000);
    queue.clear();
    expect(queue.length).toBe(0);
    expect(queue.bytes.length).toBe(0);
  });
});
