import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import type { GoAway, StreamReset } from '../../src/facts/h2.js';
import type { TlsAlert } from '../../src/facts/tls.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { emptyResponse } from '../../src/rules/empty-response.js';
import {
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
  withEnds,
  withResponses,
} from './facts.js';
import { overH2 } from './h2-facts.js';
import { headCut } from './head-cut.js';
import { apart, idleUntil } from './moment-facts.js';
import { headerAlone } from './proxy-header-facts.js';
import { sealed, turn } from './sealed-facts.js';
import { findingsOf, testRule } from './test-rule.js';

const SECOND = 1_000_000;

/** The `at`-th connection of a capture: its own stream, port, packets and time. */
function nth(at: number, beginsAt = at * 10_000): ConnectionOptions {
  return { stream: at, clientPort: 40_000 + at, firstPacket: 1 + at * 10, beginsAt };
}

/** A request that is read and dropped: FIN `delay` after it, acknowledging all of it. */
function dropped(
  at: number,
  delay = 4000,
  options: ConnectionOptions = {},
  target = '/report',
  request: RequestOptions = {},
): Connection {
  return connection(
    [...handshake(), get(1133, target, request), finBy('server', 1133 + delay), finBy('client', 1133 + delay + 100)],
    { ...nth(at), ...options },
  );
}

/** Two closed at `ended`, so long after their requests. */
function twoAtOnce(ended: number, ...delays: readonly [number, number]): Connection[] {
  return delays.map((delay, at) => dropped(at, delay, nth(at, ended - delay - 1133)));
}

/** A connection of the server’s own, or of somebody else, that is refused at `beginsAt`. */
function refusedBehind(beginsAt: number, client = '10.0.1.43'): Connection {
  return refused({ ...nth(5, beginsAt), client, server: '10.0.2.9' });
}

/** The same, the FIN acknowledging nothing of the request. */
function unacknowledged(facts: Connection): Connection {
  return withEnds(facts, ({ from }) => (from === 'server' ? { acknowledgement: 1, deltaAcknowledgement: -100 } : {}));
}

/** What the server meets as a client of another between request and FIN. */
function behind(answered: boolean): Connection {
  const steps = answered
    ? [...handshake(), get(1133, '/inner'), answer(1500)]
    : [...handshake(), get(1133, '/inner'), rstBy('server', 1500)];
  return connection(steps, { ...nth(40, 1000), client: '10.0.1.43', server: '10.0.2.1', serverPort: 8080 });
}

/** What a proxy that asks for `whom` has of its server: a part of an answer, and the end. */
function cutBehind(at: number, whom: string, options: ConnectionOptions): Connection {
  const request = { authority: 'shop.example', fields: [{ name: 'x-forwarded-for', value: whom }] };
  const facts = connection(
    [...handshake(), get(1133, '/report', request), answer(1500, 200, 1200), finBy('server', 2000)],
    { ...nth(at, (at % 40) * 10_000 + 1000), server: '10.0.2.1', serverPort: 8080, ...options },
  );
  return withResponses(facts, { complete: false, framing: 'content-length', contentLength: 5000 });
}

/** Three that the server ends at three seconds, idle for 0.5, 1.5 and 2.2 s. */
const WAITING = [
  idleUntil(1, { opened: 100_000, used: 2.5 * SECOND, ended: 3 * SECOND + 50 }),
  idleUntil(2, { opened: 700_000, used: 1.5 * SECOND, ended: 3 * SECOND + 90 }),
  idleUntil(3, { opened: 300_000, used: 800_000, ended: 3 * SECOND + 130 }),
];
/** Three that it ends then, too, idle since one moment. */
const TIMED_OUT = [1, 2, 3].map((at) => idleUntil(at, { opened: at * 9000, used: SECOND, ended: 3 * SECOND + at }));
/** A request on a connection that had been idle for two seconds before, ended `delay` after it. */
function afterIdle(delay: number): Connection {
  return connection(
    [
      ...handshake(),
      get(1133),
      answer(3000),
      get(3 * SECOND - delay, '/report'),
      finBy('server', 3 * SECOND),
      finBy('client', 3 * SECOND + 100),
    ],
    nth(0, 0),
  );
}
/** TLS without keys: idle since `used`, ended with neither close_notify nor another alert. */
function sealedIdle(at: number, opened: number): Connection {
  return sealed(turn(200_000, 210_000), [finBy('server', 3 * SECOND + at - opened)], {
    ...apart(at, opened),
    serverSide: {
      lastApplication: { packet: 7, atNs: (opened + 210_000) * 1000, contentType: 23, length: 400 },
      closeNotify: 'none',
    },
  });
}

/** The answer before says that it is the last. */
function announced(facts: Connection): Connection {
  return withResponses(facts, { fields: [{ name: 'connection', value: 'close' }] });
}

/** Two requests that nobody answers on an HTTP/2 connection, the second one's client then clears its stream away. */
const TWO_STREAMS = [
  ...handshake(),
  get(1133, '/first'),
  answer(3000),
  get(4000, '/report'),
  get(90_000, '/list'),
  finBy('server', 200_000),
  finBy('client', 200_900),
];
const CLEARED: StreamReset = { by: 'client', code: 8, packet: 9, atNs: 200_700_000, openStreams: 1 };
const GRPC_CALL: RequestOptions = {
  method: 'POST',
  fields: [{ name: 'content-type', value: 'application/grpc' }],
};
const GOAWAY: GoAway = { from: 'server', packet: 6, atNs: 150_000_000, lastStream: 5, code: 0, debug: '' };
/** A connection of HTTP/2 that was idle for two seconds before its second request, which is not answered. */
function idleH2(delay: number): Connection {
  return overH2(afterIdle(delay));
}

const ALERT_SHAPE: TlsAlert = {
  ...{ from: 'server', packet: 5, atNs: 3_500_000, basis: 'shape', level: null, description: null, name: null },
};

/** The first to close has heard one number more of the other side than the capture shows. */
function acknowledgingMore(facts: Connection): Connection {
  return withEnds(facts, (_end, at) => (at === 0 ? { deltaAcknowledgement: 1 } : {}));
}

/** A proxy that names no protocol asks within TLS, and the server closes. */
const behindNginx = sealed(turn(2000, null), [finBy('server', 3700)], {
  alpn: [],
  serverPort: 8443,
  turns: { count: 1, prompt: 0 },
  beginsAt: 6000,
});

/** The leg in front of that, and what its client is told. */
const inFront = (status: number, at = 10_000, stream = 90): Connection =>
  connection([...handshake(), get(1000), answer(at, status)], {
    ...{ stream, firstPacket: 1 + stream * 10, client: '203.0.113.5', server: '10.0.0.49' },
  });

testRule(emptyResponse, {
  fires: [
    {
      name: 'the snap length cut the request, and the FIN acknowledges all of it at once',
      facts: headCut(dropped(0)),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      packets: [4, 5],
    },
    {
      name: 'TLS without keys: data that the FIN acknowledges, after an answer',
      facts: sealed(turn(200_000, null), [finBy('server', 202_000)], {
        serverSide: { lastApplication: { packet: 3, atNs: 100_000_000, contentType: 23, length: 400 } },
      }),
      subject: '10.0.1.43:443',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      packets: [2, 4, 5],
    },
    {
      name: 'TLS without keys: nginx, which says nothing by ALPN, answers 502 in front as the server closes',
      facts: [behindNginx, inFront(502)],
      subject: '10.0.1.43:8443',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      packets: [4, 5, 905],
    },
    {
      name: 'TLS without keys: the first data of a connection',
      facts: sealed(turn(2000, null), [finBy('server', 3700)], { turns: { count: 1, prompt: 0 } }),
      subject: '10.0.1.43:443',
      occurrences: 1,
      confidence: 'likely',
    },
    {
      name: 'a request is read and dropped',
      facts: dropped(0),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'process-ended': 'open',
        'upstream-failure': 'open',
        'server-timer': 'ruled-out',
        'dropped-on-purpose': 'open',
        'idle-race': 'ruled-out',
        'proxy-header-missing': 'open',
      },
      packets: [2, 4, 5],
    },
    {
      name: 'requests are dropped without a PROXY header, with which another client begins and is left standing',
      facts: [dropped(0), dropped(1), headerAlone(nth(2))],
      subject: '10.0.1.43:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'proxy-header-missing': 'supported' },
    },
    {
      name: 'the same, where somebody is answered without one',
      facts: [dropped(0), dropped(1), headerAlone(nth(2)), healthy(nth(3))],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'proxy-header-missing': 'ruled-out' },
    },
    {
      name: 'HTTP/2: two of three streams stand unanswered, and no GOAWAY says what became of them',
      facts: overH2(connection(TWO_STREAMS), {}, (at) => (at === 2 ? { reset: CLEARED } : {})),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'process-ended': 'open', 'idle-race': 'ruled-out' },
      packets: [2, 6, 7, 8],
    },
    {
      name: 'HTTP/2: a gRPC call that its client has sent all of',
      facts: overH2(connection([...handshake(), get(1133, '/shop.Orders/Get', GRPC_CALL), finBy('server', 500_000)])),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
    },
    {
      name: 'HTTP/2: both streams are asked for again, and answered',
      facts: [
        overH2(connection(TWO_STREAMS)),
        overH2(healthy(nth(3, 300_000), '/report')),
        overH2(healthy(nth(4, 300_000), '/list')),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
    },
    {
      name: 'a head that is larger than any that is answered (Twisted, Daphne)',
      facts: [
        connection([...handshake(), get(1133, '/report', { bytes: 20_087 }), finBy('server', 1600)], nth(0, 0)),
        healthy({ ...nth(3, 900_000) }, '/report'),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'dropped-on-purpose': 'supported' },
    },
    {
      name: 'a head as large as one that is answered under another path',
      facts: [
        connection([...handshake(), get(1133, '/report', { bytes: 20_087 }), finBy('server', 1600)], nth(0, 0)),
        connection([...handshake(), get(1133, '/list', { bytes: 20_087 }), answer(1600, 200)], nth(3, 900_000)),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'dropped-on-purpose': 'open' },
    },
    {
      name: 'a balancer of TCP has nobody behind',
      facts: [dropped(0), refusedBehind(1300)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'upstream-failure': 'supported' },
    },
    {
      name: 'somebody else asks a port that is closed meanwhile',
      facts: [dropped(0), refusedBehind(1300, '10.0.2.1')],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'upstream-failure': 'open' },
    },
    {
      name: 'it is sent again and answered',
      facts: [dropped(0), healthy({ ...nth(3, 500_000) }, '/report')],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'dropped-on-purpose': 'ruled-out' },
    },
    {
      name: 'the second request of a connection, at once behind an answer',
      facts: connection([
        ...handshake(),
        get(1133),
        answer(3000),
        get(200_000, '/report'),
        finBy('server', 204_000),
        finBy('client', 204_100),
      ]),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      packets: [6, 7],
    },
    {
      name: 'the process ends with two requests in progress, and its port refuses',
      facts: [dropped(0, 400_000), dropped(1, 390_000), refused(nth(5, 700_000))],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'process-ended': 'supported' },
    },
    {
      name: 'a worker ends with a request in progress and what waited for one; another takes its place',
      facts: [dropped(0, 400_000, nth(0, 3 * SECOND - 401_133)), ...WAITING, healthy(nth(20, 3.3 * SECOND))],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'process-ended': 'supported', 'server-timer': 'ruled-out', 'dropped-on-purpose': 'ruled-out' },
    },
    {
      name: 'it takes a request with it that came on a connection long idle',
      facts: [afterIdle(20_000), ...WAITING, healthy(nth(20, 3.3 * SECOND))],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'process-ended': 'supported' },
    },
    {
      name: 'TLS without keys: a worker ends with data unanswered and connections that wait, none told by an alert',
      facts: [
        sealed(turn(2000, null), [finBy('server', 400_000)], {
          ...nth(0, 3 * SECOND - 400_000),
          turns: { count: 1, prompt: 0 },
        }),
        ...[0.2, 0.9, 1.6].map((opened, at) => sealedIdle(at + 1, opened * SECOND)),
      ],
      subject: '10.0.1.43:443',
      occurrences: 1,
      confidence: 'likely',
      verdicts: { 'process-ended': 'supported' },
    },
    {
      name: 'a request is dropped as a time-out ends connections that were used together',
      facts: [dropped(0, 400_000, nth(0, 3 * SECOND - 401_133)), ...TIMED_OUT, healthy(nth(20, 3.3 * SECOND))],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'process-ended': 'open', 'server-timer': 'ruled-out', 'dropped-on-purpose': 'open' },
    },
    {
      name: 'three requests of one age end together: no timer is known by that',
      facts: [0, 1, 2].map((at) => dropped(at, 2 * SECOND, nth(at, at * 10))),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'server-timer': 'open', 'process-ended': 'open' },
    },
    {
      name: 'two of one age end at once, and the next that comes, two seconds later, is refused',
      facts: [dropped(0, 400_000), dropped(1, 400_000), refused(nth(5, 2.4 * SECOND))],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'process-ended': 'supported' },
    },
    {
      name: 'another is accepted in between: the refusal is of another end',
      facts: [dropped(0, 400_000), healthy(nth(4, 1.4 * SECOND)), refused(nth(5, 2.4 * SECOND))],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'process-ended': 'open' },
    },
    {
      name: 'who looks once a second ends three requests of more than 20 s, as gunicorn does with --timeout 20',
      facts: [20.1, 20.9, 20.5].map((delay, at) => dropped(at, delay * SECOND, nth(at, at * 2 * SECOND))),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'server-timer': 'supported' },
    },
    {
      name: 'three requests of 20 s and 21 s end by no timer that shows',
      facts: [20.1, 20.9, 21.2].map((delay, at) => dropped(at, delay * SECOND, nth(at, at * 2 * SECOND))),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'server-timer': 'open' },
    },
    {
      name: 'a timer of 30 s ends three requests',
      facts: [0, 1, 2].map((at) => dropped(at, 30 * SECOND, nth(at, at * 2 * SECOND))),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'server-timer': 'supported', 'process-ended': 'ruled-out' },
    },
    {
      name: 'a rule drops what one agent sends',
      facts: [
        ...Array.from({ length: 4 }, (_, at) =>
          dropped(at, 500, {}, '/a', { fields: [{ name: 'user-agent', value: 'sqlmap' }] }),
        ),
        ...Array.from({ length: 12 }, (_, at) =>
          healthy(nth(10 + at), '/a', { fields: [{ name: 'user-agent', value: 'curl' }] }),
        ),
      ],
      subject: '10.0.1.43:80',
      occurrences: 4,
      confidence: 'certain',
      verdicts: { 'dropped-on-purpose': 'supported' },
    },
    {
      name: 'two requests of different age are closed at one moment',
      facts: [healthy(nth(9, 0)), ...twoAtOnce(10 * SECOND, 4000, 200_000)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'process-ended': 'supported' },
    },
    {
      name: 'both had waited for a second and more: who looks in turns for what is silent does the same',
      facts: [healthy(nth(9, 0)), ...twoAtOnce(10 * SECOND, 2 * SECOND, 5 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'process-ended': 'open' },
    },
    {
      name: 'two fall together among many that are closed at all times',
      facts: [
        ...twoAtOnce(SECOND, 4000, 200_000),
        ...Array.from({ length: 12 }, (_, at) => dropped(at + 10, 4000, nth(at + 10, SECOND + (at + 1) * 90_000))),
      ],
      subject: '10.0.1.43:80',
      occurrences: 14,
      confidence: 'certain',
      verdicts: { 'process-ended': 'open' },
    },
    {
      name: 'a proxy whose own request failed in between',
      facts: [dropped(0), behind(false)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'upstream-failure': 'supported' },
    },
    {
      name: 'a proxy with another address to its servers, whose leg of the request failed',
      facts: [
        dropped(0, 4000, { client: '203.0.113.5' }, '/report', { authority: 'shop.example' }),
        connection(
          [
            ...handshake(),
            get(1133, '/report', {
              authority: 'shop.example',
              fields: [{ name: 'x-forwarded-for', value: '203.0.113.5' }],
            }),
            rstBy('server', 1500),
          ],
          { ...nth(40, 1000), client: '10.0.2.9', server: '10.0.2.1', serverPort: 8080 },
        ),
        // Under the address at which it is asked it looks after itself.
        healthy({ ...nth(41, 60_000), client: '10.0.1.43', server: '10.0.1.43', serverPort: 8081 }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'upstream-failure': 'supported' },
    },
    {
      name: 'a proxy whose answer from behind was cut, under its own address and under another',
      facts: [
        dropped(0, 4000, { client: '203.0.113.5' }, '/report', { authority: 'shop.example' }),
        cutBehind(40, '203.0.113.5', { client: '10.0.1.43' }),
        dropped(1, 4000, { client: '203.0.113.6' }, '/report', { authority: 'shop.example' }),
        cutBehind(41, '203.0.113.6', { client: '10.0.2.9' }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'upstream-failure': 'supported' },
    },
    {
      name: 'a host that calls itself: the lost request is not one of its own to a server behind',
      facts: [dropped(0), behind(false)].map((facts) => ({
        ...facts,
        client: { ...facts.client, endpoint: { ...facts.client.endpoint, address: '10.0.1.43' } },
      })),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'upstream-failure': 'open' },
    },
    {
      name: 'a proxy whose own request was answered',
      facts: [dropped(0), behind(true)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'upstream-failure': 'ruled-out' },
    },
    {
      name: 'the first request of a connection that had waited for 10 s: less sure',
      facts: connection([...handshake(), get(10 * SECOND), finBy('server', 10 * SECOND + 900)]),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'likely',
      verdicts: { 'idle-race': 'supported' },
    },
    {
      name: 'a deployment stops the server in the middle of its work',
      capture: 'samples/deploy-drain.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      marks: ['FIN of the first server'],
    },
  ],
  silent: [
    { name: 'TLS without keys: nobody says that it is HTTP', facts: behindNginx },
    {
      name: 'TLS without keys: 502 is answered for something else, later',
      facts: [behindNginx, inFront(502, 200_000)],
    },
    {
      name: 'TLS without keys: 502 is answered more often than it could be for this',
      facts: [behindNginx, inFront(502), inFront(502, 10_500, 91)],
    },
    { name: 'TLS without keys: what is answered in front is no failure', facts: [behindNginx, inFront(200)] },
    {
      name: 'TLS without keys: an alert upon the first data may refuse the handshake',
      lookAlike: 'tls-alert',
      facts: sealed(turn(2000, null), [finBy('server', 3700)], {
        turns: { count: 1, prompt: 0 },
        tls: { alerts: [ALERT_SHAPE], alertCount: 1 },
      }),
    },
    {
      name: 'TLS without keys: the FIN acknowledges nothing of it',
      lookAlike: 'keepalive-race',
      facts: sealed(turn(2000, null), [finBy('server', 3700, 185)], { turns: { count: 1, prompt: 0 } }),
    },
    {
      name: 'TLS without keys: after half a second without data',
      lookAlike: 'keepalive-race',
      facts: sealed(turn(800_000, null), [finBy('server', 802_000)], {
        serverSide: { lastApplication: { packet: 3, atNs: 100_000_000, contentType: 23, length: 400 } },
      }),
    },
    {
      name: 'TLS without keys: the client had said close_notify',
      lookAlike: 'client-left-first',
      facts: sealed(turn(2000, null), [finBy('server', 3700)], {
        turns: { count: 1, prompt: 0 },
        clientSide: { lastRecord: { packet: 5, atNs: 3_000_000, contentType: 23, length: 19 } },
      }),
    },
    {
      name: 'the FIN acknowledges nothing of the request',
      lookAlike: 'keepalive-race',
      facts: unacknowledged(dropped(0)),
    },
    {
      name: 'the connection was idle for a second after its answer',
      lookAlike: 'keepalive-race',
      facts: connection([...handshake(), get(1133), answer(3000), get(SECOND), finBy('server', SECOND + 40)]),
    },
    {
      name: 'Apache closes in the race, and acknowledges the request afterwards',
      capture: 'samples/keepalive-race-apache.pcapng',
    },
    {
      name: 'HTTP/2: the server said GOAWAY before',
      lookAlike: 'goaway',
      facts: overH2(connection(TWO_STREAMS), { goAways: [GOAWAY], goAwayCount: 1 }),
    },
    {
      name: 'HTTP/2: its client has taken the requests back',
      facts: overH2(connection(TWO_STREAMS), {}, () => ({ reset: { ...CLEARED, atNs: 150_000_000 } })),
    },
    {
      name: 'HTTP/2: a request comes just as the idle connection is given up',
      lookAlike: 'keepalive-race',
      facts: idleH2(5000),
    },
    {
      name: 'HTTP/2: on a connection long idle, where nothing else ended with it',
      lookAlike: 'keepalive-race',
      facts: idleH2(20_000),
    },
    {
      name: 'HTTP/2: the FIN acknowledges nothing of the requests',
      lookAlike: 'keepalive-race',
      facts: unacknowledged(overH2(connection(TWO_STREAMS))),
    },
    {
      name: 'HTTP/2: a gRPC call that its client still sends to',
      facts: overH2(
        connection([
          ...handshake(),
          get(1133, '/shop.Orders/Chat', { ...GRPC_CALL, complete: false }),
          finBy('server', 500_000),
        ]),
      ),
    },
    {
      name: 'HTTP/2: who closes has never greeted',
      facts: overH2(connection([...handshake(), get(1133, '/report'), finBy('server', 4000)]), {
        settings: { client: null, server: null },
      }),
    },
    {
      name: 'the client’s FIN is the older one, and stands behind in the file',
      lookAlike: 'client-left-first',
      facts: withEnds(dropped(0), (end, at) => (at === 0 ? {} : { atNs: end.atNs - 200_000 })),
    },
    {
      name: 'the client sent FIN first',
      lookAlike: 'client-left-first',
      facts: connection([...handshake(), get(1133), finBy('client', 9000), finBy('server', 9100)]),
    },
    {
      name: 'a request that the snap length cut, perhaps half of one, that the server waited for',
      lookAlike: 'half-a-request',
      facts: headCut(dropped(0, 2 * SECOND)),
    },
    {
      name: 'half a request',
      lookAlike: 'half-a-request',
      facts: dropped(0, 2 * SECOND, {}, '/upload', { method: 'POST', complete: false }),
    },
    {
      name: 'a request comes just as idle connections of different age are given up',
      lookAlike: 'keepalive-race',
      facts: [afterIdle(400), ...WAITING],
    },
    {
      name: 'a request on a connection long idle is dropped, and others of one age time out with it',
      lookAlike: 'keepalive-race',
      facts: [afterIdle(20_000), ...TIMED_OUT],
    },
    {
      name: 'the answer before said that it was the last',
      lookAlike: 'announced-close',
      facts: announced(
        connection([...handshake(), get(1133), answer(3000), get(3100, '/next'), finBy('server', 3200)]),
      ),
    },
    {
      name: 'an HTTP/0.9 request',
      lookAlike: 'old-protocol',
      facts: dropped(0, 300, {}, '/', { version: 'HTTP/0.9' }),
    },
    {
      name: 'an answer without a status line (zeek/http__curl_http_09)',
      lookAlike: 'old-protocol',
      facts: connection(
        [...handshake(), get(1133), { at: 1300, is: 'data', from: 'server', bytes: 51 }, finBy('server', 1400)],
        { undecoded: { server: 51 } },
      ),
    },
    {
      name: 'the server rejects a request for want of a client certificate',
      lookAlike: 'tls-alert',
      capture: 'samples/tls-handshake-client-certificate.pcapng',
    },
    {
      name: 'bytes of the server were lost in the capture',
      lookAlike: 'lost-response',
      facts: dropped(0, 4000, { serverFacts: { lostBytes: 500 } }),
    },
    {
      name: 'a health check',
      lookAlike: 'health-check',
      facts: dropped(0, 400, {}, '/health', { fields: [{ name: 'user-agent', value: 'ELB-HealthChecker/2.0' }] }),
    },
    {
      name: 'RST instead of FIN',
      lookAlike: 'reset-instead',
      facts: connection([...handshake(), get(1133), rstBy('server', 1500)]),
    },
  ],
  cannotTell: [
    {
      name: 'the FIN acknowledges one number more than was seen: the client’s own FIN may have come first',
      facts: acknowledgingMore(dropped(0, 4000)),
    },
    { name: 'the clock was set back meanwhile', facts: dropped(0, 4000, { guards: { clockStepped: true } }) },
    {
      name: 'the client acknowledged more of the server than the capture holds',
      facts: dropped(0, 4000, { clientFacts: { highestAcknowledged: 900 } }),
    },
    {
      name: 'the capture begins with the request',
      facts: connection([get(0), finBy('server', 300)], { serverFacts: { plainSegments: 1 } }),
    },
    {
      name: 'HTTP/2: frames of the server were lost',
      facts: overH2(connection(TWO_STREAMS), { timesLost: { client: 0, server: 1 } }),
    },
    {
      name: 'the server’s direction is missing',
      facts: dropped(0, 4000, { guards: { oneSided: true } }),
    },
  ],
});

describe('what empty-response says', () => {
  it('hides the query', () => {
    const findings = findingsOf(emptyResponse, [dropped(0, 4000, {}, '/report?token=secret')]);
    expect(JSON.stringify(findings)).not.toContain('secret');
    expect(findings[0]?.evidence[0]?.packets.map(({ note }) => note)).toEqual([
      'SYN-ACK: the server accepts',
      'GET /report?…, 100 bytes',
      'FIN 4.0 ms after the request, acknowledging all of it; no response byte',
    ]);
  });

  it('names the streams of HTTP/2, and how many there were', () => {
    const [finding] = findingsOf(emptyResponse, [overH2(connection(TWO_STREAMS))]);
    expect(finding?.title).toBe('10.0.1.43:80 closes HTTP/2 connections with requests unanswered and without a GOAWAY');
    expect(finding?.summary).toContain('while 2 whole requests were unanswered on it, the oldest for 196 ms.');
    expect(finding?.facts).toMatchObject({ lostRequests: 2 });
    expect(finding?.evidence[0]?.packets.map(({ note }) => note)).toEqual([
      'SYN-ACK: the server accepts',
      'stream 3: GET /report',
      'stream 5: GET /list',
      'FIN 196 ms after the first of 2 open requests, acknowledging all; no GOAWAY, no response byte',
    ]);
  });

  it('counts streams beyond those that it shows', () => {
    const requests = Array.from({ length: 12 }, (_, at) => get(1133 + at, `/${at}`));
    const [finding] = findingsOf(emptyResponse, [
      overH2(connection([...handshake(), ...requests, finBy('server', 9000)])),
    ]);
    expect(finding?.facts).toMatchObject({ lostRequests: 12 });
    const notes = finding?.evidence[0]?.packets.map(({ note }) => note) ?? [];
    expect(notes).toHaveLength(1 + 8 + 1);
    expect(notes.at(-1)).toContain('12 open requests (4 of them not shown)');
  });

  it('counts health checks apart', () => {
    const check = dropped(1, 400, {}, '/health', { fields: [{ name: 'user-agent', value: 'kube-probe/1.29' }] });
    const [finding] = findingsOf(emptyResponse, [dropped(0), check]);
    expect(finding?.facts).toMatchObject({ healthChecks: 1 });
    expect(finding?.occurrences).toBe(1);
  });

  it('is silent on every sample but those in which a server does so', async () => {
    const speaks = new Set([
      'connect-timeout-haproxy.pcapng',
      'deploy-drain.pcapng',
      'encrypted-empty-response.pcapng',
      'grpc-haproxy.pcapng',
      'grpc-nginx.pcapng',
    ]);
    const others = readdirSync('samples').filter((name) => /\.pcap/.test(name) && !speaks.has(name));
    expect(others.length).toBeGreaterThan(100);
    for (const name of others) {
      const { analysis } = await analyze({ files: [`samples/${name}`], rules: ['empty-response'] });
      expect(analysis.findings, name).toEqual([]);
    }
  }, 60_000);
});
