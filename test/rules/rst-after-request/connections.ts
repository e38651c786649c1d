/** Connections that are reset instead of answered, and others beside them. */
import { expect } from 'vitest';
import type { CaptureFacts } from '../../../src/facts/capture.js';
import type { Connection, IdlePeriod } from '../../../src/facts/connection.js';
import type { RawFinding } from '../../../src/facts/finding.js';
import type { TlsFacts, TlsSideFacts } from '../../../src/facts/tls.js';
import type { RstAfterRequestFacts } from '../../../src/rules/rst-after-request/case.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  healthy,
  type RequestOptions,
  refused,
  rstBy,
  type Step,
  withEnds,
} from '../facts.js';
import { idleUntil } from '../moment-facts.js';
import { CONCLUSION } from '../test-rule.js';

/** Seed 001, line by line: captured at the server, client 926 µs away; no TTL, no MAC in tcpdump's text. */
export const SEED: readonly Step[] = [
  ...handshake(60, 986),
  get(1133, '/scan?token=secret', { bytes: 1245, authority: null }),
  rstBy('server', 1278, { hand: { ipId: null } }),
  rstBy('client', 1284, { sequence: 1, hand: { ipId: null } }),
];
export const seed = (options: ConnectionOptions = {}): Connection => connection(SEED, options);

/** An abort in all but the timestamps, which its connection negotiated: written by no socket of Linux. */
export function abortWithoutTimestamps(): Connection {
  const plain = connection([...handshake(60, 986), get(1133), abortBy('server', 30_000)]);
  return { ...plain, handshake: { ...plain.handshake, timestampsNegotiated: true } };
}

/** What was read of one capture, which lasted from `startEpochNs` to `endEpochNs`. */
export function capture(startEpochNs: bigint, endEpochNs: bigint, droppedPackets: number | null): CaptureFacts {
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
export const DROPPING = { ...CONCLUSION, captures: [capture(0n, 1_284_000n, 5000)] };

export const SECOND = 1_000_000;
export const FOO: RequestOptions = { bytes: 300 };

/** The `at`-th connection of a capture: its own stream, port, packets and time. */
export function nth(at: number, beginsAt = at * 10_000): ConnectionOptions {
  return { stream: at, clientPort: 40_000 + at, firstPacket: 1 + at * 10, beginsAt };
}

/** Ten requests that the server answers, the `from`-th connections on. */
export function answered(
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
export function rejected(
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
export function aborted(at: number, beginsAt: number, after = 800, options: ConnectionOptions = {}): Connection {
  return connection([...handshake(), get(1133, '/slow', FOO), abortBy('server', 1133 + after)], {
    ...nth(at, beginsAt),
    ...options,
  });
}

/** Three that the server ends at three seconds, idle for 0.5, 1.5 and 2.2 s. */
export const WAITING = [
  idleUntil(1, { opened: 100_000, used: 2.5 * SECOND, ended: 3 * SECOND + 50 }),
  idleUntil(2, { opened: 700_000, used: 1.5 * SECOND, ended: 3 * SECOND + 90 }),
  idleUntil(3, { opened: 300_000, used: 800_000, ended: 3 * SECOND + 130 }),
];
/** A request that has waited for `age` at three seconds, when it is reset. */
export const unread = (age: number, options: ConnectionOptions = {}): Connection =>
  aborted(0, 3 * SECOND - age - 1133, age, options);

/** Used once, asked again after some seconds, and reset together at six seconds with the second request unread. */
export const STOOD_STILL = [0, 1, 2].map((at) =>
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
export const ANSWERED_LATE = connection(
  [...handshake(), get(1133), answer(2000), get(6.4 * SECOND), answer(6.41 * SECOND)],
  {
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
  },
);

export const refusal = (at: number, beginsAt: number): Connection => refused(nth(at, beginsAt));

export const MID_STREAM: readonly Step[] = [
  get(0, '/first'),
  answer(2000),
  get(4000, '/second'),
  rstBy('server', 4100),
];

/** The same, the reset acknowledging only what had been answered before. */
export function unacknowledged(facts: Connection): Connection {
  const bytes = (facts.exchanges.at(-1)?.request?.headBytes ?? 0) + (facts.exchanges.at(-1)?.request?.bodyBytes ?? 0);
  return withEnds(facts, ({ acknowledgement }) => ({
    acknowledgement: (acknowledgement ?? 0) - bytes,
    deltaAcknowledgement: -bytes,
  }));
}

/** The same, with a response that nobody asked for 100 µs before the request. */
export function answeredAhead(facts: Connection): Connection {
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

/** The ACK of the handshake and the request are reset one by one, and the server waits for the ACK still. */
export const BYPASSED: Connection = connection(
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
export function h2(steps: readonly Step[], { goAwayAt, streamResetAt, idleUntil }: H2Options = {}): Connection {
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
      unfinishedHead: null,
      timesLost: { client: 0, server: 0 },
    },
  };
}

/** TLS 1.2 from the ClientHello to the server's Finished. */
export const TLS_HANDSHAKE: readonly Step[] = [
  ...handshake(),
  { at: 1100, is: 'data', from: 'client', bytes: 517 },
  { at: 1400, is: 'data', from: 'server', bytes: 3000 },
  { at: 2500, is: 'data', from: 'client', bytes: 93 },
  { at: 2600, is: 'data', from: 'server', bytes: 51 },
];

/** TLS that no key opens; the client's last record is application data of this length. */
export function tls(
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
export const afterIdle = (at: number, seconds = 5): Connection => {
  const idleUntil = seconds * SECOND + 2000;
  return connection(
    [...handshake(), get(1133), answer(2000), get(idleUntil), abortBy('server', idleUntil + 100)],
    nth(at, at * 20 * SECOND),
  );
};

/** A rule that rejects with a bare reset, one hop before the server, comes between two requests so many seconds apart. */
export const rejectedOnTheWay = (at: number, seconds: number): Connection => {
  const idleUntil = seconds * SECOND + 2000;
  return connection(
    [...handshake(), get(1133), answer(2000), get(idleUntil), rstBy('server', idleUntil + 30, { hand: { ttl: 64 } })],
    { ...nth(at, at * 20 * SECOND), ttl: { client: 64, server: 63 } },
  );
};

/** A bare reset, of the server's own TTL, meets the request that comes after so many seconds; by another station, if told. */
export const strayAfter = (at: number, seconds: number, mac: number | null = null): Connection => {
  const idleUntil = seconds * SECOND + 2000;
  return connection(
    [...handshake(), get(1133), answer(2000), get(idleUntil), rstBy('server', idleUntil + 30, { hand: { mac } })],
    { ...nth(at, at * 20 * SECOND), ttl: { client: 64, server: 63 }, mac: { client: 1, server: 2 } },
  );
};

/** The server is 2 ms away; a bare RST comes for a request 40 µs after the handshake, too soon or not for a server's. */
export function agentFar(at: number, beginsAt: number, resetAt: number, client: string): Connection {
  const options = { ...nth(at, beginsAt), client };
  return connection([...handshake(2000, 2010), get(2050, '/a', FOO), rstBy('server', resetAt)], options);
}
/** Others that it answers meanwhile, as far away. */
export const answeredFar = (from: number, beginsAt: number): Connection[] =>
  Array.from({ length: 10 }, (_, at) =>
    connection(
      [...handshake(2000, 2010), get(2050, '/b', FOO), answer(5000), finBy('client', 5100), finBy('server', 7200)],
      nth(from + at, beginsAt + at * 20_000),
    ),
  );

/** At the client, with the TTL of the SYN-ACK: a reset for the ACK of the handshake, and one for the request. */
export const ackRefused = (at: number): Connection =>
  connection([...handshake(2000, 2010), get(2050, '/a', FOO), rstBy('server', 4100), rstBy('server', 4120)], {
    ...nth(at),
    ttl: { client: 64, server: 64 },
  });

/** The one finding among these. */
export function only(findings: readonly RawFinding[]): RawFinding & { readonly facts: RstAfterRequestFacts } {
  const [finding] = findings;
  if (finding === undefined || findings.length > 1) expect.fail(`${findings.length} findings`);
  return finding as unknown as RawFinding & { readonly facts: RstAfterRequestFacts };
}
