import { describe, expect, it } from 'vitest';
import { bulkCipherOf } from '../../../src/tls/cipher-suite.js';
import { putSequence } from '../../../src/tls/decryption/aead-protection.js';
import { DeferredTags } from '../../../src/tls/decryption/deferred-tags.js';
import { protectionOfSecret } from '../../../src/tls/decryption/key-derivation.js';
import { takeBuffer } from '../../../src/tls/record-buffers.js';
import { TLS_1_2, TLS_1_3 } from '../../../src/tls/version.js';
import { seal13 } from './seal.js';

const SECRET = Buffer.alloc(32, 9);

function protection(tags: DeferredTags | null = null) {
  const cipher = bulkCipherOf(0x1301, TLS_1_3);
  if (cipher === null) throw new Error('no cipher');
  return protectionOfSecret(cipher, SECRET, tags);
}

function open(record: Uint8Array, opener = protection(), follows = false) {
  const into = takeBuffer(record.length);
  const isOpen = opener.open(record[0] ?? 0, TLS_1_2, record, 5, record.length, into, follows);
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

  it('opens before its tag is checked where it follows others and the run allows for it', () => {
    const text = 'x'.repeat(100);
    const wrong = seal13(SECRET, 0, 23, Buffer.from(text));
    wrong[wrong.length - 1] = (wrong[wrong.length - 1] ?? 0) ^ 1;
    expect(open(wrong, protection(), true)).toBeNull();
    expect(open(wrong, protection(new DeferredTags()), false)).toBeNull();
    const tags = new DeferredTags();
    const opener = protection(tags);
    expect(open(wrong, opener, true)).toEqual([23, text]);
    opener.finish();
    expect(tags.hasFailed).toBe(true);
  });

  it('is checked at once where it holds a message of the protocol, or nothing that is a record', () => {
    const tags = new DeferredTags();
    for (const [sequence, type] of [22, 21, 77].entries()) {
      const opener = protection(tags);
      opener.sequence = sequence;
      const record = seal13(SECRET, sequence, type, Buffer.from('message'));
      expect(open(record, opener, true)).toEqual([type, 'message']);
      opener.sequence = sequence;
      record[6] = (record[6] ?? 0) ^ 1;
      expect(open(record, opener, true)).toBeNull();
    }
    tags.checkAll();
    expect(tags.hasFailed).toBe(false);
  });

  it('has its sequence number as eight bytes, beyond 2^32 too', () => {
    const bytes = Buffer.alloc(8);
    putSequence(bytes, 2 ** 32 * 3 + 0x01020304);
    expect(bytes.toString('hex')).toBe('0000000301020304');
  });
});
