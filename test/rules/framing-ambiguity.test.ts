import { expect, it } from 'vitest';
import type { Anomaly } from '../../src/facts/anomaly.js';
import type { Connection } from '../../src/facts/connection.js';
import { TCP_OPTION } from '../../src/facts/segment-evidence.js';
import { framingAmbiguity } from '../../src/rules/framing-ambiguity.js';
import { answer, type ConnectionOptions, connection, finBy, get, handshake, healthy } from './facts.js';
import { findingsOf, testRule } from './test-rule.js';

const odd = (name: string, from: Anomaly['from'] = 'client', options: ConnectionOptions = {}) =>
  healthy({ ...options, anomalies: [{ name, from, packet: 4, count: 1 }] });

/** An answer with a flaw, and what its client in front was told; `at`: which pair it is. */
function behind(name: string, told: number | null, { at = 0, status = 200, toldAt = 3700 } = {}): Connection[] {
  const place = { beginsAt: at * 10_000_000, clientPort: 40_000 + at };
  const target = `/a${at}`;
  const back = connection([...handshake(), get(1133, target), answer(3600, status)], {
    ...{ ...place, stream: 2 * at, firstPacket: 1 + 1000 * at, client: '10.0.0.49' },
    anomalies: [{ name, from: 'server', packet: 5 + 1000 * at, count: 1 }],
  });
  const front = connection(
    [...handshake(), get(1000, target), told === null ? finBy('server', toldAt) : answer(toldAt, told)],
    { ...place, stream: 2 * at + 1, firstPacket: 501 + 1000 * at, client: '203.0.113.7', server: '10.0.0.49' },
  );
  return [back, front];
}

/** The same of what is no answer at all. */
function noAnswer(told: number): Connection[] {
  const [back, front] = behind('http1-malformed-start-line', told);
  return [back, front]
    .flatMap((one) => one ?? [])
    .map((one) =>
      one === back ? { ...one, exchanges: one.exchanges.map((exchange) => ({ ...exchange, response: null })) } : one,
    );
}

/** A connection on which a request with a body is answered 401, and then one that is `told` so; `at`: which. */
function behindBody(at: number, told: number, { closes = true, body = 29, target = '/a' } = {}): Connection {
  const place = { stream: at, clientPort: 40_000 + at, firstPacket: 1 + 20 * at, beginsAt: at * 10_000_000 };
  const fields = closes ? [{ name: 'connection', value: 'close' }] : [];
  return connection(
    [
      ...handshake(),
      get(1000, '/login', { method: 'POST', body }),
      answer(2000, 401),
      get(3000, target),
      answer(4000, told, 500, { fields }),
      ...(closes ? [finBy('server', 4100)] : []),
    ],
    place,
  );
}

/** One on which `/a` is answered as it should be. */
const served = (at: number) =>
  healthy({ stream: at, clientPort: 40_000 + at, firstPacket: 1 + 20 * at, beginsAt: at * 10_000_000 });

/** The capture ends soon behind its last packet, and it is open. */
function cutSoon(facts: Connection): Connection {
  return { ...facts, guards: { ...facts.guards, cutByCaptureEnd: true } };
}

/** Bytes behind a message of a connection, and what came of a request behind them. */
function excess(from: 'client' | 'server', told: number | null, nextAt = 3000): Connection {
  const asked = { method: 'POST', body: 24 };
  const both = [get(1000, '/a', asked), answer(2000), get(nextAt, '/b')];
  const steps = [...handshake(), ...(nextAt < 2000 ? both.sort((one, other) => one.at - other.at) : both)];
  const facts = connection(told === null ? [...steps, finBy('client', 4000)] : [...steps, answer(4000, told)], {});
  const [first] = facts.exchanges;
  const packet = (from === 'client' ? first?.request?.lastPacket : first?.response?.lastPacket) ?? 0;
  return { ...facts, anomalies: [{ name: 'http1-excess-bytes', from, packet, count: 1 }] };
}

/** The same of one whose handshake was not captured. */
const begunBefore = (facts: Connection): Connection => ({ ...facts, handshake: { ...facts.handshake, kind: 'none' } });

/** The same of one whose ends agreed on Multipath TCP. */
function multipath(facts: Connection): Connection {
  const { syn, synAck } = facts.handshake;
  if (syn === null || synAck === null) throw new Error('a handshake was made');
  const options = TCP_OPTION.mss | TCP_OPTION.mptcp;
  return { ...facts, handshake: { ...facts.handshake, syn: { ...syn, options }, synAck: { ...synAck, options } } };
}

const REFUSED = { subject: '10.0.1.43:80', severity: 'critical', confidence: 'likely' } as const;
const BAD_FIELD = 'http1-malformed-field-line';

const ONE = { subject: '10.0.1.43:80', occurrences: 1, severity: 'notice', confidence: 'certain' } as const;

testRule(framingAmbiguity, {
  fires: [
    {
      ...ONE,
      name: 'a request has two lengths',
      facts: odd('http1-content-length-with-transfer-encoding'),
      verdicts: { 'two-lengths': 'supported', 'wrong-length': 'ruled-out', 'loose-syntax': 'ruled-out' },
      packets: [4],
    },
    {
      ...ONE,
      name: 'data of HTTP/2 has another length',
      facts: odd('h2-content-length-mismatch', 'server'),
      verdicts: { 'wrong-length': 'supported', 'two-lengths': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'a line ends with LF alone',
      facts: odd('http1-bare-lf'),
      verdicts: { 'loose-syntax': 'supported' },
    },
    {
      ...ONE,
      name: 'a CR stands without LF',
      facts: odd('http1-bare-cr'),
      verdicts: { 'loose-syntax': 'supported' },
    },
    {
      ...REFUSED,
      name: 'a field line that is none, and 502 in front',
      facts: [0, 1].flatMap((at) => behind(BAD_FIELD, 502, { at })),
      occurrences: 2,
      verdicts: { 'broken-syntax': 'supported', 'two-lengths': 'ruled-out' },
      packets: [4, 5, 505],
    },
    ...['http1-control-character', 'http1-malformed-field-name'].map((name) => ({
      ...REFUSED,
      name: `${name} in an answer, and 502 in front`,
      facts: behind(name, 502),
      occurrences: 1,
      verdicts: { 'broken-syntax': 'supported' } as const,
    })),
    {
      ...REFUSED,
      name: 'two lengths in an answer, and 502 in front',
      facts: behind('http1-conflicting-content-length', 502),
      occurrences: 1,
      verdicts: { 'two-lengths': 'supported', 'broken-syntax': 'ruled-out' },
    },
    {
      ...REFUSED,
      name: 'what is no HTTP at all, and 502 in front',
      facts: noAnswer(502),
      occurrences: 1,
      verdicts: { 'broken-syntax': 'supported' },
    },
    {
      ...REFUSED,
      name: 'a chunk without a size, and the end of the connection in front',
      facts: behind('http1-malformed-chunk', null),
      occurrences: 1,
    },
    {
      ...REFUSED,
      name: 'chunked twice in an answer, and 502 in front',
      facts: behind('http1-repeated-transfer-encoding', 502),
      occurrences: 1,
      verdicts: { 'two-lengths': 'supported' },
    },
    {
      ...REFUSED,
      name: 'GET is answered 501 behind a request with a body',
      facts: behindBody(0, 501),
      occurrences: 1,
      verdicts: { 'unread-body': 'supported', 'wrong-length': 'ruled-out' },
      packets: [4, 6, 7],
    },
    {
      ...REFUSED,
      name: 'what is answered elsewhere is refused with 400 behind requests with a body, twice',
      facts: [behindBody(0, 400, { target: '/' }), behindBody(1, 400, { target: '/' }), served(2)],
      occurrences: 2,
      verdicts: { 'unread-body': 'supported' },
    },
    {
      ...ONE,
      name: 'bytes behind an answer',
      facts: excess('server', 200),
      verdicts: { 'wrong-length': 'supported', 'unread-body': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'bytes behind an answer, and the next request has none',
      facts: excess('server', null),
      severity: 'critical',
    },
    {
      ...ONE,
      name: 'bytes behind an answer, and the capture ends before the next request is answered',
      facts: cutSoon(excess('server', null)),
      severity: 'notice',
    },
    {
      ...ONE,
      name: 'bytes behind a request, and then 400',
      facts: excess('client', 400),
      severity: 'critical',
      verdicts: { 'wrong-length': 'supported' },
    },
    { ...ONE, name: 'bytes behind an answer, seen from the midst on', facts: begunBefore(excess('server', 200)) },
    { ...ONE, name: 'bytes behind a request that a server passes over', facts: excess('client', 200) },
    {
      ...ONE,
      name: 'two lengths in an answer that the proxy in front takes',
      facts: behind('http1-conflicting-content-length', 200),
    },
  ],
  silent: [
    {
      name: 'a proxy takes what others refuse',
      facts: behind(BAD_FIELD, 200),
    },
    { name: 'a server that says 502 itself', facts: behind(BAD_FIELD, 502, { status: 502 }) },
    { name: 'a 504 that comes later has another reason', facts: behind(BAD_FIELD, 504, { toldAt: 3_000_000 }) },
    {
      name: 'more like them are taken than refused',
      facts: [502, 200].flatMap((told, at) => behind(BAD_FIELD, told, { at })),
    },
    { name: 'nobody is in front', facts: odd(BAD_FIELD, 'server') },
    { name: 'chunked twice, and nobody is in front', facts: odd('http1-repeated-transfer-encoding', 'server') },
    { name: 'one 400 behind a request with a body', facts: [behindBody(0, 400, { target: '/' }), served(1)] },
    { name: '400 for what is never answered otherwise', facts: [behindBody(0, 400), behindBody(1, 400)] },
    {
      name: 'a 400 behind which the connection goes on is the application’s',
      facts: [0, 1].map((at) => behindBody(at, 400, { target: '/', closes: false })).concat(served(2)),
    },
    {
      name: 'a request behind another like it is served',
      facts: [behindBody(0, 501), behindBody(1, 200, { closes: false })],
    },
    { name: '501 behind a request without a body', facts: behindBody(0, 501, { body: 0 }) },
    {
      name: 'bytes behind an answer, of which others were lost',
      lookAlike: 'lost-bytes',
      facts: { ...excess('server', 200), server: { ...excess('server', 200).server, lostBytes: 40 } },
    },
    {
      name: 'bytes behind an answer, where requests were lost: it may be another one’s',
      lookAlike: 'lost-bytes',
      facts: { ...excess('server', 200), client: { ...excess('server', 200).client, lostBytes: 40 } },
    },
    {
      name: 'bytes behind an answer to a client that pipelines, seen from its midst on',
      lookAlike: 'lost-bytes',
      facts: begunBefore(excess('server', 200, 1500)),
    },
    { name: 'a healthy download', capture: 'samples/healthy-no-body.pcapng' },
    { name: 'the same length twice', lookAlike: 'repeated-length', facts: odd('http1-repeated-content-length') },
    {
      name: 'bytes of the client were lost',
      lookAlike: 'lost-bytes',
      facts: odd('h2-content-length-mismatch', 'client', { clientFacts: { lostBytes: 100 } }),
    },
    { name: 'another control character', facts: odd('http1-control-character') },
    { name: 'a field name that is no token', facts: odd('http1-malformed-field-name') },
    { name: 'a head that is too large', lookAlike: 'other-oddities', facts: odd('http1-head-too-large') },
  ],
  cannotTell: [{ name: 'nothing was remarked', facts: healthy() }],
});

it('what stands behind a whole answer is no answer without a status line', () => {
  const [back, front] = behind('http1-conflicting-content-length', 502);
  const more = { name: 'http1-malformed-start-line', from: 'server', packet: 5, count: 1 } as const;
  const facts = [back, front].flatMap((one) => one ?? []);
  const both = facts.map((one) => (one === back ? { ...one, anomalies: [...one.anomalies, more] } : one));
  expect(findingsOf(framingAmbiguity, both)[0]?.facts).toMatchObject({
    flaws: ['http1-conflicting-content-length'],
    refusedInFront: 1,
  });
});

it('what HAProxy may be told to take is no answer with two lengths', () => {
  const configs = (name: string) =>
    findingsOf(framingAmbiguity, behind(name, 502))[0]
      ?.remedies.map(({ config }) => config ?? '')
      .join('\n');
  expect(configs(BAD_FIELD)).toContain('accept-invalid-http-response');
  expect(configs('http1-conflicting-content-length')).not.toContain('accept-invalid-http-response');
});

it('says nothing of bytes behind a message, a part of which another subflow of Multipath TCP may have carried', () => {
  for (const facts of [excess('server', 200), excess('client', 400)]) {
    expect(findingsOf(framingAmbiguity, [facts])).toHaveLength(1);
    expect(findingsOf(framingAmbiguity, [multipath(facts)])).toEqual([]);
  }
});
