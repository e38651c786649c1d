import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rstAfterRequest } from '../../src/rules/rst-after-request.js';
import { abortBy, answer, connection, finBy, get, handshake, healthy, rstBy } from './facts.js';
import { idleUntil } from './moment-facts.js';
import { headerAlone } from './proxy-header-facts.js';
import {
  ANSWERED_LATE,
  aborted,
  abortWithoutTimestamps,
  ackRefused,
  afterIdle,
  agentFar,
  answered,
  answeredAhead,
  answeredFar,
  BYPASSED,
  FOO,
  h2,
  MID_STREAM,
  nth,
  refusal,
  rejected,
  rejectedOnTheWay,
  SECOND,
  SEED,
  STOOD_STILL,
  seed,
  strayAfter,
  TLS_HANDSHAKE,
  tls,
  unacknowledged,
  unread,
  WAITING,
} from './rst-after-request/connections.js';
import { findingsOf, testRule } from './test-rule.js';

/** Where a server, or something in its name, resets in place of an answer; no other sample has that, healthy or not. */
const FAILING_SAMPLES: readonly string[] = [
  'encrypted-rst-after-request.pcapng',
  'rst-after-request.pcapng',
  'rst-after-request-unread.pcapng',
  'rst-after-request-reject.pcapng',
];

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
      name: 'the server knows no connection that had been idle for longer than a NAT may remember, and answers others',
      facts: [strayAfter(0, 40), ...answered(1, 40 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { network: 'open', timeout: 'open', 'app-abort': 'ruled-out' },
    },
    {
      name: 'the same after a pause that no NAT forgets within',
      facts: [strayAfter(0, 20), ...answered(1, 20 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { network: 'ruled-out', timeout: 'open' },
    },
    {
      name: 'another station resets after a short pause',
      facts: [strayAfter(0, 3, 3), ...answered(1, 3 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { network: 'open' },
    },
    {
      name: 'the station that has taken the server’s address over resets what it knows nothing of, and answers others',
      facts: [strayAfter(0, 40, 3), ...answered(1, 41 * SECOND, { mac: { client: 1, server: 3 } })],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { network: 'open', timeout: 'open', 'app-abort': 'ruled-out' },
    },
    {
      name: 'the same beside what a third station resets, which is told by itself (idle-drop)',
      facts: [
        strayAfter(0, 40, 3),
        strayAfter(1, 40, 4),
        ...answered(2, 61 * SECOND, { mac: { client: 1, server: 3 } }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'likely',
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
      verdicts: {
        'app-abort': 'supported',
        'process-dead': 'ruled-out',
        'security-agent': 'ruled-out',
        'proxy-header-missing': 'ruled-out',
      },
    },
    {
      name: 'requests are aborted without a PROXY header, with which another client begins and is left standing',
      facts: [aborted(0, 0), aborted(1, 500_000, 1200), headerAlone(nth(2, 700_000))],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'app-abort': 'supported', 'proxy-header-missing': 'supported' },
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
      name: 'a forwarder with the server’s TTL, known by its link-layer source, does the same',
      lookAlike: 'idle-drop',
      facts: strayAfter(0, 40, 3),
    },
    {
      name: 'the same while the server answers others from its own link-layer source',
      lookAlike: 'idle-drop',
      facts: [strayAfter(0, 40, 3), ...answered(1, 41 * SECOND, { mac: { client: 1, server: 2 } })],
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
