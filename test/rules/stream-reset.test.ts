import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import type { GoAway, H2Exchange, StreamReset } from '../../src/facts/h2.js';
import { streamReset } from '../../src/rules/stream-reset.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  healthy,
  nthEvery,
  type RequestOptions,
  rstBy,
  SECOND,
  type Step,
} from './facts.js';
import { overH2, SETTINGS } from './h2-facts.js';
import { findingsOf, testRule } from './test-rule.js';

const nth = nthEvery(SECOND);

interface ResetOptions extends Partial<StreamReset> {
  readonly options?: ConnectionOptions;
  readonly request?: RequestOptions;
  readonly target?: string;
  readonly more?: readonly Step[];
  readonly exchange?: Partial<H2Exchange>;
}

/** A request on stream 1 that is reset 20 ms later. */
function reset(code: number, made: ResetOptions = {}): Connection {
  const { options = {}, request = {}, target = '/report', more = [], exchange = {}, ...rest } = made;
  const goesOn: Step = { at: 60_000, is: 'ack', from: 'client' };
  const facts = connection([...handshake(), get(1133, target, request), ...more, goesOn], options);
  const atNs = ((options.beginsAt ?? 0) + 21_133) * 1000;
  const packet = (options.firstPacket ?? 1) + 5;
  return overH2(facts, {}, (at) =>
    at === 0 ? { reset: { by: 'server', code, packet, atNs, openStreams: 1, ...rest }, ...exchange } : {},
  );
}

/** The same request again on the next stream, which is answered. */
function sentAgain(): Connection {
  const facts = reset(7, { more: [get(40_000, '/report'), answer(45_000)] });
  const [first, second] = facts.exchanges;
  if (first === undefined || second === undefined) throw new Error('there are two requests');
  return {
    ...facts,
    exchanges: [
      { ...first, response: null },
      { ...second, response: first.response },
    ],
  };
}

/** So many calls of gRPC at a time that are all reset, and so many just like them behind, each a millisecond after the one before, that are answered. */
function calls(refused: number, answered: number, code = 7): Connection {
  const request = { method: 'POST', fields: [{ name: 'content-type', value: 'application/grpc' }] };
  const step = (at: number): Step => get(at, '/shop.Orders/List', request);
  const facts = connection([
    ...handshake(),
    ...Array.from({ length: refused }, (_, at) => step(1133 + at)),
    ...Array.from({ length: answered }, (_, at) => step(40_000 + 1000 * at)),
    ...Array.from({ length: answered }, (_, at) => answer(90_000 + at)),
  ]);
  const answers = facts.exchanges.flatMap(({ response }) => (response === null ? [] : [response]));
  const exchanges = facts.exchanges.map((one, at) => ({ ...one, response: answers[at - refused] ?? null }));
  return overH2({ ...facts, exchanges }, {}, (at) =>
    at < refused ? { reset: { by: 'server', code, packet: 30 + at, atNs: 21_133_000 + at, openStreams: 1 } } : {},
  );
}

/** Five streams at once, the first of which is reset, where the server allows so many. */
function fiveWith(streamLimit: number): Connection {
  const others = [2, 3, 4, 5].map((at) => get(1133 + at, `/${at}`));
  const facts = reset(7, { more: others, openStreams: 5 });
  return {
    ...facts,
    h2: facts.h2 && {
      ...facts.h2,
      settings: { client: null, server: { ...SETTINGS, maxConcurrentStreams: streamLimit } },
    },
  };
}

const HANDED_ON: RequestOptions = { fields: [{ name: 'x-request-id', value: 'a1' }], authority: 'shop.example' };

/** What the server meets as a client of another meanwhile. */
function behind(isAnswered: boolean, request = HANDED_ON, options = nth(40, { beginsAt: 1000 })): Connection {
  const steps = [...handshake(), get(2000, '/report', request), isAnswered ? answer(15_000) : rstBy('server', 15_000)];
  return connection(steps, {
    ...options,
    client: '10.0.1.43',
    server: '10.0.2.1',
    serverPort: 8080,
  });
}

/** The same, where the proxy itself ends it so many microseconds after its client's connection began. */
function behindUntil(at: number): Connection {
  const steps = [...handshake(), get(2000, '/report', HANDED_ON), finBy('client', at - 1000)];
  return connection(steps, {
    ...nth(40, { beginsAt: 1000 }),
    ...{ client: '10.0.1.43', server: '10.0.2.1', serverPort: 8080 },
  });
}

/** A request that is reset with PROTOCOL_ERROR, on a connection whose client did this wrong. */
function flawed(name: string, packet: number, made: ResetOptions = {}): Connection {
  return { ...reset(1, made), anomalies: [{ name, from: 'client', packet, count: 1 }] };
}

const GOAWAY: GoAway = { from: 'server', packet: 7, atNs: 30_000_000, lastStream: 1, code: 2, debug: '' };

/** A stream that is refused, on a connection of which the server says this GOAWAY. */
function withGoAway(goAway: GoAway): Connection {
  const facts = reset(7);
  return { ...facts, h2: facts.h2 && { ...facts.h2, goAways: [goAway], goAwayCount: 1 } };
}

/** Where a second client's connection begins, and the server's own behind it. */
const AGAIN = nth(3);
const AGAIN_BEHIND = nth(43, { beginsAt: 3 * SECOND + 1000 });

/** The capture goes on for long enough to see a retry. */
const later = overH2(healthy(nth(20), '/z'));
const ONE = { subject: '10.0.1.43:80', occurrences: 1, confidence: 'certain' } as const;

testRule(streamReset, {
  fires: [
    {
      ...ONE,
      name: 'what was sent is wrong',
      facts: [reset(1), later],
      severity: 'critical',
      verdicts: {
        'malformed-request': 'open',
        'server-gives-up': 'open',
        'http1-required': 'ruled-out',
        'no-websockets': 'ruled-out',
        'too-many-streams': 'ruled-out',
        'upstream-failure': 'ruled-out',
      },
      packets: [4, 6],
    },
    {
      ...ONE,
      name: 'a frame is too large',
      facts: [reset(6), later],
      severity: 'critical',
      verdicts: { 'malformed-request': 'supported', 'server-gives-up': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'the connection ends half a second later, and its GOAWAY names a lower stream',
      facts: [withGoAway({ ...GOAWAY, code: 0, lastStream: 0, atNs: 520_000_000 }), later],
      severity: 'critical',
    },
    {
      ...ONE,
      name: 'as many streams are open as the server allows: it may count one that was just over',
      facts: [fiveWith(5), later],
      severity: 'critical',
      verdicts: { 'too-many-streams': 'open' },
    },
    {
      ...ONE,
      name: 'the server fails',
      facts: [reset(2), later],
      severity: 'critical',
      verdicts: { 'server-gives-up': 'supported', 'malformed-request': 'ruled-out', 'upstream-failure': 'open' },
    },
    {
      ...ONE,
      name: 'HTTP/1.1 is asked for',
      facts: reset(13),
      severity: 'warning',
      verdicts: { 'http1-required': 'supported' },
    },
    { ...ONE, name: 'a stream is refused, and not sent again', facts: [reset(7), later], severity: 'critical' },
    {
      ...ONE,
      name: 'it is sent again on the same connection, and answered',
      facts: [sentAgain(), later],
      severity: 'notice',
    },
    {
      ...ONE,
      name: 'calls that look alike are refused, and as many are answered behind',
      facts: [calls(2, 4), later],
      occurrences: 2,
      severity: 'notice',
    },
    {
      ...ONE,
      name: 'calls that look alike are refused, and fewer are answered behind',
      facts: [calls(3, 2), later],
      occurrences: 3,
      severity: 'warning',
    },
    {
      ...ONE,
      name: 'calls that look alike fail, and as many are answered behind',
      facts: [calls(2, 4, 2), later],
      occurrences: 2,
      severity: 'critical',
    },
    {
      ...ONE,
      name: 'the server had failed, and answers it on another connection',
      facts: [reset(2), overH2(healthy(nth(1), '/report')), later],
      severity: 'warning',
    },
    {
      ...ONE,
      name: 'more streams are open than it allows',
      facts: fiveWith(4),
      verdicts: { 'too-many-streams': 'supported' },
    },
    { ...ONE, name: 'fewer are', facts: fiveWith(100), verdicts: { 'too-many-streams': 'ruled-out' } },
    {
      ...ONE,
      name: 'a WebSocket, of a server that did not say that it takes any over HTTP/2',
      facts: [reset(1, { exchange: { protocol: 'websocket' } }), later],
      severity: 'critical',
      verdicts: { 'no-websockets': 'supported' },
    },
    { ...ONE, name: 'it asks for calm', facts: reset(11), verdicts: { 'too-many-streams': 'supported' } },
    {
      ...ONE,
      name: 'a proxy whose own request failed behind',
      facts: [reset(7, { request: HANDED_ON }), behind(false)],
      verdicts: { 'upstream-failure': 'supported' },
    },
    {
      ...ONE,
      name: 'a proxy with another address to its servers: two equal requests at a time, one of which fails behind',
      facts: [
        reset(7, { more: [get(1140, '/report')] }),
        connection([...handshake(), get(2000, '/report'), finBy('server', 18_000)], {
          ...nth(40, { beginsAt: 1000 }),
          ...{ client: '10.0.2.9', server: '10.0.2.1', serverPort: 8080 },
        }),
      ],
      verdicts: { 'upstream-failure': 'supported' },
    },
    {
      ...ONE,
      name: 'a proxy whose own request was answered behind',
      facts: [reset(2, { request: HANDED_ON }), behind(true)],
      verdicts: { 'upstream-failure': 'ruled-out', 'answer-not-handed-on': 'supported' },
    },
    {
      ...ONE,
      name: 'the same with a request that is wrong by itself: that is what the proxy says',
      facts: [
        {
          ...reset(1, { request: HANDED_ON }),
          anomalies: [{ name: 'h2-connection-specific-field', from: 'client', packet: 4, count: 1 }],
        },
        behind(true),
      ],
      verdicts: { 'malformed-request': 'supported', 'answer-not-handed-on': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'what the proxy handed on and was answered, it held for right: its answer is what it does not take (Apache)',
      facts: [reset(1, { request: HANDED_ON }), behind(true)],
      verdicts: { 'answer-not-handed-on': 'supported', 'malformed-request': 'ruled-out', 'server-gives-up': 'open' },
    },
    {
      ...ONE,
      name: 'a proxy that ends its own request behind when it has reset the stream: that is no failure behind',
      facts: [reset(2, { request: HANDED_ON }), behindUntil(21_200)],
      verdicts: { 'upstream-failure': 'open', 'server-gives-up': 'supported' },
    },
    {
      ...ONE,
      name: 'a proxy that ends its own request behind, and resets the stream for what the client did (nginx)',
      facts: [reset(3, { request: HANDED_ON }), behindUntil(21_100)],
      verdicts: { 'upstream-failure': 'ruled-out', 'malformed-request': 'supported' },
    },
    {
      ...ONE,
      name: 'a proxy that gives its own request up, and resets the stream then',
      facts: [reset(2, { request: HANDED_ON }), behindUntil(20_000)],
      verdicts: { 'upstream-failure': 'supported' },
    },
    {
      ...ONE,
      name: 'a request that carries a field of one connection',
      facts: [flawed('h2-connection-specific-field', 4), later],
      verdicts: { 'malformed-request': 'supported' },
    },
    {
      ...ONE,
      name: 'a fault of another request of the connection',
      facts: [flawed('h2-connection-specific-field', 2), later],
      verdicts: { 'malformed-request': 'open' },
    },
    {
      ...ONE,
      name: 'a fault of one of two requests, of which the other began before the reset: of which is not known',
      facts: [flawed('h2-connection-specific-field', 5, { more: [get(1500, '/b')] }), later],
      verdicts: { 'malformed-request': 'open' },
    },
    {
      ...ONE,
      name: 'a fault of the one request of a connection that asks for others later',
      facts: [flawed('h2-connection-specific-field', 4, { more: [get(50_000, '/b')], packet: 4 }), later],
      verdicts: { 'malformed-request': 'supported' },
    },
    {
      ...ONE,
      name: 'a fault of a body that came while another request was open',
      facts: [flawed('h2-content-length-mismatch', 4, { openStreams: 2 }), later],
      verdicts: { 'malformed-request': 'open' },
    },
    {
      ...ONE,
      name: 'a fault for which servers reset no stream',
      facts: [flawed('h2-window-update-of-zero', 4), later],
      verdicts: { 'malformed-request': 'open' },
    },
    {
      ...ONE,
      occurrences: 2,
      name: 'two, of which the second’s request failed behind',
      facts: [
        reset(2, { request: HANDED_ON }),
        reset(2, { request: { ...HANDED_ON, fields: [{ name: 'x-request-id', value: 'a2' }] }, options: AGAIN }),
        behind(true),
        behind(false, { ...HANDED_ON, fields: [{ name: 'x-request-id', value: 'a2' }] }, AGAIN_BEHIND),
      ],
      verdicts: { 'upstream-failure': 'supported' },
    },
    {
      ...ONE,
      occurrences: 2,
      name: 'two, of which it is known of one alone that it was answered behind',
      facts: [reset(2, { request: HANDED_ON }), reset(2, { options: AGAIN }), behind(true)],
      verdicts: { 'upstream-failure': 'open' },
    },
    {
      ...ONE,
      occurrences: 2,
      name: 'two, of which the second is refused: there may be a limit',
      facts: [reset(2), reset(7, { options: AGAIN }), later],
      verdicts: { 'too-many-streams': 'open', 'server-gives-up': 'supported', 'malformed-request': 'ruled-out' },
    },
    {
      ...ONE,
      occurrences: 2,
      name: 'two, the second with a code that blames nobody for certain',
      facts: [reset(6), reset(1, { options: AGAIN }), later],
      verdicts: { 'malformed-request': 'supported', 'server-gives-up': 'open', 'upstream-failure': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'its client leaves upon it, and the server takes leave of all that it has begun',
      facts: (() => {
        const facts = reset(2);
        const goAway = { ...GOAWAY, code: 0, lastStream: 1 };
        return { ...facts, h2: facts.h2 && { ...facts.h2, goAways: [goAway], goAwayCount: 1 } };
      })(),
    },
    {
      ...ONE,
      name: 'a gRPC call',
      facts: reset(2, { request: { method: 'POST', fields: [{ name: 'content-type', value: 'application/grpc' }] } }),
      severity: 'critical',
    },
  ],
  silent: [
    { name: 'the client took it back', lookAlike: 'client-reset', facts: reset(8, { by: 'client' }) },
    {
      name: 'the answer had begun',
      lookAlike: 'amid-answer',
      facts: reset(2, { more: [answer(9000)] }),
    },
    { name: 'the server needs no more of the request', lookAlike: 'no-error', facts: reset(0) },
    {
      name: 'the server says GOAWAY at that moment',
      lookAlike: 'goaway',
      facts: (() => {
        const facts = reset(2);
        return { ...facts, h2: facts.h2 && { ...facts.h2, goAways: [GOAWAY], goAwayCount: 1 } };
      })(),
    },
    {
      name: 'HTTP/1.1 is asked for, and comes',
      lookAlike: 'http1-instead',
      facts: [reset(13), healthy(nth(1), '/report'), later],
    },
    {
      name: 'a GOAWAY refuses the stream',
      facts: withGoAway({ ...GOAWAY, code: 0, lastStream: 0 }),
    },
    {
      name: 'a tunnel for UDP',
      lookAlike: 'by-design',
      facts: reset(8, { exchange: { protocol: 'connect-udp' } }),
    },
    { name: 'a long poll', lookAlike: 'by-design', facts: reset(8, { target: '/events?transport=polling' }) },
    {
      name: 'a gRPC call whose deadline is that moment',
      lookAlike: 'deadline',
      facts: reset(8, {
        request: {
          method: 'POST',
          fields: [
            { name: 'content-type', value: 'application/grpc' },
            { name: 'grpc-timeout', value: '20m' },
          ],
        },
      }),
    },
    {
      name: 'a health check',
      lookAlike: 'health-check',
      facts: reset(2, {
        target: '/health',
        request: { fields: [{ name: 'user-agent', value: 'ELB-HealthChecker/2.0' }] },
      }),
    },
    {
      name: 'bytes of the server were lost',
      lookAlike: 'lost-answer',
      facts: reset(2, { options: { serverFacts: { lostBytes: 500 } } }),
    },
    {
      name: 'a connection that is reset as a whole',
      facts: connection([...handshake(), get(1133), rstBy('server', 9000)]),
    },
  ],
  cannotTell: [
    { name: 'the server’s direction is missing', facts: reset(2, { options: { guards: { oneSided: true } } }) },
    { name: 'the code was not captured', facts: reset(2, { code: null }) },
  ],
});

describe('what stream-reset says', () => {
  it('names codes, times, and what they allow', () => {
    const [finding] = findingsOf(streamReset, [reset(7), later]);
    expect(finding?.title).toBe('10.0.1.43:80 resets HTTP/2 streams instead of answering (REFUSED_STREAM)');
    expect(finding?.summary).toContain(
      '1 request to 10.0.1.43:80 got no answer but RST_STREAM (REFUSED_STREAM), 20 ms after it. By that code nothing of it was begun: it may be sent again, whatever the method (RFC 9113 §8.7).',
    );
    expect(finding?.evidence[0]?.packets.map(({ note }) => note)).toEqual([
      'stream 1: GET /report',
      'RST_STREAM of the server on stream 1, REFUSED_STREAM, 20 ms after the request; no byte of an answer',
    ]);
  });

  it('counts several codes', () => {
    const [finding] = findingsOf(streamReset, [
      reset(1),
      reset(2, { options: nth(1) }),
      reset(2, { options: nth(2) }),
      overH2(connection([...handshake(), get(1133), answer(2000), finBy('client', 3000)], nth(30))),
    ]);
    expect(finding?.summary).toContain(
      '3 requests to 10.0.1.43:80 got no answer but RST_STREAM (INTERNAL_ERROR (2) and PROTOCOL_ERROR (1))',
    );
    expect(finding?.facts).toMatchObject({
      codes: [
        { code: 2, name: 'INTERNAL_ERROR', count: 2 },
        { code: 1, name: 'PROTOCOL_ERROR', count: 1 },
      ],
    });
  });

  it('hides the query', () => {
    const findings = findingsOf(streamReset, [reset(2, { target: '/report?token=secret' })]);
    expect(JSON.stringify(findings)).not.toContain('secret');
  });
});
