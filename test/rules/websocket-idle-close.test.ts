import type { Connection } from '../../src/facts/connection.js';
import type { Side } from '../../src/facts/endpoint.js';
import type { WebSocketFacts } from '../../src/facts/websocket.js';
import { websocketIdleClose } from '../../src/rules/websocket-idle-close.js';
import { answer, type ConnectionOptions, connection, fieldsOf, finBy, get, handshake, rstBy, SECOND } from './facts.js';
import { overH2 } from './h2-facts.js';
import { testRule } from './test-rule.js';
import { sent, webSocket } from './websocket-facts.js';

/** Packets of a connection written here, from its first. */
const ANSWER = 4;
const FRAME = 5;

interface CutOptions {
  readonly by?: Side;
  readonly key?: string;
  readonly forwarded?: boolean;
  readonly reset?: boolean;
  readonly facts?: (beginsNs: number, first: number) => Partial<WebSocketFacts>;
}

/** The `at`-th connection: a WebSocket whose server sends one frame, and which ends `idle` microseconds later. */
function cut(at: number, idle: number, options: CutOptions = {}, made: ConnectionOptions = {}): Connection {
  const { by = 'client', key = `key${at}`, forwarded = false, reset = false, facts = () => ({}) } = options;
  const beginsAt = made.beginsAt ?? at * 700_000;
  const firstPacket = made.firstPacket ?? 1 + at * 10;
  const fields = fieldsOf({
    upgrade: 'websocket',
    'sec-websocket-key': key,
    ...(forwarded ? { 'x-forwarded-for': '203.0.113.7' } : {}),
  });
  const front = made.server !== undefined;
  const base = connection(
    [
      ...handshake(),
      get(front ? 1000 : 1133, '/live', { fields }),
      answer(front ? 5000 : 3600, 101),
      { at: 10_000, is: 'data', from: 'server', bytes: 20 },
      reset ? rstBy(by, 10_000 + idle) : finBy(by, 10_000 + idle + (front ? 100 : 0)),
    ],
    { stream: at, clientPort: 40_000 + at, firstPacket, beginsAt, protocol: 'websocket', ...made },
  );
  const beginsNs = beginsAt * 1000;
  const conversation = webSocket(firstPacket + ANSWER, {
    startNs: beginsNs + 3_600_000,
    sent: { client: sent(null), server: sent(beginsNs + 10_000_000, firstPacket + FRAME) },
    ...facts(beginsNs, firstPacket),
  });
  return { ...base, webSockets: [conversation], webSocketCount: 1 };
}

/** The same behind a proxy, and in front of it: the leg in front is taken up before and ended a moment later. */
function bothLegs(at: number, idle: number, by: Side = 'client', frontBy: Side = 'server'): Connection[] {
  const beginsAt = at * 700_000;
  return [
    cut(at, idle, { by }),
    cut(
      at + 20,
      idle,
      { by: frontBy, key: `key${at}` },
      { server: '10.0.0.49', client: '203.0.113.7', beginsAt, firstPacket: 1001 + at * 10 },
    ),
  ];
}

/** Pings each `period` microseconds, answered, the last one being the last frame. */
const pinged =
  (period: number) =>
  (beginsNs: number, first: number): Partial<WebSocketFacts> => {
    const ping = (times: number) => ({
      from: 'server' as const,
      packet: first + FRAME,
      atNs: beginsNs + 10_000_000 - times * period * 1000,
      answerPacket: first + FRAME,
      answerNs: beginsNs + 10_000_000,
    });
    return { pings: [ping(1), ping(0)], pingCount: 2 };
  };

const SUBJECT = { subject: '10.0.1.43:80' } as const;

testRule(websocketIdleClose, {
  fires: [
    {
      name: 'nginx gives up after 5 s, on both legs',
      capture: 'samples/websocket-idle.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 6,
      severity: 'warning',
      confidence: 'certain',
      verdicts: {
        'proxy-timeout': 'supported',
        'server-timeout': 'ruled-out',
        'client-timeout': 'ruled-out',
        'heartbeat-too-slow': 'ruled-out',
      },
      marks: ['nginx ends a WebSocket to the application with FIN after 5 s without a frame'],
    },
    {
      ...SUBJECT,
      name: 'five are cut by a proxy, on both legs',
      facts: [0, 1, 2, 3, 4].flatMap((at) => bothLegs(at, 60 * SECOND)),
      occurrences: 5,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'proxy-timeout': 'supported', 'client-timeout': 'ruled-out' },
      packets: [6, 7],
    },
    {
      ...SUBJECT,
      name: 'the server behind the proxy gives up',
      facts: [0, 1, 2].flatMap((at) => bothLegs(at, 30 * SECOND, 'server', 'server')),
      occurrences: 3,
      confidence: 'likely',
      verdicts: { 'proxy-timeout': 'ruled-out', 'server-timeout': 'supported', 'client-timeout': 'ruled-out' },
    },
    {
      ...SUBJECT,
      name: 'the client in front of the proxy gives up',
      facts: [0, 1, 2].flatMap((at) => bothLegs(at, 30 * SECOND, 'client', 'client')),
      occurrences: 3,
      confidence: 'likely',
      verdicts: { 'client-timeout': 'supported', 'server-timeout': 'ruled-out', 'proxy-timeout': 'ruled-out' },
    },
    {
      ...SUBJECT,
      name: 'pings come as slowly as the time-out',
      facts: [0, 1, 2].map((at) => cut(at, 60 * SECOND, { forwarded: true, facts: pinged(60 * SECOND) })),
      occurrences: 3,
      confidence: 'likely',
      verdicts: { 'heartbeat-too-slow': 'supported', 'proxy-timeout': 'supported' },
    },
    {
      ...SUBJECT,
      name: 'a frame is sent into the end',
      facts: [0, 1, 2].map((at) =>
        cut(at, 60 * SECOND, {
          reset: true,
          facts: (beginsNs, first) => ({
            sent: {
              client: sent(beginsNs + 60_900_000_000, first + 7),
              server: sent(beginsNs + 10_000_000, first + FRAME),
            },
            idlePeriods: [
              {
                startNs: beginsNs + 10_000_000,
                durationNs: 60_890_000_000,
                after: 'server',
                endedBy: 'client',
                packet: first + 7,
              },
            ],
            idlePeriodCount: 1,
          }),
        }),
      ),
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'client-timeout': 'open', 'proxy-timeout': 'open', 'server-timeout': 'ruled-out' },
    },
    {
      ...SUBJECT,
      name: 'a single one at a default time-out, by a proxy',
      facts: cut(0, 60.3 * SECOND, { forwarded: true }),
      occurrences: 1,
      severity: 'notice',
      confidence: 'possible',
      verdicts: { 'proxy-timeout': 'supported', 'client-timeout': 'open' },
    },
  ],
  silent: [
    { name: 'pings keep them alive', capture: 'samples/websocket-idle-healthy.pcapng' },
    { name: 'clients leave with 1000', capture: 'samples/websocket-healthy.pcapng' },
    {
      name: 'a Close frame says why',
      lookAlike: 'close-frame',
      facts: [0, 1, 2].map((at) =>
        cut(at, 60 * SECOND, {
          facts: (beginsNs, first) => ({
            closes: {
              client: null,
              server: { from: 'server', packet: first + FRAME, atNs: beginsNs + 10_000_000, code: 1001, reason: '' },
            },
          }),
        }),
      ),
    },
    {
      name: 'whoever closed had pinged in vain',
      lookAlike: 'pong-timeout',
      facts: [0, 1, 2].map((at) =>
        cut(at, 30 * SECOND, {
          by: 'server',
          facts: (beginsNs, first) => ({
            pings: [
              {
                from: 'server',
                packet: first + FRAME,
                atNs: beginsNs + 10_000_000,
                answerPacket: null,
                answerNs: null,
              },
            ],
            pingCount: 1,
          }),
        }),
      ),
    },
    {
      name: 'the server is restarted',
      lookAlike: 'restart',
      facts: [0, 1, 2, 3].map((at) => cut(at, 90 * SECOND - at * 700_000, { by: 'server' })),
    },
    {
      name: 'the client goes away amid the conversation',
      lookAlike: 'in-conversation',
      facts: [0, 1, 2].map((at) => cut(at, 900_000)),
    },
    {
      name: 'times have nothing in common',
      lookAlike: 'different-times',
      facts: [5, 17, 42].map((seconds, at) => cut(at, seconds * SECOND)),
    },
    {
      name: 'a longer silence was survived',
      facts: [
        ...[0, 1, 2].map((at) => cut(at, 30 * SECOND)),
        cut(4, 500_000, {
          facts: (beginsNs, first) => ({
            idlePeriods: [
              { startNs: beginsNs, durationNs: 90_000_000_000, after: null, endedBy: 'server', packet: first + FRAME },
            ],
            idlePeriodCount: 1,
          }),
        }),
      ],
    },
    { name: 'a client closes its page after a minute', lookAlike: 'left-by-chance', facts: cut(0, 60.2 * SECOND) },
  ],
  cannotTell: [
    {
      name: 'the place of frames was lost',
      facts: [0, 1, 2].map((at) =>
        cut(at, 60 * SECOND, {
          facts: () => ({ sent: { client: { ...sent(null), isLost: true }, server: sent(null) } }),
        }),
      ),
    },
    {
      name: 'the connection of HTTP/2 ends with it, and not its stream',
      facts: [0, 1, 2].map((at) => overH2(cut(at, 60 * SECOND, { facts: () => ({ h2Stream: 1 }) }))),
    },
  ],
});
