import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import { earlyResponseReset } from '../../src/rules/early-response-reset.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  fieldsOf,
  finBy,
  get,
  handshake,
  rstBy,
  type Step,
  withRequests,
  withResponses,
} from './facts.js';
import { findingsOf, testRule } from './test-rule.js';

const UPLOAD = {
  method: 'POST',
  body: 60_000,
  complete: false,
  fields: fieldsOf({ 'user-agent': 'curl/7.88.1' }),
} as const;

/** An upload that is answered early and reset. */
function early(status: number, options: ConnectionOptions = {}): Connection {
  return connection(
    [...handshake(), get(1133, '/upload', UPLOAD), answer(1500, status), abortBy('server', 1510)],
    options,
  );
}

/** The same, but the server lingers for `wait` microseconds behind its FIN. */
function lingered(wait: number, sendsOn = false, options: ConnectionOptions = {}): Connection {
  const more: Step[] = sendsOn ? [{ at: 1600, is: 'data', from: 'client', bytes: 1000 }] : [];
  const steps: Step[] = [
    ...handshake(),
    get(1133, '/upload', UPLOAD),
    answer(1500, 413),
    finBy('server', 1510),
    { at: 1520, is: 'ack', from: 'client' },
    ...more,
    abortBy('server', 1520 + wait),
  ];
  return connection(steps, options);
}

/** All of the upload has come `beforeReset` microseconds before the RST, and behind the answer. */
function sentWhole(beforeReset: number, options: ConnectionOptions = {}): Connection {
  const steps: Step[] = [
    ...handshake(),
    get(1133, '/upload', { ...UPLOAD, complete: true }),
    answer(1500, 404),
    abortBy('server', 1900),
  ];
  const facts = connection(steps, options);
  return withRequests(facts, { endNs: facts.startNs + (1900 - beforeReset) * 1000 });
}

/** Of the proxy that {@link inFront} shows. */
const BEHIND: ConnectionOptions = { client: '10.0.0.49' };

/** The request in front of one of the above, whose proxy answers `status`. */
function inFront(status: number): Connection {
  return connection([...handshake(), get(1143, '/upload', UPLOAD), answer(2000, status), finBy('server', 2100)], {
    stream: 90,
    firstPacket: 901,
    beginsAt: -50,
    client: '203.0.113.5',
    server: '10.0.0.49',
  });
}

/** The snap length cut bytes of the request; of its head, where `contentLength` is not known. */
function cut(facts: Connection, contentLength: number | null): Connection {
  const { client, guards, ...rest } = withRequests(facts, { lostBytes: 16_000, bodyBytes: 16_000, contentLength });
  const lost = { lostBytes: 16_000, snappedBytes: 16_000 };
  return { ...rest, client: { ...client, ...lost }, guards: { ...guards, snapped: true } };
}

/** A request without a body whose head ends behind the answer. */
function headAlone(): Connection {
  const facts = connection([
    ...handshake(),
    get(1133, '/', { bytes: 20_000 }),
    answer(1500, 400),
    abortBy('server', 1510),
  ]);
  const exchanges = facts.exchanges.map(({ request, ...rest }) => ({
    ...rest,
    request: request && { ...request, endNs: 1_505_000 },
  }));
  return { ...facts, exchanges };
}

/** The same upload again, elsewhere, answered. */
const again = connection([...handshake(), get(1133, '/upload', { method: 'POST', body: 60_000 }), answer(9000, 201)], {
  stream: 3,
  firstPacket: 31,
  beginsAt: 500_000,
});
const later = connection([...handshake(), get(1133, '/z'), answer(2000)], {
  stream: 9,
  firstPacket: 91,
  beginsAt: 20_000_000,
});

const ONE = { subject: '10.0.1.43:80', occurrences: 1, severity: 'critical', confidence: 'certain' } as const;

testRule(earlyResponseReset, {
  fires: [
    ...(
      [
        ['nginx with a client that pauses for longer than it lingers', '10.0.0.49:8081', 'body-too-large'],
        ['HAProxy that denies by Content-Length', '10.0.0.49:8082', 'body-too-large'],
        ['Node that destroys the request', '10.0.0.49:8084', 'refused-early'],
      ] as const
    ).map(([name, subject, cause]) => ({
      ...{ name, capture: 'samples/early-response-reset.pcapng', findings: 3, titled: subject, subject },
      ...{ occurrences: 2, severity: 'critical' as const, confidence: 'certain' as const },
      verdicts: { [cause]: 'supported' } as const,
      marks: ['RST of the server, behind its answer'],
    })),
    {
      ...ONE,
      name: 'the body is too large',
      facts: early(413),
      verdicts: {
        'body-too-large': 'supported',
        'refused-early': 'ruled-out',
        redirected: 'ruled-out',
        'server-busy': 'ruled-out',
      },
      packets: [4, 5, 6],
    },
    {
      ...ONE,
      name: 'credentials are missing',
      facts: early(401),
      verdicts: { 'refused-early': 'supported', 'body-too-large': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'less was sent in all than its Content-Length, whatever of it the snap length cut',
      facts: cut(early(401), 600_000),
      confidence: 'likely',
    },
    { ...ONE, name: 'to the login', facts: early(302), verdicts: { redirected: 'supported' } },
    {
      ...ONE,
      name: 'a method that the server does not know (busybox, webfs)',
      facts: early(501),
      verdicts: { 'refused-early': 'supported', 'server-busy': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'a version that the server does not speak',
      facts: early(505),
      verdicts: { 'refused-early': 'supported', 'server-busy': 'ruled-out' },
    },
    { ...ONE, name: 'no room', facts: early(503), verdicts: { 'server-busy': 'supported' } },
    {
      ...ONE,
      name: 'the client has had the answer and FIN for half a second, and stopped sending (Go)',
      facts: lingered(500_000),
      severity: 'warning',
    },
    { ...ONE, name: 'it has had them for a moment only', facts: lingered(20_000) },
    {
      ...ONE,
      name: 'it has had the FIN for long, and of the answer a part',
      facts: withResponses(lingered(500_000), { complete: false }),
    },
    {
      ...ONE,
      name: 'one client has had them for long, another sent it again and was answered',
      facts: [early(503), lingered(500_000, false, { client: '10.0.0.77', stream: 5, firstPacket: 51 }), again, later],
      occurrences: 2,
      severity: 'warning',
    },
    { ...ONE, name: 'it has had them, and goes on sending', facts: lingered(500_000, true) },
    {
      ...ONE,
      name: 'the same, and the proxy in front passed it on',
      facts: [early(413, BEHIND), inFront(413)],
      severity: 'warning',
      packets: [4, 5, 6],
    },
    {
      ...ONE,
      name: 'the client has had them, and is a proxy that told its own client 503 (Varnish)',
      facts: [lingered(500_000, false, BEHIND), inFront(503)],
    },
    {
      ...ONE,
      name: 'all of the request was sent before the RST: the client reads, and is given the answer',
      facts: sentWhole(100),
      severity: 'warning',
    },
    { ...ONE, name: 'its end comes behind the RST', facts: sentWhole(-100) },
    {
      ...ONE,
      name: 'it was sent whole, and of the answer a part had come',
      facts: withResponses(sentWhole(100), { complete: false }),
    },
    {
      ...ONE,
      name: 'one was sent whole, another was not',
      facts: [sentWhole(100), early(413, { stream: 5, firstPacket: 51 })],
      occurrences: 2,
    },
    {
      ...ONE,
      name: 'it was sent whole by a proxy that told its own client 502',
      facts: [sentWhole(100, BEHIND), inFront(502)],
    },
    { ...ONE, name: 'it is sent again and answered', facts: [early(503), again, later], severity: 'warning' },
  ],
  silent: [
    {
      name: 'a head alone that is refused before it has come whole: header-too-large tells it',
      lookAlike: 'whole-request',
      facts: headAlone(),
    },
    {
      name: 'samples: nginx, HAProxy, Apache and Node read on',
      capture: 'samples/early-response-reset-healthy.pcapng',
    },
    { name: 'samples: sockets closed with unread data', capture: 'samples/healthy-resets.pcapng' },
    {
      name: 'the server reads on',
      lookAlike: 'lingering-close',
      facts: connection([
        ...handshake(),
        get(1133, '/upload', UPLOAD),
        answer(1500, 413),
        finBy('server', 1510),
        finBy('client', 1600),
      ]),
    },
    {
      name: 'the client gave up',
      lookAlike: 'client-gave-up',
      facts: connection([
        ...handshake(),
        get(1133, '/upload', UPLOAD),
        answer(1500, 413),
        finBy('client', 1505),
        rstBy('server', 1510),
      ]),
    },
    {
      name: 'the request had ended',
      lookAlike: 'whole-request',
      facts: connection([
        ...handshake(),
        get(1133, '/upload', { method: 'POST', body: 99 }),
        answer(1500, 413),
        abortBy('server', 1510),
      ]),
    },
    { name: 'the request’s end is what the snap length cut', facts: cut(early(400), null) },
    { name: 'the same, and its length is known', facts: cut(early(400), 99) },
    { name: 'an echo', lookAlike: 'good-answer', facts: early(200) },
    { name: 'bytes were lost', lookAlike: 'lost-bytes', facts: early(413, { serverFacts: { lostBytes: 500 } }) },
  ],
  cannotTell: [
    {
      name: 'a snap length cut the head, so that nobody knows whether a body follows',
      facts: withRequests(early(413), { bodyBytes: 0, complete: false, lostBytes: 900 }),
    },
    {
      name: 'there is no answer',
      facts: connection([...handshake(), get(1133, '/upload', UPLOAD), abortBy('server', 1510)]),
    },
  ],
});

describe('early-response-reset', () => {
  it('says of which requests all had been sent', () => {
    const summaryOf = (...facts: Connection[]) => findingsOf(earlyResponseReset, facts)[0]?.summary;
    expect(summaryOf(sentWhole(100))).toContain('All of the request had been sent before the RST');
    expect(summaryOf(early(413))).not.toContain('had been sent before the RST');
    const mixed = summaryOf(sentWhole(100), early(413, { stream: 5, firstPacket: 51 }));
    expect(mixed).toContain('Of 1 all of the request had been sent before the RST');
  });

  it('says that a client has got the answer only where no proxy told its own clients otherwise', () => {
    const summaryOf = (...facts: Connection[]) => findingsOf(earlyResponseReset, facts)[0]?.summary;
    expect(summaryOf(lingered(500_000, false, BEHIND))).toContain(
      'The answer had lain whole with the client for 500 ms',
    );
    const failed = summaryOf(lingered(500_000, false, BEHIND), inFront(503));
    expect(failed).toContain('in front told its clients 503');
    expect(failed).not.toContain('had lain whole');
  });
});
