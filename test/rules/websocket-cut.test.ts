import type { Connection } from '../../src/facts/connection.js';
import type { Side } from '../../src/facts/endpoint.js';
import type { WebSocketFacts } from '../../src/facts/websocket.js';
import { websocketCut } from '../../src/rules/websocket-cut.js';
import { tlsFacts } from '../findings/connections.js';
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
  SECOND,
} from './facts.js';
import { testRule } from './test-rule.js';
import { sent, webSocket } from './websocket-facts.js';

/** Packets of a connection written here, from its first. */
const ANSWER = 4;
const FRAME = 5;

interface CutOptions {
  readonly by?: Side;
  readonly reset?: 'B' | 'A';
  readonly key?: string;
  /** Microseconds from the last frame to the end. */
  readonly idle?: number;
  readonly lastFrom?: Side;
  readonly frames?: number;
  readonly answerAt?: number;
  readonly made?: ConnectionOptions;
  readonly facts?: (endNs: number, first: number) => Partial<WebSocketFacts>;
}

/** The `at`-th connection: a WebSocket that is opened at `beginsAt` and ends at `endsAt`, microseconds. */
function cut(at: number, beginsAt: number, endsAt: number, options: CutOptions = {}): Connection {
  const {
    by = 'server',
    reset,
    key = `key${at}`,
    idle = 90_000,
    lastFrom = 'server',
    frames = 3 + at,
    answerAt = 3600,
  } = options;
  const firstPacket = options.made?.firstPacket ?? 1 + at * 10;
  const end = endsAt - beginsAt;
  const base = connection(
    [
      ...handshake(),
      get(1133, '/live', { fields: fieldsOf({ upgrade: 'websocket', 'sec-websocket-key': key }) }),
      answer(answerAt, 101),
      { at: end - idle, is: 'data', from: lastFrom, bytes: 20 },
      reset === undefined ? finBy(by, end) : reset === 'A' ? rstBy(by, end) : abortBy(by, end),
    ],
    {
      stream: at,
      clientPort: 40_000 + at,
      client: `203.0.113.${10 + at}`,
      protocol: 'websocket',
      ...options.made,
      firstPacket,
      beginsAt,
    },
  );
  const frame = { ...sent((endsAt - idle) * 1000, firstPacket + FRAME), frames };
  const conversation = webSocket(firstPacket + ANSWER, {
    startNs: (beginsAt + answerAt) * 1000,
    sent:
      lastFrom === 'server'
        ? { client: sent(null), server: frame }
        : { client: frame, server: { ...sent(null), frames } },
    ...options.facts?.(endsAt * 1000, firstPacket),
  });
  return { ...base, webSockets: [conversation], webSocketCount: 1 };
}

/** So many that were opened one by one and end at one moment. */
const together = (count: number, options: CutOptions = {}) =>
  Array.from({ length: count }, (_, at) => cut(at, at * 1.3 * SECOND, 20 * SECOND + at * 50, options));

/** So many that are opened one by one and last for 30 s each. */
const aged = (count: number, options: CutOptions = {}) =>
  Array.from({ length: count }, (_, at) => {
    const begins = at * 1.7 * SECOND;
    return cut(at, begins, begins + 30 * SECOND + at * 2000, { idle: 100_000 + at * 90_000, ...options });
  });

/** Clients come back, each to a WebSocket that ends in order. */
const back = (count: number, beginsAt: number) =>
  Array.from({ length: count }, (_, at) =>
    cut(at + 50, beginsAt + at * 1000, beginsAt + 3 * SECOND + at * 400_000, {
      by: 'client',
      made: { client: `203.0.113.${10 + at}` },
    }),
  );

/** The client's last frame, so many milliseconds before the end, and a receipt of the server behind it. */
const goodbye =
  (before: number) =>
  (endNs: number, first: number): Partial<WebSocketFacts> => ({
    sent: {
      client: sent(endNs - before * 1e6, first + FRAME - 1),
      server: { ...sent(endNs - 2_000_000, first + FRAME), frames: 3 + (first % 7) },
    },
  });

/** What a proxy cuts, and its leg behind, which `by` ends. */
function legs(at: number, by: Side, endsAt: number | null = null): Connection[] {
  const begins = at * 2 * SECOND;
  const ends = endsAt ?? begins + (4 + at * 1.3) * SECOND;
  return [
    cut(at, begins, ends + (by === 'server' ? 300 : 0), { answerAt: 9000 }),
    cut(at + 20, begins + 1300, ends, {
      by,
      key: `key${at}`,
      made: { client: '10.0.1.43', server: '10.0.2.1', serverPort: 8080 },
    }),
  ];
}

const SUBJECT = { subject: '10.0.1.43:80' } as const;

testRule(websocketCut, {
  fires: [
    {
      name: 'nginx is reloaded and its old worker waits no longer',
      capture: 'samples/websocket-cut-reload.pcapng',
      subject: '10.0.0.49:80',
      findings: 2,
      titled: '10.0.0.49:80 ',
      occurrences: 3,
      severity: 'warning',
      confidence: 'likely',
      verdicts: {
        'process-end': 'supported',
        'age-limit': 'ruled-out',
        'proxy-itself': 'supported',
      },
      marks: ['nginx ends a WebSocket to the application, amid its quotes'],
    },
    {
      name: 'an application is killed behind HAProxy',
      capture: 'samples/websocket-cut-killed.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 4,
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'process-end': 'supported', 'age-limit': 'ruled-out', 'proxy-itself': 'ruled-out' },
      marks: ['FIN of the application'],
    },
    {
      ...SUBJECT,
      name: 'five end at one moment, and their clients come back',
      facts: [...together(5), ...back(5, 22 * SECOND)],
      occurrences: 5,
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'process-end': 'supported', 'age-limit': 'ruled-out' },
      packets: [5, 6, 7],
    },
    {
      ...SUBJECT,
      name: 'three are aborted at one moment, and nobody comes back',
      facts: together(3, { reset: 'B' }),
      occurrences: 3,
      severity: 'notice',
      confidence: 'likely',
      verdicts: { 'process-end': 'supported' },
    },
    {
      ...SUBJECT,
      name: 'three at one moment were silent, for a shorter time than others outlived',
      facts: [
        ...together(3, { idle: 2 * SECOND }),
        cut(9, 0, 90 * SECOND, {
          by: 'client',
          facts: (endNs, first) => ({
            idlePeriods: [
              { startNs: 0, durationNs: endNs - 1e9, after: 'server', endedBy: 'client', packet: first + FRAME },
            ],
            idlePeriodCount: 1,
          }),
        }),
      ],
      occurrences: 3,
      severity: 'notice',
      confidence: 'likely',
      verdicts: { 'proxy-itself': 'open' },
    },
    {
      ...SUBJECT,
      name: 'none lasts longer than 30 s',
      facts: [...aged(5), ...back(5, 60 * SECOND)],
      occurrences: 5,
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'age-limit': 'supported', 'process-end': 'ruled-out' },
    },
    {
      ...SUBJECT,
      name: 'a frame is sent into the end',
      facts: together(3, {
        facts: (endNs, first) => ({
          sent: { client: sent(endNs + 400_000, first + 7), server: sent(endNs - 90_000_000, first + FRAME) },
        }),
      }),
      occurrences: 3,
      severity: 'warning',
      confidence: 'likely',
    },
    {
      name: 'a server behind a proxy is killed',
      facts: [0, 1, 2, 3, 4].flatMap((at) => legs(at, 'server', 20 * SECOND + at * 40)),
      subject: '10.0.2.1:8080',
      occurrences: 5,
      severity: 'notice',
      confidence: 'likely',
      verdicts: { 'process-end': 'supported', 'proxy-itself': 'ruled-out' },
    },
    {
      ...SUBJECT,
      name: 'a proxy ends one on both legs, amid its frames',
      facts: legs(0, 'client'),
      occurrences: 1,
      severity: 'notice',
      confidence: 'possible',
      verdicts: { 'proxy-itself': 'supported', 'process-end': 'open', 'age-limit': 'open' },
    },
    {
      ...SUBJECT,
      name: 'a proxy ends several on both legs, one by one',
      facts: [0, 1, 2].flatMap((at) => legs(at, 'client')),
      occurrences: 3,
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'proxy-itself': 'supported' },
    },
    {
      ...SUBJECT,
      name: 'clients spoke last, each for itself',
      facts: [310, 480, 560, 720, 910].map((before, at) =>
        cut(at, at * 1.3 * SECOND, 20 * SECOND + at * 50, { idle: 2000, facts: goodbye(before) }),
      ),
      occurrences: 5,
      confidence: 'likely',
    },
    {
      ...SUBJECT,
      name: 'clients answered a ping last, half a second before',
      facts: together(5, {
        idle: 2000,
        facts: (endNs, first) => ({
          ...goodbye(500)(endNs, first),
          pings: [
            {
              ...{ from: 'server', packet: first + FRAME - 2, atNs: endNs - 501e6 },
              ...{ answerPacket: first + FRAME - 1, answerNs: endNs - 500e6 },
            },
          ],
          pingCount: 1,
        }),
      }),
      occurrences: 5,
      confidence: 'likely',
    },
  ],
  silent: [
    { name: 'old workers wait', capture: 'samples/websocket-cut-reload-healthy.pcapng' },
    { name: 'an application takes its leave', capture: 'samples/websocket-cut-killed-healthy.pcapng' },
    { name: 'nginx gives up after a silence', capture: 'samples/websocket-idle.pcapng' },
    {
      name: 'a Close frame says why',
      lookAlike: 'close-frame',
      facts: together(5, {
        facts: (endNs, first) => ({
          closes: {
            client: null,
            server: { from: 'server', packet: first + FRAME, atNs: endNs - 90_000_000, code: 1001, reason: '' },
          },
        }),
      }),
    },
    { name: 'a browser with five tabs is closed', lookAlike: 'client-left', facts: together(5, { by: 'client' }) },
    {
      name: 'all were silent for 20 s and more',
      lookAlike: 'idle-timeout',
      facts: together(5, { idle: 10 * SECOND }),
    },
    {
      name: 'each was silent for 30 s after its first frame',
      facts: aged(5, { idle: 29.9 * SECOND }),
    },
    {
      name: 'pings were not answered',
      lookAlike: 'pong-timeout',
      facts: together(5, {
        facts: (endNs, first) => ({
          pings: [
            { from: 'server', packet: first + FRAME, atNs: endNs - 90_000_000, answerPacket: null, answerNs: null },
          ],
          pingCount: 1,
        }),
      }),
    },
    {
      name: 'clients say goodbye inside their last frame',
      lookAlike: 'goodbye',
      facts: together(5, { lastFrom: 'client', idle: 20_000 }),
    },
    {
      name: 'clients say goodbye, and get a receipt, at one moment',
      facts: together(5, { idle: 2000, facts: goodbye(3) }),
    },
    {
      name: 'clients say goodbye, and get a receipt, at one age',
      facts: [...aged(5, { idle: 2000, facts: goodbye(3) }), ...back(5, 60 * SECOND)],
    },
    {
      name: 'clients say goodbye, and are hung up on 60 ms later',
      facts: together(5, { lastFrom: 'client', idle: 60_000 }),
    },
    {
      name: 'clients say goodbye, and a server takes half a second over it',
      facts: together(5, { idle: 2000, facts: goodbye(500) }),
    },
    {
      name: 'clients say goodbye at one age, and a server takes half a second over it',
      facts: [...aged(5, { idle: 2000, facts: goodbye(500) }), ...back(5, 60 * SECOND)],
    },
    {
      name: 'clients take their leave in TLS, and a server waits before it hangs up',
      facts: together(5).map((one) => ({
        ...one,
        tls: tlsFacts({
          decryption: 'whole',
          alerts: [
            {
              ...{ from: 'client', packet: one.firstPacket + FRAME, atNs: one.endNs - 500e6, basis: 'decrypted' },
              ...{ level: 'warning', description: 0, name: 'close_notify' },
            },
          ],
          alertCount: 1,
        }),
      })),
    },
    {
      name: 'clients say goodbye, and the end is seen a round trip later',
      facts: together(5, { lastFrom: 'client', idle: 280_000 }).map((one) => ({
        ...one,
        handshake: { ...one.handshake, synAckToAckNs: 200_000_000 },
      })),
    },
    {
      name: 'a server sends as many frames each, and is done',
      lookAlike: 'nothing-more-to-say',
      facts: aged(5, { frames: 30 }),
    },
    { name: 'two end at one moment', lookAlike: 'few-one-by-one', facts: together(2) },
    { name: 'they end at different moments and ages', facts: [5, 17, 42].map((age, at) => cut(at, 0, age * SECOND)) },
    {
      name: 'one at the same age outlived the others',
      facts: [...aged(3), cut(9, 0, 80 * SECOND, { by: 'client' })],
    },
    {
      name: 'many end all the time, some at one moment by chance',
      facts: [
        ...together(3),
        ...Array.from({ length: 50 }, (_, at) => cut(at + 30, at * 10_000, (3 + at * 0.3 + (at % 7) * 0.05) * SECOND)),
      ],
    },
    {
      name: 'bare resets answer for a socket that is not there',
      facts: together(5, { reset: 'A' }),
    },
    {
      name: 'a proxy hands on what its server ended',
      lookAlike: 'handed-on',
      facts: legs(0, 'server'),
    },
  ],
  cannotTell: [
    {
      name: 'bytes of the server were lost',
      facts: together(5).map((one) => ({ ...one, server: { ...one.server, lostBytes: 40 } })),
    },
    {
      name: 'the place of frames was lost',
      facts: together(5, {
        facts: () => ({ sent: { client: { ...sent(null), isLost: true }, server: sent(null) } }),
      }),
    },
  ],
});
