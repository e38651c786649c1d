import { describe, expect, it } from 'vitest';
import { bulkCipherOf } from '../../../src/tls/cipher-suite.js';
import {
  expandLabel,
  nextSecret,
  protectionOfSecret,
  protectionsOfSession,
} from '../../../src/tls/decryption/key-derivation.js';
import { TLS_1_2, TLS_1_3 } from '../../../src/tls/version.js';

const SERVER_SECRET = Buffer.from('b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38', 'hex');

function cipherOf(suite: number, version: number) {
  const cipher = bulkCipherOf(suite, version);
  if (cipher === null) throw new Error('no cipher');
  return cipher;
}

describe('keys', () => {
  it('are those of RFC 8448 §3', () => {
    const key = Buffer.from(expandLabel('sha256', SERVER_SECRET, 'key', 16));
    const iv = Buffer.from(expandLabel('sha256', SERVER_SECRET, 'iv', 12));
    expect(key.toString('hex')).toBe('3fce516009c21727d0f2e4e86ee403bc');
    expect(iv.toString('hex')).toBe('5d313eb2671276ee13000b30');
  });

  it('may be longer than the hash', () => {
    expect(expandLabel('sha256', SERVER_SECRET, 'long', 100)).toHaveLength(100);
  });

  it('differ after an update, and after the next', () => {
    const cipher = cipherOf(0x1301, TLS_1_3);
    const next = nextSecret(cipher, SERVER_SECRET);
    expect(next).toHaveLength(32);
    expect(Buffer.from(next)).not.toEqual(SERVER_SECRET);
    expect(nextSecret(cipher, next)).not.toEqual(next);
    expect(protectionOfSecret(cipher, next, null).overhead).toBe(17);
  });

  it('of a session are other ones for each side', () => {
    const session = {
      version: TLS_1_2,
      cipher: cipherOf(0xc02f, TLS_1_2),
      encryptThenMac: false,
      masterSecret: Buffer.alloc(48, 1),
      clientRandom: '11'.repeat(32),
      serverRandom: '22'.repeat(32),
    };
    const { client, server } = protectionsOfSession(session, null);
    expect([client.overhead, server.overhead]).toEqual([24, 24]);
    expect(client).not.toEqual(server);
  });
});
