import { expect, it } from 'vitest';
import { UNFINISHED_HEAD } from '../../src/facts/anomaly.js';
import type { Connection, RepeatedSegment } from '../../src/facts/connection.js';
import { slowResponse } from '../../src/rules/slow-response.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  healthy,
  nthEvery,
  type RequestOptions,
  rstBy,
  SECOND,
  type Step,
  withRequests,
} from './facts.js';
import { overH2 } from './h2-facts.js';
import { type SealedOptions, sealed, turn } from './sealed-facts.js';
import { findingsOf, testRule } from './test-rule.js';

const nth = nthEvery(2 * SECOND);

/** A connection that was silent for a while: what ends the silence is not what the rule reads. */
function silent(steps: readonly Step[], options: ConnectionOptions): Connection {
  return { ...connection(steps, options), idlePeriodCount: 1 };
}

/** A client that leaves after so long. */
function givenUp(at: number, wait: number, options: ConnectionOptions = {}, target = '/report'): Connection {
  return silent(
    [
      ...handshake(),
      get(1133, target),
      { at: 1200, is: 'ack', from: 'server' },
      finBy('client', 1133 + wait),
      finBy('server', 1133 + wait + 100),
    ],
    nth(at, options),
  );
}

/** A client that leaves after `wait`, and whose FIN nobody acknowledges however often it comes. */
function unheard(at: number, wait: number): Connection {
  const facts = silent(
    [...handshake(), get(1133, '/report'), { at: 1200, is: 'ack', from: 'server' }, finBy('client', 1133 + wait)],
    nth(at, { serverFacts: { highestAcknowledged: 1000 } }),
  );
  return { ...facts, endNs: facts.endNs + 6_000_000_000 };
}

/** A client that leaves after so long, when part of the answer's head has come. */
function stoppedHead(wait: number): Connection {
  return silent(
    [
      ...handshake(),
      get(1133, '/report'),
      { at: 1300, is: 'data', from: 'server', bytes: 27 },
      finBy('client', 1133 + wait),
    ],
    nth(0, {
      anomalies: [{ name: UNFINISHED_HEAD, from: 'server', packet: 5, count: 1 }],
      undecoded: { server: 27 },
    }),
  );
}

/** An answer after so long. */
function late(
  at: number,
  wait: number,
  status = 200,
  target = '/report',
  request: RequestOptions = {},
  options: ConnectionOptions = {},
): Connection {
  return silent([...handshake(), get(1133, target, request), answer(1133 + wait, status)], nth(at, options));
}

/** The same, of which the client had to send parts again, so long after the request. */
function lateAgain(at: number, wait: number, again: number): Connection {
  const atNs = (at * 2 * SECOND + 1133 + again) * 1000;
  return late(at, wait, 200, '/report', {}, { clientFacts: { retransmissions: 1, resends: [{ atNs, sequence: 1 }] } });
}

function many(count: number, from: number): Connection[] {
  return Array.from({ length: count }, (_, at) => healthy(nth(from + at)));
}

/** The front of a proxy whose client waits for what `givenUp(at, …)` shows at the back. */
function front(at: number, wait: number, status = 504): Connection {
  return silent(
    [...handshake(), get(1000, '/report'), answer(1000 + wait + 500, status)],
    nth(at, {
      stream: 100 + at,
      clientPort: 50_000 + at,
      firstPacket: 1001 + at * 10,
      client: '203.0.113.5',
      server: '10.0.0.49',
    }),
  );
}

/** The front of a forward proxy, which is asked for a URL. */
function forwardFront(at: number, wait: number): Connection {
  return withRequests(front(at, wait), { target: 'http://app.example/report' });
}

/** A client that leaves after `wait`, and an answer that comes `after` the request, to nobody: its kernel resets. */
function tooLate(at: number, wait: number, after: number): Connection {
  return silent(
    [
      ...handshake(),
      get(1133, '/report'),
      { at: 1200, is: 'ack', from: 'server' },
      finBy('client', 1133 + wait),
      answer(1133 + after),
      rstBy('client', 1140 + after),
    ],
    nth(at),
  );
}

/** A request that is sent again and again, and that nobody acknowledges. */
function swallowed(
  at: number,
  { repeated = {}, unreachable = false, target = '/report', ...options }: SwallowedOptions = {},
): Connection {
  const facts = silent([...handshake(), get(1133, target)], nth(at, options));
  const { lastPacket, endNs } = facts;
  return {
    ...facts,
    endNs: endNs + 6_600_000_000,
    server: { ...facts.server, highestAcknowledged: 1 },
    client: {
      ...facts.client,
      retransmissions: 5,
      repeated: {
        ...{ sequence: 1, length: 100, longest: 100, times: 5, acknowledged: false },
        ...{ firstPacket: lastPacket + 1, firstNs: endNs + 200_000_000 },
        ...{ lastPacket: lastPacket + 3, lastNs: endNs + 6_600_000_000 },
        ...repeated,
      },
    },
    unreachables: unreachable
      ? [
          {
            ...{ packet: lastPacket + 2, atNs: endNs + 90_000, sender: '10.0.1.43', type: 3, code: 3, mtu: null },
            quoted: 'client',
          },
        ]
      : [],
  };
}

/** The same, sent again for so long alone. */
function swallowedFor(at: number, micros: number): Connection {
  const { endNs, client } = swallowed(at);
  const lastNs = endNs - 6_600_000_000 + micros * 1000;
  return swallowed(at, { repeated: { ...client.repeated, lastNs } });
}

/** A client that leaves after so long, of whose request the last copy alone arrived, right before. */
function lateArrival(at: number, wait: number): Connection {
  const atNs = (at * 2 * SECOND + wait) * 1000;
  return givenUp(at, wait, { clientFacts: { retransmissions: 5, resends: [{ atNs, sequence: 1 }] } });
}

/** One that its server had no room for, and that was taken at last. */
function takenLate(at: number): Connection {
  const facts = swallowed(at, { repeated: { acknowledged: true } });
  return { ...facts, server: { ...facts.server, firstPayloadNs: facts.endNs } };
}

interface SwallowedOptions extends ConnectionOptions {
  readonly repeated?: Partial<RepeatedSegment>;
  readonly unreachable?: boolean;
  readonly target?: string;
}

/** A gRPC call that its client cancels after so long, having said how long it waits. */
function cancelledCall(
  at: number,
  wait: number,
  deadline: string | null,
  options: ConnectionOptions & { readonly target?: string } = {},
): Connection {
  const fields = [{ name: 'content-type', value: 'application/grpc' }];
  const said = deadline === null ? [] : [{ name: 'grpc-timeout', value: deadline }];
  const { target = '/shop.Stock/Reserve', ...others } = options;
  const call = get(1133, target, { method: 'POST', fields: [...fields, ...said] });
  const facts = connection(
    [...handshake(), call, { at: 1200, is: 'ack', from: 'server' }, { at: 1133 + wait, is: 'ack', from: 'client' }],
    nth(at, others),
  );
  const atNs = (at * 2 * SECOND + 1133 + wait) * 1000;
  return overH2(facts, {}, () => ({
    reset: { by: 'client', code: 8, packet: facts.lastPacket, atNs, openStreams: 1 },
  }));
}

/** A stream of HTTP/2 that its client cancels after so long. */
function cancelledStream(at: number, wait: number): Connection {
  const steps: Step[] = [
    { at: 1200, is: 'ack', from: 'server' },
    { at: 1133 + wait, is: 'ack', from: 'client' },
  ];
  const facts = connection([...handshake(), get(1133, `/report/${at}`), ...steps], nth(at));
  const atNs = (at * 2 * SECOND + 1133 + wait) * 1000;
  return overH2(facts, {}, () => ({
    reset: { by: 'client', code: 8, packet: facts.lastPacket, atNs, openStreams: 1 },
  }));
}

/** Clients that leave a server at will which answered the same requests before, or other ones, but answers nobody now. */
function standingStill(targets: readonly string[], before: readonly string[] = targets): Connection[] {
  return [
    ...before.map((target, at) => connection([...handshake(), get(1133, target), answer(2133)], nth(at))),
    ...targets.map((target, at) => givenUp(10 + at, (1.3 + 1.7 * at) * SECOND, {}, target)),
  ];
}

/** A gRPC call that its server answers after so long with nothing but a status. */
function failedCall(at: number, wait: number, grpcStatus: number, deadline: string | null = null): Connection {
  const said = deadline === null ? [] : [{ name: 'grpc-timeout', value: deadline }];
  const fields = [{ name: 'content-type', value: 'application/grpc' }, ...said];
  const call = get(1133, '/shop.Stock/Reserve', { method: 'POST', fields });
  const facts = connection([...handshake(), call, answer(1133 + wait, 200, 60, { bodyBytes: 0 })], nth(at));
  return overH2(facts, {}, () => ({ grpcStatus }));
}

/** A request that has no answer yet when the capture ends. */
function unanswered(at: number, target = '/report'): Connection {
  const facts = silent([...handshake(), get(1133, target)], nth(at));
  return { ...facts, server: { ...facts.server, highestAcknowledged: facts.client.nextSequence } };
}

/** The front of a proxy whose client leaves after so long. */
function leftInFront(at: number, wait: number, target = '/report'): Connection {
  return silent(
    [...handshake(), get(1000, target), { at: 1010, is: 'ack', from: 'server' }, finBy('client', 1000 + wait)],
    nth(at, {
      stream: 100 + at,
      clientPort: 50_000 + at,
      firstPacket: 1001 + at * 10,
      client: '203.0.113.5',
      server: '10.0.0.49',
    }),
  );
}

/** What a client that leaves a silent server after a minute may be, and no slow answer. */
const SEALED_OTHERS: Readonly<Record<string, SealedOptions>> = {
  'a server that speaks by itself, as over a WebSocket': { turns: { wentOn: { client: 0, server: 3 } } },
  'a client that goes on without an answer': { turns: { wentOn: { client: 1, server: 0 } } },
  'a client that says it speaks something else': { alpn: ['imap'] },
  'another port, and nothing said': { alpn: [], serverPort: 993 },
  'the port of HTTP, and nothing said': { alpn: [] },
  'something short behind the request, which may take it back': {
    clientSide: { lastApplication: { packet: 9, atNs: 3e9, contentType: 23, length: 30 } },
  },
  'records were lost': { clientFacts: { lostBytes: 1 } },
  'the beginning is not in the capture': { guards: { midStream: true } },
  'a connection that was read in part': { tls: { decryption: 'partial' } },
};

/** A connection on which nothing is asked, opened at the very beginning; who ends it, and when. */
function spare(endsAt: number, endedBy: 'client' | 'server' = 'client', at = 0): Connection {
  const other = endedBy === 'client' ? 'server' : 'client';
  return connection([...handshake(), finBy(endedBy, endsAt), finBy(other, endsAt + 500)], nth(at, { beginsAt: 0 }));
}

/** The same, opened at some other time, and ended after so long. */
function silentFrom(at: number, age: number, endedBy: 'client' | 'server' = 'server'): Connection {
  const other = endedBy === 'client' ? 'server' : 'client';
  return connection([...handshake(), finBy(endedBy, age), finBy(other, age + 500)], nth(at));
}

/** A first request that comes 2 s later, and is answered so long after the end of that. */
function answeredAfter(endsAt: number, behind: number, at = 1): Connection {
  return late(at, endsAt + behind - at * 2 * SECOND - 1133);
}

testRule(slowResponse, {
  fires: [
    {
      name: 'a sync worker waits with a spare connection until its browser closes it',
      facts: [spare(8 * SECOND), answeredAfter(8 * SECOND, 2000), answeredAfter(8 * SECOND, 4000, 2)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'held-up': 'supported', 'works-long': 'ruled-out' },
    },
    {
      name: 'a server ends idle connections by a timer, and answers who waits each time',
      facts: [0, 10, 20].flatMap((at) => [
        silentFrom(at, 6 * SECOND),
        late(at + (at === 10 ? 2 : 1), (at === 10 ? 2 : 4) * SECOND + 1000 - 1133),
      ]),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'held-up': 'supported', 'works-long': 'ruled-out' },
    },
    {
      name: 'streams of HTTP/2 are cancelled after one time',
      facts: [0, 10, 20].map((at) => cancelledStream(at, 2.5 * SECOND + at * 100)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'works-long': 'supported', 'client-timer': 'supported' },
    },
    {
      name: 'each program has a time-out of its own',
      facts: [1.3, 2.1, 1.3, 3.4, 2.1, 3.4, 1.3, 2.1, 3.4].map((wait, at) =>
        givenUp(10 * at, wait * SECOND + at * 100),
      ),
      subject: '10.0.1.43:80',
      occurrences: 9,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'client-timer': 'supported' },
    },
    {
      name: 'clients leave at will while the server, which answered the same at once before, answers nobody',
      facts: standingStill(['/', '/a', '/']),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'works-long': 'supported', 'client-timer': 'open', 'some-requests': 'supported' },
    },
    {
      name: 'nobody has given up yet: the capture ends while the server answers nobody',
      facts: [
        ...['/', '/a'].map((target, at) => connection([...handshake(), get(1133, target), answer(2133)], nth(at))),
        ...['/', '/a', '/'].map((target, at) => unanswered(10 + at, target)),
        // Somebody else is still there.
        healthy(nth(20, { server: '10.0.1.99' })),
      ],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'works-long': 'supported' },
    },
    {
      name: 'three leave after five seconds, and as many at will',
      facts: [3_300_000, 5_050_000, 5_020_000, 5_030_000, 7_700_000, 9_100_000].map((wait, at) => givenUp(at, wait)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
    },
    {
      name: 'one leaves after five seconds, and two at will',
      facts: [3_300_000, 5_050_000, 7_700_000].map((wait, at) => givenUp(at, wait)),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
    },
    {
      name: 'their FIN is not acknowledged either: what the server sends does not arrive',
      facts: [0, 1, 2].map((at) => unheard(at, 9 * SECOND)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'works-long': 'open', network: 'supported', 'client-timer': 'supported' },
    },
    {
      name: 'nothing behind the SYN gets to the server, which repeats its SYN-ACK for long',
      facts: [0, 10, 20].map((at) => {
        const facts = swallowed(at);
        return { ...facts, handshake: { ...facts.handshake, synAckRetransmissions: at === 0 ? 3 : 1 } };
      }),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { network: 'supported', 'works-long': 'ruled-out' },
    },
    {
      name: 'more requests are swallowed than were taken late',
      facts: [takenLate(0), ...[10, 20, 30].map((at) => swallowed(at))],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
    },
    {
      name: 'TLS without keys: clients give up after one time',
      facts: [0, 1, 2].map((at) =>
        sealed(turn(2000, null), [finBy('client', 2000 + 7.3 * SECOND)], {
          ...nth(at),
          serverFacts: { highestAcknowledged: 1000 },
        }),
      ),
      subject: '10.0.1.43:443',
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
      verdicts: {
        'works-long': 'supported',
        'client-timer': 'supported',
        network: 'ruled-out',
        'some-requests': 'supported',
      },
      packets: [4, 5],
    },
    {
      name: 'TLS without keys: one gives up at a round second',
      facts: sealed(turn(2000, null), [finBy('client', 2000 + 60.1 * SECOND)], nth(0)),
      subject: '10.0.1.43:443',
      occurrences: 1,
      confidence: 'possible',
    },
    {
      name: 'TLS without keys: answers far later than most',
      facts: sealed(turn(9 * SECOND, 9 * SECOND + 100), [], {
        ...nth(0),
        turns: {
          ...{ count: 20, prompt: 17, lateCount: 3 },
          late: [1.2, 2.1, 3.5].map((late, at) => turn(1e4 * (at + 1), 1e4 * (at + 1) + late * SECOND, 900, 10 + at)),
        },
      }),
      subject: '10.0.1.43:443',
      occurrences: 3,
      severity: 'notice',
      confidence: 'possible',
    },
    {
      name: 'a client gives up after 60 s',
      facts: givenUp(0, 60.1 * SECOND),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: {
        'works-long': 'supported',
        network: 'ruled-out',
        'client-timer': 'supported',
        'some-requests': 'open',
      },
      packets: [4, 6],
    },
    {
      name: 'three give up after 7.3 s each: a time-out nobody else has',
      facts: [...[0, 1, 2].map((at) => givenUp(at, 7.3 * SECOND)), ...many(5, 10)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'client-timer': 'supported', 'some-requests': 'supported' },
    },
    {
      name: 'the request was never acknowledged',
      facts: givenUp(0, 60.1 * SECOND, { serverFacts: { highestAcknowledged: 1 } }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'likely',
      verdicts: { 'works-long': 'ruled-out', network: 'supported' },
    },
    {
      name: 'a gateway whose servers are not in the capture answers 504',
      facts: late(0, 30 * SECOND, 504),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'works-long': 'open', 'client-timer': 'ruled-out', 'some-requests': 'ruled-out' },
    },
    {
      name: 'both legs: told once, of the server behind',
      facts: [0, 1, 2].flatMap((at) => [givenUp(at, 5.001 * SECOND), front(at, 5.001 * SECOND)]),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      packets: [4, 6, 1005],
    },
    {
      name: 'both legs of a forward proxy: told once, of the server behind',
      facts: [givenUp(0, 2.3 * SECOND), forwardFront(0, 2.3 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      packets: [4, 6, 1005],
    },
    {
      name: 'the answer comes when its client, which had a time-out, has gone',
      facts: [0, 10, 20].map((at) => tooLate(at, 2 * SECOND, 4 * SECOND)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'works-long': 'supported', 'client-timer': 'supported', network: 'ruled-out' },
      packets: [4, 6, 7],
    },
    {
      name: 'and where a proxy says 504 for it, whatever its time-out, the server behind is named',
      facts: [tooLate(0, 2.3 * SECOND, 4 * SECOND), front(0, 2.3 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      packets: [4, 6, 1005, 7],
    },
    {
      name: 'a proxy says 502 for it (Apache): the server behind is named, whatever the time-out',
      facts: [givenUp(0, 2.3 * SECOND, { client: '10.0.0.49' }), front(0, 2.3 * SECOND, 502)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
    },
    {
      name: 'the same of a gRPC call that the proxy cancels, before any deadline',
      facts: [
        cancelledCall(0, 2.3 * SECOND, '20S', { client: '10.0.0.49', target: '/report' }),
        withRequests(front(0, 2.3 * SECOND, 503), { method: 'POST' }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
    },
    {
      name: 'a proxy says 504 when the answer behind has come (lighttpd)',
      facts: [late(0, 2.3 * SECOND), front(0, 2.3 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'works-long': 'supported', 'client-timer': 'ruled-out' },
    },
    {
      name: 'the head of the answer begins, and stands still until the client gives up',
      facts: stoppedHead(5 * SECOND),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
    },
    {
      name: 'clients of a proxy leave, which waits on: the server behind is named',
      facts: [0, 10, 20].flatMap((at) => [late(at, 4 * SECOND), leftInFront(at, 3 * SECOND)]),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'works-long': 'supported', 'client-timer': 'supported' },
      packets: [4, 1006, 5],
    },
    {
      name: 'and where it has not answered yet when the capture ends',
      facts: [0, 10, 20].flatMap((at) => [unanswered(at), leftInFront(at, 3 * SECOND)]),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'works-long': 'supported' },
      packets: [4, 1006],
    },
    {
      name: 'a request that nobody acknowledges, however often it is sent, and a client in front that leaves',
      facts: [swallowed(0), leftInFront(0, 3 * SECOND), ...many(4, 10)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { network: 'supported', 'works-long': 'ruled-out', filter: 'open', 'client-timer': 'open' },
      packets: [4, 5, 7, 1006],
    },
    {
      name: 'one request vanishes, and nobody gave up for it: its client may have lost its network',
      facts: swallowed(0),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'possible',
      verdicts: { network: 'supported', 'client-timer': 'open' },
    },
    {
      name: 'one request vanishes while the server answers others',
      facts: [swallowed(0), ...many(4, 10)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'possible',
      verdicts: { network: 'supported' },
    },
    {
      name: 'and is refused by ICMP',
      facts: [0, 10, 20].map((at) => swallowed(at, { unreachable: true })),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'likely',
      verdicts: { network: 'supported', filter: 'supported', 'works-long': 'ruled-out' },
      packets: [4, 6, 5, 7],
    },
    {
      name: 'three requests are not acknowledged for three seconds, and the capture ends: they may yet arrive',
      facts: [0, 10, 20].map((at) => swallowedFor(at, 3 * SECOND)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'possible',
      verdicts: { network: 'supported', 'works-long': 'ruled-out' },
    },
    {
      name: 'or for five seconds, which few wait for',
      facts: [0, 10, 20].map((at) => swallowedFor(at, 5 * SECOND)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
    },
    {
      name: 'requests of one kind are never acknowledged, and others answered meanwhile: a filter',
      facts: [
        ...[0, 10, 20, 30, 40].map((at) => swallowed(at, { target: `/search?q='${at}` })),
        ...many(8, 1).map((facts, at) => ({ ...facts, stream: 60 + at })),
      ],
      subject: '10.0.1.43:80',
      occurrences: 5,
      confidence: 'likely',
      verdicts: { filter: 'supported', network: 'supported' },
    },
    {
      name: 'three answers far later than the others',
      facts: [late(0, 2 * SECOND), late(1, 3 * SECOND), late(2, 4 * SECOND), ...many(10, 10)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'notice',
      confidence: 'likely',
      verdicts: { 'works-long': 'supported', 'some-requests': 'supported', 'client-timer': 'ruled-out' },
    },
    {
      name: 'three answers far later than the last copy of their request',
      facts: [...[0, 1, 2].map((at) => lateAgain(at, (2 + at) * SECOND, 200_000)), ...many(10, 10)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'notice',
      confidence: 'likely',
      verdicts: { 'works-long': 'open', network: 'open' },
    },
    {
      name: 'so late that most clients would be gone',
      facts: [late(0, 20 * SECOND), late(1, 30 * SECOND), late(2, 40 * SECOND), ...many(10, 10)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'likely',
    },
    {
      name: 'nginx gives up after 5 s, and says 504 to its clients',
      capture: 'samples/slow-response-gateway-timeout.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 4,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'works-long': 'supported',
        'client-timer': 'supported',
        'some-requests': 'supported',
        network: 'ruled-out',
      },
      marks: [
        '504 from the front',
        'FIN of the front on the back leg: it gives up, or ends the connection of the pool',
      ],
    },
  ],
  silent: [
    {
      name: 'a stream of HTTP/2 is cancelled after a round time',
      facts: cancelledStream(0, 5.01 * SECOND),
      lookAlike: 'left-at-will',
    },
    {
      name: 'streams of HTTP/2 are cancelled at will',
      facts: [1.3, 2.7, 3.1, 4.4].map((wait, at) => cancelledStream(10 * at, wait * SECOND)),
    },
    {
      name: 'clients leave at will what a server never answered',
      facts: standingStill(['/events', '/news', '/events'], ['/', '/a']),
    },
    {
      name: 'the capture ends seconds after a server has answered its last',
      facts: [
        ...['/', '/a'].map((target, at) => connection([...handshake(), get(1133, target), answer(2133)], nth(at))),
        ...['/', '/a', '/'].map((target, at) => unanswered(10 + at, target)),
      ],
    },
    {
      name: 'three leave within a quarter of a second of each other’s waits, at will',
      lookAlike: 'left-at-will',
      facts: [1_050_000, 1_130_000, 1_260_000].map((wait, at) => givenUp(at, wait)),
    },
    {
      name: 'four leave at will, one of them after five seconds',
      lookAlike: 'left-at-will',
      facts: [3_300_000, 4_200_000, 5_050_000, 7_700_000].map((wait, at) => givenUp(at, wait)),
    },
    {
      name: 'five leave at will, three of them after seven seconds by chance',
      lookAlike: 'left-at-will',
      facts: [6_037_000, 6_931_000, 6_952_000, 7_091_000, 7_485_000].map((wait, at) => givenUp(10 * at, wait)),
    },
    {
      name: 'a client leaves after ten seconds, when the last copy of its request has arrived',
      lookAlike: 'not-reached',
      facts: lateArrival(0, 10 * SECOND),
    },
    {
      name: 'clients of a long poll ask anew every five seconds',
      lookAlike: 'long-poll',
      facts: [0, 1, 2, 3].map((at) => givenUp(at, 5_000_000, {}, '/chat/poll?channel=7')),
    },
    { name: 'a gRPC call that ends before its deadline', facts: cancelledCall(0, 5 * SECOND, '20S') },
    { name: 'a gRPC call without a deadline', facts: cancelledCall(0, 5 * SECOND, null) },
    {
      name: 'gRPC calls that are cancelled after the same time, and nobody is told of a failure for them',
      facts: [0, 1, 2, 3].map((at) => cancelledCall(at, 7 * SECOND, null)),
    },
    {
      name: 'a request that waits at the end of the capture, and nobody who gave up',
      lookAlike: 'slow-as-always',
      facts: [0, 10, 20].map((at) => unanswered(at)),
    },
    {
      name: 'sent again and acknowledged at last',
      lookAlike: 'not-reached',
      facts: [0, 10, 20].map((at) => swallowed(at, { repeated: { acknowledged: true } })),
    },
    {
      name: 'sent again once or twice when the capture ends',
      lookAlike: 'not-reached',
      facts: [0, 10, 20].map((at) => swallowed(at, { repeated: { times: 2 } })),
    },
    {
      name: 'copies within milliseconds',
      lookAlike: 'not-reached',
      facts: [0, 10, 20].map((at) => {
        const facts = swallowed(at);
        const firstNs = facts.client.repeated?.firstNs ?? 0;
        return swallowed(at, { repeated: { firstNs, lastNs: firstNs + 3_000_000 } });
      }),
    },
    {
      name: 'a segment too large for the way',
      lookAlike: 'not-reached',
      facts: [0, 10, 20].map((at) => swallowed(at, { repeated: { longest: 1448, length: 1448 } })),
    },
    {
      name: 'a server that had no room for the connection: it repeats its SYN-ACK for some seconds',
      lookAlike: 'not-reached',
      facts: [0, 10, 20].map((at) => {
        const facts = swallowed(at);
        return { ...facts, handshake: { ...facts.handshake, synAckRetransmissions: 2 } };
      }),
    },
    {
      name: 'a server that takes as many others late: its queue is full when the capture ends',
      lookAlike: 'not-reached',
      facts: [takenLate(0), takenLate(10), swallowed(20), swallowed(30)],
    },
    {
      name: 'on a connection that was idle for so long that the way may have forgotten it',
      lookAlike: 'not-reached',
      facts: [0, 10, 20].map((at) => {
        const facts = swallowed(at);
        const startNs = (facts.exchanges[0]?.request?.startNs ?? 0) - 400e9;
        const idle = { startNs, durationNs: 400e9, after: 'server', endedBy: 'client-payload', packet: 4 } as const;
        return { ...facts, idlePeriods: [idle] };
      }),
    },
    ...Object.entries(SEALED_OTHERS).map(([name, options]) => ({
      name: `TLS without keys: ${name}`,
      lookAlike: 'left-at-will',
      facts: sealed(turn(2000, null), [finBy('client', 2000 + 60.1 * SECOND)], { ...nth(0), ...options }),
    })),
    {
      name: 'TLS without keys: polls that take the same time',
      lookAlike: 'long-poll',
      facts: sealed(turn(9 * SECOND, 9 * SECOND + 100), [], {
        ...nth(0),
        turns: {
          ...{ count: 20, prompt: 17, lateCount: 3 },
          late: [0, 1, 2].map((at) => turn(1e4 * (at + 1), 1e4 * (at + 1) + 2.5 * SECOND, 900, 10 + at)),
        },
      }),
    },
    {
      name: 'TLS without keys: a server that is always slow',
      lookAlike: 'slow-as-always',
      facts: sealed(turn(9 * SECOND, 9 * SECOND + 100), [], {
        ...nth(0),
        turns: {
          ...{ count: 6, prompt: 2, lateCount: 3 },
          late: [1.2, 2.1, 3.5].map((late, at) => turn(1e4 * (at + 1), 1e4 * (at + 1) + late * SECOND, 900, 10 + at)),
        },
      }),
    },
    {
      name: 'answers that come as soon as their request has arrived',
      lookAlike: 'lost-request',
      facts: [...[0, 1, 2].map((at) => lateAgain(at, (2 + at) * SECOND, (2 + at) * SECOND - 20_000)), ...many(10, 10)],
    },
    {
      name: 'TLS without keys: answers that come as soon as what was asked has arrived',
      lookAlike: 'lost-request',
      facts: sealed(turn(9 * SECOND, 9 * SECOND + 100), [], {
        ...nth(0),
        clientFacts: {
          retransmissions: 3,
          resends: [1.2, 2.1, 3.5].map((late, at) => ({
            atNs: (1e4 * (at + 1) + late * SECOND - 20_000) * 1000,
            sequence: 1,
          })),
        },
        turns: {
          ...{ count: 20, prompt: 17, lateCount: 3 },
          late: [1.2, 2.1, 3.5].map((late, at) => turn(1e4 * (at + 1), 1e4 * (at + 1) + late * SECOND, 900, 10 + at)),
        },
      }),
    },
    {
      name: 'a stream of events',
      lookAlike: 'server-sent-events',
      facts: [0, 1, 2].map((at) =>
        late(at, (2 + at) * SECOND, 200, '/events', { fields: [{ name: 'content-type', value: 'text/event-stream' }] }),
      ),
    },
    {
      name: 'a long poll by its target',
      lookAlike: 'long-poll',
      facts: givenUp(0, 30.01 * SECOND, {}, '/v1/health?wait=30s'),
    },
    {
      name: 'a path that takes the same time over and over',
      lookAlike: 'long-poll',
      facts: [...[0, 1, 2, 3].map((at) => late(at, 4 * SECOND)), ...many(10, 10)],
    },
    {
      name: 'polls that end with nothing',
      lookAlike: 'long-poll',
      facts: [...[0, 1, 2].map((at) => late(at, (4 + at) * SECOND, 204)), ...many(10, 10)],
    },
    {
      name: 'an upload that takes its time',
      lookAlike: 'upload',
      facts: withRequests({ ...healthy(nth(0)), idlePeriodCount: 1, endNs: 40e9 }, { startNs: -30e9 }),
    },
    {
      name: 'it always takes two seconds and more',
      lookAlike: 'slow-as-always',
      facts: [2, 2.4, 3, 3.5].map((seconds, at) => late(at, seconds * SECOND)),
    },
    { name: 'the client leaves after 7.3 s, once', lookAlike: 'left-at-will', facts: givenUp(0, 7.3 * SECOND) },
    {
      name: 'the clock was set back meanwhile',
      facts: givenUp(0, 60.1 * SECOND, { guards: { clockStepped: true } }),
    },
    {
      name: 'the beginning of the answer was lost',
      lookAlike: 'lost-response',
      facts: givenUp(0, 60.1 * SECOND, { serverFacts: { lostBytes: 500 } }),
    },
    {
      name: 'the sample: nginx answers 504 where a firewall has forgotten the connection behind it',
      lookAlike: 'not-reached',
      capture: 'samples/idle-drop-nginx.pcapng',
    },
    {
      name: 'a gateway that cannot connect answers 504',
      lookAlike: 'not-reached',
      facts: [
        front(0, 4 * SECOND),
        connection(
          [
            { at: 0, is: 'syn' },
            { at: SECOND, is: 'syn' },
            { at: 3 * SECOND, is: 'syn' },
          ],
          nth(0, { beginsAt: 1200 }),
        ),
      ],
    },
    {
      name: 'the front of a request that a server behind it answers late',
      lookAlike: 'behind-it',
      facts: [front(0, 2 * SECOND, 200), late(0, 2 * SECOND)],
    },
    { name: 'a server that resets', facts: silent([...handshake(), get(1133), rstBy('server', 60 * SECOND)], nth(0)) },
    {
      name: 'a health check that is given up',
      facts: silent(
        [
          ...handshake(),
          get(1133, '/health', { fields: [{ name: 'user-agent', value: 'kube-probe/1.29' }] }),
          finBy('client', 5 * SECOND),
        ],
        nth(0),
      ),
    },
    {
      name: 'one answer that comes when a spare connection ends',
      facts: [spare(8 * SECOND), answeredAfter(8 * SECOND, 2000)],
    },
    {
      name: 'requests that wait as long as connections are idle: two timers that begin together',
      facts: [0, 10].flatMap((at) => [
        silentFrom(at, 5 * SECOND, 'client'),
        late(at + 1, 5 * SECOND + 1000, 200, '/report', {}, { beginsAt: at * 2 * SECOND + 1000 }),
      ]),
    },
    {
      name: 'answers that come a tenth of a second behind the ends of idle connections, and took little longer than one',
      facts: [0, 10].flatMap((at) => [
        silentFrom(at, 1.5 * SECOND, 'client'),
        late(at + 1, 1.09 * SECOND - 1133, 200, `/${at}`, {}, { beginsAt: (at * 2 + 0.5) * SECOND }),
      ]),
    },
    {
      name: 'who polls, and is answered when somebody else says something at last and leaves',
      facts: [0, 1].flatMap((at) => [
        connection(
          [
            ...handshake(),
            get(6 * SECOND + at, '/message'),
            answer(6 * SECOND + 2000),
            finBy('client', 6 * SECOND + 3000),
          ],
          nth(10 * at),
        ),
        late(10 * at + 1, 4 * SECOND + 5000 - 1133, 200, `/result/${at}`),
      ]),
    },
    {
      name: 'a late answer that comes long after the end of a spare connection',
      facts: [spare(5 * SECOND), answeredAfter(5 * SECOND, SECOND)],
    },
    {
      name: 'one whose server answered another connection meanwhile',
      facts: [spare(8 * SECOND), answeredAfter(8 * SECOND, 2000), healthy(nth(2))],
    },
    {
      name: 'a server that goes on after standing still, and ends idle connections then, of any age',
      facts: [0, 10, 20].flatMap((at) => [
        silentFrom(at, (5 + at / 10) * SECOND),
        late(at + 1, (3 + at / 10) * SECOND + 1000 - 1133, 200, `/${at}`),
      ]),
    },
    { name: 'a gRPC call that is UNAVAILABLE after two seconds', facts: failedCall(0, 2 * SECOND, 14) },
    { name: 'one that has no time left at once', facts: failedCall(0, 40_000, 4) },
    { name: 'events and long polls of a real server', capture: 'samples/slow-response-gateway-timeout-healthy.pcapng' },
    { name: 'a front that cannot reach its server', capture: 'samples/connect-timeout-nginx.pcapng' },
  ],
  cannotTell: [
    { name: 'the server’s direction is missing', facts: givenUp(0, 60.1 * SECOND, { guards: { oneSided: true } }) },
    {
      name: 'the client had acknowledged bytes that were not seen',
      facts: givenUp(0, 60.1 * SECOND, { clientFacts: { highestAcknowledged: 900 } }),
    },
  ],
});

it('of a server that stood still it is told when, and how long the same requests take otherwise', () => {
  const [finding] = findingsOf(slowResponse, [...standingStill(['/', '/a', '/']), healthy(nth(20))]);
  expect(finding?.summary).toMatch(
    /stood still: between #\d+ and #\d+, 36\.0 s, it answered nobody; the same requests took 1\.0 ms or less/,
  );
});

it('the several time-outs of clients are told', () => {
  const waits = [1.3, 2.1, 1.3, 2.1, 1.3, 2.1];
  const [finding] = findingsOf(
    slowResponse,
    waits.map((wait, at) => givenUp(10 * at, wait * SECOND + at * 100)),
  );
  expect(finding?.summary).toContain('6 of 6 agree on 2 time-outs on the client’s side: 1.30 s and 2.10 s.');
});

it('one answer is no half of several', () => {
  const [finding] = findingsOf(slowResponse, [givenUp(0, 60.1 * SECOND), healthy(nth(1))]);
  const because = finding?.hypotheses.find(({ cause }) => cause === 'some-requests')?.because;
  expect(because).toMatch(/^its one answer took .* or less/);
});

it('a gRPC call that reaches its deadline was given up by it', () => {
  const [finding] = findingsOf(slowResponse, [cancelledCall(0, 3 * SECOND, '3030m')]);
  expect(finding).toMatchObject({ severity: 'critical', occurrences: 1 });
  expect(finding?.hypotheses.find(({ cause }) => cause === 'client-timer')).toMatchObject({
    verdict: 'supported',
    because: expect.stringContaining('grpc-timeout: 3030m'),
  });
});

it('a gRPC call that is answered DEADLINE_EXCEEDED is told as a 504 is, with remedies for calls', () => {
  const [finding] = findingsOf(slowResponse, [failedCall(0, 2 * SECOND, 4)]);
  expect(finding).toMatchObject({ severity: 'critical', facts: { gatewayTimeouts: 1 } });
  expect(finding?.title).toContain('answers DEADLINE_EXCEEDED (grpc-status 4): it, or what it asks, takes too long');
  expect(finding?.remedies.map(({ component }) => component)).toEqual(['application', 'proxy']);
  expect(JSON.stringify(finding)).not.toContain('1004');
});

it('one that ends at the deadline which its client declared needs a longer one, and no proxy is spoken of', () => {
  for (const facts of [failedCall(0, 3 * SECOND, 4, '3030m'), cancelledCall(0, 3 * SECOND, '3030m')]) {
    const [finding] = findingsOf(slowResponse, [facts]);
    expect(finding?.remedies.map(({ component }) => component)).toEqual(['application', 'client']);
    expect(finding?.remedies[1]?.text).toContain('(grpc-timeout: 3030m)');
    expect(finding?.hypotheses.find(({ cause }) => cause === 'client-timer')?.verdict).toBe('supported');
  }
});

it('of a head that stands still the bytes are told', () => {
  const [finding] = findingsOf(slowResponse, [stoppedHead(5 * SECOND)]);
  expect(finding?.summary).toContain('had no answer but 27 bytes of its head after 5.00 s');
  expect(finding?.hypotheses.find(({ cause }) => cause === 'works-long')?.because).toContain(
    'sent no more than the beginning of a head',
  );
});

it('a client that waits with the rest of its own request is not kept waiting', () => {
  const request = get(1133, '/report', { method: 'POST', complete: false });
  const steps = [
    ...handshake(),
    request,
    { at: 1200, is: 'ack', from: 'server' } as const,
    finBy('client', 15_001_133),
  ];
  const facts = silent(steps, nth(0, { serverFacts: { highestAcknowledged: 1000 } }));
  expect(findingsOf(slowResponse, [facts])).toEqual([]);
});

it('of a gateway of which nothing is known but its 504 its log is to tell whether it reached anybody', () => {
  const [finding] = findingsOf(slowResponse, [late(0, 30 * SECOND, 504)]);
  expect(finding?.title).toContain('answers 504: what it asks does not answer in time');
  expect(finding?.remedies[0]?.text).toContain('while connecting to upstream');
  const [known] = findingsOf(slowResponse, [givenUp(0, 5.001 * SECOND), front(0, 5.001 * SECOND)]);
  expect(known?.remedies.some(({ text }) => text.includes('while connecting to upstream'))).toBe(false);
});
