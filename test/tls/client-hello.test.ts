import { describe, expect, it } from 'vitest';
import { readClientHello, readSsl2ClientHello } from '../../src/tls/client-hello.js';
import { alpn, clientHello, extension, RANDOM, serverNames, u16, vector } from './build-hello.js';

const read = (body: Uint8Array) => readClientHello(body, 0, body.length);

describe('a ClientHello', () => {
  it('without extensions, as of old', () => {
    const hello = read(clientHello({ version: 0x0301, extensions: null }));
    expect(hello?.facts).toEqual({
      format: 'tls',
      versions: ['TLS 1.0'],
      cipherSuites: 1,
      serverNames: [],
      alpn: [],
      offersResumption: false,
      offersEarlyData: false,
      offersEch: false,
    });
    expect(hello?.random).toBe(RANDOM.toString('hex'));
  });

  it('names are kept as sent: all of them, their case, a last dot', () => {
    const hello = read(clientHello({ extensions: [serverNames('A.Example.', 'b.example')] }));
    expect(hello?.facts.serverNames).toEqual(['A.Example.', 'b.example']);
  });

  it('protocols are kept in order', () => {
    expect(read(clientHello({ extensions: [alpn('h2', 'http/1.1')] }))?.facts.alpn).toEqual(['h2', 'http/1.1']);
  });

  it('GREASE is left out of versions and suites (RFC 8701)', () => {
    const versions = extension(43, vector(1, u16(0x3a3a), u16(0x0304), u16(0x0303)));
    const hello = read(clientHello({ suites: [0x0a0a, 0x1301, 0x00ff, 0xc02f], extensions: [versions] }));
    expect([hello?.facts.versions, hello?.facts.cipherSuites]).toEqual([['TLS 1.3', 'TLS 1.2'], 2]);
  });

  it.each([
    ['a session id before TLS 1.3', { sessionId: Buffer.alloc(32, 1) }, true],
    [
      'a session id that stands for middleboxes alone',
      { sessionId: Buffer.alloc(32, 1), extensions: [extension(43, vector(1, u16(0x0304)))] },
      false,
    ],
    ['a ticket', { extensions: [extension(35, Buffer.alloc(100))] }, true],
    ['that it takes tickets', { extensions: [extension(35)] }, false],
    ['a pre-shared key', { extensions: [extension(41, Buffer.alloc(50))] }, true],
  ])('%s: offers resumption?', (_what, options, expected) => {
    expect(read(clientHello(options))?.facts.offersResumption).toBe(expected);
  });

  it('early data and ECH are told', () => {
    const hello = read(clientHello({ extensions: [extension(42), extension(0xfe0d, Buffer.alloc(200))] }));
    expect(hello?.facts).toMatchObject({ offersEarlyData: true, offersEch: true });
  });

  it('cut at any length is none, but where its extensions begin', () => {
    const body = clientHello({ extensions: [serverNames('a.example'), alpn('h2')] });
    const withoutExtensions = clientHello({ extensions: null }).length;
    for (let length = 0; length < body.length; length += 1) {
      expect(read(body.subarray(0, length)) !== null, String(length)).toBe(length === withoutExtensions);
    }
  });

  it('with a length that cannot be is none', () => {
    const body = clientHello({ extensions: [serverNames('a.example')] });
    for (const at of [34, 35, 39]) {
      const changed = Buffer.from(body);
      changed[at] = 0xff;
      expect(read(changed)).toBeNull();
    }
  });

  it('a name list that runs over its extension is given up, not the hello', () => {
    const hello = read(clientHello({ extensions: [extension(0, u16(50), Buffer.of(0), u16(40)), alpn('h2')] }));
    expect(hello?.facts).toMatchObject({ serverNames: [], alpn: ['h2'] });
  });
});

describe('a ClientHello in the format of SSL 2.0', () => {
  const suites = Buffer.from('00002f0700c0', 'hex');
  const body = (challenge: Uint8Array) =>
    Buffer.concat([Buffer.of(1, 3, 1), u16(suites.length), u16(0), u16(challenge.length), suites, challenge]);

  it('has its challenge for a random, zeros before it', () => {
    const hello = readSsl2ClientHello(body(Buffer.alloc(16, 7)), 0, 31);
    expect(hello?.random).toBe('00'.repeat(16) + '07'.repeat(16));
    expect(hello?.facts).toMatchObject({ format: 'ssl2', versions: ['TLS 1.0'], cipherSuites: 2 });
  });

  it('cut at any length is none', () => {
    const whole = body(Buffer.alloc(16, 7));
    for (let length = 0; length < whole.length; length += 1) expect(readSsl2ClientHello(whole, 0, length)).toBeNull();
  });
});
