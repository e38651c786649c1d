import { expect, it } from 'vitest';
import type { Anomaly } from '../../src/facts/anomaly.js';
import type { Connection } from '../../src/facts/connection.js';
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
