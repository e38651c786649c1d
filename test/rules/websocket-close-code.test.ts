import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import { OPPOSITE, type Side } from '../../src/facts/endpoint.js';
import type { WebSocketClose } from '../../src/facts/websocket.js';
import { websocketCloseCode } from '../../src/rules/websocket-close-code.js';
import { answer, type ConnectionOptions, connection, fieldsOf, finBy, get, handshake, SECOND } from './facts.js';
import { CONCLUSION, findingsOf, testRule } from './test-rule.js';
import { sent, webSocket } from './websocket-facts.js';

/** Packets of a connection written here, from its first. */
const ANSWER = 4;
const FRAME = 5;
const CLOSE = 6;
const ECHO = 7;

interface ClosedOptions {
  readonly by?: Side;
  readonly key?: string;
  readonly answerAt?: number;
  readonly reason?: string;
  /** A Ping of who closes, so many microseconds before it does, and how much later its Pong comes; `null`: never. */
  readonly ping?: { readonly before: number; readonly pongAfter: number | null };
  readonly made?: ConnectionOptions;
}

/** The `at`-th connection: a WebSocket that one side closes with this code, `lasts` microseconds after it began; `null`: nobody closes it. */
function closed(at: number, code: number | null, options: ClosedOptions = {}, lasts = (3 + at) * SECOND): Connection {
  const { by = 'server', key = `key${at}`, answerAt = 3600, made = {}, reason = 'token=secret', ping } = options;
  const firstPacket = made.firstPacket ?? 1 + at * 10;
  const beginsAt = made.beginsAt ?? at * 1.3 * SECOND;
  const base = connection(
    [
      ...handshake(),
      get(1133, '/live', { fields: fieldsOf({ upgrade: 'websocket', 'sec-websocket-key': key }) }),
      answer(answerAt, 101),
      { at: lasts - 9000, is: 'data', from: OPPOSITE[by], bytes: 20 },
      { at: lasts, is: 'data', from: by, bytes: 4 },
      { at: lasts + 800, is: 'data', from: OPPOSITE[by], bytes: 8 },
      finBy('server', lasts + 1000),
    ],
    {
      ...{ stream: at, clientPort: 40_000 + at, client: `203.0.113.${10 + at}`, protocol: 'websocket' },
      ...made,
      ...{ firstPacket, beginsAt },
    },
  );
  const closeAt = (from: Side, packet: number, after: number): WebSocketClose => ({
    ...{ from, code, reason, packet: firstPacket + packet },
    atNs: (beginsAt + lasts + after) * 1000,
  });
  const closes = {
    client: null,
    server: null,
    [by]: closeAt(by, CLOSE, 0),
    [OPPOSITE[by]]: closeAt(OPPOSITE[by], ECHO, 800),
  };
  const frame = sent((beginsAt + lasts - 9000) * 1000, firstPacket + FRAME);
  return {
    ...base,
    webSockets: [
      webSocket(firstPacket + ANSWER, {
        startNs: (beginsAt + answerAt) * 1000,
        sent: { client: frame, server: sent(null) },
        ...(ping === undefined ? {} : pinged(ping, by, firstPacket + FRAME, (beginsAt + lasts) * 1000)),
        ...(code === null ? {} : { closes }),
      }),
    ],
    webSocketCount: 1,
  };
}

function pinged(
  { before, pongAfter }: NonNullable<ClosedOptions['ping']>,
  from: Side,
  packet: number,
  closeNs: number,
) {
  const atNs = closeNs - before * 1000;
  const answered =
    pongAfter === null
      ? { answerPacket: null, answerNs: null }
      : { answerPacket: packet, answerNs: atNs + pongAfter * 1000 };
  return { pings: [{ from, packet, atNs, ...answered }], pingCount: 1 };
}

/** So many, one by one. */
const many = (count: number, code: number | null, options: ClosedOptions = {}) =>
  Array.from({ length: count }, (_, at) => closed(at, code, options));

/** Both legs of a proxy, of which `by` is closed first on the one that it is said on; `inFront`: the code on the leg in front. */
function legs(by: Side, inFront = 1011): Connection[] {
  const [said, handed] = [5 * SECOND, 5 * SECOND + 900];
  return [
    closed(0, inFront, { by, key: 'one', answerAt: 9000 }, by === 'server' ? handed : said),
    closed(
      1,
      1011,
      {
        ...{ by, key: 'one' },
        made: { client: '10.0.1.43', server: '10.0.2.1', serverPort: 8080, firstPacket: 41, beginsAt: 2000 },
      },
      by === 'server' ? said : handed,
    ),
  ];
}

testRule(websocketCloseCode, {
  fires: [
    {
      name: 'an application fails at a message, again and again',
      facts: many(4, 1011),
      ...{ subject: '10.0.1.43:80', occurrences: 4, severity: 'warning', confidence: 'certain' },
      verdicts: { 'own-failure': 'supported', message: 'ruled-out', frames: 'ruled-out', policy: 'ruled-out' },
      packets: [1 + ANSWER, 1 + CLOSE],
    },
    {
      name: 'a server gives up on clients that answer no Ping, and says so',
      facts: many(3, 1011, { reason: 'keepalive ping timeout', ping: { before: 2 * SECOND, pongAfter: null } }),
      ...{ subject: '10.0.1.43:80', occurrences: 3, severity: 'warning', confidence: 'certain' },
      verdicts: { 'unanswered-ping': 'supported', 'own-failure': 'ruled-out', message: 'ruled-out' },
    },
    {
      name: 'a server says that a ping timed out; which one was not seen',
      facts: many(3, 1011, { reason: 'ping timed out' }),
      ...{ subject: '10.0.1.43:80', occurrences: 3, confidence: 'certain' },
      verdicts: { 'unanswered-ping': 'supported', 'own-failure': 'ruled-out' },
    },
    {
      name: 'a Ping went unanswered, and the reason says nothing of it',
      facts: many(3, 1011, { ping: { before: 2 * SECOND, pongAfter: null } }),
      ...{ subject: '10.0.1.43:80', occurrences: 3, confidence: 'certain' },
      verdicts: { 'unanswered-ping': 'open', 'own-failure': 'supported' },
    },
    {
      name: 'one says so, and others do not',
      facts: [closed(0, 1011, { reason: 'keepalive ping timeout' }), ...many(3, 1011).slice(1)],
      ...{ subject: '10.0.1.43:80', occurrences: 3, confidence: 'certain' },
      verdicts: { 'unanswered-ping': 'open', 'own-failure': 'supported' },
    },
    {
      name: 'the last Ping was answered',
      facts: many(3, 1011, { ping: { before: 2 * SECOND, pongAfter: 900 } }),
      ...{ subject: '10.0.1.43:80', occurrences: 3, confidence: 'certain' },
      verdicts: { 'unanswered-ping': 'ruled-out', 'own-failure': 'supported' },
    },
    {
      name: 'a Ping half a second before: its Pong may be on its way',
      facts: many(3, 1011, { ping: { before: SECOND / 2, pongAfter: null } }),
      ...{ subject: '10.0.1.43:80', occurrences: 3, confidence: 'certain' },
      verdicts: { 'unanswered-ping': 'ruled-out', 'own-failure': 'supported' },
    },
    {
      name: 'a message too large, and a Ping without a Pong before',
      facts: many(3, 1009, { ping: { before: 2 * SECOND, pongAfter: null } }),
      ...{ subject: '10.0.1.43:80', occurrences: 3, confidence: 'certain' },
      verdicts: { 'unanswered-ping': 'ruled-out', message: 'supported' },
    },
    {
      name: 'a server that has no room, once',
      facts: [closed(0, 1013), closed(1, null), closed(2, null)],
      ...{ subject: '10.0.1.43:80', occurrences: 1, severity: 'notice', confidence: 'certain' },
    },
    {
      name: 'an application behind HAProxy takes no message that large, and HAProxy hands that on',
      capture: 'samples/websocket-close-code.pcapng',
      ...{ subject: '10.0.1.43:8080', occurrences: 6, severity: 'warning', confidence: 'certain' },
      verdicts: { message: 'supported', 'own-failure': 'ruled-out', frames: 'ruled-out', policy: 'ruled-out' },
    },
    {
      name: 'a server takes no message that large',
      facts: many(3, 1009),
      ...{ subject: '10.0.1.43:80', occurrences: 3, severity: 'warning', confidence: 'certain' },
      verdicts: { message: 'supported', 'own-failure': 'ruled-out' },
    },
    {
      name: 'clients do not understand the server’s frames',
      facts: many(3, 1002, { by: 'client' }),
      titled: 'Clients of 10.0.1.43:80 close WebSockets with code 1002 (protocol error)',
      ...{ subject: '10.0.1.43:80', occurrences: 3, severity: 'warning', confidence: 'certain' },
      verdicts: { frames: 'supported' },
    },
    {
      name: 'who is not logged in is told so: worth no warning',
      facts: many(5, 1008),
      ...{ subject: '10.0.1.43:80', occurrences: 5, severity: 'notice', confidence: 'certain' },
      verdicts: { policy: 'supported' },
    },
    {
      name: 'two codes of one server are two findings',
      facts: [...many(3, 1011), closed(3, 1013)],
      ...{ findings: 2, titled: '1013', subject: '10.0.1.43:80', occurrences: 1, confidence: 'certain' },
    },
    {
      name: 'the server behind a proxy said it, and the proxy handed it on',
      facts: legs('server'),
      ...{ subject: '10.0.2.1:8080', occurrences: 1, confidence: 'certain' },
    },
    {
      name: 'a proxy that closes in front with a code of its own',
      facts: legs('server', 1014),
      ...{ findings: 2, titled: '1014', subject: '10.0.1.43:80', occurrences: 1, confidence: 'certain' },
    },
    {
      name: 'the client in front of a proxy said it, and the proxy handed it on',
      facts: legs('client'),
      ...{ subject: '10.0.1.43:80', occurrences: 1, confidence: 'certain' },
    },
  ],
  silent: [
    { name: 'a server that is stopped takes its leave', lookAlike: 'leave-taking', facts: many(4, 1001) },
    { name: 'a server that is started anew', facts: many(4, 1012) },
    { name: 'clients are done', facts: many(4, 1000, { by: 'client' }) },
    { name: 'a code of the application’s own', lookAlike: 'own-codes', facts: many(4, 4001) },
    { name: 'no Close frame', lookAlike: 'no-close-frame', facts: many(4, null) },
    { name: 'an application takes its leave', capture: 'samples/websocket-cut-killed-healthy.pcapng' },
    { name: 'the same application takes longer messages', capture: 'samples/websocket-close-code-healthy.pcapng' },
    { name: 'all is well', capture: 'samples/websocket-healthy.pcapng' },
  ],
  cannotTell: [],
});

describe('a WebSocket that is closed for a failure', () => {
  const noteOf = (reveal: boolean) =>
    findingsOf(websocketCloseCode, many(1, 1011), { ...CONCLUSION, reveal })[0]?.evidence[0]?.packets[1]?.note;

  it('has the reason of its Close frame shown only where it is asked for', () => {
    expect(noteOf(false)).not.toContain('secret');
    expect(noteOf(true)).toContain('"token=secret"');
  });

  it('for a message that is too big is told with the size of the largest frame', () => {
    const [finding] = findingsOf(websocketCloseCode, many(3, 1009));
    expect(finding?.hypotheses.find(({ cause }) => cause === 'message')?.because).toContain(
      'the largest frame of the client had 10 bytes',
    );
  });
});
