import { describe, expect, it } from 'vitest';
import { bulkCipherOf } from '../../../src/tls/cipher-suite.js';
import { putSequence } from '../../../src/tls/decryption/aead-protection.js';
import { protectionOfSecret } from '../../../src/tls/decryption/key-derivation.js';
import { TLS_1_2, TLS_1_3 } from '../../../src/tls/version.js';
import { seal13 } from './seal.js';

const SECRET = Buffer.alloc(32, 9);

function protection() {
  const cipher = bulkCipherOf(0x1301, TLS_1_3);
  if (cipher === null) throw new Error('no cipher');
  return protectionOfSecret(cipher, SECRET);
}

function open(record: Uint8Array, opener = protection()) {
  const isOpen = opener.open(record[0] ?? 0, TLS_1_2, record, 5, record.length);
  const text = Buffer.from(opener.plaintext.subarray(0, opener.plaintextLength)).toString('latin1');
  return isOpen ? [opener.contentType, text] : null;
}

describe('a record under an AEAD', () => {
  it('opens in its place in the sequence, and in no other', () => {
    const opener = protection();
    expect(open(seal13(SECRET, 0, 23, Buffer.from('first')), opener)).toEqual([23, 'first']);
    expect(open(seal13(SECRET, 1, 22, Buffer.from('second')), opener)).toEqual([22, 'second']);
    expect(open(seal13(SECRET, 9, 23, Buffer.from('tenth')), opener)).toBeNull();
    expect(opener.sequence).toBe(3);
  });

  it('is stripped of its padding (RFC 8446 §5.4)', () => {
    expect(open(seal13(SECRET, 0, 23, Buffer.from('a\0'), 100))).toEqual([23, 'a\0']);
    expect(open(seal13(SECRET, 0, 23, Buffer.alloc(0)))).toEqual([23, '']);
  });

  it('of nothing but zeros is none', () => {
    expect(open(seal13(SECRET, 0, 0, Buffer.alloc(4)))).toBeNull();
  });

  it('that was changed anywhere does not open', () => {
    const record = seal13(SECRET, 0, 23, Buffer.from('content'));
    for (let at = 5; at < record.length; at += 1) {
      const changed = Buffer.from(record);
      changed[at] = (changed[at] ?? 0) ^ 0x80;
      expect(open(changed)).toBeNull();
    }
  });

  it('cut at any length does not open', () => {
    const record = seal13(SECRET, 0, 23, Buffer.from('content'));
    for (let length = 5; length < record.length; length += 1) expect(open(record.subarray(0, length))).toBeNull();
  });

  it('has its sequence number as eight bytes, beyond 2^32 too', () => {
    const bytes = Buffer.alloc(8);
    putSequence(bytes, 2 ** 32 * 3 + 0x01020304);
    expect(bytes.toString('hex')).toBe('0000000301020304');
  });
});
