import { describe, expect, it } from 'vitest';
import { UNFINISHED_HEAD } from '../../src/facts/anomaly.js';
import type { Connection } from '../../src/facts/connection.js';
import { FOR_RESPONSES } from '../../src/rules/header-too-large/remedies.js';
import { headerTooLarge } from '../../src/rules/header-too-large.js';
import { abortBy, answer, type ConnectionOptions, connection, fieldsOf, finBy, get, handshake } from './facts.js';
import { findingsOf, testRule } from './test-rule.js';

interface Asked {
  readonly bytes?: number;
  readonly target?: string;
  readonly cookie?: boolean;
  readonly agent?: string;
  readonly responseBytes?: number;
  readonly body?: number;
  /** Whether the answer says that the server hangs up with it; the default is that one of 400 and 413 does. */
  readonly closes?: boolean;
  readonly more?: Readonly<Record<string, string>>;
  readonly authority?: string;
  readonly method?: string;
}

/** One request with a head of so many bytes, and the answer. */
function asked(
  status: number,
  { bytes = 9000, target = '/', cookie = false, agent, responseBytes = 200, body = 0, ...rest }: Asked = {},
  options: ConnectionOptions = {},
): Connection {
  const { closes = status === 400 || status === 413, more = {}, ...request } = rest;
  const fields = fieldsOf({
    ...(cookie ? { cookie: '…' } : {}),
    ...(agent === undefined ? {} : { 'user-agent': agent }),
    ...more,
  });
  return connection(
    [
      ...handshake(),
      get(1133, target, { bytes, fields, body, ...request }),
      answer(3600, status, 300, {
        headBytes: responseBytes,
        fields: closes ? fieldsOf({ connection: 'close' }) : [],
      }),
    ],
    options,
  );
}

/** A head of which so many bytes have come when it is refused, and no end. */
function unfinished(status: number, bytes: number, options: ConnectionOptions = {}): Connection {
  return connection(
    [...handshake(), { at: 1133, is: 'data', from: 'client', bytes }, answer(3600, status), finBy('server', 3700)],
    { undecoded: { client: bytes }, ...options },
  );
}

/** An answer of whose head so many bytes have come when its client, or `by`, ends the connection. */
function leftHead(bytes: number, leftAt = 3700, by: 'client' | 'server' = 'client'): Connection {
  return connection([...handshake(), get(1133), { at: 3600, is: 'data', from: 'server', bytes }, abortBy(by, leftAt)], {
    anomalies: [{ name: UNFINISHED_HEAD, from: 'server', packet: 5, count: 1 }],
    undecoded: { server: bytes },
  });
}

/** A server that ends the connection amid a head of which so many bytes have come. */
function endedHead(bytes: number, endedAt = 1500, facts: ConnectionOptions = {}): Connection {
  return connection([...handshake(), { at: 1133, is: 'data', from: 'client', bytes }, abortBy('server', endedAt)], {
    undecoded: { client: bytes },
    ...facts,
  });
}

/** The client in front, told 502 by its proxy when the answer has come. */
const toldInFront = connection([...handshake(), get(1000), answer(4000, 502)], {
  stream: 1,
  firstPacket: 101,
  server: '10.0.0.49',
  client: '203.0.113.7',
});

/** The client in front, of whose request the proxy says the same at that moment. */
const refusedInFront = (status: number, at = 4000): Connection =>
  connection([...handshake(), get(1000, '/', { bytes: 9000 }), answer(at, status)], {
    ...{ stream: 1, firstPacket: 101, server: '10.0.0.49', client: '203.0.113.7' },
  });

/** A refusal, and the proxy that hands it on: the nth of many, each 100 ms after the one before. */
function handedOn(nth: number, proxy: string): Connection[] {
  const options = { beginsAt: nth * 100_000, clientPort: 40_000 + nth };
  return [
    asked(431, {}, { ...options, stream: 2 * nth, firstPacket: 1 + nth * 20, client: proxy }),
    connection([...handshake(), get(1000, '/', { bytes: 9000 }), answer(4000, 431)], {
      ...options,
      ...{ stream: 2 * nth + 1, firstPacket: 11 + nth * 20, server: proxy, client: '203.0.113.7' },
    }),
  ];
}

/** The same request with a small head, answered. */
const smallAnswered = (nth = 1, asked_: Asked = {}) =>
  asked(200, { bytes: 500, ...asked_ }, { stream: nth, firstPacket: nth * 10 + 1, clientPort: 40_000 + nth });
/** A small head, refused as well. */
const smallRefused = (nth: number) =>
  asked(400, { bytes: 500 }, { stream: nth, firstPacket: nth * 10 + 1, clientPort: 40_000 + nth });
const nthRefused = (nth: number, how: Asked = {}) =>
  asked(400, how, { stream: nth, firstPacket: nth * 10 + 1, clientPort: 40_000 + nth });
const flaw = (name: string): ConnectionOptions => ({ anomalies: [{ name, from: 'client', packet: 4, count: 1 }] });

const ONE = { subject: '10.0.1.43:80', occurrences: 1, severity: 'critical' } as const;

testRule(headerTooLarge, {
  fires: [
    ...(
      [
        ['nginx', '10.0.0.49:8081', 2, 'likely'],
        ['HAProxy', '10.0.0.49:8082', 1, 'likely'],
        ['Apache', '10.0.0.49:8083', 2, 'likely'],
        ['Node', '10.0.0.49:8084', 1, 'certain'],
      ] as const
    ).map(([kind, subject, occurrences, confidence]) => ({
      name: `cookies beyond what ${kind} takes by default`,
      capture: 'samples/header-too-large-request.pcapng',
      ...{ findings: 4, titled: subject, subject, occurrences, confidence },
      severity: 'critical' as const,
      verdicts: { 'request-head': 'supported', cookies: 'supported', 'response-head': 'ruled-out' } as const,
      marks: [kind === 'Node' ? '431 to a client' : '400 to a client'],
    })),
    {
      name: 'cookies in answers beyond what nginx and HAProxy hand on by default',
      capture: 'samples/header-too-large-response.pcapng',
      ...{ subject: '10.0.1.43:8080', occurrences: 3, severity: 'critical', confidence: 'likely' },
      verdicts: { 'response-head': 'supported', 'request-head': 'ruled-out' },
      marks: ['200 of the application, whole or not', '502 to a client'],
    },
    {
      ...ONE,
      name: 'cookies, 431',
      facts: asked(431, { cookie: true }),
      confidence: 'certain',
      verdicts: {
        'request-head': 'supported',
        'response-head': 'ruled-out',
        'long-target': 'ruled-out',
        cookies: 'supported',
      },
      packets: [4, 5],
    },
    {
      ...ONE,
      name: 'a long target, 414',
      facts: asked(414, { target: `/${'x'.repeat(8000)}` }),
      confidence: 'certain',
      verdicts: { 'long-target': 'supported', cookies: 'ruled-out' },
    },
    {
      ...ONE,
      name: '400 of nginx, while one that is little smaller is answered',
      facts: [asked(400), asked(200, { bytes: 5000 }, { stream: 1, firstPacket: 11 })],
      confidence: 'possible',
    },
    {
      ...ONE,
      name: '400 of nginx, while a small head is answered',
      facts: [asked(400), smallAnswered()],
      confidence: 'likely',
      verdicts: { 'request-head': 'supported' },
    },
    { ...ONE, name: '400 of Tomcat, and nothing to compare it with', facts: asked(400), confidence: 'possible' },
    {
      ...ONE,
      name: 'a server that says nothing of it, and hangs up',
      facts: [
        connection([
          ...handshake(),
          get(1133, '/', { bytes: 9000 }),
          answer(3600, 400),
          finBy('server', 3700),
          finBy('client', 3800),
        ]),
        smallAnswered(),
      ],
      confidence: 'likely',
    },
    {
      ...ONE,
      name: 'a refusal that a proxy hands on, while the same is answered with small heads',
      facts: [1, 2, 3]
        .map((nth) => nthRefused(nth, { closes: false }))
        .concat([4, 5, 6].map((nth) => smallAnswered(nth))),
      occurrences: 3,
      confidence: 'likely',
    },
    {
      ...ONE,
      name: 'as many large heads are refused as only size explains, and now and then a small one',
      facts: [1, 2, 3, 4, 5]
        .map((nth) => nthRefused(nth))
        .concat([6, 7, 8, 9, 10, 11, 12, 13].map((nth) => smallAnswered(nth)))
        .concat([smallRefused(14)]),
      occurrences: 5,
      confidence: 'likely',
    },
    {
      ...ONE,
      name: 'remarks on its size alone',
      facts: asked(400, {}, flaw('http1-line-too-long')),
      confidence: 'possible',
    },
    {
      ...ONE,
      name: '431 that a proxy hands on is its server’s alone',
      facts: [asked(431, {}, { client: '10.0.0.49' }), refusedInFront(431)],
      confidence: 'certain',
    },
    {
      name: '431 that two proxies hand on, more of them than are kept',
      facts: Array.from({ length: 15 }, (_, at) => [
        ...handedOn(2 * at, '10.0.0.49'),
        ...handedOn(2 * at + 1, '10.0.0.50'),
      ]).flat(),
      ...{ subject: '10.0.1.43:80', occurrences: 30, severity: 'critical', confidence: 'certain' },
    },
    {
      ...ONE,
      ...{ findings: 2, titled: '10.0.1.43:80' },
      name: '431 of two servers that one client asks',
      facts: [asked(431, {}, { client: '203.0.113.7' }), refusedInFront(431)],
      confidence: 'certain',
    },
    {
      ...ONE,
      ...{ findings: 2, titled: '10.0.1.43:80' },
      name: '431 of another server long before',
      facts: [asked(431, {}, { client: '10.0.0.49' }), refusedInFront(431, 200_000)],
      confidence: 'certain',
    },
    {
      ...ONE,
      name: 'the head of an answer, and 502 in front',
      facts: [asked(200, { bytes: 100, responseBytes: 6000 }), toldInFront],
      confidence: 'likely',
      verdicts: { 'response-head': 'supported', 'request-head': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'the head of an answer, and 503 in front',
      facts: [
        asked(200, { bytes: 100, responseBytes: 6000 }, { client: '10.0.0.49' }),
        connection([...handshake(), get(1000), answer(4000, 503)], {
          ...{ stream: 1, firstPacket: 101, server: '10.0.0.49', client: '203.0.113.7' },
        }),
      ],
      confidence: 'likely',
      verdicts: { 'response-head': 'supported' },
    },
    {
      ...ONE,
      name: 'a proxy leaves amid the head of an answer, and tells its client 502',
      facts: [leftHead(30_000), toldInFront],
      confidence: 'likely',
      verdicts: { 'response-head': 'supported', 'request-head': 'ruled-out' },
      packets: [4, 6, 105],
    },
    {
      ...ONE,
      name: 'a server resets amid a large head, without a word',
      facts: endedHead(78_192),
      confidence: 'possible',
      verdicts: { 'request-head': 'supported', 'long-target': 'open' },
      packets: [5],
    },
    {
      ...ONE,
      name: 'a head that is refused before its end, 431',
      facts: unfinished(431, 78_192),
      confidence: 'certain',
      verdicts: { 'request-head': 'supported', 'long-target': 'open', cookies: 'open' },
      packets: [5],
    },
    {
      ...ONE,
      name: 'a head that is refused before its end, 400',
      facts: [unfinished(400, 14_480), smallAnswered()],
      confidence: 'likely',
      verdicts: { 'request-head': 'supported' },
    },
    {
      ...ONE,
      name: 'a target that is refused before its end, 414',
      facts: unfinished(414, 78_192),
      confidence: 'certain',
      verdicts: { 'long-target': 'supported' },
    },
    { ...ONE, name: '413 to a request without a body, as WEBrick says it', facts: asked(413), confidence: 'possible' },
    {
      ...ONE,
      name: 'larger heads than those that are answered, 400',
      facts: [
        asked(400, { bytes: 20_000 }),
        asked(200, { bytes: 12_000 }, { stream: 1, firstPacket: 11, clientPort: 40_001 }),
        asked(400, { bytes: 10_500 }, { stream: 2, firstPacket: 21, clientPort: 40_002 }),
      ],
      confidence: 'possible',
    },
    {
      ...ONE,
      name: 'a target longer than any that is answered, though larger heads are',
      facts: [
        asked(400, { target: `/${'x'.repeat(8000)}` }),
        asked(200, { bytes: 12_000 }, { stream: 1, firstPacket: 11, clientPort: 40_001 }),
        smallAnswered(2),
      ],
      confidence: 'likely',
      verdicts: { 'long-target': 'supported' },
    },
  ],
  silent: [
    { name: 'the same cookies, and limits for them', capture: 'samples/header-too-large-request-healthy.pcapng' },
    { name: 'the same answers, and buffers for them', capture: 'samples/header-too-large-response-healthy.pcapng' },
    { name: 'browsing', capture: 'samples/healthy-browsing.pcapng' },
    { name: 'a bad request', lookAlike: 'bad-request', facts: asked(400, { bytes: 5000 }) },
    {
      name: 'larger heads are answered',
      facts: [asked(400), asked(200, { bytes: 12_000 }, { stream: 1, firstPacket: 11 })],
    },
    { name: 'a body that is too large', lookAlike: 'large-body', facts: asked(413, { body: 50_000 }) },
    { name: 'a client leaves amid the head of an answer, and nobody is in front', facts: leftHead(30_000) },
    { name: 'a head that stands still is waited for', facts: [leftHead(30_000, 3_003_600), toldInFront] },
    { name: 'a server that ends amid its own head', facts: [leftHead(30_000, 3700, 'server'), toldInFront] },
    { name: 'a server resets amid a small head', facts: endedHead(1400) },
    { name: 'it resets a head that has stood still', facts: endedHead(78_192, 5_001_133) },
    {
      name: 'bytes of that head were not captured',
      facts: endedHead(78_192, 1500, { clientFacts: { lostBytes: 1448 } }),
    },
    { name: 'an unfinished head that is small', facts: unfinished(431, 200) },
    { name: 'an unfinished head of an ordinary size, 400', facts: unfinished(400, 5000) },
    ...[
      'http1-control-character',
      'http1-bare-cr',
      'http1-bare-lf',
      'http1-obs-fold',
      'http1-space-before-colon',
      'http1-malformed-field-line',
      'http1-malformed-field-name',
      'http1-malformed-request-line',
      'http1-missing-host',
      'http1-repeated-host',
      'http1-invalid-content-length',
      'http1-conflicting-content-length',
      'http1-unknown-transfer-coding',
      'http1-content-length-with-transfer-encoding',
      'http1-transfer-encoding-in-http10',
    ].flatMap((name) => [
      { name: `${name} in a large head, 400`, facts: [asked(400, {}, flaw(name)), smallAnswered()] },
      {
        name: `${name} in a head that did not end, 400`,
        facts: [unfinished(400, 14_480, flaw(name)), smallAnswered()],
      },
    ]),
    ...(
      [
        ['a method that not everybody knows', { method: 'BREW' }],
        ['a target with what has to be encoded', { target: '/?q={"a":[1]}' }],
        ['a percent that encodes nothing', { target: '/100%' }],
        ['a path out of the root', { target: '/../etc/passwd' }],
        ['a slash in disguise', { target: '/a%2Fb' }],
        ['a Host that is none', { authority: 'a_b.example' }],
        ['a handshake of WebSocket', { more: { upgrade: 'websocket' } }],
        ['a client that asked for the close', { more: { connection: 'close' } }],
        ['a body that may be what is bad', { method: 'POST', body: 20 }],
        ['an answer that leaves the connection open: the application’s', { closes: false }],
      ] as const
    ).map(([name, how]) => ({
      name: `${name}, 400`,
      facts: [asked(400, how), smallAnswered(1, { target: '/other' })],
    })),
    {
      name: 'a version that not everybody speaks, 400',
      facts: connection([
        ...handshake(),
        get(1133, '/', { bytes: 9000, version: 'HTTP/1.2' }),
        answer(3600, 400, 300, { fields: fieldsOf({ connection: 'close' }) }),
      ]),
    },
    { name: 'small heads are refused as well', facts: [nthRefused(1), smallRefused(2), smallAnswered(3)] },
    {
      name: 'a refusal that is handed on once, and may be any',
      facts: [nthRefused(1, { closes: false }), smallAnswered(2), smallAnswered(3)],
    },
    {
      name: 'refusals that are handed on, while only other paths are answered with small heads',
      facts: [1, 2, 3]
        .map((nth) => nthRefused(nth, { closes: false }))
        .concat([4, 5, 6].map((nth) => smallAnswered(nth, { target: '/other' }))),
    },
    { name: 'a head just as large is answered', facts: [nthRefused(1), smallAnswered(2, { bytes: 9000 })] },
    {
      name: 'bytes of the head that were not captured',
      facts: (() => {
        const whole = asked(400);
        const [exchange] = whole.exchanges;
        return {
          ...whole,
          exchanges: exchange?.request ? [{ ...exchange, request: { ...exchange.request, lostBytes: 1448 } }] : [],
        };
      })(),
    },
    {
      name: 'plain HTTP to a server of TLS, on its port',
      facts: asked(400, {}, { serverPort: 443 }),
    },
    {
      name: 'an unfinished head of which bytes were not captured, 400',
      facts: unfinished(400, 14_480, { clientFacts: { lostBytes: 1448 } }),
    },
    {
      name: 'an unfinished head whose end was waited for, 400',
      lookAlike: 'slow-head',
      facts: connection(
        [
          ...handshake(),
          { at: 1133, is: 'data', from: 'client', bytes: 14_480 },
          answer(5_003_600, 400),
          finBy('server', 5_003_700),
        ],
        { undecoded: { client: 14_480 } },
      ),
    },
    {
      name: 'a client that ends amid its head, 400',
      facts: connection(
        [
          ...handshake(),
          { at: 1133, is: 'data', from: 'client', bytes: 14_480 },
          finBy('client', 1200),
          answer(3600, 400),
          finBy('server', 3700),
        ],
        { undecoded: { client: 14_480 } },
      ),
    },
    {
      name: 'bytes that are no request, 400',
      facts: {
        ...unfinished(400, 78_192),
        anomalies: [{ name: 'http1-malformed-start-line', from: 'client', packet: 4, count: 1 }],
      },
    },
    { name: 'large heads, and all is well', lookAlike: 'large-and-fine', facts: asked(200, { responseBytes: 9000 }) },
    { name: 'a health check', lookAlike: 'health-check', facts: asked(431, { agent: 'kube-probe/1.29' }) },
  ],
  cannotTell: [{ name: 'there is no answer', facts: connection([...handshake(), get(1133, '/', { bytes: 9000 })]) }],
});

describe('what is said of heads', () => {
  const said = (...connections: Connection[]) => {
    const [finding] = findingsOf(headerTooLarge, connections);
    return [
      finding?.summary ?? '',
      ...(finding?.hypotheses ?? []).map(({ cause, because }) => `${cause}: ${because}`),
    ].join('\n');
  };
  const second = { stream: 1, firstPacket: 101, clientPort: 40_001 };

  it('is in the singular of one, of all together of all, and by number of some', () => {
    const one = said(asked(431, { cookie: true }));
    expect(one).toContain('answered 431. It has cookies.');
    expect(one).toContain('cookies: it has cookies, and a short target');
    expect(said(asked(431, { cookie: true }), asked(431, { cookie: true }, second))).toContain('All have cookies.');
    expect(said(asked(431, { cookie: true }), asked(431, {}, second))).toContain('1 of them has cookies.');
  });

  it('says of a 400 what it is inferred from', () => {
    expect(said(asked(400), smallAnswered())).toContain(
      'request-head: 9.0 kB, answered 400 (#5); a head of less than half that size is not (#15)',
    );
  });

  it('names requests where it is they that carry no cookies', () => {
    expect(said(asked(431))).toContain('cookies: the request carries none');
    expect(said(asked(431))).toContain('long-target: the target has 1 byte (');
  });

  it('names the setting of each server that has one, and says of which it has none', () => {
    const [finding] = findingsOf(headerTooLarge, [asked(431)]);
    const told = new Map(finding?.remedies.map(({ component, text, config }) => [component, `${text} ${config}`]));
    expect(told.get('jetty')).toContain('jetty.httpConfig.requestHeaderSize=');
    expect(told.get('uwsgi')).toContain('--buffer-size');
    expect(told.get('puma')).toContain('PUMA_QUERY_STRING_MAX_LENGTH');
    expect(told.get('webrick')).toContain('no setting');
  });

  it('names no server of requests where a response is too large', () => {
    const told = FOR_RESPONSES.map(({ component }) => component);
    for (const component of ['jetty', 'uwsgi', 'puma', 'webrick']) expect(told).not.toContain(component);
  });
});
