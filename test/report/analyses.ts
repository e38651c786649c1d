/** Analyses written by hand: what a pipeline would give for a few small stories. */
import type { Connection, SideFacts } from '../../src/facts/connection.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../src/facts/exchange.js';
import type { Evidence, Finding } from '../../src/facts/finding.js';
import type { Analysis, Unseen } from '../../src/facts/summary.js';
import type { ReportInput } from '../../src/report/report-input.js';
import type { TextStyle } from '../../src/report/text-style.js';
import { connection as ordinaryConnection, side as ordinarySide } from '../findings/connections.js';

/** 2024-06-10T13:50:58.480543Z. */
export const ORIGIN = 1_718_027_458_480_543_000n;

export const PLAIN: TextStyle = { width: 80, isColoured: false, ascii: false, time: 'utc' };

export const ALL_SEEN: Unseen = {
  legsBehind: [],
  midStream: 0,
  encrypted: 0,
  tls: { connections: 0, decrypted: 0, decryptedInPart: 0, undecrypted: [] },
  quic: { connections: 0, names: [] },
  oneSided: 0,
  unread: 0,
  withLostBytes: 0,
  snapped: 0,
  openAtEnd: 0,
  evicted: 0,
  latePackets: 0,
  malformedHeaders: [],
  unknownLinkTypes: [],
};

/** A run in which nothing failed. */
export function quietAnalysis(changes: Partial<Analysis> = {}): Analysis {
  return {
    captures: [
      {
        file: 'front.pcapng',
        format: 'pcapng',
        compressed: false,
        linkTypes: ['ETHERNET'],
        packets: 5120,
        bytes: 812_345,
        startEpochNs: ORIGIN,
        endEpochNs: ORIGIN + 61_250_000_000n,
        droppedPackets: null,
        snappedPackets: 0,
        clock: null,
        timedBy: null,
        warnings: [],
      },
    ],
    originEpochNs: ORIGIN,
    durationNs: 61_250_000_000,
    connections: 212,
    exchanges: 1904,
    findings: [],
    servers: [],
    unseen: ALL_SEEN,
    keysGiven: 'no-log',
    bothLegs: false,
    rules: ['rst-after-request'],
    ruleFailures: [],
    interrupted: false,
    ...changes,
  };
}

export function occurrence(stream: number, firstPacket: number, changes: Partial<Evidence> = {}): Evidence {
  return {
    stream,
    client: { address: '10.0.0.1', port: 53554 },
    server: { address: '10.0.1.43', port: 80 },
    packets: [
      { packet: firstPacket, atNs: 6_000_000_000, note: 'GET /a?…, 312 bytes' },
      { packet: firstPacket + 1, atNs: 6_000_145_000, note: 'RST 145 µs after the request; no response byte' },
    ],
    ...changes,
  };
}

/** The incident that the project began with: requests answered by a RST that the server did not write. */
export function resetFinding(changes: Partial<Finding> = {}): Finding {
  return {
    id: 'F1',
    rule: 'rst-after-request',
    severity: 'critical',
    confidence: 'certain',
    title: '10.0.1.43:80 (serv1.example) loses requests to forged resets, before any answer',
    summary: 'In 17 of 212 connections to 10.0.1.43:80 a RST came 90 to 180 µs after the request.',
    subject: { address: '10.0.1.43', port: 80, name: 'serv1.example' },
    occurrences: 17,
    firstSeenNs: 6_000_145_000,
    lastSeenNs: 59_540_000_000,
    facts: RESET_FACTS,
    evidence: Array.from({ length: 17 }, (_, index) => occurrence(3 + index, 6 + 10 * index)),
    hypotheses: [
      {
        cause: 'security-agent',
        verdict: 'supported',
        because: 'the RST is 17× faster than any answer; TTL 61 where the server has 57 (#7, #5)',
      },
      { cause: 'timeout', verdict: 'ruled-out', because: 'the longest idle time before a request is 1.0 ms' },
      { cause: 'process-dead', verdict: 'open', because: 'no earlier packet of this process in the capture' },
    ],
    remedies: [
      { component: 'host', text: "exempt 10.0.1.43:80 in the agent's web rules", config: null },
      {
        component: 'haproxy',
        text: 'retry what is safe to repeat',
        config: 'retry-on empty-response\nretries 2',
      },
    ],
    references: [{ title: 'RFC 9293 §3.5.2', url: 'https://www.rfc-editor.org/rfc/rfc9293#section-3.5.2' }],
    ...changes,
  };
}

const RESET_FACTS = {
  kind: 'forged',
  resetShape: 'A',
  forged: 'certain',
  forgedWhere: 'inline-on-host',
  forgeryTests: [{ id: 'ttl', result: 'positive', weight: 'strong', because: 'TTL 61, others 57' }],
  capturePoint: 'client',
  farRoundTripNs: 412_000,
  minResetDelayNs: 90_000,
  medianResetDelayNs: 145_000,
  maxResetDelayNs: 180_000,
  fastestAnswerNs: 2_500_000,
  connectionAgeNs: 1_020_000,
  requestBytes: 312,
  encrypted: false,
  outstanding: 'request',
  affectedConnections: 17,
  connectionsOfServer: 212,
  lostRequests: 17,
  answeredRequestsOfServer: 1887,
  byTime: [{ fromSeconds: 4.096, seconds: 2.048, failed: 17, answered: 60 }],
  affected: [{ attribute: 'client-address', value: '10.0.0.1', failed: 17, answered: 0 }],
  answeredSampled: 128,
  affectedClients: 1,
  abandonedByClients: 0,
  uncountedIncidents: 0,
  incidentsAtUncountedServers: 0,
  healthChecks: 0,
  retriesJudged: 0,
  retriedAndAnswered: 0,
  retriedInVain: 0,
  notRetried: 0,
  retriedElsewhere: 0,
  attribute: null,
};

const MEASURED = {
  statuses: [
    { status: 200, count: 300 },
    { status: 404, count: 2 },
  ],
  requestTimeoutSeconds: 20,
  requestTimeoutSamples: 3,
  roundTripToServerSeconds: 0.00006,
  roundTripToClientsSeconds: 0.000926,
  timeToFirstByte: { samples: 302, p50Seconds: 0.01, p95Seconds: 0.2, p99Seconds: 0.9, maxSeconds: 1.2 },
};

/** The incident with everything around it. */
export function failedAnalysis(changes: Partial<Analysis> = {}): Analysis {
  return quietAnalysis({
    findings: [resetFinding()],
    servers: [
      {
        address: '10.0.1.43',
        port: 80,
        names: ['serv1.example'],
        connections: 212,
        undecrypted: 0,
        exchanges: 1904,
        requests: 1904,
        serverErrors: 0,
        resets: 17,
        idleTimeoutSeconds: 10,
        idleTimeoutSamples: 12,
        idleCloseSeconds: [9.99, 10.0, 10.01, 10.02],
        longestAnsweredIdleSeconds: null,
        ...MEASURED,
      },
      {
        address: '2001:db8:1234:5678:9abc:def0:1234:5678',
        port: 8080,
        names: ['a-rather-long-name.internal.example', 'b.example'],
        connections: 40,
        undecrypted: 0,
        exchanges: 310,
        requests: 310,
        serverErrors: 9,
        resets: 0,
        idleTimeoutSeconds: null,
        idleTimeoutSamples: 0,
        idleCloseSeconds: [],
        longestAnsweredIdleSeconds: 61,
        ...MEASURED,
        timeToFirstByte: null,
      },
    ],
    unseen: { ...ALL_SEEN, midStream: 12, encrypted: 3 },
    ...changes,
  });
}

export function input(analysis: Analysis, changes: Partial<ReportInput> = {}): ReportInput {
  return { analysis, errors: [], version: '1.2.3', reveal: false, filter: null, maxOccurrences: undefined, ...changes };
}

function side(address: string, port: number, packets: number, payloadBytes: number): SideFacts {
  return ordinarySide(
    { address, port },
    { packets, payloadBytes, plainSegments: packets, firstPayloadNs: null, lastPayloadNs: null },
  );
}

const MESSAGE = {
  startNs: 0,
  endNs: 0,
  version: 'HTTP/1.1',
  headBytes: 40,
  bodyBytes: 0,
  contentLength: null,
  framing: 'none',
  complete: true,
  lostBytes: 0,
  longestPauseNs: 0,
  fields: [],
} as const;

export function request(target: string, packet: number): RequestMessage {
  return {
    ...MESSAGE,
    method: 'GET',
    target,
    authority: 'a.example',
    firstPacket: packet,
    lastPacket: packet,
    headPacket: packet,
  };
}

export function response(status: number, packet: number): ResponseMessage {
  return {
    ...MESSAGE,
    status,
    reason: 'OK',
    bodyDigest: null,
    firstPacket: packet,
    lastPacket: packet,
    headPacket: packet,
  };
}

export function exchange(
  asked: RequestMessage | null,
  answered: ResponseMessage | null,
  changes: Partial<Exchange> = {},
): Exchange {
  return { h2Stream: null, index: 0, request: asked, interim: [], response: answered, h2: null, ...changes };
}

/** One ordinary connection. */
export function connection(changes: Partial<Connection> = {}): Connection {
  return ordinaryConnection({
    client: side('10.0.0.1', 53554, 9, 1245),
    server: side('10.0.1.49', 80, 8, 20_311),
    lastPacket: 17,
    startEpoch: { seconds: 1_718_027_458, nanoseconds: 480_543_000 },
    endNs: 1_250_000_000,
    exchanges: [exchange(request('/x', 14), response(200, 16))],
    ...changes,
  });
}
