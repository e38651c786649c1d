import { createCipheriv, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type BulkCipher, bulkCipherOf } from '../../../src/tls/cipher-suite.js';
import { CbcProtection } from '../../../src/tls/decryption/cbc-protection.js';
import { TLS_1_0, TLS_1_2 } from '../../../src/tls/version.js';

const KEY = Buffer.alloc(16, 1);
const MAC_KEY = Buffer.alloc(20, 2);
const IV = Buffer.alloc(16, 3);

function cipher(): BulkCipher {
  const found = bulkCipherOf(0x002f, TLS_1_2);
  if (found === null) throw new Error('no cipher');
  return found;
}

function mac(sequence: number, version: number, bytes: Uint8Array): Buffer {
  const header = Buffer.of(
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    sequence,
    23,
    version >>> 8,
    version & 255,
    bytes.length >>> 8,
    bytes.length & 255,
  );
  return createHmac('sha1', MAC_KEY).update(header).update(bytes).digest();
}

function encrypted(plain: Uint8Array, iv: Uint8Array, padding = 16 - (plain.length % 16)): Buffer {
  const encipher = createCipheriv('aes-128-cbc', KEY, iv).setAutoPadding(false);
  return encipher.update(Buffer.concat([plain, Buffer.alloc(padding, padding - 1)]));
}

function opened(protection: CbcProtection, content: Uint8Array, version: number): string | null {
  const isOpen = protection.open(23, version, content, 0, content.length);
  return isOpen ? Buffer.from(protection.plaintext.subarray(0, protection.plaintextLength)).toString() : null;
}

const TEXT = Buffer.from('some plaintext');

describe('a record under CBC', () => {
  it('MAC then encrypt, with an explicit IV', () => {
    const protection = new CbcProtection(cipher(), KEY, MAC_KEY, IV, TLS_1_2, false);
    for (const sequence of [0, 1]) {
      const content = Buffer.concat([IV, encrypted(Buffer.concat([TEXT, mac(sequence, TLS_1_2, TEXT)]), IV)]);
      expect(opened(protection, content, TLS_1_2)).toBe('some plaintext');
    }
  });

  it('in TLS 1.0 the IV is the end of the record before', () => {
    const protection = new CbcProtection(cipher(), KEY, MAC_KEY, IV, TLS_1_0, false);
    const first = encrypted(Buffer.concat([TEXT, mac(0, TLS_1_0, TEXT)]), IV);
    const second = encrypted(Buffer.concat([TEXT, mac(1, TLS_1_0, TEXT)]), first.subarray(-16));
    expect(opened(protection, first, TLS_1_0)).toBe('some plaintext');
    expect(opened(protection, second, TLS_1_0)).toBe('some plaintext');
  });

  it('encrypt then MAC (RFC 7366)', () => {
    const protection = new CbcProtection(cipher(), KEY, MAC_KEY, IV, TLS_1_2, true);
    const sealed = Buffer.concat([IV, encrypted(TEXT, IV)]);
    expect(opened(protection, Buffer.concat([sealed, mac(0, TLS_1_2, sealed)]), TLS_1_2)).toBe('some plaintext');
  });

  it.each([false, true])('that was changed anywhere does not open, encrypt-then-MAC %s', (isAfter) => {
    const sealed = Buffer.concat([IV, encrypted(isAfter ? TEXT : Buffer.concat([TEXT, mac(0, TLS_1_2, TEXT)]), IV)]);
    const content = isAfter ? Buffer.concat([sealed, mac(0, TLS_1_2, sealed)]) : sealed;
    for (let at = 0; at < content.length; at += 1) {
      const changed = Buffer.from(content);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const protection = new CbcProtection(cipher(), KEY, MAC_KEY, IV, TLS_1_2, isAfter);
      expect(opened(protection, changed, TLS_1_2)).toBeNull();
    }
    for (let length = 0; length < content.length; length += 1) {
      const protection = new CbcProtection(cipher(), KEY, MAC_KEY, IV, TLS_1_2, isAfter);
      expect(opened(protection, content.subarray(0, length), TLS_1_2)).toBeNull();
    }
  });

  it('with padding longer than needed, and with padding that is none', () => {
    const plain = Buffer.concat([TEXT, mac(0, TLS_1_2, TEXT)]);
    const long = 64 - (plain.length % 16);
    const protection = () => new CbcProtection(cipher(), KEY, MAC_KEY, IV, TLS_1_2, false);
    expect(opened(protection(), Buffer.concat([IV, encrypted(plain, IV, long)]), TLS_1_2)).toBe('some plaintext');
    const overlong = Buffer.concat([Buffer.alloc(15), Buffer.of(255)]);
    const encipher = createCipheriv('aes-128-cbc', KEY, IV).setAutoPadding(false);
    expect(opened(protection(), Buffer.concat([IV, encipher.update(overlong)]), TLS_1_2)).toBeNull();
  });
});
