import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { observeServer } from '../../../src/rules/observation/server.js';
import { lastActivity } from '../../../src/rules/tally/activity.js';
import { answeredSample, type ServerBaseline, serverBaseline } from '../../../src/rules/tally/server-baseline.js';
import { clientHelloFacts, tlsFacts } from '../../findings/connections.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  healthy,
  nthEvery,
  refused,
  rstBy,
  type Step,
} from '../facts.js';

const ttl = { client: 63, server: 64 };
const nth = nthEvery(1_000_000);

function seen(...connections: readonly Connection[]): ServerBaseline {
  const baseline = serverBaseline();
  for (const one of connections) observeServer(one, baseline);
  return baseline;
}

function of(steps: readonly Step[], options: ConnectionOptions = {}): ServerBaseline {
  return seen(connection([...handshake(), ...steps], options));
}

describe('what a server does when all is well', () => {
  it('is counted connection by connection, and once of one that comes in batches', () => {
    expect(seen(healthy(nth(0)), healthy(nth(1, { exchangeOffset: 2 })))).toMatchObject({
      ...{ connections: 1, answered: 2, http: 2, roundTripNs: 60_000, votes: { server: 1 } },
    });
  });

  it('is how fast it answers, where all bytes were seen', () => {
    expect(of([get(1133), answer(3133), get(4000), answer(5000)]).fastestAnswerNs).toBe(1_000_000);
    expect(of([get(1133), answer(3133), get(4000), answer(5000, 200, 500, { lostBytes: 1 })]).fastestAnswerNs).toBe(
      2_000_000,
    );
    expect(of([get(1133), answer(1133)]).fastestAnswerNs).toBe(0);
  });

  it('is its shortest round trip', () => {
    const quick = connection(handshake(40, 900), nth(1));
    expect(seen(healthy(nth(0)), quick).roundTripNs).toBe(40_000);
    expect(seen(quick, healthy(nth(0))).roundTripNs).toBe(40_000);
  });

  it('is that it says 400 to what it does not like, the first time', () => {
    expect(of([get(1133), answer(3133, 400), get(4000), answer(5000, 400)]).badRequest).toEqual({
      ...{ atNs: 3_133_000, packet: 5 },
    });
    expect(of([get(1133), answer(3133, 404)]).badRequest).toBeNull();
  });

  it('is what it was asked, of some', () => {
    const asked = answeredSample(of([get(1133, '/a'), answer(3133), get(4000, '/b'), answer(5000, 404)]));
    expect(asked.find(({ packet }) => packet === 5)).toMatchObject({ status: 200, attributes: { path: '/a' } });
    expect(asked.find(({ packet }) => packet === 7)).toMatchObject({ status: 404, attributes: { path: '/b' } });
  });

  it('is nothing behind its own reset: that is the question', () => {
    const late = of([get(1133), answer(2000), rstBy('server', 2500), get(2600), answer(3000)]);
    expect(late.answered).toBe(1);
    expect(of([get(1133), rstBy('server', 2000), answer(2000)]).answered).toBe(1);
  });

  it('is that a SYN had to be sent again', () => {
    expect(lastActivity(of([], { synRetransmissions: 1 }).activity, 'strain')).toEqual({ atNs: 0, packet: 1 });
    expect(lastActivity(of([]).activity, 'strain')).toBeNull();
  });

  it('is its link-layer address, where it has one', () => {
    const mac = { client: 1, server: 2 };
    expect(of([], { mac }).macs).toEqual([2]);
    expect(of([], { mac, serverFacts: { macVaries: true } }).macs).toEqual([]);
  });
});

describe('the resets of a server that nobody disputes', () => {
  it('are its refusals of a SYN, which are counted by client', () => {
    const baseline = seen(refused({ ttl }), healthy(nth(1, { ttl })), refused(nth(2, { ttl })));
    expect(baseline.refusalTtls).toEqual([64]);
    expect(baseline.clients.entries['10.0.0.1']).toMatchObject({
      ...{ refused: 2, firstRefusal: { atNs: 50_000, packet: 2 }, lastAccept: { atNs: 1_000_060_000, packet: 12 } },
    });
    expect(lastActivity(baseline.activity, 'refusal')).toEqual({ atNs: 2_000_050_000, packet: 22 });
  });

  it('are those behind its answers', () => {
    const reset = (at: number) => rstBy('server', at, { hand: { ttl: 61 } });
    expect(of([get(1133), answer(3000), reset(3000)], { ttl }).refusalTtls).toEqual([61]);
    expect(of([get(1133), reset(2000)], { ttl }).refusalTtls).toEqual([]);
    expect(of([get(1133), answer(3000), get(3100), reset(3200)], { ttl }).refusalTtls).toEqual([]);
    expect(of([reset(3000)], { ttl }).refusalTtls).toEqual([]);
  });

  it('are none in which the TTL is not known, and none of its client', () => {
    expect(of([get(1133), answer(3000), rstBy('server', 3100)]).refusalTtls).toEqual([]);
    expect(of([get(1133), answer(3000), rstBy('client', 3100)], { ttl }).refusalTtls).toEqual([]);
  });
});

describe('a request that its client gave up', () => {
  it('was reset by it first, at its own position', () => {
    expect(of([get(1133), rstBy('client', 3000)]).abandoned).toBe(1);
    expect(of([get(1133), rstBy('client', 3000, { sequence: 1 })]).abandoned).toBe(0);
    expect(of([get(1133), answer(2000), rstBy('client', 3000)]).abandoned).toBe(0);
    expect(of([get(1133), finBy('client', 3000)]).abandoned).toBe(0);
    expect(of([get(1133), rstBy('server', 2000), rstBy('client', 3000)]).abandoned).toBe(0);
  });
});

describe('a server that speaks HTTP', () => {
  const over = (offered: readonly string[], chosen: string | null) =>
    seen({
      ...connection(handshake(), { protocol: 'tls' }),
      tls: tlsFacts({
        clientHello: clientHelloFacts({ alpn: offered }),
        serverHello: { packet: 5, atNs: 0, version: 'TLS 1.3', cipherSuite: null, alpn: chosen },
      }),
    }).http;

  it('is told by what it chose in TLS, or by what its client offers', () => {
    expect([over(['h2'], null), over(['http/1.1'], null), over(['imap'], null)]).toEqual([1, 1, 0]);
    expect([over(['h2', 'imap'], 'imap'), over(['imap', 'h2'], 'h2')]).toEqual([0, 1]);
  });

  it('is told by what it says', () => {
    expect(of([], { protocol: 'h2' }).http).toBe(1);
    expect(of([], { protocol: 'unknown' }).http).toBe(0);
  });
});
