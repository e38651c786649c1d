import { getCiphers, getHashes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bulkCipherOf, cipherSuiteName, isCipherSuite } from '../../src/tls/cipher-suite.js';
import { CIPHER_SUITE_NAMES } from '../../src/tls/cipher-suite-names.js';
import { TLS_1_0, TLS_1_2, TLS_1_3 } from '../../src/tls/version.js';

describe('cipher suites', () => {
  it.each([
    [0x1301, 'TLS_AES_128_GCM_SHA256'],
    [0x1303, 'TLS_CHACHA20_POLY1305_SHA256'],
    [0x002f, 'TLS_RSA_WITH_AES_128_CBC_SHA'],
    [0xc02f, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
    [0xcca9, 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'],
    [0x4242, '0x4242'],
  ])('%i is %s', (suite, name) => expect(cipherSuiteName(suite)).toBe(name));

  it('GREASE and signalling values are none', () => {
    expect([0x0a0a, 0x00ff, 0x5600, 0x1301].map(isCipherSuite)).toEqual([false, false, false, true]);
  });

  it.each([
    [0x1302, TLS_1_3, { kind: 'gcm', algorithm: 'aes-256-gcm', keyBytes: 32, tagBytes: 16, hash: 'sha384' }],
    [0x1305, TLS_1_3, { kind: 'ccm', algorithm: 'aes-128-ccm', keyBytes: 16, tagBytes: 8, hash: 'sha256' }],
    [0xc030, TLS_1_2, { kind: 'gcm', algorithm: 'aes-256-gcm', keyBytes: 32, hash: 'sha384' }],
    [0xcca8, TLS_1_2, { kind: 'chacha20', algorithm: 'chacha20-poly1305', keyBytes: 32, hash: 'sha256' }],
    [0xc0ae, TLS_1_2, { kind: 'ccm', tagBytes: 8 }],
    [0xc028, TLS_1_2, { kind: 'cbc', algorithm: 'aes-256-cbc', macHash: 'sha384', macBytes: 48, hash: 'sha384' }],
    [0x003c, TLS_1_2, { kind: 'cbc', algorithm: 'aes-128-cbc', macHash: 'sha256', hash: 'sha256' }],
    [0x000a, TLS_1_0, { kind: 'cbc', algorithm: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8, macHash: 'sha1' }],
  ])('%i protects as it must', (suite, version, expected) => {
    expect(bulkCipherOf(suite, version)).toMatchObject(expected);
  });

  it.each([
    ['RC4', 0x0005, TLS_1_2],
    ['NULL', 0x0002, TLS_1_2],
    ['export', 0x0008, TLS_1_0],
    ['unregistered', 0x4242, TLS_1_2],
    ['a suite of TLS 1.3 in TLS 1.2', 0x1301, TLS_1_2],
    ['a suite of TLS 1.2 in TLS 1.3', 0xc02f, TLS_1_3],
    ['GCM before TLS 1.2', 0xc02f, TLS_1_0],
  ])('%s is not opened', (_what, suite, version) => expect(bulkCipherOf(suite, version)).toBeNull());

  it('every one that is opened has a cipher and a hash in node:crypto', () => {
    const ciphers = new Set(getCiphers());
    const hashes = new Set(getHashes().map((name) => name.toLowerCase()));
    let opened = 0;
    for (const suite of CIPHER_SUITE_NAMES.keys()) {
      for (const version of [TLS_1_2, TLS_1_3]) {
        const cipher = bulkCipherOf(suite, version);
        if (cipher === null) continue;
        opened += 1;
        expect(ciphers.has(cipher.algorithm), cipher.algorithm).toBe(true);
        if (cipher.kind === 'cbc') expect(hashes.has(cipher.macHash)).toBe(true);
      }
    }
    expect(opened).toBeGreaterThan(100);
  });
});
