import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { lengthTimes } from '../../../src/tls/decryption/galois-multiplication.js';

const KEY = Buffer.from('feffe9928665731c6d6a8f9467308308', 'hex');

function encrypted(block: Buffer): Buffer {
  return createCipheriv('aes-128-ecb', KEY, null).setAutoPadding(false).update(block);
}

describe('the hash of a length', () => {
  // Of zeros alone GHASH is that of the block of lengths: what is left of the tag when the cipher is taken off.
  it.each([16, 32, 4096, 65_536, 2 ** 24])('is what node:crypto makes of %i bytes of zeros', (bytes) => {
    const cipher = createCipheriv('aes-128-gcm', KEY, Buffer.alloc(12));
    cipher.setAAD(Buffer.alloc(bytes));
    cipher.final();
    const tag = cipher.getAuthTag();
    const hashKey = encrypted(Buffer.alloc(16));
    const hidden = encrypted(Buffer.concat([Buffer.alloc(15), Buffer.of(1)]));
    const [one, two, three, four] = [0, 4, 8, 12].map((at) => hashKey.readUInt32BE(at));
    const words = lengthTimes(bytes * 8, [one ?? 0, two ?? 0, three ?? 0, four ?? 0]);
    expect(words).toEqual([0, 4, 8, 12].map((at) => (tag.readUInt32BE(at) ^ hidden.readUInt32BE(at)) >>> 0));
  });

  it('takes bits beyond the lower word', () => {
    const key = [0x12345678, 0x9abcdef0, 0x0fedcba9, 0x87654321] as const;
    const [high, low] = [lengthTimes(2 ** 32, key), lengthTimes(1, key)];
    const both = lengthTimes(2 ** 32 + 1, key);
    expect(both).toEqual(high.map((word, index) => (word ^ (low[index] ?? 0)) >>> 0));
    expect(high).not.toEqual(low);
  });
});
