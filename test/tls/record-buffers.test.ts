import { describe, expect, it } from 'vitest';
import { giveBuffer, MAX_SPARE, takeBuffer } from '../../src/tls/record-buffers.js';

describe('buffers for split records', () => {
  it.each([1, 4096, 4097, 18_432])('hold %i bytes', (length) => {
    expect(takeBuffer(length).bytes.length).toBeGreaterThanOrEqual(length);
  });

  it('are bytes and words at once', () => {
    const { bytes, words } = takeBuffer(16);
    bytes.set([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(words[1]).toBe(0x01010101);
  });

  it('are used again, each by one at a time', () => {
    const one = takeBuffer(100);
    const other = takeBuffer(100);
    expect(one).not.toBe(other);
    giveBuffer(one);
    expect(takeBuffer(200)).toBe(one);
  });

  it('that are too many are let go', () => {
    const many = Array.from({ length: MAX_SPARE + 5 }, () => takeBuffer(9000));
    for (const buffer of many) giveBuffer(buffer);
    const again = new Set(Array.from({ length: MAX_SPARE + 5 }, () => takeBuffer(9000)));
    expect(many.filter((buffer) => again.has(buffer))).toHaveLength(MAX_SPARE);
  });
});
