import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import type { GoAway } from '../../src/facts/h2.js';
import { clientAbort } from '../../src/rules/client-abort.js';
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
  healthy,
  nthEvery,
  rstBy,
  SECOND,
  type Step,
  withResponses,
} from './facts.js';
import { overH2 } from './h2-facts.js';
import { headCut } from './head-cut.js';
import { sealed, turn } from './sealed-facts.js';
import { findingsOf, testRule } from './test-rule.js';

const nth = nthEvery(100 * SECOND);

/** A client that leaves `wait` microseconds after its request. */
function left(
  at: number,
  wait: number,
  options: ConnectionOptions = {},
  end: Step = abortBy('client', 1133 + wait),
): Connection {
  return connection([...handshake(), get(1133, '/search'), end], nth(at, options));
}

/** The same, by a program that says its name. */
function asking(agent: string, wait: number, options: ConnectionOptions = {}): Connection {
  const fields = fieldsOf({ 'user-agent': agent });
  return connection(
    [...handshake(), get(1133, '/search', { fields }), abortBy('client', 1133 + wait)],
    nth(0, options),
  );
}
/** Clients that leave a server which answered the same requests before, and answers nobody now. */
function standingStill(...waits: readonly number[]): Connection[] {
  const targets = ['/', '/search'];
  return [
    ...targets.map((target, at) => connection([...handshake(), get(1133, target), answer(2133)], nth(at))),
    ...waits.map((wait, at) =>
      connection(
        [...handshake(), get(1133, targets[at % 2] ?? '/'), abortBy('client', 1133 + wait)],
        nth(2 + at, { serverFacts: { highestAcknowledged: 1000 } }),
      ),
    ),
  ];
}
const EDGE = '10.0.0.49';

/** What a proxy gives up after `wait`, and then tells its client. */
function toldInFront(at: number, wait: number): Connection[] {
  return [
    connection(
      [...handshake(), get(1000, '/search'), answer(1400 + wait, 502)],
      nth(at, { stream: 90 + at, firstPacket: 901 + at * 10, client: '203.0.113.5', server: EDGE }),
    ),
    left(at, wait, { client: EDGE }),
  ];
}
const ELSEWHERE = { client: '203.0.113.5', server: '10.0.0.49' };

/** The same amid the answer. */
function amid(at: number, end: Step = finBy('client', 90_000)): Connection {
  const facts = connection([...handshake(), get(1133, '/film'), answer(3600, 200, 1200), end], nth(at));
  return cutShort(facts);
}

/** Its answer is to have 90,000 bytes, and has not. */
function cutShort(facts: Connection): Connection {
  const read = { ...facts, client: { ...facts.client, highestAcknowledged: facts.server.nextSequence } };
  return withResponses(read, { complete: false, framing: 'content-length', contentLength: 90_000 });
}

/** The same where packets were captured without the end of the answer's head. */
function amidCutHead(at: number): Connection {
  return withResponses(amid(at), { bodyBytes: 0, lostBytes: 700 });
}

/** An answer that stops with 1,200 of 90,000 bytes, and a client that leaves `after` microseconds. */
function stopped(at: number, after: number): Connection {
  return amid(at, finBy('client', 3600 + after));
}

/** Of a browser's two streams one is cancelled. */
function cancelled(at: number, goAway: Partial<GoAway> | null = null): Connection {
  const facts = left(at, 200_000);
  return overH2(
    { ...facts, close: { kind: 'open', resetBy: null, segments: [], segmentCount: 0 } },
    { settings: { client: null, server: null }, goAways: goAwaysOf(goAway, facts) },
    () => ({ reset: { by: 'client', code: 8, packet: facts.lastPacket, atNs: facts.endNs, openStreams: 1 } }),
  );
}

/** So many streams of HTTP/2 that wait when their client closes. */
function together(at: number, wait: number, streams: number): Connection {
  const asked = Array.from({ length: streams }, (_, stream) => get(1133 + stream, `/${stream}`));
  return overH2(connection([...handshake(), ...asked, abortBy('client', 1133 + wait)], nth(at)));
}

/** A client over TLS that closes behind an alert of the server's. */
function alerted(level: 'warning' | 'fatal', name: string): Connection {
  const alert = {
    from: 'server',
    packet: 4,
    atNs: 200_000_000,
    basis: 'decrypted',
    level,
    description: 1,
    name,
  } as const;
  return { ...left(0, 400_000), tls: tlsFacts({ alerts: [alert], alertCount: 1, decryption: 'whole' }) };
}

/** Just before the client's reset. */
function goAwaysOf(goAway: Partial<GoAway> | null, { lastPacket: packet, endNs: atNs }: Connection): GoAway[] {
  if (goAway === null) return [];
  return [{ from: 'server', packet, atNs: atNs - 1000, lastStream: 2 ** 31 - 1, code: 0, debug: '', ...goAway }];
}

testRule(clientAbort, {
  fires: [
    {
      name: 'TLS without keys: a client closes while its request waits',
      facts: sealed(turn(2000, null), [finBy('client', 302_000)]),
      subject: '10.0.1.43:443',
      occurrences: 1,
      severity: 'notice',
      confidence: 'likely',
      packets: [4, 5],
    },
    {
      name: 'the snap length cut the head of what was asked',
      facts: headCut(left(0, 400_000)),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'likely',
    },
    {
      name: 'a bare reset without a FIN before it: no application leaves so',
      facts: amid(0, rstBy('client', 90_000)),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'likely',
    },
    {
      name: 'TLS without keys: a client closes in the middle of a record',
      facts: sealed(turn(2000, 3000), [finBy('client', 302_000)], { serverSide: { unfinishedBytes: 700 } }),
      subject: '10.0.1.43:443',
      occurrences: 1,
      confidence: 'likely',
    },
    {
      name: 'a benchmark is over: three requests that were sent together are given up together',
      facts: [0, 1, 2].map((at) => left(at, 5200, { beginsAt: at * 100 })),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'client-timer': 'open', 'client-ended': 'supported' },
    },
    {
      name: 'a program ends: three requests that were sent one after the other are given up together',
      facts: [0, 1, 2].map((at) => left(at, 3_000_000 - at * 600_000, { beginsAt: at * 600_000 })),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'client-timer': 'open', 'client-ended': 'supported' },
    },
    {
      name: 'a proxy gives up three that it had sent together, each after its three seconds (tinyproxy)',
      facts: [0, 1, 2].map((at) => left(at, 3_070_000 + at * 9000, { beginsAt: at * 100 })),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'client-timer': 'open', 'client-ended': 'open' },
    },
    {
      name: 'one client leaves after 0.4 s',
      facts: left(0, 400_000),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'client-timer': 'open', 'its-own-client-left': 'open' },
      packets: [4, 5],
    },
    {
      name: 'one leaves while its request is still being sent again',
      facts: left(0, 7_670_000, {
        clientFacts: {
          retransmissions: 2,
          resends: [500, 9000].map((ms) => ({ atNs: ms * 1e6, sequence: 1 })),
        },
      }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'request-lost': 'supported' },
    },
    {
      name: 'one leaves whose request was acknowledged',
      facts: left(0, 400_000, { serverFacts: { highestAcknowledged: 1000 } }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'request-lost': 'ruled-out' },
    },
    {
      name: 'three leave after half a second each',
      facts: [0, 1, 2].map((at) => left(at, 500_000 + at * 900)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'client-timer': 'supported', 'client-ended': 'ruled-out' },
    },
    {
      name: 'curl -m 0.3 on a busy host: the timer ran while it connected',
      facts: [240_000, 273_000, 316_000, 358_000].map((wait, at) => left(at, wait)),
      subject: '10.0.1.43:80',
      occurrences: 4,
      confidence: 'certain',
      verdicts: { 'client-timer': 'open', 'client-ended': 'ruled-out' },
    },
    {
      name: 'three leave after 21 to 32 ms: none of them has waited',
      facts: [21_000, 27_000, 32_000].map((wait, at) => left(at, wait)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'client-timer': 'ruled-out' },
    },
    {
      name: 'three leave after 99 ms each: too soon for a timer',
      facts: [99_000, 99_200, 99_400].map((wait, at) => left(at, wait)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'client-timer': 'open' },
    },
    {
      name: 'three leave after a tenth of a second each',
      facts: [100_000, 100_900, 101_400].map((wait, at) => left(at, wait)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'client-timer': 'supported' },
    },
    {
      name: 'three leave within a quarter of a second: no timer, which fires late by little',
      facts: [77_000, 208_000, 268_000].map((wait, at) => left(at, wait)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'client-timer': 'ruled-out', 'client-ended': 'ruled-out' },
    },
    {
      name: 'the same beyond a second',
      facts: [1_050_000, 1_130_000, 1_260_000].map((wait, at) => left(at, wait)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'client-timer': 'ruled-out' },
    },
    {
      name: 'two leave amid their answers, after different times',
      facts: [amid(0), left(1, 3_456_789)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'client-timer': 'ruled-out' },
    },
    {
      name: 'two leave amid their answers, after the same time: a timer may be why',
      facts: [amid(0), amid(1)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'client-timer': 'open' },
    },
    {
      name: 'the sample: in TLS with keys one leaves while it waits, one amid an export',
      capture: 'samples/encrypted-client-abort-healthy.pcapng',
      subject: '10.0.0.49:443',
      occurrences: 2,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'client-timer': 'open' },
      packets: [67, 72],
    },
    {
      name: 'two leave after times that agree: too few to call it a timer, and no ground to rule one out',
      facts: [left(0, 7_960_000), left(1, 7_965_000)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'client-timer': 'open', 'answer-stopped': 'ruled-out' },
    },
    {
      name: 'an answer stops short of its Content-Length, and its client leaves at last',
      facts: [stopped(0, 12_000_000), stopped(1, 12_001_000)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'answer-stopped': 'supported', 'client-timer': 'open' },
      packets: [4, 5, 6],
    },
    {
      name: 'a pause of a second is no stop',
      facts: stopped(0, 1_000_000),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'answer-stopped': 'open' },
    },
    {
      name: 'a client that reads no more stops its answer itself',
      facts: ((facts) => ({ ...facts, client: { ...facts.client, zeroWindows: 3 } }))(stopped(0, 12_000_000)),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'answer-stopped': 'open' },
    },
    {
      name: 'an answer that stops behind a proxy stops in front as well: told of the server behind',
      facts: [
        stopped(0, 12_000_000),
        cutShort(
          connection(
            [...handshake(), get(1000, '/film'), answer(3700, 200, 1200), finBy('client', 12_003_000)],
            nth(0, { stream: 90, firstPacket: 901, client: '203.0.113.5', server: '10.0.0.49' }),
          ),
        ),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'answer-stopped': 'supported' },
    },
    {
      name: 'another client leaves after as long as a proxy that ended others',
      facts: [...toldInFront(0, 3_000_000), ...toldInFront(1, 3_004_000), left(2, 3_010_000, { client: '10.0.0.77' })],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'client-ended': 'open' },
    },
    {
      name: 'it leaves sooner than the timer by which its proxy ended others',
      facts: [...toldInFront(0, 3_000_000), ...toldInFront(1, 3_004_000), left(2, 1_600_000, { client: EDGE })],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'client-ended': 'open' },
    },
    {
      name: 'a browser cancels one stream',
      facts: cancelled(0),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'its-own-client-left': 'ruled-out' },
    },
    {
      name: 'it is cancelled though the server that says GOAWAY would have answered it',
      facts: cancelled(0, { lastStream: 1 }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
    },
    {
      name: 'it is cancelled just before the server refuses it',
      facts: cancelled(0, { lastStream: 0, atNs: 201_134_000 }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
    },
    {
      name: 'its server had only said in TLS that nothing more comes of it',
      facts: alerted('fatal', 'close_notify'),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
    },
    {
      name: 'five streams end with their connection, which is one that leaves, and two others leave after other waits',
      facts: [together(0, 1_370_000, 5), left(1, 2_000_000), left(2, 3_300_000)],
      subject: '10.0.1.43:80',
      occurrences: 7,
      confidence: 'certain',
    },
    {
      name: 'over HTTP/2 its server had only said in TLS that nothing more comes, and who asks is no health check',
      facts: [overH2(alerted('fatal', 'close_notify')), overH2(asking('curl/8.5.0', 400_000, nth(1)))],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
    },
    {
      name: 'a proxy leaves because its own client has left',
      facts: [
        left(0, 400_000),
        left(0, 390_000, { stream: 90, firstPacket: 901, beginsAt: -500, client: '203.0.113.5', server: '10.0.0.49' }),
      ],
      subject: '10.0.1.43:80',
      findings: 2,
      titled: '10.0.1.43',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'its-own-client-left': 'supported' },
    },
    {
      name: 'another program left another server just before, which it had asked for the same',
      facts: [
        asking('okhttp/4', 400_000),
        asking('curl/8', 390_000, { stream: 90, firstPacket: 901, beginsAt: -500, ...ELSEWHERE }),
      ],
      subject: '10.0.1.43:80',
      findings: 2,
      titled: '10.0.1.43',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'its-own-client-left': 'open' },
    },
    {
      name: 'the sample: a client goes away amid two exports',
      capture: 'samples/truncated-response-client-abort-healthy.pcapng',
      subject: '10.0.1.43:8080',
      findings: 2,
      titled: '10.0.1.43',
      occurrences: 2,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'its-own-client-left': 'supported' },
    },
  ],
  silent: [
    {
      name: 'it is ended by the timer by which its proxy ended others, for which the proxy told its clients 502',
      lookAlike: 'slow-response',
      facts: [...toldInFront(0, 3_000_000), ...toldInFront(1, 3_004_000), left(2, 3_010_000, { client: EDGE })],
    },
    {
      name: 'the server has ended the connection by an alert, when it had seen that the client has no certificate',
      lookAlike: 'refused-in-tls',
      facts: alerted('fatal', 'certificate_required'),
    },
    {
      name: 'the same over HTTP/2',
      lookAlike: 'refused-in-tls',
      facts: overH2(alerted('fatal', 'certificate_required')),
    },
    {
      name: 'a health check over HTTP/2 that has an end of its own',
      lookAlike: 'health-check',
      facts: overH2(asking('kube-probe/1.27', 400_000)),
    },
    {
      name: 'the server’s GOAWAY refuses the stream, and the client clears it away',
      lookAlike: 'refused-stream',
      facts: cancelled(0, { lastStream: 0 }),
    },
    {
      name: 'the server’s GOAWAY gives an error, which ends all streams',
      lookAlike: 'refused-stream',
      facts: cancelled(0, { lastStream: 1, code: 2 }),
    },
    {
      name: 'they leave at will while the server answers nobody',
      facts: standingStill(1_300_000, 2_700_000, 4_100_000, 7_700_000),
      lookAlike: 'slow-response',
    },
    {
      name: 'most of them agree, and the server answers nobody meanwhile',
      facts: [
        ...standingStill(3_000_000, 3_000_100, 3_000_200, 3_000_300),
        connection([...handshake(), get(1133, '/new'), abortBy('client', 3_001_533)], nth(50)),
      ],
      lookAlike: 'slow-response',
    },
    {
      name: 'each program has a time-out of its own',
      facts: [1.3, 2.1, 1.3, 2.1, 1.3, 2.1].map((wait, at) => left(10 * at, wait * 1_000_000)),
      lookAlike: 'slow-response',
    },
    {
      name: 'TLS without keys: the answer ends with a record',
      lookAlike: 'after-answer',
      facts: sealed(turn(2000, 3000), [finBy('client', 302_000)]),
    },
    {
      name: 'TLS without keys: a preface that was never used',
      lookAlike: 'half-close',
      facts: sealed(turn(2000, null), [finBy('client', 302_000)], {
        alpn: ['h2', 'http/1.1'],
        turns: { count: 1, prompt: 0, mayBePreface: true },
      }),
    },
    {
      name: 'TLS without keys: the client has all that Content-Length says, and an empty frame ends the stream of HTTP/2 behind it',
      lookAlike: 'after-answer',
      facts: sealed(turn(2000, 3000), [finBy('client', 2900), rstBy('client', 3100)], {
        serverSide: { lastApplication: { packet: 5, atNs: 3_000_000, contentType: 23, length: 33 } },
      }),
    },
    {
      name: 'TLS without keys: the client has its answer, and the server’s GOAWAY meets its close (Apache)',
      lookAlike: 'after-answer',
      facts: sealed(turn(2000, 3000), [finBy('client', 2900), rstBy('client', 3100)], {
        serverSide: { lastApplication: { packet: 5, atNs: 3_000_000, contentType: 23, length: 34 } },
      }),
    },
    {
      name: 'TLS without keys: one client of the port of HTTP that says nothing of it',
      lookAlike: 'half-close',
      facts: sealed(turn(2000, null), [finBy('client', 302_000)], { alpn: [], turns: { count: 1, prompt: 0 } }),
    },
    { name: 'it leaves at 30 s', lookAlike: 'slow-response', facts: left(0, 30.01 * SECOND) },
    {
      name: 'three leave after 7.3 s',
      lookAlike: 'slow-response',
      facts: [0, 1, 2].map((at) => left(at, 7.3 * SECOND)),
    },
    { name: 'the server closes first', lookAlike: 'truncated-response', facts: amid(0, finBy('server', 9000)) },
    { name: 'FIN at once behind the request', lookAlike: 'half-close', facts: left(0, 100, {}, finBy('client', 1233)) },
    { name: 'the end of the answer’s head was not captured', lookAlike: 'after-answer', facts: amidCutHead(0) },
    { name: 'the answer was complete', lookAlike: 'after-answer', facts: healthy(nth(0)) },
    {
      name: 'events',
      lookAlike: 'event-stream',
      facts: connection(
        [...handshake(), get(1133, '/events?transport=polling'), abortBy('client', 2 * SECOND)],
        nth(0),
      ),
    },
    {
      name: 'bytes of the server were lost',
      lookAlike: 'lost-response',
      facts: left(0, 400_000, { serverFacts: { lostBytes: 10 } }),
    },
  ],
  cannotTell: [
    {
      name: 'the snap length cut a request that may have a body, and not be whole',
      facts: headCut(
        connection([...handshake(), get(1133, '/upload', { method: 'POST' }), finBy('client', 401_133)], nth(0)),
      ),
    },
    {
      name: 'the client had acknowledged what was not seen',
      facts: left(0, 400_000, { clientFacts: { highestAcknowledged: 900 } }),
    },
  ],
});

describe('what is said of clients that leave', () => {
  it('counts them right', () => {
    const [one] = findingsOf(clientAbort, [left(0, 400_000)]);
    expect(one?.summary).toContain('was given up by its client, 400 ms after it was sent.');
    const [two] = findingsOf(clientAbort, [left(0, 400_000), left(1, 700_000)]);
    expect(two?.summary).toContain('were given up by their clients, 400 ms – 700 ms after they were sent.');
  });

  it('does not say of how many, where TLS hides the others', () => {
    const [one] = findingsOf(clientAbort, [sealed(turn(2000, null), [finBy('client', 302_000)])]);
    expect(one?.summary).toContain('1 request to 10.0.1.43:443 was given up');
  });

  it('acquits no server of which no answer was seen, where they waited for seconds', () => {
    const summaryOf = (...facts: readonly Connection[]) => findingsOf(clientAbort, facts)[0]?.summary;
    const waits = [3_690_000, 4_070_000];
    const waited = waits.map((wait, at) => left(at, wait));
    expect(summaryOf(...waited)).toContain('Whether it was slow cannot be told, for no answer of it was seen.');
    expect(summaryOf(left(0, 400_000))).toContain('That is no fault of the server');
    expect(summaryOf(...waited, healthy(nth(5)))).toContain('They may have left because it was slow');
  });

  it('acquits no server of a silence of seconds that others had to bear as well', () => {
    const late = connection([...handshake(), get(1133, '/search'), answer(2_700_000, 200)], nth(5));
    const [finding] = findingsOf(clientAbort, [left(0, 2_510_000), late]);
    expect(finding?.summary).not.toContain('no fault of the server');
    expect(finding?.summary).toContain('Half of its answers take');
  });

  it('says of how many of them the figures are', () => {
    const twenty = findingsOf(
      clientAbort,
      Array.from({ length: 20 }, (_, at) => left(at, 400_000 + at * 9_000)),
    );
    expect(twenty[0]?.summary).not.toContain('figures');
    const more = findingsOf(
      clientAbort,
      Array.from({ length: 25 }, (_, at) => left(at, 400_000 + at * 9_000)),
    );
    expect(more[0]?.summary).toContain('25 requests of');
    expect(more[0]?.summary).toContain('Apart from the number, all figures are of the first 20.');
  });

  it('tells of both legs which was left first, though the same is asked again and again', () => {
    const asked = (at: number, front: boolean): Connection => {
      const place = front ? { client: '203.0.113.5', server: '10.0.0.49' } : { client: '10.0.0.49' };
      const [stream, firstPacket] = [2 * at + (front ? 0 : 1), 1 + at * 20 + (front ? 0 : 10)];
      return left(0, front ? 120_000 : 119_500, {
        beginsAt: at * 600_000 + (front ? 0 : 700),
        stream,
        firstPacket,
        ...place,
      });
    };
    const findings = findingsOf(
      clientAbort,
      [0, 1, 2].flatMap((at) => [asked(at, true), asked(at, false)]),
    );
    const verdictOf = (server: string) =>
      findings
        .find(({ subject }) => subject.address === server)
        ?.hypotheses.find(({ cause }) => cause === 'its-own-client-left');
    expect(verdictOf('10.0.1.43')?.verdict).toBe('supported');
    expect(verdictOf('10.0.0.49')?.verdict).toBe('open');
  });

  it('does not call many too few', () => {
    const many = Array.from({ length: 25 }, (_, at) =>
      left(0, 5200, { beginsAt: at * 100, stream: at, firstPacket: 1 + at * 10 }),
    );
    const ended = findingsOf(clientAbort, many)[0]?.hypotheses.find(({ cause }) => cause === 'client-ended');
    expect(ended?.verdict).toBe('open');
    expect(JSON.stringify(ended)).toContain('the first 20 are no more than a part');
  });

  it('tells no time-out of a single one', () => {
    expect(findingsOf(clientAbort, [left(0, 400_000)])[0]?.facts).toMatchObject({ clientTimeoutSeconds: null });
  });
});

describe('an answer that stands still when its client leaves', () => {
  const said = (...facts: Connection[]) => findingsOf(clientAbort, facts)[0];

  it('is no fault of the client alone from a second on', () => {
    const finding = said(stopped(0, 3_000_000), stopped(1, 3_200_000));
    expect(finding?.severity).toBe('notice');
    expect(finding?.summary).toContain('of 2 answers that were under way nothing had come for 3.00 s – 3.20 s.');
    expect(finding?.summary).not.toContain('no fault of the server');
    expect(finding?.hypotheses.find(({ cause }) => cause === 'answer-stopped')?.because).toContain('too short to say');
  });

  it('stands no longer than its pace where that is less', () => {
    expect(said(stopped(0, 400_000))?.summary).toContain('That is no fault of the server');
  });
});
