import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { bulkCipherOf } from '../../src/tls/cipher-suite.js';
import { DeferredTags } from '../../src/tls/decryption/deferred-tags.js';
import { nextSecret } from '../../src/tls/decryption/key-derivation.js';
import { TLS_1_3 } from '../../src/tls/version.js';
import { seal13 } from './decryption/seal.js';
import { byteByByte, cutAt, feed, fromHex, type Sent, whole } from './feed.js';
import {
  KEYS_3,
  KEYS_4,
  KEYS_5,
  KEYS_6,
  KEYS_7,
  MESSAGES_5,
  MESSAGES_6,
  MESSAGES_7,
  PAYLOAD,
  SECTION_3,
  SECTION_4,
  SECTION_5,
  SECTION_6,
  SECTION_7,
} from './rfc8448.js';
import { DIALOGUE, said, session } from './session.js';

const payload = Buffer.from(PAYLOAD).toString('latin1');
const section3 = SECTION_3.map(({ from, hex }) => fromHex(from, hex));
const section4 = SECTION_4.map(({ from, hex }) => fromHex(from, hex));
const section5 = SECTION_5.map(({ from, hex }) => fromHex(from, hex));
const section6 = SECTION_6.map(({ from, hex }) => fromHex(from, hex));
const section7 = SECTION_7.map(({ from, hex }) => fromHex(from, hex));

/** Of a session without application data, the plaintext is not even begun. */
const NO_DATA = { client: '', server: '' };
const closeNotify = (from: 'client' | 'server', packet: number) => ({
  from,
  packet,
  basis: 'decrypted',
  level: 'warning',
  description: 0,
});

describe('the traces of RFC 8448', () => {
  it('§3 decrypts to what the RFC says, however it is cut', () => {
    const expected = feed(section3, { keys: KEYS_3 });
    expect(expected.plaintext).toEqual({ client: `${payload}<end fin>`, server: `${payload}<end fin>` });
    expect(expected.packets).toEqual([6, 7]);
    expect(expected.anomalies).toEqual([]);
    expect(expected.facts).toMatchObject({
      clientHello: { serverNames: ['server'], versions: ['TLS 1.3'], firstPacket: 1, lastPacket: 1, bytes: 196 },
      serverHello: { packet: 2, version: 'TLS 1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', alpn: null },
      resumption: 'full',
      earlyData: 'none',
      certificateRequested: false,
      certificates: { client: null, server: [{ subject: 'CN=rsa', issuer: 'CN=rsa', selfIssued: true }] },
      finished: { client: 4, server: 3 },
      client: { closeNotify: 'seen', applicationRecords: 1, applicationBytes: 50 },
      server: { closeNotify: 'seen', applicationRecords: 1, applicationBytes: 50 },
      decryption: 'whole',
      openedRecords: 7,
      protectedRecords: 7,
    });
    expect(expected.facts.alerts).toMatchObject([
      { from: 'client', packet: 8, basis: 'decrypted', level: 'warning', description: 0, name: 'close_notify' },
      { from: 'server', packet: 9, basis: 'decrypted', level: 'warning', description: 0, name: 'close_notify' },
    ]);
    expect(feed(section3, { keys: KEYS_3, cut: byteByByte })).toEqual(expected);
    for (let position = 1; position < 700; position += 1) {
      expect(feed(section3, { keys: KEYS_3, cut: cutAt(position) })).toEqual(expected);
    }
  });

  it('§4: data sent early comes first, once the server accepts it', () => {
    const { plaintext, facts, anomalies } = feed(section4, { keys: KEYS_4 });
    expect(plaintext).toEqual({ client: `ABCDEF${payload}<end fin>`, server: `${payload}<end fin>` });
    expect(facts).toMatchObject({ resumption: 'psk', earlyData: 'accepted', decryption: 'whole' });
    expect(facts.certificates.server).toBeNull();
    expect(anomalies).toEqual([]);
  });

  it('§4 without the early secret still opens all the rest', () => {
    const keys = KEYS_4.replace(/^CLIENT_EARLY.*\n/m, '');
    const { plaintext, facts } = feed(section4, { keys });
    expect(plaintext).toEqual({ client: `${payload}<end fin>`, server: `${payload}<end fin>` });
    expect(facts.decryption).toBe('partial');
  });

  it('§5: a HelloRetryRequest, and the handshake after it', () => {
    const { messages, facts, plaintext, anomalies } = feed(section5, { keys: KEYS_5 });
    expect(messages).toEqual(MESSAGES_5);
    expect(plaintext).toEqual(NO_DATA);
    expect(anomalies).toEqual([]);
    expect(facts).toMatchObject({
      clientHello: { firstPacket: 1, bytes: 180 },
      helloRetryRequest: 2,
      serverHello: { packet: 4, version: 'TLS 1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256' },
      resumption: 'full',
      certificateRequested: false,
      certificates: { client: null, server: [{ subject: 'CN=rsa' }] },
      finished: { client: 6, server: 5 },
      decryption: 'whole',
      openedRecords: 4,
      protectedRecords: 4,
    });
    expect(facts.alerts).toMatchObject([closeNotify('client', 7), closeNotify('server', 8)]);
  });

  it('§6: the client’s certificate is asked for and sent', () => {
    const { messages, facts, plaintext, anomalies } = feed(section6, { keys: KEYS_6 });
    expect(messages).toEqual(MESSAGES_6);
    expect(plaintext).toEqual(NO_DATA);
    expect(anomalies).toEqual([]);
    expect(facts).toMatchObject({
      helloRetryRequest: null,
      certificateRequested: true,
      clientCertificate: 'sent',
      certificates: { client: [{ subject: 'CN=client' }], server: [{ subject: 'CN=ecdsa256' }] },
      finished: { client: 4, server: 3 },
      decryption: 'whole',
      openedRecords: 4,
      protectedRecords: 4,
    });
    expect(facts.alerts).toMatchObject([closeNotify('client', 5), closeNotify('server', 6)]);
  });

  it('§7: the ChangeCipherSpecs of compatibility mode change nothing', () => {
    const { messages, facts, plaintext, anomalies } = feed(section7, { keys: KEYS_7 });
    expect(messages).toEqual(MESSAGES_7);
    expect(plaintext).toEqual(NO_DATA);
    expect(anomalies).toEqual([]);
    expect(facts).toMatchObject({
      serverHello: { packet: 2, version: 'TLS 1.3' },
      resumption: 'full',
      certificates: { client: null, server: [{ subject: 'CN=rsa' }] },
      finished: { client: 6, server: 4 },
      decryption: 'whole',
      openedRecords: 4,
      protectedRecords: 4,
    });
    expect(facts.alerts).toMatchObject([closeNotify('client', 7), closeNotify('server', 8)]);
    const isNoChange = ({ hex }: { readonly hex: string }) => !hex.startsWith('14');
    const without = SECTION_7.filter(isNoChange).map(({ from, hex }) => fromHex(from, hex));
    expect(feed(without, { keys: KEYS_7 }).messages).toEqual(MESSAGES_7);
  });

  it.each([
    ['§5', section5, KEYS_5],
    ['§6', section6, KEYS_6],
    ['§7', section7, KEYS_7],
  ])('%s decrypts to the same, however it is cut', (_section, sent, keys) => {
    const expected = feed(sent, { keys });
    expect(feed(sent, { keys, cut: byteByByte })).toEqual(expected);
    for (let position = 1; position < 700; position += 1) {
      expect(feed(sent, { keys, cut: cutAt(position) })).toEqual(expected);
    }
  });

  it.each([
    ['§5', SECTION_5, KEYS_5],
    ['§6', SECTION_6, KEYS_6],
    ['§7', SECTION_7, KEYS_7],
  ] as const)('%s with one bit of a record wrong does not open that record', (_section, records, keys) => {
    const protectedAt = records.flatMap(({ hex }, index) => (hex.startsWith('17') ? [index] : []));
    for (const changed of protectedAt) {
      const sent = records.map(({ from, hex }, index): Sent => {
        const bytes = Buffer.from(hex, 'hex');
        if (index === changed) bytes[5] = (bytes[5] ?? 0) ^ 1;
        return { from, bytes };
      });
      expect(feed(sent, { keys }).facts.openedRecords).toBe(protectedAt.length - 1);
    }
  });

  it.each([
    ['only the application secrets', /^(CLIENT|SERVER)_HANDSHAKE.*\n/gm],
    ['only the server’s', /^CLIENT_.*\n/gm],
  ])('§3 with %s opens what they open', (_name, dropped) => {
    const { plaintext, facts } = feed(section3, { keys: KEYS_3.replaceAll(dropped, '') });
    expect(plaintext.server).toBe(`${payload}<end fin>`);
    expect(facts.decryption).toBe('partial');
  });

  it('§3 without keys: what can be told from outside, and what cannot', () => {
    const { facts, plaintext } = feed(section3);
    expect(plaintext).toEqual({ client: '', server: '' });
    expect(facts).toMatchObject({
      serverHello: { version: 'TLS 1.3', alpn: null },
      certificates: { client: null, server: null },
      certificateRequested: null,
      finished: { client: 4, server: 3 },
      decryption: 'no-key',
      openedRecords: 0,
      client: { closeNotify: 'probable', applicationRecords: 1, firstApplication: { packet: 6, length: 67 } },
      server: { closeNotify: 'probable', applicationRecords: 1, lastApplication: { packet: 7, length: 67 } },
    });
    expect(facts.alerts).toMatchObject([
      { from: 'client', basis: 'shape', packet: 8, level: null },
      { from: 'server', basis: 'shape', packet: 9, level: null },
    ]);
  });

  it('a key of another session opens nothing and is said not to fit', () => {
    const wrong = KEYS_3.replaceAll(/[0-9a-f]{64}$/gm, 'ab'.repeat(32));
    const { facts, plaintext } = feed(section3, { keys: wrong });
    expect([facts.decryption, facts.openedRecords, plaintext.client]).toEqual(['wrong-key', 0, '']);
  });

  it('names of secrets never stand in the facts', () => {
    const { facts } = feed(section3, { keys: KEYS_3 });
    const text = JSON.stringify(facts);
    for (const [, random = '', secret = ''] of KEYS_3.matchAll(/^\S+ (\S+) (\S+)$/gm)) {
      expect(text).not.toContain(random);
      expect(text).not.toContain(secret);
    }
  });
});

describe('a ClientHello', () => {
  const [hello] = section3;
  if (hello === undefined || !('bytes' in hello)) throw new Error('no hello');
  const { bytes } = hello;

  it('gives the same facts wherever segments cut it', () => {
    const { facts } = feed([hello]);
    for (let position = 1; position < bytes.length; position += 1) {
      const pieces: Sent[] = [
        { from: 'client', bytes: bytes.subarray(0, position) },
        { from: 'client', bytes: bytes.subarray(position) },
      ];
      const cut = feed(pieces).facts;
      expect(cut.clientHello).toEqual({
        ...facts.clientHello,
        lastPacket: 2,
        atNs: 2000,
      });
    }
  });

  it('gives the same facts in any number of pieces, in one record or in many', () => {
    const { facts } = feed([hello]);
    const message = bytes.subarray(5);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: message.length - 1 }), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 8 }),
        (recordCuts, segmentCuts) => {
          const records = pieces(message, recordCuts).map((piece) =>
            Buffer.concat([Buffer.of(0x16, 3, 1, piece.length >>> 8, piece.length & 255), piece]),
          );
          const segments = pieces(Buffer.concat(records), segmentCuts);
          const told = feed(segments.map((piece) => ({ from: 'client', bytes: piece }))).facts.clientHello;
          expect({ ...told, firstPacket: 0, lastPacket: 0, atNs: 0 }).toEqual({
            ...facts.clientHello,
            firstPacket: 0,
            lastPacket: 0,
            atNs: 0,
          });
        },
      ),
    );
  });

  it('cut off says nothing, wherever it is cut off', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      if (length === 0) continue;
      const { facts, anomalies } = feed([{ from: 'client', bytes: bytes.subarray(0, length) }]);
      expect([facts.clientHello, anomalies]).toEqual([null, []]);
    }
  });
});

function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...[...new Set(cuts)].filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
}

const NO_ENCRYPT_THEN_MAC = 0x80000;

describe('real sessions', () => {
  const suites12: readonly (readonly [suite: string, version: string, options: number])[] = [
    ['ECDHE-RSA-AES128-GCM-SHA256', 'TLSv1.2', 0],
    ['ECDHE-RSA-AES256-GCM-SHA384', 'TLSv1.2', 0],
    ['ECDHE-RSA-CHACHA20-POLY1305', 'TLSv1.2', 0],
    ['AES128-CCM', 'TLSv1.2', 0],
    ['AES128-CCM8', 'TLSv1.2', 0],
    ['ECDHE-ARIA128-GCM-SHA256', 'TLSv1.2', 0],
    ['ECDHE-RSA-AES128-SHA', 'TLSv1.2', 0],
    ['ECDHE-RSA-AES256-SHA384', 'TLSv1.2', 0],
    ['AES256-SHA256', 'TLSv1.2', 0],
    ['ECDHE-RSA-CAMELLIA128-SHA256', 'TLSv1.2', 0],
    ['ECDHE-RSA-AES128-SHA', 'TLSv1.2', NO_ENCRYPT_THEN_MAC],
    ['ECDHE-RSA-AES256-SHA384', 'TLSv1.2', NO_ENCRYPT_THEN_MAC],
    ['AES128-SHA256', 'TLSv1.2', NO_ENCRYPT_THEN_MAC],
    ['AES128-SHA', 'TLSv1.1', 0],
    ['AES256-SHA', 'TLSv1', 0],
    ['AES128-SHA', 'TLSv1', NO_ENCRYPT_THEN_MAC],
  ];

  it.each(suites12)('%s in %s, options %s', async (suite, version, secureOptions) => {
    const common = {
      ciphers: `${suite}:@SECLEVEL=0`,
      minVersion: version as 'TLSv1',
      maxVersion: version as 'TLSv1',
      secureOptions,
    };
    const { sent, keys } = await session({ client: common, server: common });
    const { facts, plaintext, anomalies } = feed(sent, { keys });
    expect(plaintext).toEqual({ client: `${said('client')}<end fin>`, server: `${said('server')}<end fin>` });
    expect(anomalies).toEqual([]);
    expect(facts).toMatchObject({ decryption: 'whole', resumption: 'full', certificateRequested: false });
    expect(facts.certificates.server?.[0]).toMatchObject({
      subject: 'CN=server.example, O=Example',
      alternativeNames: ['DNS:server.example', 'DNS:*.a.example', 'IP Address:192.0.2.1'],
    });
    expect(facts.client.applicationBytes).toBe(said('client').length);
    expect(feed(sent, { keys, cut: byteByByte })).toMatchObject({ plaintext, facts: { decryption: 'whole' } });

    const closed = feed(sent);
    expect(closed.facts).toMatchObject({ decryption: 'no-key', openedRecords: 0 });
    expect(closed.facts.finished).toEqual(facts.finished);
    expect(closed.facts.client.applicationRecords).toBe(facts.client.applicationRecords);
  });

  it.each(['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'])('%s', async (suite) => {
    const { sent, keys } = await session({ client: { ciphers: suite, minVersion: 'TLSv1.3' } });
    const { facts, plaintext, anomalies } = feed(sent, { keys });
    expect(plaintext).toEqual({ client: `${said('client')}<end fin>`, server: `${said('server')}<end fin>` });
    expect(anomalies).toEqual([]);
    expect(facts).toMatchObject({
      serverHello: { version: 'TLS 1.3', cipherSuite: suite },
      decryption: 'whole',
      resumption: 'full',
    });
    const closed = feed(sent).facts;
    expect(closed.decryption).toBe('no-key');
    expect(closed.finished.client).toBe(facts.finished.client);
    expect(closed.client.applicationRecords).toBe(facts.client.applicationRecords);
  });

  // Enough messages that most are opened before their tags are checked.
  it.each([
    ['ECDHE-RSA-AES128-GCM-SHA256', 'TLSv1.2'],
    ['ECDHE-RSA-AES256-GCM-SHA384', 'TLSv1.2'],
    ['ECDHE-ARIA128-GCM-SHA256', 'TLSv1.2'],
    ['TLS_AES_128_GCM_SHA256', 'TLSv1.3'],
    ['TLS_AES_256_GCM_SHA384', 'TLSv1.3'],
    ['TLS_CHACHA20_POLY1305_SHA256', 'TLSv1.3'],
  ] as const)('%s in %s say the same where tags are checked later', async (suite, version) => {
    const dialogue = Array.from({ length: 60 }, (_, turn) => ({
      from: turn % 2 === 0 ? ('client' as const) : ('server' as const),
      text: `${turn} ${'xyz'.repeat((turn * 389) % 9000)}`,
    }));
    const common = { ciphers: suite, minVersion: version, maxVersion: version };
    const { sent, keys } = await session({ client: common, server: common, dialogue });
    for (const cut of [whole, cutAt(3)]) {
      const tags = new DeferredTags();
      const kept = vi.spyOn(tags, 'keep');
      const told = feed(sent, { keys, cut, tags });
      tags.checkAll();
      expect(told).toEqual(feed(sent, { keys, cut }));
      expect(told.facts.decryption).toBe('whole');
      expect(tags.hasFailed).toBe(false);
      expect(kept.mock.calls.length > 40).toBe(suite.includes('AES'));
    }
    // One record of each direction lacks a byte: those behind it are checked at once, and later again.
    const tags = new DeferredTags();
    const lossy = sent.map((packet, index) =>
      index === 45 || index === 50 ? { from: packet.from, gap: packet.bytes.length } : packet,
    );
    expect(feed(lossy, { keys, tags })).toEqual(feed(lossy, { keys }));
    tags.checkAll();
    expect(tags.hasFailed).toBe(false);
  });

  it('the client may be the side that was seen second', async () => {
    const { sent, keys } = await session();
    const { facts, plaintext } = feed(sent, { keys, clientIsFirst: false });
    expect(plaintext.client).toBe(`${said('client')}<end fin>`);
    expect(facts.clientHello?.serverNames).toEqual(['server.example']);
  });

  it('ALPN is told where it can be read', async () => {
    const options = {
      client: { ALPNProtocols: ['h2', 'http/1.1'] },
      server: { ALPNProtocols: ['http/1.1'] },
    };
    const { sent, keys } = await session(options);
    expect(feed(sent, { keys }).facts).toMatchObject({
      clientHello: { alpn: ['h2', 'http/1.1'] },
      serverHello: { alpn: 'http/1.1' },
    });
    expect(feed(sent).facts.serverHello?.alpn).toBeNull();
    const older = await session({ ...options, client: { ...options.client, maxVersion: 'TLSv1.2' } });
    expect(feed(older.sent).facts.serverHello?.alpn).toBe('http/1.1');
  });

  it('a HelloRetryRequest is no ServerHello, and its second ClientHello is no other session', async () => {
    const { sent, keys } = await session({
      client: { ecdhCurve: 'X25519:P-384', minVersion: 'TLSv1.3' },
      server: { ecdhCurve: 'P-384' },
    });
    const { facts, plaintext } = feed(sent, { keys });
    expect(facts.helloRetryRequest).toBe(2);
    expect(facts.serverHello?.packet).toBeGreaterThan(2);
    expect(plaintext.client).toBe(`${said('client')}<end fin>`);
    expect(facts.decryption).toBe('whole');
  });

  it('a renegotiation changes the keys', async () => {
    const { sent, keys } = await session({
      client: { maxVersion: 'TLSv1.2' },
      afterwards: async (client, server) => {
        await new Promise<void>((resolve, reject) => {
          client.renegotiate({}, (error) => (error === null ? resolve() : reject(error)));
        });
        const heard = new Promise<void>((resolve) => server.once('data', () => resolve()));
        client.write('GET /after HTTP/1.1\r\n\r\n');
        await heard;
      },
    });
    const { facts, plaintext, anomalies } = feed(sent, { keys });
    expect(plaintext.client).toBe(`${said('client')}GET /after HTTP/1.1\r\n\r\n<end fin>`);
    expect([facts.decryption, anomalies]).toEqual(['whole', []]);
    const first = keys.split('\n').slice(0, 1).join('\n');
    const half = feed(sent, { keys: first });
    expect(half.plaintext.client.startsWith(said('client'))).toBe(true);
    expect(half.facts.decryption).toBe('partial');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a session of %s is resumed', async (version) => {
    const server = { ticketKeys: Buffer.alloc(48, 7) };
    const first = await session({ client: { maxVersion: version }, server });
    if (first.ticket === null) throw new Error('no ticket');
    const { sent, keys } = await session({ client: { maxVersion: version, session: first.ticket }, server });
    const { facts, plaintext } = feed(sent, { keys });
    expect(facts.clientHello?.offersResumption).toBe(true);
    expect(facts.resumption).toBe(version === 'TLSv1.2' ? 'ticket' : 'psk');
    expect(facts.certificates.server).toBeNull();
    expect(plaintext.client).toBe(`${said('client')}<end fin>`);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '%s: a client certificate is asked for, and none is sent',
    async (version) => {
      const options = { client: { maxVersion: version }, server: { requestCert: true, rejectUnauthorized: false } };
      const { sent, keys } = await session(options);
      const { facts } = feed(sent, { keys });
      expect([facts.certificateRequested, facts.clientCertificate]).toEqual([true, 'empty']);
      const closed = feed(sent).facts;
      expect([closed.certificateRequested, closed.clientCertificate]).toEqual(
        version === 'TLSv1.2' ? [true, 'empty'] : [null, 'probably-empty'],
      );
    },
  );

  it('a client certificate is told', async () => {
    const { CERTIFICATE, KEY } = await import('./credentials.js');
    const { sent, keys } = await session({
      client: { cert: CERTIFICATE, key: KEY },
      server: { requestCert: true, rejectUnauthorized: false },
    });
    const { facts } = feed(sent, { keys });
    expect(facts.clientCertificate).toBe('sent');
    expect(facts.certificates.client?.[0]?.subject).toBe('CN=server.example, O=Example');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '%s: after a loss decryption goes on with the next record',
    async (version) => {
      const { sent, keys } = await session({ client: { maxVersion: version } });
      const last = sent.findLastIndex(({ from }) => from === 'server');
      // The server's first answer takes several records: lose one packet of it whole.
      const lost = sent.findIndex(
        ({ from, bytes }, index) => from === 'server' && bytes.length > 10_000 && index < last,
      );
      expect(lost).toBeGreaterThan(0);
      const { plaintext, facts } = feed(
        sent.map((what, index) => (index === lost ? { from: what.from, gap: what.bytes.length } : what)),
        { keys },
      );
      expect(plaintext.client).toBe(`${said('client')}<end fin>`);
      expect(plaintext.server).toMatch(/<gap \d+>.*HTTP\/1\.1 204 No Content\r\n\r\n<end fin>$/s);
      const [, gap = '0'] = /<gap (\d+)>/.exec(plaintext.server) ?? [];
      expect(plaintext.server.replace(/<gap \d+>/, '').length - '<end fin>'.length + Number(gap)).toBe(
        said('server').length,
      );
      expect(facts.decryption).toBe('partial');
    },
  );

  it.each(['client', 'server'] as const)(
    'TLS 1.2: what the %s says is opened though its ChangeCipherSpec was lost with its Finished',
    async (side) => {
      const { sent, keys } = await session({ client: { maxVersion: 'TLSv1.2' } });
      const change = Buffer.from('140303000101', 'hex');
      const lost = sent.findIndex(({ from, bytes }) => from === side && Buffer.from(bytes).includes(change));
      expect(lost).toBeGreaterThan(0);
      const { plaintext, facts } = feed(
        sent.map((what, index) => (index === lost ? { from: what.from, gap: what.bytes.length } : what)),
        { keys },
      );
      expect(plaintext[side].replace(/^<gap \d+>/, '')).toBe(`${said(side)}<end fin>`);
      expect(plaintext[side === 'client' ? 'server' : 'client']).toContain(
        said(side === 'client' ? 'server' : 'client'),
      );
      expect(facts.decryption).toBe('partial');
    },
  );

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '%s: a server’s flight that was lost in part leaves open what stood in it',
    async (version) => {
      const options = { client: { maxVersion: version }, server: { requestCert: true, rejectUnauthorized: false } };
      const { sent, keys } = await session(options);
      const flight = sent.findIndex(({ from }) => from === 'server');
      const bytes = sent[flight]?.bytes;
      if (bytes === undefined) throw new Error('no flight');
      // The snap length cuts it behind the ServerHello; in TLS 1.3 behind EncryptedExtensions, a ChangeCipherSpec between them.
      let kept = 0;
      for (let records = version === 'TLSv1.2' ? 1 : 3; records > 0; records -= 1) {
        kept += 5 + Buffer.from(bytes).readUInt16BE(kept + 3);
      }
      const cut: Sent[] = [
        { from: 'server', bytes: bytes.subarray(0, kept) },
        { from: 'server', gap: bytes.length - kept },
      ];
      const { facts } = feed([...sent.slice(0, flight), ...cut, ...sent.slice(flight + 1)], { keys });
      expect(facts.serverHello).not.toBeNull();
      expect(facts.certificateRequested).toBeNull();
      expect(facts.resumption).toBe(version === 'TLSv1.2' ? null : 'full');
    },
  );

  it('a protected alert is not read as one in clear where its ChangeCipherSpec was not seen', () => {
    const alert = Buffer.from(`1503030020${'01ee'.repeat(16)}`, 'hex');
    const { facts, anomalies } = feed([{ from: 'client', bytes: alert }], { clientIsFirst: null, beginsUnseen: true });
    expect(facts.alerts).toMatchObject([{ basis: 'encrypted', level: null, description: null, name: null }]);
    expect(anomalies).toEqual([]);
  });

  it('of a record that lacks bytes, its length is told and the next ones are opened', async () => {
    const { sent, keys } = await session();
    const at = sent.findIndex(({ from, bytes }) => from === 'server' && bytes.length > 10_000);
    const damaged = sent[at];
    if (damaged === undefined) throw new Error('no long packet');
    const pieces: Sent[] = [
      { from: 'server', bytes: damaged.bytes.subarray(0, 100) },
      { from: 'server', gap: 50 },
      { from: 'server', bytes: damaged.bytes.subarray(150) },
    ];
    const { plaintext } = feed([...sent.slice(0, at), ...pieces, ...sent.slice(at + 1)], { keys });
    const kept = plaintext.server.replaceAll(/<gap \d+>/g, '').length - '<end fin>'.length;
    const gaps = [...plaintext.server.matchAll(/<gap (\d+)>/g)].reduce((sum, [, length]) => sum + Number(length), 0);
    expect(kept + gaps).toBe(said('server').length);
    expect(plaintext.server).toContain('204 No Content');
  });

  it('a handshake that fails says why: no protocol in common', async () => {
    const sent = await failedSession({ client: { ALPNProtocols: ['h3'] }, server: { ALPNProtocols: ['h2'] } });
    const { facts } = feed(sent);
    expect(facts.alerts).toMatchObject([
      { from: 'server', basis: 'clear', level: 'fatal', description: 120, name: 'no_application_protocol' },
    ]);
    expect(facts.decryption).toBe('nothing-protected');
  });

  it('a handshake that fails says why: no version in common', async () => {
    const sent = await failedSession({ client: { maxVersion: 'TLSv1.2' }, server: { minVersion: 'TLSv1.3' } });
    expect(feed(sent).facts.alerts).toMatchObject([{ from: 'server', description: 70, name: 'protocol_version' }]);
  });

  it('a start in the middle is TLS and no more', async () => {
    const { sent, keys } = await session();
    const { facts, plaintext } = feed(sent.slice(6), { keys, clientIsFirst: null, beginsUnseen: true });
    expect(facts).toMatchObject({ clientHello: null, serverHello: null, decryption: 'no-hello', openedRecords: 0 });
    expect(plaintext).toEqual({ client: '', server: '' });
    expect(facts.client.records).toBeGreaterThan(0);
  });

  it('records are found again after a start within one', async () => {
    const { sent } = await session();
    const cut = sent.map((what, index) => (index === 6 ? { from: what.from, bytes: what.bytes.subarray(7) } : what));
    const { facts } = feed(cut.slice(6), { clientIsFirst: null, beginsUnseen: true });
    expect(facts.client.records + facts.server.records).toBeGreaterThan(2);
  });

  it('throws for no bytes, with keys and without', { timeout: 60_000 }, async () => {
    const { sent, keys } = await session({ dialogue: DIALOGUE.slice(2) });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(sent.length - 1), fc.nat(4000), fc.nat(255)), { maxLength: 12 }),
        fc.array(fc.tuple(fc.nat(sent.length - 1), fc.nat(600)), { maxLength: 3 }),
        fc.boolean(),
        (flips, gaps, hasKeys) => {
          const packets: Sent[] = sent.map(({ from, bytes }) => ({ from, bytes: Uint8Array.from(bytes) }));
          for (const [index, at, value] of flips) {
            const packet = packets[index];
            if (packet !== undefined && 'bytes' in packet && packet.bytes.length > 0) {
              packet.bytes[at % packet.bytes.length] = value;
            }
          }
          for (const [index, length] of gaps) {
            const packet = packets[index];
            if (packet !== undefined) packets.splice(index, 0, { from: packet.from, gap: length + 1 });
          }
          const { facts } = feed(packets, { keys: hasKeys ? keys : '' });
          expect(facts.openedRecords).toBeLessThanOrEqual(facts.protectedRecords);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('throws for no bytes that begin like a hello', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.constantFrom(1, 2, 11, 13, 20), (bytes, type) => {
        const length = bytes.length + 4;
        const header = [0x16, 3, 3, length >>> 8, length & 255, type, 0, bytes.length >>> 8, bytes.length & 255];
        for (const from of ['client', 'server'] as const) {
          feed([{ from, bytes: Buffer.concat([Buffer.from(header), bytes]) }], { cut: whole });
        }
      }),
    );
  });
});

/** What was sent until a handshake failed. */
async function failedSession(options: Parameters<typeof session>[0]): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  await expect(session({ ...options, note: (each) => sent.push(each) })).rejects.toThrow();
  return sent;
}

describe('records under changing keys', () => {
  const handshake = section3.slice(0, 4);
  const [clientSecret, serverSecret] = ['CLIENT_TRAFFIC_SECRET_0', 'SERVER_TRAFFIC_SECRET_0'].map((label) =>
    Buffer.from(new RegExp(`^${label} \\S+ (\\S+)$`, 'm').exec(KEYS_3)?.[1] ?? '', 'hex'),
  );
  const cipher = bulkCipherOf(0x1301, TLS_1_3);
  if (clientSecret === undefined || serverSecret === undefined || cipher === null) throw new Error('no secrets');
  const keyUpdate = Buffer.from('1800000101', 'hex');
  const application = (secret: Uint8Array, sequence: number, text: string) =>
    seal13(secret, sequence, 23, Buffer.from(text));

  it('a KeyUpdate changes one direction’s, again and again', () => {
    const next = nextSecret(cipher, clientSecret);
    const third = nextSecret(cipher, next);
    const { plaintext, facts } = feed(
      [
        ...handshake,
        { from: 'client', bytes: application(clientSecret, 0, 'one ') },
        { from: 'client', bytes: seal13(clientSecret, 1, 22, keyUpdate) },
        { from: 'server', bytes: application(serverSecret, 0, 'answer') },
        { from: 'client', bytes: application(next, 0, 'two ') },
        { from: 'client', bytes: seal13(next, 1, 22, keyUpdate) },
        { from: 'client', bytes: application(third, 0, 'three') },
      ],
      { keys: KEYS_3 },
    );
    expect(plaintext).toEqual({ client: 'one two three<end fin>', server: 'answer<end fin>' });
    expect(facts.decryption).toBe('whole');
  });

  it('a KeyUpdate of the server leaves the client’s as they are', () => {
    const { plaintext, facts } = feed(
      [
        ...handshake,
        { from: 'server', bytes: application(serverSecret, 0, 'one ') },
        { from: 'server', bytes: seal13(serverSecret, 1, 22, keyUpdate) },
        { from: 'client', bytes: application(clientSecret, 0, 'asked') },
        { from: 'server', bytes: application(nextSecret(cipher, serverSecret), 0, 'two') },
      ],
      { keys: KEYS_3 },
    );
    expect(plaintext).toEqual({ client: 'asked<end fin>', server: 'one two<end fin>' });
    expect(facts.decryption).toBe('whole');
  });

  it('a KeyUpdate behind records whose tags are checked later is followed', () => {
    const secrets = [clientSecret, nextSecret(cipher, clientSecret)];
    const count = 30;
    const sent = secrets.flatMap((secret) => [
      ...Array.from({ length: count }, (_, sequence) => application(secret, sequence, `${sequence} `)),
      seal13(secret, count, 22, keyUpdate),
    ]);
    const tags = new DeferredTags();
    const told = feed([...handshake, ...sent.map((bytes) => ({ from: 'client' as const, bytes }))], {
      keys: KEYS_3,
      tags,
    });
    const said = Array.from({ length: count }, (_, sequence) => `${sequence} `).join('');
    expect(told.plaintext.client).toBe(`${said}${said}<end fin>`);
    tags.checkAll();
    expect(tags.hasFailed).toBe(false);
  });

  it('padding and records that hold nothing are no data', () => {
    const { plaintext, facts } = feed(
      [
        ...handshake,
        { from: 'client', bytes: seal13(clientSecret, 0, 23, Buffer.alloc(0)) },
        { from: 'client', bytes: seal13(clientSecret, 1, 23, Buffer.from('a'), 200) },
      ],
      { keys: KEYS_3 },
    );
    expect(plaintext.client).toBe('a<end fin>');
    expect(facts.client).toMatchObject({ applicationRecords: 2, applicationBytes: 1 });
  });

  it('a client’s flight that was captured before the server’s hello waits for it', () => {
    const [hello, serverHello, flight, finished, ...rest] = section3;
    if (hello === undefined || serverHello === undefined || flight === undefined || finished === undefined) return;
    const { plaintext, facts } = feed([hello, finished, serverHello, flight, ...rest], { keys: KEYS_3 });
    expect(plaintext).toEqual({ client: `${payload}<end fin>`, server: `${payload}<end fin>` });
    expect(facts.decryption).toBe('whole');
  });

  it('records that wait are bounded', () => {
    const [hello] = section3;
    if (hello === undefined) throw new Error('no hello');
    const big = seal13(clientSecret, 0, 23, Buffer.alloc(16_000));
    const many = Array.from({ length: 10 }, () => ({ from: 'client' as const, bytes: big }));
    const { anomalies, facts } = feed([hello, ...many], { keys: KEYS_3 });
    expect(anomalies).toContain('tls-records-not-held client');
    expect(facts).toMatchObject({ protectedRecords: 10, openedRecords: 0 });
  });

  it('what follows early data is handed on though its end and Finished were lost', () => {
    const [hello, early, serverHello, flight, endOfEarly, finished, ...rest] = section4;
    if (!hello || !early || !serverHello || !flight || !endOfEarly || !finished) throw new Error('no records');
    const lost: Sent = { from: 'client', gap: 21 + 5 + (53 + 5) };
    const { plaintext, facts } = feed([hello, early, serverHello, flight, lost, ...rest], { keys: KEYS_4 });
    expect(plaintext.client).toBe(`ABCDEF${payload}<end fin>`);
    expect(facts.earlyData).toBe('accepted');
  });

  it('a start in the middle whose roles come out the other way round is told by the roles', () => {
    const fatal = fromHex('client', '15030300020228');
    const told = feed([fatal], { clientIsFirst: null, beginsUnseen: true });
    expect(told.facts.alerts).toMatchObject([{ from: 'client', name: 'handshake_failure' }]);
    const turned = feed([fatal], { clientIsFirst: null, beginsUnseen: true, rolesTurn: true });
    expect(turned.facts.alerts).toMatchObject([{ from: 'server', name: 'handshake_failure' }]);
    expect(turned.facts.server.records).toBe(1);
  });

  it('early data that was offered and not sent is not said to be sent', () => {
    const [hello, , serverHello, flight, , ...rest] = section4;
    if (hello === undefined || serverHello === undefined || flight === undefined) throw new Error('no records');
    expect(feed([hello, serverHello, flight, ...rest]).facts.earlyData).toBe('offered');
    expect(feed(section4).facts.earlyData).toBe('sent');
  });

  it('early data that the server refuses is not handed on', () => {
    const [hello, early, , , , ...rest] = section4;
    const refusal = SECTION_3[1];
    if (hello === undefined || early === undefined || refusal === undefined) throw new Error('no records');
    // The server's hello without a pre-shared key: RFC 8446 §4.2.10.
    const { plaintext, facts } = feed([hello, early, fromHex('server', refusal.hex), ...rest], { keys: KEYS_4 });
    expect(facts.earlyData).toBe('rejected');
    expect(plaintext.client).not.toContain('ABCDEF');
  });

  it('early data that comes behind the server’s refusal is not waited for', () => {
    const [hello, early] = section4;
    const refusal = SECTION_3[1];
    if (hello === undefined || early === undefined || refusal === undefined) throw new Error('no records');
    const { plaintext, facts, anomalies } = feed([hello, fromHex('server', refusal.hex), early], { keys: KEYS_4 });
    expect([facts.earlyData, plaintext.client, anomalies]).toEqual(['rejected', '', []]);
  });

  it('early data whose fate was not seen is not said to be refused', () => {
    const [hello, early, serverHello] = section4;
    if (hello === undefined || early === undefined || serverHello === undefined) throw new Error('no records');
    const { facts, anomalies } = feed([hello, early, serverHello], { keys: KEYS_4 });
    expect([facts.earlyData, anomalies]).toEqual(['sent', ['tls-early-data-undecided client']]);
  });

  it('early data is not said to be refused where what says that it was taken may be lost', () => {
    const [hello, early, serverHello, , , finished] = section4;
    if (!hello || !early || !serverHello || !finished) throw new Error('no records');
    const told = (lost: readonly Sent[]) => feed([hello, early, serverHello, ...lost, finished], { keys: KEYS_4 });
    expect(told([]).facts.earlyData).toBe('rejected');
    expect(told([{ from: 'client', gap: 21 + 5 }]).facts.earlyData).not.toBe('rejected');
  });

  it('turns are told where nothing is opened', () => {
    expect(feed(section3, { keys: KEYS_3 }).facts.turns).toBeNull();
    expect(feed(section3).facts.turns).not.toBeNull();
  });

  it('the shape of an alert says nothing where the capture ends behind it', () => {
    const ends: Sent[] = (['client', 'server'] as const).map((from) => ({ from, end: 'capture-ended' }));
    const { facts } = feed([...section3, ...ends]);
    expect([facts.alerts, facts.client.closeNotify, facts.server.closeNotify]).toEqual([[], 'unknown', 'unknown']);
  });

  it('bytes that look like SSL 2.0 answer no TLS', () => {
    const [hello] = section3;
    if (hello === undefined) throw new Error('no hello');
    const { facts, anomalies } = feed([hello, { from: 'server', bytes: Buffer.from('800304aabb', 'hex') }]);
    expect([facts.serverHello, anomalies]).toEqual([null, ['tls-malformed-record server']]);
  });

  it('a server that answers in SSL 2.0 speaks that, and nothing more is read', () => {
    const hello = Buffer.from(`801f010002000600000010010080020080${'07'.repeat(16)}`, 'hex');
    const answer = Buffer.concat([Buffer.of(0x80, 11), Buffer.from('0400010002000000000000', 'hex')]);
    const { facts, anomalies } = feed([
      { from: 'client', bytes: hello },
      { from: 'server', bytes: answer },
      { from: 'client', bytes: Buffer.from('anything') },
    ]);
    expect(facts).toMatchObject({ clientHello: { format: 'ssl2' }, serverHello: { version: 'SSL 2.0' } });
    expect(anomalies).toEqual([]);
  });
});
