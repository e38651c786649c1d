import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import type { Field } from '../../../src/facts/field.js';
import { legPairsOf } from '../../../src/rules/judgements/leg-pairing.js';
import { logExchanges, mergeExchangeLogs } from '../../../src/rules/observation/exchange-log.js';
import { exchangeLog } from '../../../src/rules/observation/exchange-rows.js';
import { answer, type ConnectionOptions, connection, get, handshake } from '../facts.js';

const EDGE = '10.0.0.49';
const AGENT: Field = { name: 'user-agent', value: 'curl/8' };
const CURL: readonly Field[] = [AGENT];

/** A connection with one request that is answered, its times from the connection's start in microseconds. */
function leg(
  stream: number,
  options: ConnectionOptions,
  times: { readonly asks: number; readonly answers: number | null; readonly status?: number },
  request: { readonly target?: string; readonly authority?: string; readonly fields?: readonly Field[] } = {},
): Connection {
  const { target = '/a', authority = 'serv1.example', fields = CURL } = request;
  return connection(
    [
      ...handshake(),
      get(times.asks, target, { authority, fields }),
      ...(times.answers === null ? [] : [answer(times.answers, times.status ?? 200)]),
    ],
    { stream, clientPort: 40_000 + stream, firstPacket: 1 + stream * 10, ...options },
  );
}

const front = (
  stream: number,
  asks: number,
  answers: number,
  request: Parameters<typeof leg>[3] = {},
  options: ConnectionOptions = {},
) => leg(stream, { client: '10.0.0.1', server: EDGE, serverPort: 443, ...options }, { asks, answers }, request);

const back = (
  stream: number,
  asks: number,
  answers: number | null,
  request: Parameters<typeof leg>[3] = {},
  options: ConnectionOptions = {},
) => leg(stream, { client: EDGE, server: '10.0.1.43', ...options }, { asks, answers }, request);

function pairsOf(connections: readonly Connection[]) {
  const [exchanges, failures] = [exchangeLog(), exchangeLog()];
  for (const one of connections) logExchanges(one, exchanges, failures);
  return legPairsOf({ exchanges, failures });
}

const first = (stream: number) => ({ stream, index: 0 });
const streamsOf = (exchanges: readonly { readonly stream: number }[]) => exchanges.map(({ stream }) => stream);

describe('the legs of a proxy', () => {
  it('are paired where the front’s server is the back’s client', () => {
    const pairs = pairsOf([front(0, 1200, 5000), back(1, 1300, 4800)]);
    expect(streamsOf(pairs.backsOf(first(0)))).toEqual([1]);
    expect(pairs.frontOf(first(1))?.stream).toBe(0);
    expect(pairs.frontOf(first(0))).toBeNull();
  });

  it('are all tries of the proxy, in order of time', () => {
    const lost = back(2, 1300, null, {}, { serverPort: 81 });
    const pairs = pairsOf([back(1, 2500, 4800), front(0, 1200, 5000), lost]);
    expect(streamsOf(pairs.backsOf(first(0)))).toEqual([2, 1]);
  });

  it('are not paired when the back exchange ends after the front one, or asks for something else', () => {
    expect(pairsOf([front(0, 1200, 5000), back(1, 1300, 5100)]).frontOf(first(1))).toBeNull();
    expect(pairsOf([front(0, 1200, 5000), back(1, 1100, 4800)]).frontOf(first(1))).toBeNull();
    expect(pairsOf([front(0, 1200, 5000), back(1, 1300, 4800, { target: '/b' })]).frontOf(first(1))).toBeNull();
  });

  it('are paired among equal requests at once where one front alone tells of a failure that has no other reason', () => {
    const failed = (stream: number, asks: number, answers: number) =>
      leg(stream, { client: '10.0.0.1', server: EDGE, serverPort: 443 }, { asks, answers, status: 502 });
    const lost = back(2, 1400, null);
    const frontOfLost = (...others: readonly Connection[]) =>
      pairsOf([front(0, 1200, 5000), ...others, lost]).frontOf(first(2))?.stream ?? null;
    expect(frontOfLost(failed(1, 1300, 5100))).toBe(1);
    expect(frontOfLost(front(1, 1300, 5100))).toBeNull();
    // Two are told of a failure; or two failed behind, and one is told; or it is told so late that others were tried.
    expect(frontOfLost(failed(1, 1300, 5100), failed(3, 1350, 5200))).toBeNull();
    expect(frontOfLost(failed(1, 1300, 5100), back(3, 1450, null))).toBeNull();
    expect(frontOfLost(failed(1, 1300, 5_000_000))).toBeNull();
    // One that is answered otherwise behind has no part in it.
    expect(frontOfLost(failed(1, 1300, 5100), back(3, 1450, 4800))).toBe(1);
  });

  it('are paired where the back one has no answer, and the front one tells of a failure meanwhile', () => {
    const given = (status: number) =>
      leg(0, { client: '10.0.0.1', server: EDGE, serverPort: 443 }, { asks: 1200, answers: 5000, status });
    const dead = back(1, 1300, null);
    // Nobody acknowledges it: the proxy's kernel sends it again, also after the proxy gave up.
    const repeated = { ...dead, endNs: dead.endNs + 9_000_000 };
    expect(pairsOf([given(504), repeated]).frontOf(first(1))?.stream).toBe(0);
    expect(pairsOf([given(200), repeated]).frontOf(first(1))).toBeNull();
    const late = back(1, 1300, 5100);
    expect(pairsOf([given(504), late]).frontOf(first(1))).toBeNull();
  });

  it('are not paired when another program asks, as a health check of the proxy does', () => {
    const probe = [{ name: 'user-agent', value: 'probe' }];
    expect(pairsOf([front(0, 1200, 5000), back(1, 1300, 4800, { fields: probe })]).frontOf(first(1))).toBeNull();
    expect(pairsOf([front(0, 1200, 5000), back(1, 1300, 4800, { fields: [] })]).frontOf(first(1))).toBeNull();
  });

  it('may have served one another whatever they ask for, unless their ends or what they carry speak against it', () => {
    const mayServe = (one: Connection, other: Connection): boolean =>
      pairsOf([one, other]).mayServe(first(one.stream), first(other.stream));
    const inFront = front(0, 1200, 5000, { target: '/portal/a' });
    expect(mayServe(inFront, back(1, 1300, 4800))).toBe(true);
    expect(mayServe(inFront, back(1, 1300, 4800, {}, { client: '10.0.1.49' }))).toBe(true);
    expect(mayServe(inFront, back(1, 1300, 4800, {}, { client: '10.0.0.1' }))).toBe(false);
    expect(mayServe(inFront, back(1, 1300, 4800, {}, { server: EDGE, serverPort: 443 }))).toBe(false);
    expect(mayServe(inFront, back(1, 1300, 4800, { fields: [{ name: 'user-agent', value: 'probe' }] }))).toBe(false);
    expect(pairsOf([inFront]).mayServe(first(0), first(1))).toBe(true);
  });

  it('are found by connection and place, unless they are not kept', () => {
    const pairs = pairsOf([front(0, 1200, 5000), back(1, 1300, 4800)]);
    expect(pairs.exchangeOf(first(1))).toBe(pairs.exchanges.find(({ stream }) => stream === 1));
    expect(pairs.exchangeOf({ stream: 1, index: 1 })).toBeNull();
  });

  it('may be asked for by another name where the program is the same', () => {
    const pairs = pairsOf([front(0, 1200, 5000), back(1, 1300, 4800, { authority: 'backend' })]);
    expect(pairs.frontOf(first(1))?.stream).toBe(0);
  });

  it('are told apart by X-Forwarded-For and request ids, else not paired', () => {
    const two = (fields: readonly Field[]) => [
      front(0, 1200, 5000),
      front(1, 1250, 5000, {}, { client: '10.0.0.2' }),
      back(2, 1300, 4800, { fields: [AGENT, ...fields] }),
    ];
    expect(pairsOf(two([])).frontOf(first(2))).toBeNull();
    expect(pairsOf(two([{ name: 'x-forwarded-for', value: '9.9.9.9, 10.0.0.1' }])).frontOf(first(2))?.stream).toBe(0);
    const id: Field = { name: 'x-request-id', value: 'a1' };
    const other: Field = { name: 'x-request-id', value: 'b2' };
    const traced = [
      front(0, 1200, 5000, { fields: [AGENT, other] }),
      front(1, 1250, 5000, { fields: [AGENT, id] }, { client: '10.0.0.2' }),
      back(2, 1300, 4800, { fields: [AGENT, id] }),
    ];
    expect(pairsOf(traced).frontOf(first(2))?.stream).toBe(1);
  });

  it('are paired over the loopback interface by whichever name, and from elsewhere by the same alone', () => {
    const asked = (client: string) =>
      ['/a', '/b', '/c'].flatMap((target, at) => [
        front(at, 1200, 5000, { target }),
        back(at + 10, 1300, 4800, { target, authority: 'backend' }, { client, server: '127.0.0.1' }),
      ]);
    expect(pairsOf(asked('127.0.0.1')).frontOf(first(11))?.stream).toBe(1);
    expect(pairsOf(asked('10.0.1.49')).frontOf(first(11))).toBeNull();
    expect(pairsOf(asked('127.0.0.1').slice(0, 4)).frontOf(first(11))).toBeNull();
  });

  it('are paired from another address of the proxy when all that it asks for lies within, and not before', () => {
    const inside = { client: '10.0.1.49' };
    const requests = ['/a', '/b', '/c'].map((target, at) => [
      front(at, 1200, 5000, { target }),
      back(at + 10, 1300, 4800, { target }, inside),
    ]);
    const pairs = pairsOf(requests.flat());
    for (const at of [0, 1, 2]) expect(pairs.frontOf(first(at + 10))?.stream).toBe(at);
    expect(pairsOf(requests.slice(0, 2).flat()).frontOf(first(10))).toBeNull();
    const byItself = back(20, 1300, 4800, { target: '/alone' }, { client: '10.0.1.49' });
    expect(pairsOf([...requests.flat(), byItself]).frontOf(first(10))).toBeNull();
  });

  it('are paired so where an address is asked for, with its port, as much as where a name is', () => {
    const inside = { client: '10.0.1.49' };
    const asked = (authority: string) =>
      ['/a', '/b', '/c'].flatMap((target, at) => [
        front(at, 1200, 5000, { target, authority: '10.0.0.49:443' }),
        back(at + 10, 1300, 4800, { target, authority }, inside),
      ]);
    expect(pairsOf(asked('10.0.0.49:443')).frontOf(first(11))?.stream).toBe(1);
    expect(pairsOf(asked('10.0.0.49:8443')).frontOf(first(11))).toBeNull();
  });

  it('may be legs of three: each is paired with the next', () => {
    const pairs = pairsOf([
      front(0, 1200, 6000),
      back(1, 1300, 5500, {}, { server: '10.0.2.1' }),
      back(2, 1400, 5000, {}, { client: '10.0.2.1' }),
    ]);
    expect(pairs.frontOf(first(2))?.stream).toBe(1);
    expect(pairs.frontOf(first(1))?.stream).toBe(0);
  });

  it('are not a client that asks two servers', () => {
    const pairs = pairsOf([front(0, 1200, 5000), back(1, 1300, 4800, {}, { client: '10.0.0.1' })]);
    expect(pairs.frontOf(first(1))).toBeNull();
  });

  it('are found the same in any order, and by parts', () => {
    const connections = Array.from({ length: 40 }, (_, at) => [
      front(at, 1200, 5000, { target: `/${at}` }),
      back(at + 100, 1300, 4800, { target: `/${at}` }),
    ]).flat();
    const none = exchangeLog();
    const whole = exchangeLog(32);
    for (const one of connections) logExchanges(one, whole, none);
    const parts = [exchangeLog(32), exchangeLog(32)];
    connections.reverse().forEach((one, at) => {
      logExchanges(one, parts[at % 2] ?? whole, none);
    });
    const joined = exchangeLog(32);
    for (const part of parts.reverse()) mergeExchangeLogs(joined, part);
    const kept = legPairsOf({ exchanges: joined, failures: none });
    const streams = (items: readonly { readonly stream: number }[]) =>
      items.map(({ stream }) => stream).sort((a, b) => a - b);
    expect(streams(kept.exchanges)).toEqual(streams(legPairsOf({ exchanges: whole, failures: none }).exchanges));
    expect(kept.exchanges.length).toBeLessThanOrEqual(32);
    // Both legs of a request are kept, or neither.
    for (const { stream } of kept.exchanges)
      if (stream >= 100) expect(kept.frontOf(first(stream))?.stream).toBe(stream - 100);
  });
});
