import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import type { KeepaliveRaceFacts } from '../../src/rules/keepalive-race/case.js';
import { keepaliveRace } from '../../src/rules/keepalive-race.js';
import { tlsFacts } from '../findings/connections.js';
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
  rstBy,
  type Step,
  withResponses,
} from './facts.js';
import { withIdlePeriods } from './idle-facts.js';
import { CONCLUSION, findingsOf, testRule } from './test-rule.js';

const S = 1_000_000;
const TTL = { ttl: { client: 63, server: 64 } };

/** The `at`-th connection of a capture: its own stream, port, packets and time. */
function nth(at: number, options: ConnectionOptions = {}): ConnectionOptions {
  return {
    stream: at,
    clientPort: 40_000 + at,
    firstPacket: 1 + at * 20,
    beginsAt: at * 20 * S,
    ...TTL,
    ...options,
  };
}

function kept(steps: readonly Step[], options: ConnectionOptions = {}): Connection {
  return withIdlePeriods(connection([...handshake(), get(1133, '/first'), answer(3000), ...steps], options));
}

const POST: RequestOptions = {
  method: 'POST',
  bytes: 200,
  body: 50,
  fields: [{ name: 'user-agent', value: 'curl/8' }],
};
const ack = (at: number): Step => ({ at, is: 'ack' });

/** Captured at the server: its FIN after 5 s, and 4 ms behind it a request that was sent before. */
const atServer = (at: number, request = POST, idle = 5 * S, options: ConnectionOptions = {}): Connection =>
  kept(
    [
      finBy('server', 3000 + idle),
      get(3000 + idle + 4000, '/lost', request),
      rstBy('server', 3000 + idle + 4030, { hand: { ttl: 64 } }),
    ],
    nth(at, options),
  );

/** Captured at the client: a request, and 4 ms behind it a FIN that covers nothing of it. */
const atClient = (at: number, options: ConnectionOptions = {}): Connection =>
  kept(
    [
      get(5 * S, '/lost', POST),
      finBy('server', 5 * S + 4000, 250),
      rstBy('server', 5 * S + 9000, { hand: { ttl: 64 } }),
    ],
    nth(at, options),
  );

/** The client's kernel acknowledged the FIN, and half a second later the client used the connection. */
const stale = (at: number): Connection =>
  kept(
    [
      finBy('server', 5 * S),
      ack(5 * S + 1000),
      get(5.5 * S, '/lost', POST),
      rstBy('server', 5.5 * S + 30, { hand: { ttl: 64 } }),
    ],
    nth(at),
  );

/** An idle connection that the server closes after so many microseconds, and nothing else. */
const expired = (at: number, idle = 5 * S, options: ConnectionOptions = {}): Connection =>
  kept([finBy('server', 3000 + idle), ack(3000 + idle + 900), finBy('client', 3000 + idle + 1000)], nth(at, options));

/** A request answered after so many microseconds of idleness. */
const reused = (at: number, idle: number, options: ConnectionOptions = {}): Connection =>
  kept([get(3000 + idle, '/again'), answer(3000 + idle + 2000), finBy('client', 4000 + idle + 2000)], nth(at, options));

/** The timer and the request come together: the server's socket is closed with the request unread. */
const aborted = (at: number, idle = 5 * S, options: ConnectionOptions = {}): Connection =>
  kept(
    [get(3000 + idle, '/lost', POST), abortBy('server', 3000 + idle + 300, { hand: { ttl: 64, window: 502 } })],
    nth(at, options),
  );

/** The same, and the server closes in order: its kernel has acknowledged the request, and nobody answers it. */
const closedUpon = (at: number, idle = 5 * S, afterUs = 300, options: ConnectionOptions = {}): Connection =>
  kept(
    [
      get(3000 + idle, '/lost', POST),
      finBy('server', 3000 + idle + afterUs),
      finBy('client', 3000 + idle + afterUs + 90),
    ],
    nth(at, options),
  );

/** The same request, on another connection, answered. */
const again = (at: number, beginsAt: number, request = POST): Connection =>
  healthy({ ...nth(at), beginsAt }, '/lost', request);

const THREE_CLOSES = [expired(1), expired(2), expired(3)];

/** Three connections of different idle times closed within a few milliseconds, one upon a request. */
const reload = (from: number, idles: readonly number[] = [2 * S, 3 * S, 4 * S]): Connection[] =>
  idles.map((idle, at) => {
    const options = { ...nth(from + at), beginsAt: 1000 * S - idle + at * 1000 };
    return at === 0
      ? kept(
          [finBy('server', 3000 + idle), get(3000 + idle + 2000, '/lost', POST), rstBy('server', 3000 + idle + 2030)],
          options,
        )
      : kept([finBy('server', 3000 + idle), finBy('client', 3000 + idle + 1000)], options);
  });

/**
 * A connection in the midst of work: `before` requests a tenth of a second apart, and a millisecond behind the last
 * answer, at `closedAt`, the server's FIN, which meets a request (`isMet`) or does not.
 */
const busy = (
  at: number,
  { before = 2 + at, closedAt = 1000 * S + at * 100, isMet = false, pause = 100_000 } = {},
): Connection => {
  const steps: Step[] = [];
  for (let request = 0; request < before; request += 1)
    steps.push(get(1133 + request * pause, '/work'), answer(2000 + request * pause));
  const end = 3000 + (before - 1) * pause;
  const lost = [get(end + 2000, '/lost', POST), rstBy('server', end + 2030, { hand: { ttl: 64 } })];
  return withIdlePeriods(
    connection([...handshake(), ...steps, finBy('server', end), ...(isMet ? lost : [finBy('client', end + 900)])], {
      ...nth(at),
      beginsAt: closedAt - end,
    }),
  );
};

/** Three of them closed within a fifth of a millisecond, one of them upon a request. */
const BUSY_RELOAD = [busy(0, { isMet: true }), busy(1), busy(2)];

/** Within TLS without keys: both sides had sent data, then 5 s of nothing, and a record that met the FIN. */
function encrypted(at: number, length: number): Connection {
  const facts = connection(
    [
      ...handshake(),
      { at: 1133, is: 'data', from: 'client', bytes: 300 },
      { at: 3000, is: 'data', from: 'server', bytes: 900 },
      { at: 5 * S, is: 'data', from: 'client', bytes: length + 5 },
      finBy('server', 5 * S + 4000, length + 5),
      rstBy('server', 5 * S + 9000, { hand: { ttl: 64 } }),
    ],
    { ...nth(at), protocol: 'tls' },
  );
  const record = (packet: number, micros: number, bytes: number) => ({
    packet,
    atNs: facts.startNs + micros * 1000,
    contentType: 23,
    length: bytes,
  });
  const side = tlsFacts().client;
  const first = facts.firstPacket;
  return withIdlePeriods({
    ...facts,
    tls: tlsFacts({
      client: {
        ...side,
        firstApplication: record(first + 3, 1133, 295),
        lastApplication: record(first + 5, 5 * S, length),
      },
      server: {
        ...side,
        firstApplication: record(first + 4, 3000, 895),
        lastApplication: record(first + 4, 3000, 895),
      },
      decryption: 'no-key',
    }),
  });
}

/** The same, spoken in HTTP/2. */
function h2(facts: Connection): Connection {
  const exchanges = facts.exchanges.map((exchange, at) => ({ ...exchange, h2Stream: 1 + 2 * at }));
  return { ...facts, protocol: 'h2', exchanges };
}

/** The client of the lost requests, which serves others. */
const PROXY = '10.0.0.1';

const front = (at: number, beginsAt: number, status: number): Connection =>
  connection([...handshake(), get(1133, '/lost', POST), answer(9000, status), finBy('client', 20_000)], {
    ...nth(at),
    beginsAt,
    client: '203.0.113.9',
    server: PROXY,
  });

const lost = atServer(0);

testRule(keepaliveRace, {
  fires: [
    {
      name: 'six requests cross the FIN of Apache, which acknowledges them afterwards and resets nothing',
      capture: 'samples/keepalive-race-apache.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 6,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'server-idle-shorter': 'supported',
        'max-requests': 'ruled-out',
        'app-crash': 'ruled-out',
        'middlebox-expiry': 'ruled-out',
        'stale-pool': 'ruled-out',
      },
      marks: ['502 from the front', "the server's FIN"],
    },
    {
      name: 'six requests arrive behind the FIN of Node, captured at the server',
      capture: 'samples/keepalive-race-node.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 6,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'server-idle-shorter': 'supported', 'max-requests': 'ruled-out', 'middlebox-expiry': 'ruled-out' },
      marks: [
        "the server's FIN",
        'RST from the server, which has no socket any more: to the request, and to the FIN of nginx behind it',
      ],
    },
    {
      name: 'the same captured at the front, with the 502 of its clients',
      capture: 'samples/keepalive-race-node-front.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 6,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'server-idle-shorter': 'supported', 'stale-pool': 'ruled-out' },
      marks: [
        '502 from the front',
        'RST from the server, which has no socket any more: to the request, and to the FIN of nginx behind it',
      ],
    },
    {
      name: 'nginx is reloaded while a busy collector has its connections in use',
      capture: 'samples/keepalive-race-reload.pcap',
      subject: '10.0.0.49:80',
      titled: 'all at once',
      occurrences: 4,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'worker-recycle': 'supported', 'server-idle-shorter': 'ruled-out', 'max-requests': 'ruled-out' },
      marks: ['RST from the server, to each request sent after its FIN'],
    },
    {
      name: 'a busy job posts on connections whose FIN its kernel had long acknowledged',
      capture: 'samples/keepalive-race-stale-pool.pcap',
      subject: '10.0.0.49:80',
      titled: 'has closed',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'stale-pool': 'supported', 'server-idle-shorter': 'supported' },
      marks: [
        "the server's FIN",
        "RST from the server, to each request sent after its FIN and to the client's FIN behind it",
      ],
    },
    {
      name: 'a request arrives behind the FIN, unaware of it',
      facts: lost,
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'server-idle-shorter': 'supported', 'stale-pool': 'ruled-out', 'worker-recycle': 'open' },
      packets: [5, 6, 7, 8],
    },
    {
      name: 'a FIN arrives behind the request, and covers nothing of it',
      facts: atClient(0),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      packets: [5, 6, 7, 8],
    },
    {
      name: 'a RST in place of the FIN crosses the request',
      facts: kept(
        [
          get(5 * S, '/lost', POST),
          abortBy('server', 5 * S + 4000, { unseenBytes: 250, hand: { ttl: 64, window: 502 } }),
        ],
        nth(0),
      ),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'stale-pool': 'ruled-out', 'app-crash': 'open' },
    },
    {
      name: 'the lost request was sent again at once, and answered',
      facts: [atServer(0), again(1, 5 * S + 20_000)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
    },
    {
      name: 'such requests are a routine, and the next of them is no retry',
      facts: [again(1, 0), again(2, S), atServer(0), again(3, 7 * S)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
    },
    {
      name: 'the pool did not look',
      facts: [stale(0), stale(1)],
      subject: '10.0.1.43:80',
      titled: 'has closed',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'stale-pool': 'supported' },
    },
    {
      name: 'FIN and request meet within 2 ms at the client: nobody is stale',
      facts: kept(
        [finBy('server', 5 * S), ack(5 * S + 50), get(5 * S + 2000, '/lost', POST), rstBy('server', 5 * S + 9000)],
        nth(0),
      ),
      subject: '10.0.1.43:80',
      titled: 'while requests',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'stale-pool': 'ruled-out' },
    },
    {
      name: 'the timer expires as the request comes, and the socket is reset with it unread',
      facts: [...THREE_CLOSES, aborted(0)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'server-idle-shorter': 'supported', 'app-crash': 'open' },
    },
    {
      name: 'the timer expires as the request comes, and the connection is closed upon it in order',
      facts: [...THREE_CLOSES, closedUpon(0)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'server-idle-shorter': 'supported', 'app-crash': 'open' },
    },
    {
      name: 'a timer that looks once a second expires as the request comes, and the FIN acknowledges it',
      facts: [...THREE_CLOSES, reused(4, 3 * S), closedUpon(0, 4.6 * S)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'server-idle-shorter': 'supported', 'app-crash': 'open' },
    },
    {
      name: 'three are reset at one moment, which the idle time explains as well as a crash',
      facts: [
        expired(9),
        expired(10),
        expired(11),
        ...[0, 1, 2].map((at) => aborted(at, 5 * S, { beginsAt: at * 1000 })),
      ],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'likely',
      verdicts: { 'app-crash': 'supported' },
    },
    {
      name: 'both legs are seen, and the front answers 502',
      facts: [atClient(0), front(1, 5 * S - 2000, 502)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      packets: [6, 7, 25],
    },
    {
      name: 'two cross closes, and one was answered after much longer: no cause is left',
      facts: [atServer(0), atServer(1), reused(2, 9 * S)],
      subject: '10.0.1.43:80',
      titled: 'for a reason not known',
      occurrences: 2,
      severity: 'critical',
      confidence: 'possible',
      verdicts: { 'server-idle-shorter': 'ruled-out', 'stale-pool': 'ruled-out', 'worker-recycle': 'ruled-out' },
    },
    {
      name: 'one crosses a close, and one was answered after much longer: a restart may be the cause',
      facts: [atServer(0), reused(2, 9 * S)],
      subject: '10.0.1.43:80',
      titled: 'closes idle connections',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'server-idle-shorter': 'ruled-out', 'worker-recycle': 'open' },
    },
    {
      name: 'a reload takes one more request along',
      facts: [atServer(0), ...reload(1)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'worker-recycle': 'supported' },
    },
    {
      name: 'a reload closes idle connections all at one moment, and a request is on its way',
      facts: reload(1),
      subject: '10.0.1.43:80',
      titled: 'all at once',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'worker-recycle': 'supported', 'server-idle-shorter': 'ruled-out' },
    },
    {
      name: 'a reload closes connections in the midst of work',
      facts: BUSY_RELOAD,
      subject: '10.0.1.43:80',
      titled: 'all at once',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'worker-recycle': 'supported', 'server-idle-shorter': 'ruled-out', 'max-requests': 'ruled-out' },
    },
    {
      name: 'a request meets an idle close, and another a reload',
      facts: [atServer(9), ...BUSY_RELOAD],
      subject: '10.0.1.43:80',
      titled: 'idle connections',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'worker-recycle': 'supported' },
    },
    {
      name: 'requests were lost after the same number each time, at any idle time',
      facts: [atServer(0, POST, 2 * S), atServer(1, POST, 5 * S), atServer(2, POST, 9 * S)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'max-requests': 'supported', 'worker-recycle': 'ruled-out' },
    },
    {
      name: 'answers after much longer idle times deny a common timer',
      facts: [atServer(0, POST, 2 * S), reused(1, 30 * S)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'server-idle-shorter': 'ruled-out' },
    },
    {
      name: 'the RST comes from another distance than the FIN',
      facts: kept(
        [
          finBy('server', 5 * S),
          get(5 * S + 4000, '/lost', POST),
          rstBy('server', 5 * S + 4030, { hand: { ttl: 250 } }),
        ],
        nth(0),
      ),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'middlebox-expiry': 'supported' },
    },
    {
      name: 'a stream of HTTP/2 opens on an idle connection as the FIN comes',
      facts: h2(atClient(0)),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
    },
    {
      name: 'within TLS without keys a record meets the FIN',
      facts: encrypted(0, 400),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'likely',
    },
    {
      name: 'requests come up to 0.1 s before the server closes',
      facts: [...THREE_CLOSES, reused(4, 4.9 * S)],
      subject: '10.0.1.43:80',
      titled: 'just before',
      occurrences: 1,
      severity: 'warning',
      confidence: 'possible',
      verdicts: { 'server-idle-shorter': 'supported', 'max-requests': 'ruled-out' },
    },
    {
      name: 'three of them are a habit',
      facts: [...THREE_CLOSES, reused(4, 4.9 * S), reused(5, 4.85 * S), reused(6, 4.95 * S)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'likely',
    },
    {
      name: 'the clock of the capture stepped elsewhere, packets were cut: one step less sure',
      facts: { ...atServer(0), guards: { ...atServer(0).guards, snapped: true } },
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'likely',
    },
  ],
  silent: [
    ...[
      'keepalive-race-apache-healthy.pcapng',
      'keepalive-race-max-requests-healthy.pcapng',
      'keepalive-race-node-healthy.pcapng',
      'keepalive-race-node-front-healthy.pcapng',
      'keepalive-race-stale-pool-healthy.pcap',
      'keepalive-race-reload-healthy.pcap',
      'deploy-drain.pcapng',
      'deploy-drain-healthy.pcapng',
      'healthy-browsing.pcapng',
      'healthy-browsing-h2.pcapng',
      'healthy-closing.pcapng',
      'healthy-pipelining.pcapng',
      'healthy-resets.pcapng',
      'healthy-probes.pcapng',
      'healthy-resumption.pcapng',
      'h2-goaway-race-nginx.pcapng',
      'h2-goaway-race-stop.pcapng',
      'preconnect-408-crossing.pcapng',
      'preconnect-408-nginx.pcapng',
      'preconnect-408-apache.pcapng',
      'rst-after-request.pcapng',
      'rst-after-request-unread.pcapng',
      'rst-after-request-reject.pcapng',
      'truncated-response-content-length.pcapng',
      'websocket-idle.pcapng',
    ].map((name) => ({ name, capture: `samples/${name}` })),
    { name: 'the server closes idle connections', lookAlike: 'idle-close', facts: [...THREE_CLOSES, expired(4)] },
    {
      name: 'a request comes after four fifths of the time-out',
      facts: [...THREE_CLOSES, reused(4, 4 * S)],
    },
    {
      name: 'the response announced the close',
      lookAlike: 'announced-close',
      facts: announced(atServer(0)),
    },
    {
      name: 'the client closes first',
      lookAlike: 'client-closes-first',
      facts: kept([get(5 * S, '/lost', POST), finBy('client', 5 * S + 10), finBy('server', 5 * S + 4000, 250)], nth(0)),
    },
    {
      name: 'the request came 0.3 s after the last answer',
      lookAlike: 'short-pause',
      facts: kept([get(0.3 * S, '/lost', POST), finBy('server', 0.3 * S + 4000, 250)], nth(0)),
    },
    {
      name: 'the server closed at once, and the client came 3 s later',
      facts: kept([finBy('server', 3500), ack(4500), get(3 * S, '/lost', POST), rstBy('server', 3 * S + 30)], nth(0)),
    },
    {
      name: 'the FIN acknowledges the request',
      lookAlike: 'empty-response',
      facts: kept([get(5 * S, '/lost', POST), finBy('server', 5 * S + 4000)], nth(0)),
    },
    {
      name: 'the FIN acknowledges the request after an idle time that was answered elsewhere',
      facts: [...THREE_CLOSES, reused(4, 4.5 * S), closedUpon(0, 4.3 * S)],
    },
    {
      name: 'the FIN acknowledges half of the request',
      facts: kept([get(5 * S, '/lost', POST), finBy('server', 5 * S + 4000, 100)], nth(0)),
    },
    {
      name: 'two connections are closed at one moment in the midst of work',
      lookAlike: 'short-pause',
      facts: BUSY_RELOAD.slice(0, 2),
    },
    {
      name: 'a reload, and no request comes near',
      lookAlike: 'idle-close',
      facts: [busy(0), busy(1), busy(2), busy(3)],
    },
    {
      name: 'a server that closes connections in the midst of work all the time',
      facts: [...BUSY_RELOAD, busy(3, { closedAt: 999.7 * S }), busy(4, { closedAt: 1000.7 * S })],
    },
    {
      name: 'a server that keeps no connection for longer than that, short as it is',
      facts: [
        busy(0, { isMet: true, pause: 1400 }),
        busy(1, { pause: 1400 }),
        busy(2, { pause: 1400 }),
        busy(3, { pause: 1400 }),
      ],
    },
    {
      name: 'a server that is stopped closes connections that were used together, which looks like a time-out once',
      facts: [...[1, 2, 3].map((at) => expired(at, 5 * S, { beginsAt: 1000 * S + at * 1000 })), reused(4, 4.9 * S)],
    },
    {
      name: 'connections that were used together come to a limit of requests together',
      facts: [busy(0, { isMet: true, before: 20 }), busy(1, { before: 20 }), busy(2, { before: 20 })],
    },
    {
      name: 'the answers before a reload announced the close',
      lookAlike: 'announced-close',
      facts: BUSY_RELOAD.map(announced),
    },
    {
      name: 'the FIN comes three seconds behind the request',
      lookAlike: 'request-lost-on-its-way',
      facts: kept([get(5 * S, '/lost', POST), finBy('server', 8 * S, 250)], nth(0)),
    },
    {
      name: 'requests are answered after longer idle times than that before the reset',
      lookAlike: 'other-timer',
      facts: [...THREE_CLOSES.map((facts, at) => expired(at + 1, 9 * S, { stream: facts.stream })), aborted(0, 5 * S)],
    },
    { name: 'a reset with the request unread, and no time-out to compare it with', facts: aborted(0) },
    {
      name: 'each request that comes after five seconds is closed upon, and no connection for its idleness',
      lookAlike: 'empty-response',
      facts: [closedUpon(0), closedUpon(1), closedUpon(2), closedUpon(3)],
    },
    {
      name: 'a request is closed upon long before the idle time-out',
      facts: [...THREE_CLOSES, closedUpon(0, 2 * S)],
    },
    {
      name: 'a request is closed upon after its work has begun, at the idle time-out as it happens',
      facts: [...THREE_CLOSES, closedUpon(0, 5 * S, 60_000)],
    },
    {
      name: 'the connection had carried no request',
      lookAlike: 'unused-connection',
      facts: withIdlePeriods(
        connection(
          [...handshake(), finBy('server', 5 * S), get(5 * S + 4000, '/lost', POST), rstBy('server', 5 * S + 4030)],
          nth(0),
        ),
      ),
    },
    { name: 'a short record within TLS meets the FIN', facts: encrypted(0, 34) },
    {
      name: 'a server of reverse HTTP',
      facts: { ...atServer(0), anomalies: [{ name: 'http-roles-reversed', from: null, packet: 1, count: 1 }] },
    },
  ],
  cannotTell: [
    {
      name: 'bytes of the server were lost to the capture',
      facts: { ...atServer(0), server: { ...atServer(0).server, lostBytes: 100 } },
    },
    {
      name: 'bytes of the client were lost to the capture',
      facts: { ...atClient(0), client: { ...atClient(0).client, lostBytes: 100 } },
    },
    { name: 'the clock stepped', facts: { ...atServer(0), guards: { ...atServer(0).guards, clockStepped: true } } },
    {
      name: 'one direction was not captured',
      facts: { ...atServer(0), guards: { ...atServer(0).guards, oneSided: true } },
    },
    {
      name: 'the client acknowledged more of the server than was seen',
      facts: { ...atServer(0), client: { ...atServer(0).client, highestAcknowledged: 99_999 } },
    },
  ],
});

/** The same, the answer before it saying that the connection closes. */
function announced(facts: Connection): Connection {
  return withResponses(facts, { fields: [{ name: 'connection', value: 'close' }] });
}

describe('a keepalive-race finding', () => {
  const figuresOf = (...connections: readonly Connection[]): KeepaliveRaceFacts =>
    findingsOf(keepaliveRace, connections)[0]?.facts as unknown as KeepaliveRaceFacts;

  it('ends with the last request that met the reload', () => {
    const alone = busy(3, { isMet: true, closedAt: 1010 * S });
    const [finding] = findingsOf(keepaliveRace, [...BUSY_RELOAD, alone]);
    expect(finding).toMatchObject({ occurrences: 1, lastSeenNs: finding?.firstSeenNs });
  });

  it('tells sorts of loss apart and counts each', () => {
    const facts = figuresOf(
      atServer(0),
      atClient(1),
      stale(2),
      ...[3, 4, 5].map((at) => expired(at)),
      aborted(6),
      closedUpon(7),
    );
    expect(facts).toMatchObject({
      lostRequests: 5,
      crossedTheClose: 2,
      sentAfterTheCloseWasKnown: 1,
      abortedAtExpiry: 1,
      closedAtExpiry: 1,
      idleTimeoutSeconds: 5,
    });
  });

  it('pairs the failure at the front by method, target and time, and takes it for "not sent again"', () => {
    const facts = figuresOf(atClient(0), front(1, 5 * S - 2000, 502));
    expect(facts.frontFailures).toEqual([{ address: PROXY, port: 80, status: 502, count: 1 }]);
    expect(facts.notRetried).toBe(1);
    expect(figuresOf(atClient(0), front(1, 5.1 * S, 502)).frontFailures).toEqual([]);
    expect(figuresOf(atClient(0), front(1, 5 * S - 2000, 404)).frontFailures).toEqual([]);
  });

  it('fills the numbers of the capture into what is to be changed', () => {
    const [finding] = findingsOf(keepaliveRace, [...THREE_CLOSES, atServer(0)]);
    const configs = finding?.remedies.map(({ config }) => config ?? '') ?? [];
    expect(configs).toContain('keepalive_timeout 75s;');
    expect(configs.join('\n')).toMatch(
      /upstream \w+ \{\n {2}server .*;\n {2}keepalive 32;\n {2}keepalive_timeout 4s;\n\}/,
    );
    expect(configs.join('\n')).toMatch(/^default-server pool-purge-delay 4s$/m);
  });

  it('leaves an ALB alone, which waits no longer for an answer than it keeps idle connections, unless the time is long', () => {
    const albOf = (seconds: number) => {
      const closes = [1, 2, 3].map((at) => kept([finBy('server', seconds * S)], nth(at)));
      const lost = kept([finBy('server', seconds * S), get(seconds * S + 4000, '/lost', POST)], nth(0));
      const [finding] = findingsOf(keepaliveRace, [...closes, lost]);
      return finding?.remedies.find(({ component }) => component === 'alb, in front');
    };
    expect(albOf(5)).toMatchObject({ config: null });
    expect(albOf(60)?.config).toContain('Value=48');
  });

  it('names the setting of the server that its answers name, and says so of one that is not known', () => {
    const said = (value: string): string[] => {
      const facts = { ...atServer(0) };
      const named = withResponses(facts, { fields: [{ name: 'server', value }] });
      const [finding] = findingsOf(keepaliveRace, [...THREE_CLOSES, named]);
      return finding?.remedies.map(({ text, config }) => `${text} ${config}`) ?? [];
    };
    expect(said('lighttpd/1.4.69')[0]).toMatch(/"Server: lighttpd\/1\.4\.69".*server\.max-keep-alive-idle = 75/s);
    expect(said('Caddy')[0]).toMatch(/ \{\n {2}servers \{\n {4}timeouts \{\n {6}idle 75s\n {4}\}\n {2}\}\n\}$/);
    expect(said('Zope')[0]).toContain('"Server: Zope", for which no setting is known here; where it is this:');
  });

  it('moves no time-out where all causes are ruled out', () => {
    const [finding] = findingsOf(keepaliveRace, [atServer(0), atServer(1), reused(2, 9 * S)]);
    expect(finding?.summary).toContain('Each cause that is weighed is ruled out');
    expect(JSON.stringify(finding?.remedies)).not.toContain('keepalive_timeout');
  });

  it('hides query strings', () => {
    const facts = kept([finBy('server', 5 * S), get(5 * S + 4000, '/lost?token=secret', POST)], nth(0));
    expect(JSON.stringify(findingsOf(keepaliveRace, [facts]))).not.toContain('secret');
    expect(JSON.stringify(findingsOf(keepaliveRace, [facts], { ...CONCLUSION, reveal: true }))).toContain('secret');
  });
});
