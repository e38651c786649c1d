import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type BulkCipher, bulkCipherOf } from '../../../src/tls/cipher-suite.js';
import { DeferredGcm } from '../../../src/tls/decryption/deferred-gcm.js';
import { DeferredTags } from '../../../src/tls/decryption/deferred-tags.js';
import { takeBuffer } from '../../../src/tls/record-buffers.js';
import { TLS_1_2, TLS_1_3 } from '../../../src/tls/version.js';

interface Sealed {
  readonly nonce: Buffer;
  readonly additional: Buffer;
  readonly plain: Buffer;
  /** Content and tag. */
  readonly bytes: Buffer;
}

function cipherOf(suite: number, version = TLS_1_3): BulkCipher {
  const cipher = bulkCipherOf(suite, version);
  if (cipher === null) throw new Error('no cipher');
  return cipher;
}

function sealed(cipher: BulkCipher, key: Buffer, number: number, length: number, additionalBytes = 5): Sealed {
  const nonce = Buffer.concat([Buffer.from('saltsalt'), Buffer.alloc(4)]);
  nonce.writeUInt32BE(number, 8);
  const additional = randomBytes(additionalBytes);
  const plain = randomBytes(length);
  const gcm = createCipheriv(cipher.algorithm as 'aes-128-gcm', key, nonce);
  gcm.setAAD(additional);
  return { nonce, additional, plain, bytes: Buffer.concat([gcm.update(plain), gcm.final(), gcm.getAuthTag()]) };
}

function opened(tags: DeferredTags, gcm: DeferredGcm, { nonce, additional, bytes }: Sealed): Buffer {
  const into = takeBuffer(bytes.length);
  const words = new Int32Array(Uint8Array.from(nonce).buffer);
  // Not at the beginning of its view, nor at a word of it.
  const view = Buffer.concat([Buffer.from('before '), bytes]);
  const tagAt = view.length - 16;
  if (!tags.admits(gcm)) throw new Error('too many keys');
  gcm.decrypt(words, nonce.readUInt32BE(8), view, 7, tagAt, into);
  gcm.accept(additional, view, tagAt);
  return Buffer.from(into.bytes.subarray(0, tagAt - 7));
}

const LENGTHS = [1, 15, 16, 17, 100, 1000, 1637, 4096, 16_385, 3, 64, 64, 64, 16_400, 1];

describe.each([
  ['AES-128-GCM', cipherOf(0x1301), 5],
  ['AES-256-GCM', cipherOf(0x1302), 5],
  ['AES-128-GCM of TLS 1.2', cipherOf(0xc02f, TLS_1_2), 13],
] as const)('records under %s', (_, cipher, additionalBytes) => {
  const key = randomBytes(cipher.keyBytes);
  const records = LENGTHS.map((length, number) => sealed(cipher, key, number, length, additionalBytes));

  it('open, and are authentic together', () => {
    const tags = new DeferredTags();
    const gcm = new DeferredGcm(cipher, key, tags);
    for (const record of records) expect(opened(tags, gcm, record).equals(record.plain)).toBe(true);
    tags.check(gcm);
    expect(tags.hasFailed).toBe(false);
  });

  it.each(['nonce', 'additional', 'bytes'] as const)('are not where one bit of one %s differs', (part) => {
    for (const at of records.keys()) {
      for (const position of [0, -1]) {
        const tags = new DeferredTags();
        const gcm = new DeferredGcm(cipher, key, tags);
        records.forEach((record, index) => {
          if (index !== at) {
            opened(tags, gcm, record);
            return;
          }
          const changed = Buffer.from(record[part]);
          const place = position < 0 ? changed.length - 1 : 0;
          changed[place] = (changed[place] ?? 0) ^ 0x10;
          opened(tags, gcm, { ...record, [part]: changed });
        });
        tags.check(gcm);
        expect(tags.hasFailed).toBe(true);
      }
    }
  });
});

describe('several keys', () => {
  const cipher = cipherOf(0x1301);
  const keys = [1, 2, 3].map((fill) => Buffer.alloc(16, fill));

  function read(change: (record: Sealed, key: number, number: number) => Sealed): DeferredTags {
    const tags = new DeferredTags();
    const each = keys.map((key) => new DeferredGcm(cipher, key, tags));
    for (let number = 0; number < 100; number += 1) {
      keys.forEach((key, index) => {
        const gcm = each[index];
        const record = sealed(cipher, key, number, 1 + ((number * 571 + index) % 3000));
        if (gcm !== undefined) opened(tags, gcm, change(record, index, number));
      });
      // One of them ends early and is used again, as an opener that comes back to it would.
      if (number === 50 && each[2] !== undefined) tags.check(each[2]);
    }
    tags.checkAll();
    return tags;
  }

  it('take turns', () => {
    expect(read((record) => record).hasFailed).toBe(false);
  });

  it.each([
    [0, 0],
    [1, 99],
    [2, 50],
    [2, 51],
  ])('do not hide what is wrong under key %i, record %i', (key, number) => {
    const tags = read((record, ...place) => {
      if (place[0] !== key || place[1] !== number) return record;
      const bytes = Buffer.from(record.bytes);
      bytes[bytes.length - 16] = (bytes[bytes.length - 16] ?? 0) ^ 1;
      return { ...record, bytes };
    });
    expect(tags.hasFailed).toBe(true);
  });

  it('that open nothing are nothing to check', () => {
    const tags = new DeferredTags();
    tags.check(new DeferredGcm(cipher, Buffer.alloc(16), tags));
    tags.checkAll();
    expect(tags.hasFailed).toBe(false);
  });

  it('forget a record that was decrypted and not accepted', () => {
    const tags = new DeferredTags();
    const gcm = new DeferredGcm(cipher, Buffer.alloc(16, 1), tags);
    const good = sealed(cipher, Buffer.alloc(16, 1), 0, 50);
    gcm.decrypt(Int32Array.of(1, 2, 3), 9, randomBytes(80), 0, 64, takeBuffer(80));
    expect(opened(tags, gcm, good).equals(good.plain)).toBe(true);
    tags.checkAll();
    expect(tags.hasFailed).toBe(false);
  });
});
