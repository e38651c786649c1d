import { describe, expect, it } from 'vitest';
import { readEncryptedExtensions, readServerHello } from '../../src/tls/server-hello.js';
import { alpn, extension, RANDOM, serverHello, u16, vector } from './build-hello.js';

const read = (body: Uint8Array) => readServerHello(body, 0, body.length);

describe('a ServerHello', () => {
  it('of TLS 1.2', () => {
    const body = serverHello({ sessionId: Buffer.alloc(4, 5), extensions: [alpn('h2'), extension(22)] });
    expect(read(body)).toEqual({
      isRetryRequest: false,
      version: 0x0303,
      cipherSuite: 0xc02f,
      alpn: 'h2',
      encryptThenMac: true,
      usesPreSharedKey: false,
      random: RANDOM.toString('hex'),
    });
  });

  it('of TLS 1.3 says so in an extension', () => {
    const body = serverHello({ suites: [0x1301], extensions: [extension(43, u16(0x0304)), extension(41, u16(0))] });
    expect(read(body)).toMatchObject({ version: 0x0304, usesPreSharedKey: true });
  });

  it('of the early drafts of TLS 1.3 has neither session id nor compression', () => {
    const body = Buffer.concat([u16(0x7f12), RANDOM, u16(0x1301), vector(2)]);
    expect(read(body)).toMatchObject({ version: 0x7f12, cipherSuite: 0x1301 });
  });

  it('is a HelloRetryRequest by its random', () => {
    const body = Buffer.from(serverHello());
    Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex').copy(body, 2);
    expect(read(body)?.isRetryRequest).toBe(true);
  });

  it('cut at any length is none, but where its extensions begin', () => {
    const body = serverHello({ extensions: [alpn('h2')] });
    const withoutExtensions = serverHello({ extensions: null }).length;
    for (let length = 0; length < body.length; length += 1) {
      expect(read(body.subarray(0, length)) !== null, String(length)).toBe(length === withoutExtensions);
    }
  });
});

describe('EncryptedExtensions', () => {
  it('hold the protocol chosen and whether early data is taken', () => {
    const body = vector(2, alpn('http/1.1'), extension(42));
    expect(readEncryptedExtensions(body, 0, body.length)).toEqual({ alpn: 'http/1.1', acceptsEarlyData: true });
    expect(readEncryptedExtensions(vector(2), 0, 2)).toEqual({ alpn: null, acceptsEarlyData: false });
    for (let length = 0; length < body.length; length += 1) expect(readEncryptedExtensions(body, 0, length)).toBeNull();
  });
});
