import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CaptureFacts, ClockFacts } from '../../src/facts/capture.js';
import type { Connection, IdlePeriod } from '../../src/facts/connection.js';
import type { RawFinding } from '../../src/facts/finding.js';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import type { TlsFacts, TlsSideFacts } from '../../src/facts/tls.js';
import type { RstAfterRequestFacts } from '../../src/rules/rst-after-request/case.js';
import { rstAfterRequest } from '../../src/rules/rst-after-request.js';
import { RuleRun } from '../../src/rules/rule-run.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  healthy,
  nthEvery,
  type RequestOptions,
  refused,
  rstBy,
  type Step,
  withEnds,
} from './facts.js';
import { idleUntil } from './moment-facts.js';
import { CONCLUSION, findingsOf, testRule } from './test-rule.js';

/** Seed 001, line by line: captured at the server, client 926 µs away; no TTL, no MAC in tcpdump's text. */
const SEED: readonly Step[] = [
  ...handshake(60, 986),
  get(1133, '/scan?token=secret', { bytes: 1245, authority: null }),
  rstBy('server', 1278, { hand: { ipId: null } }),
  rstBy('client', 1284, { sequence: 1, hand: { ipId: null } }),
];
const seed = (options: ConnectionOptions = {}): Connection => connection(SEED, options);

/** An abort in all but the timestamps, which its connection negotiated: written by no socket of Linux. */
function abortWithoutTimestamps(): Connection {
  const plain = connection([...handshake(60, 986), get(1133), abortBy('server', 30_000)]);
  return { ...plain, handshake: { ...plain.handshake, timestampsNegotiated: true } };
}

/** What was read of one capture, which lasted from `startEpochNs` to `endEpochNs`. */
function capture(startEpochNs: bigint, endEpochNs: bigint, droppedPackets: number | null): CaptureFacts {
  return {
    file: 'front.pcapng',
    format: 'pcapng',
    compressed: false,
    linkTypes: ['EN10MB'],
    packets: 6,
    bytes: 1000,
    startEpochNs,
    endEpochNs,
    droppedPackets,
    snappedPackets: 0,
    clock: null,
    timedBy: null,
    warnings: [],
  };
}

/** A capture whose kernel dropped packets. */
const DROPPING = { ...CONCLUSION, captures: [capture(0n, 1_284_000n, 5000)] };

const SECOND = 1_000_000;
const FOO: RequestOptions = { bytes: 300 };

/** The `at`-th connection of a capture: its own stream, port, packets and time. */
function nth(at: number, beginsAt = at * 10_000): ConnectionOptions {
  return { stream: at, clientPort: 40_000 + at, firstPacket: 1 + at * 10, beginsAt };
}

/** Ten requests that the server answers, the `from`-th connections on. */
function answered(
  from: number,
  beginsAt: number,
  options: ConnectionOptions = {},
  target = '/',
  request: RequestOptions = {},
): Connection[] {
  return Array.from({ length: 10 }, (_, at) =>
    healthy({ ...nth(from + at, beginsAt + at * 20_000), ...options }, target, request),
  );
}

/** A filter on the server that rejects what matches: the kernel's own bare RST, dSeq 0, nothing else. */
function rejected(
  at: number,
  beginsAt: number,
  options: ConnectionOptions = {},
  target = '/search?q=%27',
  request: RequestOptions = FOO,
): Connection {
  return connection([...handshake(), get(1133, target, request), rstBy('server', 1160)], {
    ...nth(at, beginsAt),
    ...options,
  });
}

/** The process died with the request unread. */
function aborted(at: number, beginsAt: number, after = 800, options: ConnectionOptions = {}): Connection {
  return connection([...handshake(), get(1133, '/slow', FOO), abortBy('server', 1133 + after)], {
    ...nth(at, beginsAt),
    ...options,
  });
}

/** Three that the server ends at three seconds, idle for 0.5, 1.5 and 2.2 s. */
const WAITING = [
  idleUntil(1, { opened: 100_000, used: 2.5 * SECOND, ended: 3 * SECOND + 50 }),
  idleUntil(2, { opened: 700_000, used: 1.5 * SECOND, ended: 3 * SECOND + 90 }),
  idleUntil(3, { opened: 300_000, used: 800_000, ended: 3 * SECOND + 130 }),
];
/** A request that has waited for `age` at three seconds, when it is reset. */
const unread = (age: number, options: ConnectionOptions = {}): Connection =>
  aborted(0, 3 * SECOND - age - 1133, age, options);

/** Used once, asked again after some seconds, and reset together at six seconds with the second request unread. */
const STOOD_STILL = [0, 1, 2].map((at) =>
  connection(
    [
      ...handshake(),
      get(1133),
      answer(2000),
      get((4 + at * 0.3) * SECOND, '/order'),
      abortBy('server', (6 - at * 0.2) * SECOND),
    ],
    nth(at, at * 0.2 * SECOND),
  ),
);
const ANSWERED_LATE = connection([...handshake(), get(1133), answer(2000), get(6.4 * SECOND), answer(6.41 * SECOND)], {
  ...nth(9, 0),
  idlePeriods: [
    {
      startNs: 2_000_000,
      durationNs: 6.398e9,
      after: 'server',
      endedBy: 'client-payload',
      packet: 96,
    },
  ],
});

const refusal = (at: number, beginsAt: number): Connection => refused(nth(at, beginsAt));

const MID_STREAM: readonly Step[] = [get(0, '/first'), answer(2000), get(4000, '/second'), rstBy('server', 4100)];

/** The same, the reset acknowledging only what had been answered before. */
function unacknowledged(facts: Connection): Connection {
  const bytes = (facts.exchanges.at(-1)?.request?.headBytes ?? 0) + (facts.exchanges.at(-1)?.request?.bodyBytes ?? 0);
  return withEnds(facts, ({ acknowledgement }) => ({
    acknowledgement: (acknowledgement ?? 0) - bytes,
    deltaAcknowledgement: -bytes,
  }));
}

/** The same, with a response that nobody asked for 100 µs before the request. */
function answeredAhead(facts: Connection): Connection {
  const [exchange] = facts.exchanges;
  const [answered] = healthy().exchanges;
  if (exchange?.request === undefined || exchange.request === null || answered?.response == null)
    throw new Error('the builders made no exchange');
  const startNs = exchange.request.startNs - 100_000;
  const response = { ...answered.response, startNs, endNs: startNs };
  return {
    ...facts,
    exchanges: [
      { ...exchange, index: 0, request: null, response },
      { ...exchange, index: 1 },
    ],
  };
}

/** Where a server, or something in its name, resets in place of an answer; no other sample has that, healthy or not. */
const FAILING_SAMPLES: readonly string[] = [
  'encrypted-rst-after-request.pcapng',
  'rst-after-request.pcapng',
  'rst-after-request-unread.pcapng',
  'rst-after-request-reject.pcapng',
];

/** The ACK of the handshake and the request are reset one by one, and the server waits for the ACK still. */
const BYPASSED: Connection = connection(
  [
    ...handshake(4300, 4350),
    get(4500),
    rstBy('server', 8600, { hand: { ttl: 254 } }),
    rstBy('server', 8630, { hand: { ttl: 254 } }),
    { at: 1_010_000, is: 'syn-ack' },
    rstBy('client', 1_010_100, { sequence: 1, answers: true }),
  ],
  { ttl: { client: 64, server: 63 } },
);

interface H2Options {
  readonly goAwayAt?: number;
  readonly streamResetAt?: number;
  readonly idleUntil?: number;
}

/** The same over HTTP/2, a stream for each request. */
function h2(steps: readonly Step[], { goAwayAt, streamResetAt, idleUntil }: H2Options = {}): Connection {
  const idle: IdlePeriod = {
    startNs: 2_000_000,
    durationNs: (idleUntil ?? 0) * 1000 - 2_000_000,
    after: 'server',
    endedBy: 'client-payload',
    packet: 6,
  };
  const facts = connection(steps, { protocol: 'h2', idlePeriods: idleUntil === undefined ? [] : [idle] });
  return {
    ...facts,
    exchanges: facts.exchanges.map((exchange, at) => ({
      ...exchange,
      h2Stream: 1 + 2 * at,
      h2: {
        state: exchange.response === null ? 'client-done' : 'closed',
        reset:
          streamResetAt === undefined
            ? null
            : { by: 'server', code: 7, packet: 5, atNs: streamResetAt * 1000, openStreams: 1 },
        scheme: 'http',
        protocol: null,
        promise: null,
        trailers: { client: [], server: [] },
        grpcStatus: null,
        unknownFields: { client: false, server: false },
      },
    })),
    h2: {
      hasPreface: true,
      settings: { client: null, server: null },
      goAways:
        goAwayAt === undefined
          ? []
          : [{ from: 'server', packet: 5, atNs: goAwayAt * 1000, lastStream: 0, code: 0, debug: '' }],
      goAwayCount: goAwayAt === undefined ? 0 : 1,
      pings: [],
      pingCount: 0,
      lateResets: [],
      lateResetCount: 0,
      windowStalls: [],
      windowStallCount: 0,
      origins: null,
      alternativeServices: [],
      timesLost: { client: 0, server: 0 },
    },
  };
}

/** TLS 1.2 from the ClientHello to the server's Finished. */
const TLS_HANDSHAKE: readonly Step[] = [
  ...handshake(),
  { at: 1100, is: 'data', from: 'client', bytes: 517 },
  { at: 1400, is: 'data', from: 'server', bytes: 3000 },
  { at: 2500, is: 'data', from: 'client', bytes: 93 },
  { at: 2600, is: 'data', from: 'server', bytes: 51 },
];

/** TLS that no key opens; the client's last record is application data of this length. */
function tls(
  steps: readonly Step[],
  length: number,
  alpn: readonly string[] = ['h2', 'http/1.1'],
  alerts = 0,
): Connection {
  const facts = connection(steps, { protocol: 'tls', serverPort: 443 });
  const record = { packet: facts.lastPacket - 1, atNs: facts.client.lastPayloadNs ?? 0, contentType: 23, length };
  const side: TlsSideFacts = {
    records: 3,
    firstProtected: [],
    lastRecord: record,
    firstApplication: record,
    lastApplication: record,
    applicationRecords: 1,
    applicationBytes: length,
    unfinishedBytes: 0,
    resumed: [],
    closeNotify: 'none',
  };
  const said: TlsFacts = {
    clientHello: {
      firstPacket: 4,
      lastPacket: 4,
      atNs: 1_100_000,
      bytes: 512,
      format: 'tls',
      versions: ['TLS 1.2'],
      cipherSuites: 17,
      serverNames: ['serv1.example'],
      alpn,
      offersResumption: false,
      offersEarlyData: false,
      offersEch: false,
    },
    serverHello: { packet: 5, atNs: 1_400_000, version: 'TLS 1.2', cipherSuite: null, alpn: null },
    helloRetryRequest: null,
    resumption: 'full',
    earlyData: 'none',
    echOutcome: 'not-offered',
    certificates: { client: null, server: null },
    certificateRequested: false,
    clientCertificate: null,
    finished: { client: 6, server: 7 },
    finishedNs: { client: 2_500_000, server: 2_600_000 },
    alerts: [],
    alertCount: alerts,
    client: side,
    server: { ...side, firstApplication: null, lastApplication: null, applicationRecords: 0, applicationBytes: 0 },
    turns: null,
    decryption: 'no-key',
    openedRecords: 0,
    protectedRecords: 3,
    inner: null,
  };
  return { ...facts, tls: said };
}

/** A connection that had served, was idle for so many seconds, and is aborted with the next request unread. */
const afterIdle = (at: number, seconds = 5): Connection => {
  const idleUntil = seconds * SECOND + 2000;
  return connection(
    [...handshake(), get(1133), answer(2000), get(idleUntil), abortBy('server', idleUntil + 100)],
    nth(at, at * 20 * SECOND),
  );
};

/** A rule that rejects with a bare reset, one hop before the server, comes between two requests so many seconds apart. */
const rejectedOnTheWay = (at: number, seconds: number): Connection => {
  const idleUntil = seconds * SECOND + 2000;
  return connection(
    [...handshake(), get(1133), answer(2000), get(idleUntil), rstBy('server', idleUntil + 30, { hand: { ttl: 64 } })],
    { ...nth(at, at * 20 * SECOND), ttl: { client: 64, server: 63 } },
  );
};

/** The server is 2 ms away; a bare RST comes for a request 40 µs after the handshake, too soon or not for a server's. */
function agentFar(at: number, beginsAt: number, resetAt: number, client: string): Connection {
  const options = { ...nth(at, beginsAt), client };
  return connection([...handshake(2000, 2010), get(2050, '/a', FOO), rstBy('server', resetAt)], options);
}
/** Others that it answers meanwhile, as far away. */
const answeredFar = (from: number, beginsAt: number): Connection[] =>
  Array.from({ length: 10 }, (_, at) =>
    connection(
      [...handshake(2000, 2010), get(2050, '/b', FOO), answer(5000), finBy('client', 5100), finBy('server', 7200)],
      nth(from + at, beginsAt + at * 20_000),
    ),
  );

/** At the client, with the TTL of the SYN-ACK: a reset for the ACK of the handshake, and one for the request. */
const ackRefused = (at: number): Connection =>
  connection([...handshake(2000, 2010), get(2050, '/a', FOO), rstBy('server', 4100), rstBy('server', 4120)], {
    ...nth(at),
    ttl: { client: 64, server: 64 },
  });

testRule(rstAfterRequest, {
  fires: [
    {
      name: 'the ACK of each handshake is reset as well, and nobody is taken',
      facts: [0, 1, 2].map(ackRefused),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'possible',
      verdicts: { 'resource-exhaustion': 'open', 'security-agent': 'open' },
    },
    {
      name: 'a router begins to reject with resets, and connections had been idle for a few seconds',
      facts: [0, 1, 2].map((at) => rejectedOnTheWay(at, 3)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'app-abort': 'ruled-out', timeout: 'open', 'security-agent': 'open' },
    },
    {
      name: 'an abort lacks the timestamps of its connection: a filter may have written it',
      facts: [abortWithoutTimestamps()],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'app-abort': 'open', 'security-agent': 'open' },
    },
    {
      name: 'a connection had been idle, and nothing says that this is the idle time-out',
      facts: [afterIdle(0)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'app-abort': 'supported', timeout: 'open' },
      packets: [6, 7],
    },
    {
      name: 'connections had been idle, for times that have nothing in common',
      facts: [afterIdle(0), afterIdle(1, 2), afterIdle(2, 11)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'likely',
    },
    {
      name: 'a security agent on the server swallows the request and resets both sides (seed 001)',
      facts: seed(),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'security-agent': 'supported',
        'port-closed': 'ruled-out',
        'app-abort': 'ruled-out',
        timeout: 'ruled-out',
        'process-dead': 'open',
        'resource-exhaustion': 'open',
        'protocol-violation': 'open',
        network: 'open',
      },
      packets: [2, 4, 5, 6],
    },
    {
      name: 'at the client, resets that the server cannot have written, and some like them of the same client: one hand',
      facts: [
        ...Array.from({ length: 4 }, (_, at) => agentFar(at, at * 50_000, 2150, '10.0.0.9')),
        ...Array.from({ length: 3 }, (_, at) => agentFar(10 + at, at * 50_000, 4900, '10.0.0.9')),
        ...answeredFar(20, 10_000),
      ],
      subject: '10.0.1.43:80',
      occurrences: 7,
      confidence: 'certain',
      verdicts: { 'security-agent': 'supported' },
    },
    {
      name: 'the same while other clients are answered: then the server is well',
      facts: [
        ...Array.from({ length: 5 }, (_, at) => seed({ ...nth(at, at * 50_000), client: '10.0.0.9' })),
        ...answered(20, 10_000),
        ...answered(30, 20_000, {}, '/scan'),
      ],
      subject: '10.0.1.43:80',
      occurrences: 5,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'security-agent': 'supported',
        'process-dead': 'ruled-out',
        'resource-exhaustion': 'ruled-out',
        network: 'ruled-out',
        'protocol-violation': 'ruled-out',
      },
    },
    {
      name: 'the client’s RST stands at its own position and comes after a round trip: nothing is forged',
      facts: connection([...SEED.slice(0, 5), rstBy('client', 1278 + 1500)]),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'security-agent': 'open', 'app-abort': 'ruled-out' },
    },
    {
      name: 'a filter rejects one kind of request: no test for a foreign hand, but what the requests share',
      facts: [
        ...Array.from({ length: 4 }, (_, at) => rejected(at, at * 30_000)),
        ...answered(20, 5_000, {}, '/search', FOO),
        ...answered(30, 15_000, {}, '/search', FOO),
      ],
      subject: '10.0.1.43:80',
      occurrences: 4,
      confidence: 'certain',
      verdicts: { 'security-agent': 'supported', 'app-abort': 'ruled-out', 'process-dead': 'ruled-out' },
    },
    {
      name: 'the process is killed with requests unread, and its port refuses from then on',
      facts: [
        aborted(0, 0, 4000),
        aborted(1, 1000, 3000),
        aborted(2, 2000, 2000),
        refusal(3, 300_000),
        refusal(4, 600_000),
      ],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'process-dead': 'supported', 'app-abort': 'open', 'security-agent': 'ruled-out' },
    },
    {
      name: 'the application closes with SO_LINGER 0 and lives on',
      facts: [aborted(0, 0), aborted(1, 500_000, 1200), ...answered(10, 1000), ...answered(20, 510_000)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      severity: 'critical',
      verdicts: { 'app-abort': 'supported', 'process-dead': 'ruled-out', 'security-agent': 'ruled-out' },
    },
    {
      name: 'a reset request is sent again and answered: then it is a warning',
      facts: [aborted(0, 0), healthy(nth(1, 200_000), '/slow', FOO)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'app-abort': 'supported' },
    },
    {
      name: 'only a health check is reset: a warning, and it says so',
      facts: connection([
        ...handshake(),
        get(1133, '/ready', { fields: [{ name: 'user-agent', value: 'kube-probe/1.29' }] }),
        rstBy('server', 1200),
      ]),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
    },
    {
      name: 'a worker timer ends requests after thirty seconds',
      facts: Array.from({ length: 3 }, (_, at) => aborted(at, at * SECOND, 30 * SECOND + at * 1000)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { timeout: 'supported', 'app-abort': 'supported' },
    },
    {
      name: 'a malformed request is dropped without a word',
      facts: connection([...handshake(), get(1133), abortBy('server', 1300)], {
        anomalies: [{ name: 'http1-bare-lf', from: 'client', packet: 4, count: 1 }],
      }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'protocol-violation': 'supported' },
    },
    {
      name: 'a head that is larger than any that is answered (uWSGI)',
      facts: [
        connection([...handshake(), get(1133, '/', { bytes: 20_087 }), abortBy('server', 1300)]),
        healthy({ stream: 1, firstPacket: 101, client: '10.0.0.77', beginsAt: 900_000 }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'protocol-violation': 'supported' },
    },
    {
      name: 'the network says that it cannot reach the server',
      facts: connection([...handshake(), get(1133), rstBy('server', 1300)], { unreachable: true }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { network: 'supported' },
    },
    {
      name: 'the server drops SYNs around the reset',
      facts: [
        connection([...handshake(), get(1133), rstBy('server', 1300)]),
        healthy({ ...nth(3, 20_000), synRetransmissions: 1 }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'resource-exhaustion': 'supported' },
    },
    {
      name: 'the port is closed between two requests of a connection older than the capture',
      facts: [connection(MID_STREAM), refusal(2, 500_000)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'likely',
      verdicts: { 'port-closed': 'supported', 'process-dead': 'supported' },
    },
    {
      name: 'the server’s answer comes after the RST: somebody who only listens wrote it',
      facts: connection([...handshake(), get(1133), rstBy('server', 1300), answer(3500)]),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'security-agent': 'supported', 'app-abort': 'ruled-out' },
      packets: [5, 6],
    },
    {
      name: 'seen at the client, a RST acknowledges the request faster than any packet travels',
      facts: [
        connection([
          ...handshake(20_000, 20_050),
          get(20_200),
          rstBy('server', 20_300, { ack: true, hand: { window: 0 } }),
        ]),
        connection([...handshake(20_000, 20_050), get(20_200), answer(60_000)], nth(2, 100_000)),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'security-agent': 'supported' },
    },
    {
      name: 'the RST comes from another distance and copies the IP ID of the request',
      facts: connection(
        [...handshake(), get(1133), rstBy('server', 1300, { hand: { ttl: 61, ipId: 0x1234, window: 0 } })],
        { ttl: { client: 57, server: 64 } },
      ),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
    },
    {
      name: 'a RST from another link-layer address is not the server’s',
      facts: connection([...handshake(), get(1133), rstBy('server', 1300, { hand: { mac: 0x0242ac110099 } })], {
        mac: { client: 0x0242ac110001, server: 0x0242ac110002 },
      }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'security-agent': 'supported' },
    },
    {
      name: 'forged resets and a dying process at one server are two findings',
      facts: [seed(nth(0)), aborted(1, 100_000), refusal(2, 200_000)],
      subject: '10.0.1.43:80',
      findings: 2,
      titled: 'forged',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'security-agent': 'supported' },
    },
    {
      name: 'forged resets cut TLS that no key opens',
      facts: connection(
        [
          ...handshake(),
          { at: 1100, is: 'data', from: 'client', bytes: 517 },
          { at: 1400, is: 'data', from: 'server', bytes: 3000 },
          { at: 2500, is: 'data', from: 'client', bytes: 900 },
          rstBy('server', 2600),
          rstBy('client', 2606, { sequence: 518 }),
        ],
        { protocol: 'tls', serverPort: 443 },
      ),
      subject: '10.0.1.43:443',
      occurrences: 1,
      confidence: 'likely',
      verdicts: { 'security-agent': 'supported' },
    },
    {
      name: 'the sample: an agent on the server host resets one viewer’s requests',
      capture: 'samples/rst-after-request.pcapng',
      subject: '10.0.1.43:80',
      findings: 2,
      titled: '10.0.1.43:80',
      occurrences: 17,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'security-agent': 'supported',
        'port-closed': 'ruled-out',
        'process-dead': 'ruled-out',
        timeout: 'ruled-out',
        'protocol-violation': 'ruled-out',
      },
    },
    {
      name: 'the sample: an application is killed with requests unread',
      capture: 'samples/rst-after-request.pcapng',
      subject: '10.0.1.44:8080',
      findings: 2,
      titled: '10.0.1.44:8080',
      occurrences: 7,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'process-dead': 'supported', 'security-agent': 'ruled-out' },
    },
    {
      name: 'the sample: an application closes large uploads unread, and the like of them is sent again by nobody',
      capture: 'samples/rst-after-request-unread.pcapng',
      subject: '10.0.1.46:9000',
      occurrences: 6,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'app-abort': 'supported', 'process-dead': 'ruled-out', 'security-agent': 'ruled-out' },
    },
    {
      name: 'the sample: a packet filter rejects one of two clients; the other is answered in between',
      capture: 'samples/rst-after-request-reject.pcapng',
      subject: '10.0.1.43:80',
      occurrences: 4,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'security-agent': 'supported',
        'process-dead': 'ruled-out',
        'port-closed': 'ruled-out',
        'app-abort': 'ruled-out',
      },
    },
    {
      name: 'two streams of HTTP/2 are open when the server resets the connection',
      facts: h2([
        ...handshake(),
        get(1133, '/a'),
        get(1140, '/b'),
        answer(2000),
        get(2500, '/c'),
        abortBy('server', 3000),
      ]),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'app-abort': 'supported', 'security-agent': 'ruled-out' },
    },
    {
      name: 'application data of a browser stands unanswered in TLS that no key opens',
      facts: tls(
        [...TLS_HANDSHAKE, { at: 4000, is: 'data', from: 'client', bytes: 600 }, abortBy('server', 5000)],
        600,
      ),
      subject: '10.0.1.43:443',
      titled: 'aborts TLS connections with data of the client unanswered',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'app-abort': 'supported', 'security-agent': 'ruled-out' },
    },
    {
      name: 'a process that ends with requests of different age unread, and is started again',
      facts: [
        ...[0, 1, 2].map((at) =>
          connection([...handshake(), get(1133), abortBy('server', 400_000 - at * 90_000)], {
            stream: at,
            clientPort: 40_000 + at,
            firstPacket: 1 + at * 10,
            beginsAt: at * 90_000,
          }),
        ),
        healthy({ stream: 9, clientPort: 40_009, firstPacket: 91, beginsAt: 700_000 }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'process-dead': 'supported', 'app-abort': 'open' },
    },
    {
      name: 'a worker that stands still is killed with a request unread, and with connections that wait; another answers',
      facts: [unread(300_000), ...WAITING, ...answered(20, 3.3 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'process-dead': 'supported', 'app-abort': 'open', 'security-agent': 'ruled-out' },
    },
    {
      name: 'a server without room for more resets a request as it comes, and gives idle connections up',
      facts: [unread(900), ...WAITING, ...answered(20, 3.3 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'process-dead': 'ruled-out', 'app-abort': 'supported' },
    },
    {
      name: 'a request is reset as a time-out ends connections that were used together',
      facts: [
        unread(300_000),
        ...[1, 2, 3].map((at) => idleUntil(at, { opened: at * 9000, used: SECOND, ended: 3 * SECOND + at })),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'process-dead': 'open', 'app-abort': 'supported' },
    },
    {
      name: 'bare resets at such a moment are none of the process’s: no socket is aborted so',
      facts: [
        connection([...handshake(), get(1133, '/slow', FOO), rstBy('server', 301_133)], nth(0, 3 * SECOND - 301_133)),
        ...WAITING,
        ...answered(20, 3.3 * SECOND),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'process-dead': 'ruled-out', 'app-abort': 'ruled-out' },
    },
    {
      name: 'a server that stood still looks at its timers before it reads, and goes on (Node 20: keepAliveTimeout)',
      facts: [...STOOD_STILL, ...answered(20, 6.5 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'likely',
      verdicts: { 'process-dead': 'open', timeout: 'open', 'app-abort': 'open' },
    },
    {
      name: 'the same where the server has answered after longer pauses: no timer of idle connections ends them',
      facts: [...STOOD_STILL, ANSWERED_LATE, ...answered(20, 6.5 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'likely',
      verdicts: { 'process-dead': 'supported', 'app-abort': 'open' },
    },
    {
      name: 'an application that drops requests by policy, many at once',
      facts: [0, 1, 2].map((at) =>
        connection([...handshake(), get(1133), abortBy('server', 1400)], {
          stream: at,
          clientPort: 40_000 + at,
          firstPacket: 1 + at * 10,
          beginsAt: at * 500,
        }),
      ),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'app-abort': 'supported' },
    },
  ],
  silent: [
    {
      name: 'two bare RSTs for ACK and request, and a SYN-ACK that is sent again: the server got neither',
      lookAlike: 'asymmetric-path',
      facts: BYPASSED,
    },
    {
      name: 'the sample: a full queue resets the ACK of the handshake, seen from the client',
      lookAlike: 'accept-queue-overflow',
      capture: 'samples/accept-queue-overflow-node-client.pcapng',
    },
    {
      name: 'the ACK of handshakes is reset as well as the request, while others are taken',
      lookAlike: 'accept-queue-overflow',
      facts: [...[0, 1, 2].map(ackRefused), ...answered(10, 20_000)],
    },
    {
      name: 'the sample: a firewall that the answers bypass resets the ACK of the handshake and the request',
      lookAlike: 'asymmetric-path',
      capture: 'samples/asymmetric-path-firewall.pcapng',
    },
    {
      name: 'a batch of an HTTP/2 connection, of which nothing else is known yet',
      facts: connection([...handshake(), get(1133), rstBy('server', 1258)], { protocol: 'h2' }),
    },
    {
      name: 'HTTP/2: all streams were answered',
      facts: h2([...handshake(), get(1133), answer(2000), abortBy('server', 3000)]),
    },
    {
      name: 'HTTP/2: the server had said GOAWAY',
      lookAlike: 'goaway',
      facts: h2([...handshake(), get(1133), abortBy('server', 3000)], { goAwayAt: 2000 }),
    },
    {
      name: 'HTTP/2: the stream had been reset before the connection was',
      lookAlike: 'goaway',
      facts: h2([...handshake(), get(1133), abortBy('server', 3000)], { streamResetAt: 2000 }),
    },
    {
      name: 'HTTP/2 that was not greeted, at a server that answers others over HTTP/1: protocol-mismatch tells it',
      facts: (() => {
        const facts = h2([...handshake(), get(1133, '/', { version: 'HTTP/2' }), abortBy('server', 3000)]);
        const client = { kind: 'h2-preface', packet: 4, atNs: 1_133_000 } as const;
        return [{ ...facts, beginnings: { client, server: null } }, healthy({ stream: 1, firstPacket: 101 })];
      })(),
    },
    {
      name: 'HTTP/2: the client asked after five idle seconds',
      lookAlike: 'keepalive-race',
      facts: h2([...handshake(), get(1133), answer(2000), get(5_002_000), abortBy('server', 5_002_500)], {
        idleUntil: 5_002_000,
      }),
    },
    {
      name: 'TLS without keys: the last record of the client is a control frame’s',
      facts: tls([...TLS_HANDSHAKE, { at: 4000, is: 'data', from: 'client', bytes: 31 }, abortBy('server', 5000)], 26),
    },
    {
      name: 'TLS without keys: the client speaks something else than HTTP',
      facts: tls(
        [...TLS_HANDSHAKE, { at: 4000, is: 'data', from: 'client', bytes: 601 }, abortBy('server', 5000)],
        600,
        ['imap'],
      ),
    },
    {
      name: 'TLS without keys: the server said an alert',
      facts: tls(
        [...TLS_HANDSHAKE, { at: 4000, is: 'data', from: 'client', bytes: 602 }, abortBy('server', 5000)],
        600,
        [],
        1,
      ),
    },
    {
      name: 'the server closed first, and the request crossed its FIN',
      lookAlike: 'keepalive-race',
      facts: connection([
        ...handshake(),
        get(1133),
        answer(2000),
        finBy('server', 5_002_000),
        get(5_002_100),
        rstBy('server', 5_002_200),
      ]),
    },
    {
      name: 'three connections are aborted after equally long idle times: the idle timer',
      lookAlike: 'keepalive-race',
      facts: [afterIdle(0), afterIdle(1), afterIdle(2, 5.1)],
    },
    {
      name: 'a router resets what had been idle for longer than its table remembers',
      lookAlike: 'idle-drop',
      facts: rejectedOnTheWay(0, 40),
    },
    {
      name: 'something with another TTL resets a connection that had been idle',
      facts: connection(
        [...handshake(), get(1133), answer(2000), get(5_002_100), abortBy('server', 5_002_200, { hand: { ttl: 61 } })],
        { ttl: { client: 63, server: 64 } },
      ),
    },
    {
      name: 'the server had aborted the idle connection before the request came',
      lookAlike: 'keepalive-race',
      facts: unacknowledged(
        connection([...handshake(), get(1133), answer(2000), get(300_000), abortBy('server', 305_000)]),
      ),
    },
    {
      name: 'the client stopped in the middle of its request, and the server’s timer ran out',
      lookAlike: 'stalled-request',
      facts: connection([
        ...handshake(),
        get(1133, '/upload', { method: 'POST', complete: false }),
        abortBy('server', 1_001_133),
      ]),
    },
    {
      name: 'the answer was recorded a hair before its request',
      lookAlike: 'answer-ahead',
      facts: answeredAhead(connection([...handshake(), get(1133), abortBy('server', 3000)])),
    },
    {
      name: 'the client gave up waiting and reset',
      lookAlike: 'client-abort',
      facts: connection([...handshake(), get(1133), rstBy('client', 900_000)]),
    },
    {
      name: 'the client gave up, and the server’s kernel answers what came late',
      lookAlike: 'client-abort',
      facts: connection([...handshake(), get(1133), abortBy('client', 900_000), rstBy('server', 900_100)]),
    },
    {
      name: 'the client’s stale RST came first, and nobody knows what it may have answered',
      lookAlike: 'client-abort',
      facts: connection([
        ...handshake(),
        get(1133),
        rstBy('client', 1270, { sequence: 1, answersUnknown: true }),
        rstBy('server', 1278),
      ]),
    },
    {
      name: 'the client sent FIN after its request and was reset',
      lookAlike: 'client-abort',
      facts: connection([...handshake(), get(1133), finBy('client', 900_000), rstBy('server', 900_900)]),
    },
    {
      name: 'the server resets after a complete answer',
      lookAlike: 'after-answer',
      facts: connection([...handshake(), get(1133), answer(2000), abortBy('server', 2100)]),
    },
    {
      name: 'both sides have sent FIN before a late RST',
      lookAlike: 'after-answer',
      facts: connection([
        ...handshake(),
        get(1133),
        answer(2000),
        finBy('client', 2100),
        finBy('server', 2200),
        rstBy('client', 2300),
      ]),
    },
    {
      name: 'the server says 413 and resets with the body unread',
      lookAlike: 'early-response-reset',
      facts: connection([
        ...handshake(),
        get(1133, '/upload', { method: 'POST', body: 9000 }),
        answer(1300, 413),
        abortBy('server', 1301),
      ]),
    },
    {
      name: 'bytes of an answer came that are no HTTP',
      lookAlike: 'early-response-reset',
      facts: connection(
        [...handshake(), get(1133), { at: 1300, is: 'data', from: 'server', bytes: 20 }, abortBy('server', 1301)],
        { undecoded: { server: 20 } },
      ),
    },
    {
      name: 'an HTTP/0.9 request is reset',
      lookAlike: 'old-protocol',
      facts: connection([...handshake(), get(1133, '/', { version: 'HTTP/0.9' }), rstBy('server', 1300)]),
    },
    {
      name: 'the server’s RST overtook its answer in the capture',
      lookAlike: 'reordered-reset',
      facts: connection([...handshake(), get(1133), abortBy('server', 1300, { sequence: 501 }), answer(1301)]),
    },
    ...readdirSync('samples')
      .filter((name) => /\.pcap(?:ng)?$/.test(name) && !FAILING_SAMPLES.includes(name))
      .map((name) => ({ name: `the sample ${name}: nobody resets in place of an answer`, capture: `samples/${name}` })),
    {
      name: 'a port scanner resets the connections that it opened',
      facts: connection([...handshake(), rstBy('client', 1000)]),
    },
    {
      name: 'the server resets a connection on which nothing was asked',
      facts: connection([...handshake(), rstBy('server', 5000)]),
    },
    {
      name: 'a batch of a connection that goes on has a request still open',
      facts: connection([...handshake(), get(1133)], { exchangeOffset: 1000, guards: { cutByCaptureEnd: true } }),
    },
    {
      name: 'the roles of HTTP are reversed',
      facts: connection([...handshake(), get(1133), rstBy('server', 1300)], {
        anomalies: [{ name: 'http-roles-reversed', from: null, packet: 4, count: 1 }],
      }),
    },
  ],
  cannotTell: [
    {
      name: 'bytes of the server are missing before the reset',
      facts: connection([...handshake(), get(1133), rstBy('server', 1300)], { serverFacts: { lostBytes: 1448 } }),
    },
    {
      name: 'the client acknowledged more of the server than the capture holds',
      facts: connection([...handshake(), get(1133), rstBy('server', 1300)], {
        clientFacts: { highestAcknowledged: 501 },
      }),
    },
    {
      name: 'the reset stands beyond what was seen of the server',
      facts: connection([...handshake(), get(1133), abortBy('server', 1300, { sequence: 1449 })]),
    },
    {
      name: 'nothing of the server but its reset was captured',
      facts: connection([{ at: 0, is: 'syn' }, get(1133), rstBy('server', 1300, { sequence: 1 })], {
        serverFacts: { plainSegments: 0 },
        guards: { oneSided: true },
      }),
    },
    {
      name: 'the capture begins with the request: nobody knows how long the connection was idle',
      facts: connection([get(0), rstBy('server', 100)], { serverFacts: { plainSegments: 1 } }),
    },
    {
      name: 'a plain reset in TLS without keys may have met anything',
      facts: connection(
        [
          ...handshake(),
          { at: 1100, is: 'data', from: 'client', bytes: 517 },
          { at: 1400, is: 'data', from: 'server', bytes: 3000 },
          { at: 2500, is: 'data', from: 'client', bytes: 80 },
          abortBy('server', 2600),
        ],
        { protocol: 'tls', serverPort: 443 },
      ),
    },
  ],
});

function only(findings: readonly RawFinding[]): RawFinding & { readonly facts: RstAfterRequestFacts } {
  const [finding] = findings;
  if (finding === undefined || findings.length > 1) expect.fail(`${findings.length} findings`);
  return finding as unknown as RawFinding & { readonly facts: RstAfterRequestFacts };
}

describe('a reset behind which the server sends its SYN-ACK again', () => {
  it('held the request back, where nobody saw the one before: it is not said that the request went through', () => {
    const [finding] = findingsOf(rstAfterRequest, [
      connection(
        [...handshake(), get(1133), rstBy('server', 4300, { hand: { ttl: 254 } }), { at: 1_030_000, is: 'syn-ack' }],
        { ttl: { client: 64, server: 63 } },
      ),
    ]);
    expect(finding?.facts).toMatchObject({ forged: 'certain', forgedWhere: 'inline-mid-path' });
    const agent = finding?.hypotheses.find(({ cause }) => cause === 'security-agent');
    expect(agent?.because).toContain('got neither the ACK of the handshake nor the request');
    expect(agent?.because).not.toContain('went through');
    expect(finding?.remedies.map(({ text }) => text).join()).toContain('has not seen the SYN-ACK');
  });
});

describe('the worked case of seed 001', () => {
  const finding = only(findingsOf(rstAfterRequest, [seed()]));
  const tests = Object.fromEntries(finding.facts.forgeryTests.map(({ id, result }) => [id, result]));
  const because = (cause: string): string => finding.hypotheses.find((one) => one.cause === cause)?.because ?? '';

  it('has the figures of the catalogue, to the number', () => {
    expect(finding.facts).toMatchObject({
      kind: 'forged',
      resetShape: 'A',
      forged: 'certain',
      forgedWhere: 'inline-on-host',
      capturePoint: 'server',
      farRoundTripNs: 926_000,
      medianResetDelayNs: 145_000,
      minResetDelayNs: 145_000,
      maxResetDelayNs: 145_000,
      requestBytes: 1245,
      connectionAgeNs: 147_000,
      affectedConnections: 1,
      connectionsOfServer: 1,
    });
  });

  it('proves the forgery by F1, F2 and F3; TTL and link layer were not seen', () => {
    expect(tests).toEqual({
      F1: 'positive',
      F2: 'positive',
      F3: 'positive',
      F4: 'negative',
      F5: 'not-applicable',
      F6: 'not-applicable',
      F7: 'negative',
      F8: 'not-applicable',
      F9: 'not-applicable',
    });
    expect(because('security-agent')).toContain("RST #6 in the client's name is stale by 1,245 bytes");
    expect(because('security-agent')).toContain(
      'it came 6.0 µs after what it reacts to, where the round trip to the client takes 926 µs',
    );
    expect(because('security-agent')).toContain('inline on this host');
  });

  it('names packets, delay and server, and hides the query', () => {
    expect(finding.title).toBe('10.0.1.43:80 loses requests to forged resets, before any answer');
    expect(finding.evidence[0]?.packets.map(({ packet, note }) => `#${packet} ${note}`)).toEqual([
      '#2 SYN-ACK: the server accepts',
      '#4 GET /scan?…, 1,245 bytes',
      '#5 RST 145 µs after the request; no response byte',
      "#6 RST from the client 6.0 µs after the server's; stale by 1,245 bytes",
    ]);
    expect(JSON.stringify(finding)).not.toContain('secret');
  });

  it('shows the query when asked to', () => {
    const revealed = only(findingsOf(rstAfterRequest, [seed()], { ...CONCLUSION, reveal: true }));
    expect(revealed.evidence[0]?.packets[1]?.note).toContain('token=secret');
  });

  it('points at the agent on the host, not at the application', () => {
    expect(finding.remedies.map(({ component }) => component)).not.toContain('application');
    expect(finding.remedies[0]?.text).toContain('block list');
  });
});

describe('what a forged reset is not', () => {
  const factsOf = (steps: readonly Step[], options: ConnectionOptions = {}): RstAfterRequestFacts =>
    only(findingsOf(rstAfterRequest, [connection(steps, options)])).facts;

  it('a stale RST of the client is excused by bytes lost in the capture', () => {
    const { facts, confidence, summary } = only(findingsOf(rstAfterRequest, [seed()], DROPPING));
    expect(facts).toMatchObject({ forged: 'none', kind: 'stateless-reply' });
    expect(confidence).toBe('likely');
    expect(summary).toContain('5,000 packets were dropped while capturing');
  });

  it('drops are believed from the captures alone: no connection knows them when it ends', () => {
    const early = seed({ guards: { captureDrops: true } });
    expect(findingsOf(rstAfterRequest, [early])).toEqual(findingsOf(rstAfterRequest, [seed()]));
  });

  it('a RST of another capture than the handshake proves nothing by its order or time', () => {
    const facts = seed();
    const segments = facts.close.segments.map((one) => ({ ...one, packet: one.packet + CAPTURE_STRIDE }));
    const spread = { ...facts, close: { ...facts.close, segments } };
    expect(only(findingsOf(rstAfterRequest, [spread])).facts.forged).toBe('none');
    const ends = { ...facts, guards: { ...facts.guards, severalPoints: true } };
    expect(only(findingsOf(rstAfterRequest, [ends])).facts.forged).toBe('none');
    // Whose last packet is another capture's copy is nothing to it.
    const copied = { ...facts, lastPacket: facts.lastPacket + CAPTURE_STRIDE };
    expect(only(findingsOf(rstAfterRequest, [copied])).facts.forged).toBe('certain');
  });

  it('a ring of captures has one order: each of its files begins when the one before has ended', () => {
    const facts = seed();
    const segments = facts.close.segments.map((one) => ({ ...one, packet: one.packet + CAPTURE_STRIDE }));
    const crossing = { ...facts, close: { ...facts.close, segments } };
    const forgedIn = (captures: readonly CaptureFacts[]) =>
      only(findingsOf(rstAfterRequest, [crossing], { ...CONCLUSION, captures })).facts.forged;
    expect(forgedIn([capture(0n, 1_200_000n, null), capture(1_200_001n, 9_000_000n, null)])).toBe('certain');
    expect(forgedIn([capture(0n, 1_200_000n, null), capture(900_000n, 9_000_000n, null)])).toBe('none');
    // Of another clock, whatever it shows, it is no file of the ring.
    const clock: ClockFacts = {
      ...{ reference: 0, first: 1, aheadSeconds: 3600, aheadNanoseconds: 0, sinceSeconds: 0 },
      ...{ drift: 0, by: 'packets', count: 9, withinNs: 1000 },
    };
    const later = { ...capture(1_200_001n, 9_000_000n, null), clock };
    expect(forgedIn([capture(0n, 1_200_000n, null), later])).toBe('none');
  });

  it('a stale RST is no proof when more segments stood unanswered than are remembered', () => {
    const steps = [...SEED.slice(0, 5), rstBy('client', 1284, { sequence: 1, answersUnknown: true })];
    expect(factsOf(steps)).toMatchObject({ forged: 'none', kind: 'stateless-reply' });
  });

  it('a TTL of another kind of system at the same distance is the server’s own', () => {
    const steps = [...handshake(), get(1133), rstBy('server', 1300, { hand: { ttl: 248 } })];
    expect(factsOf(steps, { ttl: { client: 64, server: 57 } })).toMatchObject({ forged: 'none' });
  });

  it('another distance alone does not prove it', () => {
    const steps = [...handshake(), get(1133), rstBy('server', 1300, { hand: { ttl: 61 } })];
    const facts = factsOf(steps, { ttl: { client: 64, server: 57 } });
    expect(facts.forged).toBe('none');
    expect(facts.forgeryTests.find(({ id }) => id === 'F5')?.result).toBe('positive');
  });

  it('a RST from one hop nearer is no proof, and not the server’s own either', () => {
    const steps = [...handshake(), get(1133), rstBy('server', 1300, { hand: { ttl: 64 } })];
    const near = connection(steps, { ttl: { client: 64, server: 63 } });
    const { facts, hypotheses, remedies } = only(findingsOf(rstAfterRequest, [near, ...answered(10, 2000)]));
    expect(facts).toMatchObject({ forged: 'none', kind: 'stateless-reply' });
    for (const cause of ['network', 'security-agent'])
      expect(hypotheses.find((one) => one.cause === cause)).toMatchObject({
        verdict: 'open',
        because: expect.stringContaining("the TTL 64 of #5 is one hop from the server's 63"),
      });
    expect(remedies.at(-1)).toMatchObject({ component: 'network' });
  });

  it('a RST with the TTL of the server’s refusals is its own', () => {
    const steps = [...handshake(), get(1133), rstBy('server', 1300, { hand: { ttl: 61 } })];
    const options = { ttl: { client: 64, server: 57 } };
    const refusedBySame = refused({ ...nth(3, 900_000), ttl: { client: 64, server: 61 } });
    const facts = only(findingsOf(rstAfterRequest, [connection(steps, options), refusedBySame])).facts;
    expect(facts.forgeryTests.find(({ id }) => id === 'F5')?.result).toBe('negative');
  });

  it('a RST through the server’s other gateway is its own', () => {
    const mac = { client: 1, server: 2 };
    const reset = connection([...handshake(), get(1133), rstBy('server', 1300, { hand: { mac: 3 } })], { mac });
    const byOther = healthy({ ...nth(4), mac: { client: 1, server: 3 } });
    expect(only(findingsOf(rstAfterRequest, [reset, byOther])).facts.forged).toBe('none');
  });

  it('at the client, a RST as fast as the server’s answers is no proof', () => {
    const reset = [...handshake(5000, 5050), get(5200), rstBy('server', 5900, { ack: true, hand: { window: 0 } })];
    const fast = connection([...handshake(5000, 5050), get(5200), answer(5700)], nth(2));
    expect(only(findingsOf(rstAfterRequest, [connection(reset), fast])).facts.forged).toBe('none');
  });
});

describe('who and when', () => {
  const finding = only(
    findingsOf(rstAfterRequest, [
      ...Array.from({ length: 4 }, (_, at) => rejected(at, 1_000_000 + at * 30_000, { client: `10.0.0.${at}` })),
      ...answered(20, 0, {}, '/search', FOO),
      ...answered(30, 1_015_000, {}, '/search', FOO),
      connection([...handshake(), get(1133), rstBy('client', 900_000)], nth(50, 3_000_000)),
    ]),
  );

  it('is told by rates, over the run and while it lasted', () => {
    expect(finding.summary).toContain('In 4 of 25 connections to 10.0.1.43:80 (4 of 24 requests)');
    expect(finding.summary).toMatch(/From [\d.]+ m?s to [\d.]+ s into the capture, 4 of 8 requests met it\./);
    const { byTime } = finding.facts;
    expect(byTime.reduce((sum, { failed }) => sum + failed, 0)).toBe(4);
    expect(byTime.reduce((sum, one) => sum + one.answered, 0)).toBe(20);
  });

  it('is said to be none at other times where chance would not do as much', () => {
    const { summary } = only(
      findingsOf(rstAfterRequest, [
        ...Array.from({ length: 7 }, (_, at) => rejected(at, 1_000_000 + at * 5000, { client: `10.0.0.${at}` })),
        ...answered(60, 0, {}, '/search', FOO),
        ...answered(130, 1_015_000, {}, '/search', FOO),
        connection([...handshake(), get(1133), rstBy('client', 900_000)], nth(150, 3_000_000)),
      ]),
    );
    expect(summary).toMatch(/into the capture, 7 of \d+ requests met it, (?:before that|at other times) none\./);
  });

  it('lists clients and paths with how they fared', () => {
    expect(finding.facts.affectedClients).toBe(4);
    expect(finding.facts.affected).toContainEqual({
      attribute: 'client-address',
      value: '10.0.0.1',
      failed: 1,
      answered: 20,
    });
    expect(finding.facts.affected).toContainEqual({ attribute: 'path', value: '/search', failed: 4, answered: 20 });
  });

  it('leaves out the client that gave up by itself, and says so', () => {
    expect(finding.facts.abandonedByClients).toBe(1);
    expect(finding.summary).toContain('Not counted: 1 connection that its client reset while waiting.');
  });
});

describe('a reset in TLS that no key opens', () => {
  const steps = [...TLS_HANDSHAKE, { at: 4000, is: 'data', from: 'client', bytes: 601 } as const];
  const reset = tls([...steps, abortBy('server', 5000)], 600);
  /** The proxy in front answers its client at `at`. */
  const front = (at: number, status: number, stream = 7): Connection =>
    connection([...handshake(), get(1133), answer(at, status), finBy('server', at + 50)], {
      ...{ stream, firstPacket: 1 + stream * 100, clientPort: 50_000 + stream },
      ...{ client: '203.0.113.5', server: '10.0.0.49' },
    });
  const of = (...fronts: Connection[]): RawFinding => only(findingsOf(rstAfterRequest, [reset, ...fronts]));

  it('is what the proxy in front says 502 for, as soon as it has come', () => {
    const { summary, evidence } = of(front(5600, 502));
    expect(summary).toContain('10.0.0.49:80 told its clients 502 for it, once');
    expect(evidence[0]?.packets.at(-1)?.note).toBe('502 for a client in front');
  });

  it('is not, where that comes later, says something else, or is said to more clients than were reset', () => {
    for (const fronts of [[front(95_000, 502)], [front(5600, 504)], [front(5600, 502), front(5700, 502, 8)]])
      expect(of(...fronts).summary).not.toContain('told its clients');
  });
});

describe('several streams of one HTTP/2 connection', () => {
  it('are one occurrence, each with its packet', () => {
    const steps = [...handshake(), get(1133, '/a'), get(1140, '/b?key=secret'), abortBy('server', 3000)];
    const { facts, summary, evidence } = only(findingsOf(rstAfterRequest, [h2(steps)]));
    expect(facts).toMatchObject({ lostRequests: 2, affectedConnections: 1, outstanding: 'request' });
    expect(summary).toContain('was reset with 2 requests open, 1.9 ms after the first of its requests');
    expect(evidence[0]?.packets.map(({ packet, note }) => `#${packet} ${note}`)).toContain('#5 GET /b?…, open too');
  });
});

describe('a request that another server answers', () => {
  it('was retried elsewhere: that proves nothing of what this server dislikes', () => {
    const elsewhere = healthy({ ...nth(1, 200_000), server: '10.0.1.44' }, '/slow', FOO);
    const { facts, summary, hypotheses } = only(findingsOf(rstAfterRequest, [aborted(0, 0), elsewhere]));
    expect(facts).toMatchObject({ retriedAndAnswered: 1, retriedElsewhere: 1 });
    expect(summary).toContain('sent again and answered by another server (first in #14).');
    expect(hypotheses.find(({ cause }) => cause === 'protocol-violation')?.verdict).toBe('open');
  });
});

describe('many incidents', () => {
  it('are one finding with a count and the earliest few as examples', () => {
    const many = Array.from({ length: 300 }, (_, at) => seed(nth(at)));
    const finding = only(findingsOf(rstAfterRequest, many));
    expect(finding.occurrences).toBe(300);
    expect(finding.evidence).toHaveLength(20);
    expect(finding.evidence.map(({ stream }) => stream)).toEqual(Array.from({ length: 20 }, (_, at) => at));
  });

  it('at two servers are two findings', () => {
    const findings = findingsOf(rstAfterRequest, [seed(nth(0)), seed({ ...nth(1), server: '10.0.1.44' })]);
    expect(findings.map(({ subject }) => subject.address)).toEqual(['10.0.1.43', '10.0.1.44']);
  });
});

describe('incidents at more servers than are kept', () => {
  const at = (index: number, options: ConnectionOptions = {}): Connection =>
    seed({ ...nth(index), server: `10.1.${index >> 8}.${index & 255}`, ...options });
  const many = Array.from({ length: 300 }, (_, index) => at(index));
  const figures = (findings: readonly RawFinding[]) =>
    findings.map(({ facts }) => (facts as unknown as RstAfterRequestFacts).incidentsAtUncountedServers);

  it('are counted in every finding, and told in the first', () => {
    const findings = findingsOf(rstAfterRequest, many);
    expect(findings).toHaveLength(256);
    expect(new Set(figures(findings))).toEqual(new Set([44]));
    const told = findings.filter(({ summary }) => summary.includes('44 resets without an answer were counted at'));
    expect(told).toEqual([findings[0]]);
  });

  it('are as many in any split and order', () => {
    const whole = findingsOf(rstAfterRequest, many);
    expect(findingsOf(rstAfterRequest, [...many].reverse())).toEqual(whole);
    const parts = Array.from({ length: 3 }, () => new RuleRun([rstAfterRequest]));
    for (const [index, one] of many.entries()) parts[index % 3]?.inspect(one);
    const [first, second, third] = parts;
    if (first === undefined || second === undefined || third === undefined) expect.fail('three parts');
    third.merge(second.seen);
    third.merge(first.seen);
    expect(third.conclude(CONCLUSION).findings).toEqual(whole);
  });

  it('are none where all found room: the summary says nothing of them', () => {
    const findings = findingsOf(rstAfterRequest, many.slice(0, 256));
    expect(new Set(figures(findings))).toEqual(new Set([0]));
    for (const { summary } of findings) expect(summary).not.toContain('Besides');
  });

  it('do not give way to resets in TLS that mean nothing', () => {
    const steps: readonly Step[] = [
      ...handshake(),
      { at: 1100, is: 'data', from: 'client', bytes: 517 },
      { at: 1400, is: 'data', from: 'server', bytes: 3000 },
      { at: 2500, is: 'data', from: 'client', bytes: 80 },
      abortBy('server', 2600),
    ];
    const tls = Array.from({ length: 400 }, (_, index) =>
      connection(steps, { ...nth(index), server: `10.2.${index >> 8}.${index & 255}`, protocol: 'tls' }),
    );
    const finding = only(findingsOf(rstAfterRequest, [...tls, seed(nth(500))]));
    expect(finding.facts.incidentsAtUncountedServers).toBe(144);
  });
});

describe('a request that failed close to the end of the capture', () => {
  it('is not said to have been left without a retry, and is critical all the same', () => {
    const finding = only(findingsOf(rstAfterRequest, [seed()]));
    expect(finding.facts).toMatchObject({ retriesJudged: 0, notRetried: 0 });
    expect(finding.severity).toBe('critical');
  });

  it('was not retried when the capture goes on for five seconds without a retry', () => {
    const finding = only(findingsOf(rstAfterRequest, [seed(), healthy(nth(1, 5 * SECOND), '/other')]));
    expect(finding.facts).toMatchObject({ retriesJudged: 1, notRetried: 1 });
  });

  it('is judged by the end of the whole run, whichever part saw it', () => {
    const [one, other] = [new RuleRun([rstAfterRequest]), new RuleRun([rstAfterRequest])];
    one.inspect(seed());
    other.inspect(healthy(nth(1, 5 * SECOND), '/other'));
    one.merge(other.seen);
    expect(only(one.conclude(CONCLUSION).findings).facts.notRetried).toBe(1);
  });
});

describe('a batch of exchanges that begins with the reset request', () => {
  const steps = [...handshake(), get(1133), rstBy('server', 1300), answer(3500)];
  /** What the server sent to earlier batches lies before. */
  const batch = (options: ConnectionOptions = {}): Connection =>
    connection(steps, { exchangeOffset: 1000, serverFacts: { firstPayloadNs: 500_000 }, ...options });

  it('is one of a reused connection: its answer came after the RST', () => {
    const finding = only(findingsOf(rstAfterRequest, [batch()]));
    expect(finding.facts).toMatchObject({ forged: 'certain', connectionAgeNs: null });
  });

  it('is silent when the request ended an idle period', () => {
    const period = { durationNs: 600_000_000, after: 'server', endedBy: 'client-payload', packet: 4 } as const;
    expect(
      findingsOf(rstAfterRequest, [batch({ idlePeriods: [{ ...period, startNs: 1_133_000 - 600_000_000 }] })]),
    ).toEqual([]);
  });

  it('is silent when the idle periods of that time were not kept', () => {
    expect(findingsOf(rstAfterRequest, [{ ...batch(), idlePeriodCount: 3 }])).toEqual([]);
  });
});

describe('where a request stands in its stream', () => {
  const factsOf = (steps: readonly Step[]): RstAfterRequestFacts =>
    only(findingsOf(rstAfterRequest, [connection(steps)])).facts;

  it('does not move by what the client sends after the reset', () => {
    const fin = [...SEED.slice(0, 5), finBy('client', 1280), rstBy('client', 1284, { sequence: 1 })];
    expect(factsOf(fin)).toMatchObject({ requestBytes: 1245, forgedWhere: 'inline-on-host' });
    const late: readonly Step[] = [...SEED, { at: 1290, is: 'data', from: 'client', bytes: 700 }];
    expect(factsOf(late)).toMatchObject({ requestBytes: 1245, forgedWhere: 'inline-on-host' });
  });

  it('is known for a later request by its length', () => {
    const steps = [
      ...handshake(),
      get(1133, '/', { bytes: 300 }),
      answer(2000),
      get(3000, '/scan', { bytes: 500 }),
      rstBy('server', 3100),
      finBy('client', 3102),
      rstBy('client', 3106, { sequence: 301 }),
    ];
    expect(factsOf(steps)).toMatchObject({ requestBytes: 500, forgedWhere: 'inline-on-host' });
  });
});

describe('a server that closes behind its first answer and does not say so', () => {
  const once = (at: number) => healthy({ ...nthEvery(10_000)(at) });
  const again = (at: number) =>
    connection([...handshake(), get(1133), answer(2000), get(2100), abortBy('server', 2200)], nthEvery(10_000)(at));
  const said = (...facts: readonly Connection[]) => findingsOf(rstAfterRequest, facts)[0];

  it('is told where later requests alone meet the reset, with what to change there', () => {
    const finding = said(
      ...Array.from({ length: 12 }, (_, at) => once(at)),
      ...Array.from({ length: 6 }, (_, at) => again(12 + at)),
    );
    expect(finding?.hypotheses.find(({ cause }) => cause === 'app-abort')?.because).toContain(
      'no later request of a connection is known to have been answered',
    );
    expect(finding?.remedies[0]).toMatchObject({
      component: 'server',
      config: expect.stringContaining('http11-socket'),
    });
  });

  it('is not where later requests of others are answered', () => {
    const kept = (at: number) =>
      connection(
        [...handshake(), get(1133), answer(2000), get(2100), answer(2300), finBy('client', 2400)],
        nthEvery(10_000)(at),
      );
    const finding = said(
      ...Array.from({ length: 12 }, (_, at) => kept(at)),
      ...Array.from({ length: 6 }, (_, at) => again(12 + at)),
    );
    expect(finding?.remedies[0]).toMatchObject({ component: 'application' });
  });
});
