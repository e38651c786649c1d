import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import type { RawFinding } from '../../src/facts/finding.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { preconnect408 } from '../../src/rules/preconnect-408.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  rstBy,
  type Step,
  withEnds,
  withRequests,
} from './facts.js';
import { findingsOf, testRule } from './test-rule.js';

const SECOND = 1_000_000;
/** End of the handshake, as the builders have it. */
const READY = 986;

/** The `at`-th connection of a capture: its own stream, port, packets and time. */
function nth(at: number, beginsAt = at * 10_000): ConnectionOptions {
  return { stream: at, clientPort: 40_000 + at, firstPacket: 1 + at * 10, beginsAt };
}

const sends408 = (after: number): Step[] => [
  ...handshake(),
  answer(READY + after, 408, 230),
  finBy('server', READY + after + 100),
];

/** A 408 on a connection without a request, and the client's end of it. */
function unused(at: number, beginsAt = at * 100_000, after = 2 * SECOND, options: ConnectionOptions = {}): Connection {
  return connection([...sends408(after), finBy('client', READY + after + 2000)], { ...nth(at, beginsAt), ...options });
}

/** FIN on a connection without a request. */
function silent(at: number, beginsAt = at * 100_000, after = 3 * SECOND, options: ConnectionOptions = {}): Connection {
  return connection([...handshake(), finBy('server', READY + after), finBy('client', READY + after + 1000)], {
    ...nth(at, beginsAt),
    ...options,
  });
}

/** A client that sends 88 bytes of a request and stops; `status`: what it gets. */
function half(at: number, status: number | null, after = 2 * SECOND, options: ConnectionOptions = {}): Connection {
  const said = status === null ? [] : [answer(READY + after, status, 230)];
  return connection(
    [
      ...handshake(),
      { at: 1100, is: 'data', from: 'client', bytes: 88 },
      ...said,
      finBy('server', READY + after + 50),
      finBy('client', READY + after + 2000),
    ],
    { ...nth(at), undecoded: { client: 88 }, ...options },
  );
}

/** A client that asks `after` its handshake and is answered. */
const asks = (at: number, after = 200, options: ConnectionOptions = {}): Connection =>
  connection([...handshake(), get(READY + after), answer(READY + after + 900), finBy('client', READY + after + 2000)], {
    ...nth(at, 7_000_000 + at * 10_000),
    ...options,
  });

/** The client writes its request after the 408. */
const late = (at: number, lateBy: number, options: ConnectionOptions = {}): Connection =>
  connection(
    [
      ...sends408(2 * SECOND),
      get(READY + 2 * SECOND + lateBy, '/basket?id=secret'),
      rstBy('server', READY + 2 * SECOND + lateBy + 40),
    ],
    { ...nth(at), ...options },
  );

testRule(preconnect408, {
  fires: [
    {
      name: 'HAProxy sends 408, and a client takes it for its answer',
      capture: 'samples/preconnect-408-haproxy.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 4,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'request-timeout': 'supported',
        'short-timeout': 'supported',
        'unused-connection': 'supported',
        'slow-client': 'supported',
        'path-mtu': 'ruled-out',
        'interval-check': 'ruled-out',
      },
      marks: ['408 from 10.0.0.49', 'RST for the request on the closed connection'],
    },
    {
      name: 'HAProxy silences its 408, half a request too',
      capture: 'samples/preconnect-408-errorfile.pcap',
      subject: '10.0.0.49:80',
      occurrences: 4,
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'slow-client': 'supported', 'unused-connection': 'supported', 'path-mtu': 'ruled-out' },
      marks: ['FIN on an unused connection, nothing sent', 'FIN upon half a request, nothing sent'],
    },
    {
      name: 'requests cross the 408 on a long way',
      capture: 'samples/preconnect-408-crossing.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'slow-client': 'ruled-out', 'short-timeout': 'supported' },
      marks: ['408 from 10.0.0.49'],
    },
    {
      name: 'a 408 within TLS',
      capture: 'samples/preconnect-408-tls.pcapng',
      subject: '10.0.0.49:443',
      occurrences: 4,
      severity: 'critical',
      confidence: 'certain',
      marks: ['408 from 10.0.0.49'],
    },
    {
      name: 'Chromium repeats its request at once',
      capture: 'samples/preconnect-408-chromium.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 2,
      severity: 'warning',
      confidence: 'certain',
      marks: ['408 from 10.0.0.49'],
    },
    {
      name: 'Apache answers half a request, and closes the unused in silence',
      capture: 'samples/preconnect-408-apache.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 4,
      severity: 'warning',
      confidence: 'certain',
      marks: ['408 from 10.0.0.49', 'FIN on an unused connection, nothing sent'],
    },
    {
      name: 'nginx closes both in silence',
      capture: 'samples/preconnect-408-nginx.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 4,
      severity: 'warning',
      confidence: 'likely',
      marks: ['FIN on an unused connection, nothing sent', 'FIN upon half a request, nothing sent'],
    },
    {
      name: 'Node.js looks at intervals',
      capture: 'samples/preconnect-408-node.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 4,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'interval-check': 'supported' },
      marks: ['408 from 10.0.0.49', 'RST for the request on the closed connection'],
    },
    {
      name: 'unused connections are closed in silence: worth knowing, no more',
      capture: 'samples/preconnect-408-haproxy-healthy.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 3,
      severity: 'notice',
      confidence: 'likely',
      marks: ['FIN on an unused connection, nothing sent'],
    },
    {
      name: 'the same within TLS',
      capture: 'samples/preconnect-408-tls-healthy.pcapng',
      subject: '10.0.0.49:443',
      occurrences: 3,
      severity: 'notice',
      confidence: 'likely',
    },
    {
      name: 'three unused connections of one age, and one asks in between',
      facts: [unused(0), unused(1), unused(2), asks(30)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'request-timeout': 'supported', 'interval-check': 'ruled-out', 'slow-client': 'ruled-out' },
    },
    {
      name: 'three of different age at one moment',
      facts: [0, 300_000, 700_000].map((beginsAt, at) => unused(at, beginsAt, 3 * SECOND - beginsAt)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'interval-check': 'supported' },
    },
    {
      name: 'a request that nobody repeats comes too late',
      facts: [late(0, 500_000), asks(30)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'short-timeout': 'supported' },
    },
    {
      name: 'a long time-out, and no request came too late',
      facts: unused(0, 0, 60 * SECOND),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'short-timeout': 'ruled-out' },
    },
    {
      name: 'half a request is cut off, though one that began later was answered',
      facts: [half(0, null), asks(30, 5 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'possible',
      verdicts: { 'request-timeout': 'ruled-out', 'unused-connection': 'ruled-out', 'slow-client': 'supported' },
    },
    {
      name: 'beside a 408 for half a request, bytes of another client did not arrive',
      facts: [
        half(0, 408),
        half(1, 408, 2 * SECOND, { clientFacts: { lostBytes: 1460 }, serverFacts: { highestAcknowledged: 1 } }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'path-mtu': 'supported', 'slow-client': 'supported' },
    },
    {
      name: 'a connection that had served is sent a 408 when it is idle',
      facts: connection(
        [...handshake(), get(1100), answer(2000), answer(60 * SECOND, 408, 120), finBy('server', 60 * SECOND + 50)],
        {
          idlePeriods: [
            {
              startNs: 2_000_000,
              durationNs: 60e9 - 2_000_000,
              after: 'server',
              endedBy: 'server-payload',
              packet: 6,
            },
          ],
        },
      ),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'unused-connection': 'ruled-out' },
      packets: [5, 6],
    },
  ],
  silent: [
    {
      name: 'the client closes its unused connection, and HAProxy says 400',
      lookAlike: 'closed-by-client',
      facts: connection([
        ...handshake(),
        finBy('client', 2 * SECOND),
        answer(2 * SECOND + 200, 400),
        finBy('server', 2 * SECOND + 300),
      ]),
    },
    {
      name: 'the client closes, and the server says 408',
      lookAlike: 'closed-by-client',
      facts: connection([
        ...handshake(),
        finBy('client', 2 * SECOND),
        answer(2 * SECOND + 200, 408),
        finBy('server', 2 * SECOND + 300),
      ]),
    },
    {
      name: 'the sample: a browser whose large request does not pass, seen from its end',
      lookAlike: 'mtu-blackhole',
      capture: 'samples/mtu-blackhole-upload-haproxy-client.pcapng',
    },
    {
      name: 'the sample: the same, seen from HAProxy',
      lookAlike: 'mtu-blackhole',
      capture: 'samples/mtu-blackhole-upload-haproxy.pcapng',
    },
    {
      name: 'the client’s bytes never arrived',
      lookAlike: 'mtu-blackhole',
      facts: half(0, 408, 2 * SECOND, { clientFacts: { lostBytes: 1460 }, serverFacts: { highestAcknowledged: 1 } }),
    },
    ...[408, null].map((status) => ({
      name: `a request was kept from the server for 2 s, which gives up ${status === null ? 'in silence' : `with ${status}`}`,
      lookAlike: 'mtu-blackhole',
      facts: connection([
        ...handshake(),
        get(READY + 1500),
        ...(status === null ? [] : [answer(READY + 2 * SECOND, status, 120)]),
        finBy('server', READY + 2 * SECOND + 20, 100),
      ]),
    })),
    {
      name: 'the client repeats bytes that nobody acknowledges',
      lookAlike: 'mtu-blackhole',
      facts: unacknowledged(half(0, 408)),
    },
    {
      name: 'a scanner knocks at three servers and asks nothing',
      lookAlike: 'health-check',
      facts: [80, 8080, 8443].map((serverPort, at) => unused(at, at * 100_000, 2 * SECOND, { serverPort })),
    },
    {
      name: 'a monitor knocks each 10 s and asks nothing',
      lookAlike: 'health-check',
      facts: [0, 1, 2, 3].map((at) => unused(at, at * 10 * SECOND)),
    },
    {
      name: 'an application answers a whole request with 408',
      lookAlike: 'answered-408',
      facts: connection([...handshake(), get(1100), answer(3 * SECOND, 408), finBy('server', 3 * SECOND + 50)]),
    },
    {
      name: 'the server acknowledges bytes that nobody saw',
      lookAlike: 'lost-request',
      facts: unused(0, 0, 2 * SECOND, { serverFacts: { highestAcknowledged: 301 } }),
    },
    {
      name: 'a restart closes connections of different age at one moment',
      lookAlike: 'server-restart',
      facts: [
        asks(30),
        ...[0, 400_000, 800_000, 1_200_000].map((beginsAt, at) => silent(at, beginsAt, 5 * SECOND - beginsAt)),
      ],
    },
    {
      name: 'the server closes as soon as it has accepted',
      lookAlike: 'closed-at-once',
      facts: [asks(30), ...[0, 1, 2, 3].map((at) => silent(at, at * 100_000, 5000))],
    },
    {
      name: 'the TLS handshake did not come to its end',
      lookAlike: 'tls-handshake',
      capture: 'samples/tls-handshake-strict-sni.pcapng',
    },
    {
      name: 'the client waits for 100 with its body',
      lookAlike: 'expect-continue',
      facts: connection([
        ...handshake(),
        get(1100, '/upload', { method: 'POST', complete: false, fields: [{ name: 'expect', value: '100-continue' }] }),
        answer(3 * SECOND, 408),
        finBy('server', 3 * SECOND + 50),
      ]),
    },
    {
      name: 'unused connections of a server that was never seen to speak HTTP',
      lookAlike: 'not-http',
      facts: [0, 1, 2, 3].map((at) => silent(at, at * 100_000, 3 * SECOND, { protocol: 'unknown', serverPort: 25 })),
    },
    { name: 'two silent closes are no time-out yet', facts: [asks(30), silent(0), silent(1, 150_000)] },
  ],
  cannotTell: [
    {
      name: 'the capture begins with the 408',
      facts: connection([answer(0, 408), finBy('server', 100)], { serverFacts: { plainSegments: 2 } }),
    },
    {
      name: 'only the server’s side was captured, as in PcapPlusPlus/650HttpResponses',
      facts: connection([...handshake(), answer(2 * SECOND, 408)], { guards: { oneSided: true } }),
    },
  ],
});

/** The same, its FIN acknowledging nothing of what the client had sent. */
function unacknowledged(facts: Connection): Connection {
  return withEnds(facts, ({ from }) => (from === 'server' ? { acknowledgement: 1, deltaAcknowledgement: -88 } : {}));
}

function only(findings: readonly RawFinding[]): RawFinding {
  const [finding] = findings;
  if (finding === undefined || findings.length > 1) expect.fail(`${findings.length} findings`);
  return finding;
}

describe('what preconnect-408 says', () => {
  it('estimates the time-out within 5 % of the configured 2 s, or says that it is at most so much', async () => {
    for (const [name, seconds, pattern] of [
      ['haproxy.pcapng', 2, 'timer'],
      ['errorfile.pcap', 2, 'timer'],
      ['crossing.pcapng', 2, 'timer'],
      ['tls.pcapng', 2, 'timer'],
      ['apache.pcapng', 2, 'timer'],
      ['nginx.pcapng', 2, 'timer'],
      ['haproxy-healthy.pcapng', 3, 'timer'],
      ['node.pcapng', null, 'interval-check'],
    ] as const) {
      const { analysis } = await analyze({ files: [`samples/preconnect-408-${name}`], rules: ['preconnect-408'] });
      expect(analysis.findings[0]?.facts, name).toMatchObject({
        requestTimeoutSeconds: seconds,
        requestTimeoutPattern: pattern,
      });
    }
  });

  it('tells a request that crossed the 408 from one that could have known', () => {
    const crossed = only(findingsOf(preconnect408, [late(0, 800)]));
    expect(crossed.facts).toMatchObject({ lateRequests: 1, lateRequestsThatCrossed: 1 });
    const known = only(findingsOf(preconnect408, [late(0, 500_000)]));
    expect(known.facts).toMatchObject({ lateRequests: 1, lateRequestsThatCrossed: 0 });
    expect(JSON.stringify(known)).not.toContain('secret');
  });

  it('does not say how much had come of a request whose rest came after the 408', () => {
    const facts = connection([
      ...handshake(),
      get(1100, '/upload', { method: 'POST', body: 900 }),
      answer(3 * SECOND, 408),
      finBy('server', 3 * SECOND + 50),
    ]);
    const finding = only(findingsOf(preconnect408, [withRequests(facts, { endNs: 4e9 })]));
    expect(finding.facts).toMatchObject({ halfWith408: 1 });
    expect(JSON.stringify(finding)).toContain('part of a request had come');
    expect(finding.hypotheses.find(({ cause }) => cause === 'slow-client')?.because).toContain('the rest of a request');
  });

  it('says of HAProxy that a shorter timeout client counts', async () => {
    const { analysis } = await analyze({ files: ['samples/preconnect-408-haproxy.pcapng'], rules: ['preconnect-408'] });
    const remedy = only(analysis.findings).remedies.find(({ config }) => config?.includes('timeout http-request'));
    expect(remedy?.text).toContain('A shorter timeout client must be raised as well');
  });

  it('is silent on every sample of other scenarios', async () => {
    const others = readdirSync('samples').filter((name) => /\.pcap/.test(name) && !name.startsWith('preconnect-408-'));
    expect(others.length).toBeGreaterThan(100);
    for (const name of others) {
      const { analysis } = await analyze({ files: [`samples/${name}`], rules: ['preconnect-408'] });
      expect(analysis.findings, name).toEqual([]);
    }
  }, 60_000);

  it('is silent on the healthy twins that close nothing', async () => {
    for (const name of ['crossing', 'chromium', 'apache', 'nginx', 'node']) {
      const { analysis } = await analyze({
        files: [`samples/preconnect-408-${name}-healthy.pcapng`],
        rules: ['preconnect-408'],
      });
      expect(analysis.findings, name).toEqual([]);
    }
  });
});
