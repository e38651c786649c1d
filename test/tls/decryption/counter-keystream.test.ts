import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CounterKeystream, swapped } from '../../../src/tls/decryption/counter-keystream.js';

const KEY = Buffer.alloc(16, 7);
const IV = Buffer.from('000102030405060708090a0b', 'hex');
/** The last word of the IV, as it lies in memory. */
const FIXED = IV.readInt32LE(8);

/** The nonce of a record of TLS 1.3. RFC 8446 §5.3. */
function nonceOf(sequence: number): Int32Array {
  return Int32Array.of(IV.readInt32LE(0), IV.readInt32LE(4), FIXED ^ swapped(sequence));
}

/** What AES-GCM hides so many blocks of content with. NIST SP 800-38D §7.1: behind the first counter, which hides the tag. */
function known(nonce: Int32Array, blocks: number): string {
  const iv = Buffer.concat([Buffer.from(nonce.buffer), Buffer.of(0, 0, 0, 1)]);
  return createCipheriv('aes-128-ctr', KEY, iv)
    .update(Buffer.alloc((blocks + 1) * 16))
    .toString('hex');
}

function taken(keystream: CounterKeystream, blocks: number): string {
  const { words, at } = keystream;
  return Buffer.from(words.buffer, words.byteOffset + at * 4, (blocks + 1) * 16).toString('hex');
}

describe('the key stream of AES-GCM', () => {
  it.each([
    ['records of one length', Array.from({ length: 200 }, (_, sequence) => [sequence, 3])],
    ['records of all lengths', Array.from({ length: 300 }, (_, sequence) => [sequence, 1 + ((sequence * 97) % 1152)])],
    ['ever longer ones', Array.from({ length: 40 }, (_, sequence) => [sequence, 1 + sequence])],
    ['numbers with gaps', [0, 1, 2, 7, 8, 3, 300, 301].map((sequence) => [sequence, 2])],
    ['the longest record', [[5, 1152]]],
    ['a number again', [1, 1, 2, 2].map((sequence) => [sequence, 4])],
  ])('is right for %s', (_, records) => {
    const keystream = new CounterKeystream('aes-128-ecb', KEY);
    for (const [sequence = 0, blocks = 0] of records) {
      const nonce = nonceOf(sequence);
      keystream.seek(nonce, sequence, blocks);
      expect(taken(keystream, blocks)).toBe(known(nonce, blocks));
    }
  });

  it('is right for a nonce whose first words change', () => {
    const keystream = new CounterKeystream('aes-128-ecb', KEY);
    for (const [sequence, first] of [1, 1, 2, 2, 1].entries()) {
      const nonce = nonceOf(sequence);
      nonce[0] = first;
      keystream.seek(nonce, sequence, 2);
      expect(taken(keystream, 2)).toBe(known(nonce, 2));
    }
  });

  it('is made for several records at once', () => {
    const keystream = new CounterKeystream('aes-128-ecb', KEY);
    const streams = new Set<Int32Array>();
    for (let sequence = 0; sequence < 64; sequence += 1) {
      keystream.seek(nonceOf(sequence), sequence, 6);
      streams.add(keystream.words);
    }
    expect(streams.size).toBe(2);
  });
});
