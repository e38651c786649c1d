import { X509Certificate } from 'node:crypto';
import { brotliCompressSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MAX_CHAIN } from '../../src/facts/tls.js';
import { MAX_CACHED_CERTIFICATES, readCertificates, readCompressedCertificates } from '../../src/tls/certificate.js';
import { u16, vector } from './build-hello.js';
import { CERTIFICATE } from './credentials.js';

const DER = new X509Certificate(CERTIFICATE).raw;

const message12 = (...ders: readonly Uint8Array[]) => vector(3, ...ders.map((der) => vector(3, der)));
const message13 = (...ders: readonly Uint8Array[]) =>
  Buffer.concat([Buffer.of(0), vector(3, ...ders.map((der) => Buffer.concat([vector(3, der), u16(0)])))]);

describe('a CompressedCertificate message', () => {
  const compressed = (algorithm: number, bytes: Uint8Array, length = 0x909) =>
    Buffer.concat([u16(algorithm), Buffer.of(length >> 16), u16(length & 0xffff), vector(3, bytes)]);

  it.each([
    ['zlib', 1, deflateSync],
    ['brotli', 2, brotliCompressSync],
  ])('is read: %s', (_name, algorithm, compress) => {
    const body = compressed(algorithm, compress(message13(DER)));
    expect(readCompressedCertificates(body, 0, body.length)?.certificates[0]?.subject).toBe(
      'CN=server.example, O=Example',
    );
    for (let length = 0; length < body.length; length += 5) {
      expect(readCompressedCertificates(body, 0, length)).toBeNull();
    }
  });

  it('of a bomb, of junk and of another algorithm is none', () => {
    for (const body of [
      compressed(1, deflateSync(Buffer.alloc(10_000_000))),
      compressed(1, deflateSync(message13(DER)), 200_000),
      compressed(1, deflateSync(message13(DER)), 5),
      compressed(2, Buffer.from('junk')),
      compressed(3, Buffer.from('zstd')),
    ]) {
      expect(readCompressedCertificates(body, 0, body.length)).toBeNull();
    }
  });
});

describe('a Certificate message', () => {
  it.each([
    [false, message12(DER)],
    [true, message13(DER)],
  ])('shows what its holder shows, TLS 1.3: %s', (isTls13, body) => {
    expect(readCertificates(body, 0, body.length, isTls13)).toEqual({
      flawed: false,
      certificates: [
        {
          subject: 'CN=server.example, O=Example',
          issuer: 'CN=server.example, O=Example',
          alternativeNames: ['DNS:server.example', 'DNS:*.a.example', 'IP Address:192.0.2.1'],
          alternativeNameCount: 3,
          notBeforeMs: expect.any(Number),
          notAfterMs: expect.any(Number),
          selfIssued: true,
        },
      ],
    });
  });

  it('may be empty', () => {
    expect(readCertificates(message13(), 0, 4, true)).toEqual({ certificates: [], flawed: false });
    expect(readCertificates(message12(), 0, 3, false)).toEqual({ certificates: [], flawed: false });
  });

  it('with a certificate that is none is flawed, and the others are read', () => {
    const body = message12(Buffer.from('not a certificate'), DER);
    const chain = readCertificates(body, 0, body.length, false);
    expect([chain?.flawed, chain?.certificates.length]).toEqual([true, 1]);
  });

  it('keeps the beginning of an endless chain', () => {
    const body = message12(...new Array<Uint8Array>(MAX_CHAIN + 5).fill(DER));
    expect(readCertificates(body, 0, body.length, false)?.certificates).toHaveLength(MAX_CHAIN);
  });

  it('cut at any length is none', () => {
    const body = message13(DER);
    for (let length = 0; length < body.length; length += 7) {
      expect(readCertificates(body, 0, length, true)).toBeNull();
    }
  });

  it('reads as many different ones as there are', () => {
    for (let index = 0; index < MAX_CACHED_CERTIFICATES + 10; index += 1) {
      const body = message12(Buffer.from(`junk ${index}`), DER);
      expect(readCertificates(body, 0, body.length, false)?.certificates).toHaveLength(1);
    }
  });
});
