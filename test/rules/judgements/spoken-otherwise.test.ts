import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import {
  hangUpIn,
  mergeSpoken,
  newSpoken,
  noteSpoken,
  type Spoken,
  spokenOtherwise,
} from '../../../src/rules/judgements/spoken-otherwise.js';
import { clientHelloFacts, tlsFacts } from '../../findings/connections.js';
import { answer, type ConnectionOptions, connection, finBy, get, handshake, healthy, rstBy } from '../facts.js';

const HTTPS = { port: 443 };
const OTHER = { port: 8080 };
const MOMENT = { packet: 5, atNs: 5000 };
const spoken = (...how: (keyof Spoken)[]): Spoken => ({
  ...newSpoken(),
  ...Object.fromEntries(how.map((one) => [one, MOMENT])),
});

const begunWith = (kind: 'proxy-header' | 'other', facts: Connection): Connection => ({
  ...facts,
  beginnings: { client: { kind, packet: facts.firstPacket, atNs: facts.startNs }, server: null },
});
const hello = { packet: 5, atNs: 1_500_000, version: 'TLS 1.3', cipherSuite: null, alpn: null };
const overTls: Connection = { ...healthy(), protocol: 'tls', exchanges: [], tls: tlsFacts({ serverHello: hello }) };
const refused = connection([...handshake(), get(1133), answer(1500, 400), finBy('server', 1600)]);

/** How connections were spoken to, as one part. */
function noted(...connections: readonly Connection[]): Spoken {
  const into = newSpoken();
  for (const one of connections) noteSpoken(one, into);
  return into;
}

describe('how a server is spoken to', () => {
  it('is told by its conversations, each kind apart', () => {
    expect(noted(healthy())).toMatchObject({ clear: expect.anything(), tls: null, http2: null, proxied: null });
    expect(noted(overTls)).toMatchObject({ clear: null, tls: { packet: 5 } });
    expect(noted({ ...healthy(), protocol: 'h2' })).toMatchObject({ clear: null, http2: expect.anything() });
    expect(noted(begunWith('proxy-header', healthy()))).toMatchObject({ clear: null, proxied: expect.anything() });
    expect(noted(begunWith('proxy-header', overTls))).toMatchObject({ tls: null, proxied: { packet: 5 } });
  });

  it('is told by a PROXY header that the server takes without a word, where it is the client who goes', () => {
    const header = { at: 1200, is: 'data', from: 'client', bytes: 43 } as const;
    const gone = (by: 'client' | 'server', at: number, options: ConnectionOptions = {}) =>
      begunWith('proxy-header', connection([...handshake(), header, rstBy(by, at)], options));
    expect(noted(gone('client', 61_200))).toMatchObject({ headed: expect.anything(), proxied: null });
    expect(noted(gone('server', 61_200))).toEqual(newSpoken());
    // Whether the port is open is known sooner than a server refuses.
    expect(noted(gone('client', 1300))).toEqual(newSpoken());
    expect(noted(gone('client', 61_200, { serverFacts: { lostBytes: 300 } }))).toEqual(newSpoken());
  });

  it('is not told by a 400, which may say that the way was wrong', () => {
    expect(noted(refused)).toEqual(newSpoken());
  });

  it('is the earliest of each, in any order and split', () => {
    const [first, second] = [healthy({ firstPacket: 1 }), healthy({ firstPacket: 101, beginsAt: 9000 })];
    const whole = noted(first, second, overTls);
    expect(noted(overTls, second, first)).toEqual(whole);
    const merged = noted(second, overTls);
    mergeSpoken(merged, noted(first));
    expect(merged).toEqual(whole);
  });
});

describe('why a server hangs up', () => {
  it.each([
    { on: 'clear', how: spoken('tls'), at: OTHER, why: 'plain-to-tls' },
    { on: 'clear', how: spoken('http2'), at: OTHER, why: 'http1-to-http2' },
    { on: 'clear', how: spoken('proxied'), at: OTHER, why: 'proxy-header-missing' },
    { on: 'clear', how: spoken('tls', 'clear'), at: HTTPS, why: null },
    { on: 'clear', how: spoken(), at: HTTPS, why: 'plain-to-tls' },
    { on: 'clear', how: spoken(), at: OTHER, why: null },
    { on: 'tls', how: spoken('clear'), at: OTHER, why: 'tls-to-plain' },
    { on: 'tls', how: spoken('http2'), at: OTHER, why: 'tls-to-plain' },
    { on: 'tls', how: spoken('proxied'), at: HTTPS, why: 'proxy-header-missing' },
    { on: 'tls', how: spoken('tls', 'clear', 'proxied'), at: OTHER, why: null },
    { on: 'tls', how: spoken(), at: HTTPS, why: null },
  ] as const)('on what is begun in $on, $how, port $at.port: $why', ({ on, how, at, why }) => {
    expect(spokenOtherwise(how, at, on)).toBe(why);
  });
});

describe('a server that hangs up', () => {
  const dropped = connection([...handshake(), get(1133), finBy('server', 1300)]);
  const helloed = connection([
    ...handshake(),
    { at: 1133, is: 'data', from: 'client', bytes: 517 },
    rstBy('server', 1300),
  ]);
  const clientHello = clientHelloFacts({ firstPacket: 4, atNs: 1_133_000 });

  it('closes on the first request or ClientHello, before any byte of its own', () => {
    expect(hangUpIn(dropped)).toMatchObject({ on: 'clear', packet: 5, asked: { packet: 4 } });
    expect(hangUpIn({ ...helloed, tls: tlsFacts({ clientHello }) })).toMatchObject({ on: 'tls', packet: 5 });
  });

  it.each<readonly [string, Connection]>([
    ['it answers', refused],
    ['the client leaves first', connection([...handshake(), get(1133), finBy('client', 1300)])],
    ['a PROXY header came before', begunWith('proxy-header', dropped)],
    ['its hello was seen', { ...helloed, tls: tlsFacts({ clientHello, serverHello: hello }) }],
    ['the capture begins in the middle', { ...dropped, guards: { ...dropped.guards, midStream: true } }],
    ['its bytes were lost to the capture', { ...dropped, server: { ...dropped.server, lostBytes: 99 } }],
    ['it is a later request of the connection', { ...dropped, exchangeOffset: 1 }],
  ])('does not where %s', (_, facts) => {
    expect(hangUpIn(facts)).toBeNull();
  });
});
