import { beforeAll, describe, expect, it } from 'vitest';
import type { Side } from '../../src/facts/endpoint.js';
import { Conversation } from '../../src/pipeline/conversation.js';
import { KeyLog } from '../../src/tls/key-log.js';
import { type Session, session } from '../tls/session.js';

interface Said {
  readonly from: Side;
  readonly bytes: Uint8Array;
}

const text = (from: Side, what: string): Said => ({ from, bytes: Buffer.from(what, 'latin1') });

/** What a conversation tells whose client is the first to be seen. */
function told(said: readonly Said[], keys = '', isMidStream = false) {
  const keyLog = new KeyLog();
  keyLog.add(keys);
  const claims: string[] = [];
  const conversation = new Conversation(
    {
      isMidStream,
      claimsClient: (isFirst, basis) => claims.push(`${isFirst ? 'first' : 'second'} by ${basis}`),
      batch: () => undefined,
    },
    keyLog,
  );
  said.forEach(({ from, bytes }, index) => {
    const direction = from === 'client' ? conversation.first : conversation.second;
    direction.bytes(bytes, 0, bytes.length, index + 1, index * 1000);
  });
  for (const direction of [conversation.first, conversation.second]) direction.end('fin', said.length + 1, 0);
  return {
    protocol: conversation.protocol,
    claims,
    tls: conversation.tlsFacts(true),
    exchanges: conversation.exchanges.map(
      ({ index, request, response }) => `${index} ${request?.method} ${request?.target} ${response?.status}`,
    ),
    packets: conversation.exchanges.map(({ request, response }) => [request?.headPacket, response?.headPacket]),
    anomalies: conversation.anomaliesFor(true).map(({ name }) => name),
    undecoded: [conversation.undecodedBytes(true), conversation.undecodedBytes(false)],
  };
}

const GETS = ['GET /secret 200', 'GET /more 204'];
const CONNECT = [
  text('client', 'CONNECT server.example:443 HTTP/1.1\r\nHost: server.example:443\r\n\r\n'),
  text('server', 'HTTP/1.1 200 Connection established\r\n\r\n'),
];

describe('layers of a conversation', () => {
  let plain: Session;
  beforeAll(async () => {
    plain = await session();
  });

  it('HTTP within TLS is decoded as in clear, with the packets that complete its records', () => {
    const { protocol, exchanges, packets, tls, claims, anomalies, undecoded } = told(plain.sent, plain.keys);
    expect([protocol, exchanges]).toEqual(['http/1.1', GETS.map((line, index) => `${index} ${line}`)]);
    expect([claims, anomalies, undecoded]).toEqual([['first by client-hello'], [], [0, 0]]);
    expect(tls).toMatchObject({ decryption: 'whole', inner: null, clientHello: { serverNames: ['server.example'] } });
    for (const [asked = 0, answered = 0] of packets) expect(answered).toBeGreaterThan(asked);
    const carries = (packet: number | undefined) => plain.sent[(packet ?? 0) - 1]?.from;
    expect(packets.map(([asked, answered]) => [carries(asked), carries(answered)])).toEqual([
      ['client', 'server'],
      ['client', 'server'],
    ]);
  });

  it('without keys TLS is all there is', () => {
    const { protocol, exchanges, tls } = told(plain.sent);
    expect([protocol, exchanges, tls?.decryption]).toEqual(['tls', [], 'no-key']);
  });

  it('a PROXY header may stand before the ClientHello', () => {
    const header = text('client', 'PROXY TCP4 203.0.113.66 10.0.0.1 4711 443\r\n');
    const { exchanges, claims } = told([header, ...plain.sent], plain.keys);
    expect(exchanges).toHaveLength(2);
    expect(claims).toEqual(['first by request', 'first by client-hello']);
    const [hello, ...rest] = plain.sent;
    if (hello === undefined) throw new Error('no hello');
    const joined = { from: hello.from, bytes: Buffer.concat([header.bytes, hello.bytes]) };
    expect(told([joined, ...rest], plain.keys).exchanges).toHaveLength(2);
  });

  it('TLS in a CONNECT tunnel is the connection’s TLS, and what is in it counts on', () => {
    const { protocol, exchanges, tls } = told([...CONNECT, ...plain.sent], plain.keys);
    expect(exchanges).toEqual(['0 CONNECT server.example:443 200', '1 GET /secret 200', '2 GET /more 204']);
    expect([protocol, tls?.decryption]).toEqual(['http/1.1', 'whole']);
    const closed = told([...CONNECT, ...plain.sent]);
    expect([closed.protocol, closed.exchanges.length, closed.tls?.decryption]).toEqual(['http/1.1', 1, 'no-key']);
    expect(closed.tls?.clientHello?.serverNames).toEqual(['server.example']);
  });

  it('TLS within TLS through CONNECT: the outer names the proxy, the inner the server', async () => {
    const inner = await session({ client: { servername: 'inner.example' } });
    const dialogue = [...CONNECT, ...inner.sent].map(({ from, bytes }) => ({
      from,
      text: Buffer.from(bytes).toString('latin1'),
    }));
    const outer = await session({ client: { servername: 'proxy.example' }, dialogue });
    const { exchanges, tls, anomalies } = told(outer.sent, outer.keys + inner.keys);
    expect(exchanges).toEqual(['0 CONNECT server.example:443 200', '1 GET /secret 200', '2 GET /more 204']);
    expect(tls).toMatchObject({
      clientHello: { serverNames: ['proxy.example'] },
      decryption: 'whole',
      inner: { clientHello: { serverNames: ['inner.example'] }, decryption: 'whole', inner: null },
    });
    expect(anomalies).toEqual([]);
    const half = told(outer.sent, outer.keys);
    expect([half.exchanges.length, half.tls?.inner?.decryption]).toEqual([1, 'no-key']);
  });

  it.each([
    [
      'SMTP',
      [
        text('server', '220 mail.example ESMTP\r\n'),
        text('client', 'EHLO a\r\n'),
        text('server', '250-mail.example\r\n250 STARTTLS\r\n'),
        text('client', 'STARTTLS\r\n'),
        text('server', '220 ready\r\n'),
      ],
    ],
    ['PostgreSQL', [text('client', '\x00\x00\x00\x08\x04\xd2\x16\x2f'), text('server', 'S')]],
    [
      'a long preamble',
      Array.from({ length: 40 }, (_, index) => text(index % 2 ? 'client' : 'server', `line ${index}\r\n`)),
    ],
    ['a preamble that looks like a method', [text('client', 'G'), text('server', 'S')]],
  ])('after STARTTLS and its kin the ClientHello is found: %s', (_name, preamble) => {
    const { protocol, exchanges, tls, claims } = told([...preamble, ...plain.sent], plain.keys);
    expect([protocol, exchanges.length, tls?.decryption]).toEqual(['http/1.1', 2, 'whole']);
    expect(claims).toEqual(['first by client-hello']);
  });

  it('a connection that begins in the middle is TLS and no more', () => {
    const { protocol, tls, exchanges } = told(plain.sent.slice(5), plain.keys, true);
    expect([protocol, exchanges, tls?.decryption, tls?.clientHello]).toEqual(['tls', [], 'no-hello', null]);
  });

  it('HTTP in a tunnel without TLS is decoded too', () => {
    const { exchanges } = told([
      ...CONNECT,
      text('client', 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n'),
      text('server', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    ]);
    expect(exchanges).toEqual(['0 CONNECT server.example:443 200', '1 GET /a 200']);
  });

  it('TLS that HTTP was upgraded to is read (RFC 2817)', () => {
    const upgrade = [
      text('client', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\n\r\n'),
      text('server', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\n\r\n'),
    ];
    const { exchanges, tls } = told([...upgrade, ...plain.sent], plain.keys);
    expect([exchanges.length, tls?.decryption]).toEqual([3, 'whole']);
  });

  it('tunnels do not nest without end', () => {
    const { exchanges } = told(Array.from({ length: 20 }, () => CONNECT).flat());
    expect(exchanges.length).toBeGreaterThan(3);
    expect(exchanges.length).toBeLessThan(10);
  });
});
