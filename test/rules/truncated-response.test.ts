import { describe, expect, it } from 'vitest';
import { UNFINISHED_HEAD } from '../../src/facts/anomaly.js';
import type { Connection } from '../../src/facts/connection.js';
import type { ResponseMessage } from '../../src/facts/exchange.js';
import { truncatedResponse } from '../../src/rules/truncated-response.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  nthEvery,
  rstBy,
  SECOND,
  type Step,
  withEnds,
} from './facts.js';
import { overH2 } from './h2-facts.js';
import { sealed, turn } from './sealed-facts.js';
import { findingsOf, testRule } from './test-rule.js';

const nth = nthEvery(100 * SECOND);

/** A response of `bytes` of body that `response` says more of, and what ends it. */
function cut(
  at: number,
  response: Partial<ResponseMessage>,
  end: readonly Step[] = [finBy('server', 3700)],
  options: ConnectionOptions = {},
): Connection {
  const facts = connection([...handshake(), get(1133, '/export'), answer(3600, 200, 1200), ...end], nth(at, options));
  return {
    ...facts,
    exchanges: facts.exchanges.map((exchange) => ({
      ...exchange,
      response:
        exchange.response === null
          ? null
          : { ...exchange.response, complete: false, framing: 'content-length', contentLength: 5000, ...response },
    })),
  };
}

/** A response of which part of the head comes, and what ends it. */
function amidHead(at: number, end: readonly Step[] = [finBy('server', 3700)], options: ConnectionOptions = {}) {
  const head: Step = { at: 3600, is: 'data', from: 'server', bytes: 53 };
  return connection([...handshake(), get(1133, '/export'), head, ...end], {
    anomalies: [{ name: UNFINISHED_HEAD, from: 'server', packet: 5, count: 1 }],
    undecoded: { server: 53 },
    ...nth(at, options),
  });
}

/** Connections that the server of TLS ended as it should. */
function farewells(count: number): Connection[] {
  return Array.from({ length: count }, (_, at) =>
    sealed(turn(2000, 3000), [finBy('client', 9000), finBy('server', 9100)], {
      ...nth(at),
      serverSide: { closeNotify: 'probable' },
    }),
  );
}

/** One that it ended without close_notify, 3.7 ms after the run's first of these began; its answer came at `answeredAt`. */
function bare(at: number, answeredAt = 3500): Connection {
  const idle = answeredAt < 3500 ? 500_000 : 0;
  return sealed(turn(2000, answeredAt), [finBy('server', 3700 + idle)], {
    ...nth(at, { beginsAt: 1000 * SECOND - idle }),
    serverSide: { closeNotify: 'none' },
  });
}

/** The first to close has heard one number more of the other side than the capture shows. */
function acknowledgingMore(facts: Connection): Connection {
  return withEnds(facts, (_end, at) => (at === 0 ? { deltaAcknowledgement: 1 } : {}));
}

/** A reset in the server's name amid the body, which the server sends on with; `taken`: the client answers with resets. */
function resetOnTheWay(at: number, taken = true, options: ConnectionOptions = {}): Connection {
  const resets = [rstBy('server', 3700), ...(taken ? [rstBy('client', 3750)] : [])];
  const facts = cut(at, {}, resets, options);
  const { segments } = facts.close;
  return {
    ...facts,
    exchanges: facts.exchanges.map((exchange) =>
      exchange.response === null
        ? exchange
        : { ...exchange, response: { ...exchange.response, endNs: exchange.response.endNs + 20_000_000 } },
    ),
    close: {
      ...facts.close,
      segments: segments.map((one) =>
        one.from === 'server' ? { ...one, lifeAfter: one.packet + 2, lifeAfterNs: one.atNs + 5_000_000 } : one,
      ),
    },
  };
}

/** A request in front, closed without a byte by the proxy that asked behind for it. */
function withheld(closed: number): Connection {
  return connection([...handshake(), get(1133, '/export'), finBy('server', closed)], {
    ...{ stream: 90, firstPacket: 901, beginsAt: -50, client: '203.0.113.5', server: '10.0.0.49' },
  });
}

/** A stream of events that the server ends without its end, `silence` microseconds after the last byte. */
function events(at: number, silence: number, options: ConnectionOptions = {}, longestPauseNs = 0): Connection {
  const response = { framing: 'chunked', contentLength: null, longestPauseNs } as const;
  const fields = [{ name: 'content-type', value: 'text/event-stream' }];
  return cut(at, { ...response, fields }, [finBy('server', 3600 + silence)], nth(at, options));
}

testRule(truncatedResponse, {
  fires: [
    {
      name: 'streams of events that one timer for silence cuts',
      facts: [events(0, 60 * SECOND), events(1, 60.01 * SECOND), events(2, 60.02 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'ran-out-of-time': 'supported', 'sender-ended': 'ruled-out', 'size-limit': 'ruled-out' },
      packets: [4, 5, 6],
    },
    {
      name: 'of streams of events those alone that the timer cut',
      facts: [
        ...[0, 1, 2].map((at) => events(at, 60 * SECOND)),
        cut(3, {
          framing: 'chunked',
          contentLength: null,
          fields: [{ name: 'content-type', value: 'text/event-stream' }],
        }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'likely',
    },
    {
      name: 'the server closes amid the head',
      facts: [amidHead(0), amidHead(1)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'sender-ended': 'supported', 'wrong-length': 'ruled-out', 'foreign-reset': 'ruled-out' },
      packets: [4, 5, 6],
    },
    {
      name: 'it resets amid the head',
      facts: amidHead(0, [rstBy('server', 3700)]),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
    },
    {
      name: 'a proxy in front passes nothing of it on and closes: its FIN is cited',
      facts: [cut(0, {}, undefined, { client: '10.0.0.49' }), withheld(3800)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      packets: [4, 5, 6, 905],
    },
    {
      name: 'a proxy in front keeps its client waiting for seconds before it ends the response as well: told once',
      facts: [
        cut(0, {}),
        cut(0, { lastPacket: 905, endNs: 3_700_000 }, [finBy('server', 6_020_000)], {
          ...{ stream: 90, firstPacket: 901, beginsAt: -50 },
          ...{ client: '203.0.113.5', server: '10.0.0.49' },
        }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
    },
    {
      name: 'TLS without keys: the server ends in the middle of a record',
      facts: sealed(turn(2000, 3000), [finBy('server', 3700)], { ...nth(0), serverSide: { unfinishedBytes: 700 } }),
      subject: '10.0.1.43:443',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'wrong-length': 'open', 'sender-ended': 'supported' },
      packets: [4, 5, 6],
    },
    {
      name: 'TLS without keys: several end at once without the close_notify that was said to others',
      facts: [...farewells(4), bare(10), bare(11, 3000)],
      subject: '10.0.1.43:443',
      occurrences: 1,
      confidence: 'likely',
    },
    {
      name: 'a RST in the server’s name amid the body, and the server sends on: a filter wrote it',
      facts: [resetOnTheWay(0), resetOnTheWay(1)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'foreign-reset': 'supported', 'sender-ended': 'ruled-out', 'wrong-length': 'ruled-out' },
      packets: [4, 5, 6, 8],
    },
    {
      name: 'FIN amid a body of known length',
      facts: cut(0, {}),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'sender-ended': 'supported',
        'foreign-reset': 'ruled-out',
        'ran-out-of-time': 'ruled-out',
        'wrong-length': 'open',
        'size-limit': 'open',
      },
      packets: [4, 5, 6],
    },
    {
      name: 'no last chunk',
      facts: cut(0, { framing: 'chunked', contentLength: null }, [abortBy('server', 3700)]),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'wrong-length': 'ruled-out' },
    },
    {
      name: 'a reset amid a body that ends with the connection',
      facts: cut(0, { framing: 'close', contentLength: null }, [abortBy('server', 3700)]),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
    },
    {
      name: 'sixty seconds without a byte, twice',
      facts: [0, 1].map((at) => cut(at, { contentLength: 5000 + at }, [finBy('server', 3600 + 60 * SECOND)])),
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'ran-out-of-time': 'supported', 'sender-ended': 'ruled-out' },
    },
    {
      name: 'a proxy gives up waiting for the rest, each time at the same byte (Varnish)',
      facts: [3.12, 3.22, 3.13].map((seconds, at) =>
        cut(at, { bodyBytes: 50_000, contentLength: 300_000 }, [finBy('server', 3600 + seconds * SECOND)]),
      ),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: {
        'ran-out-of-time': 'supported',
        'size-limit': 'open',
        'wrong-length': 'open',
        'sender-ended': 'ruled-out',
      },
    },
    {
      name: 'the same, and its turns come once in a second (Traffic Server)',
      facts: [3.06, 3.51, 3.14].map((seconds, at) =>
        cut(at, { bodyBytes: 50_000, contentLength: 300_000 }, [finBy('server', 3600 + seconds * SECOND)]),
      ),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'ran-out-of-time': 'open', 'size-limit': 'open', 'sender-ended': 'ruled-out' },
    },
    {
      name: 'three bytes are missing each time: a byte order mark',
      facts: [0, 1].map((at) => cut(at, { bodyBytes: 1000 + at, contentLength: 1003 + at })),
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'wrong-length': 'supported', 'sender-ended': 'open' },
    },
    {
      name: 'all end at 64 KB',
      facts: [0, 1, 2].map((at) => cut(at, { bodyBytes: 65_536, contentLength: 100_000 * (at + 1) })),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'size-limit': 'supported' },
    },
    {
      name: 'they end at different sizes',
      facts: [0, 1].map((at) => cut(at, { bodyBytes: 1000 * (at + 1) })),
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'size-limit': 'ruled-out', 'wrong-length': 'ruled-out' },
    },
    {
      name: 'both legs: told of the server behind',
      facts: [
        cut(0, {}),
        cut(0, {}, [finBy('server', 3800)], {
          stream: 90,
          firstPacket: 901,
          beginsAt: -50,
          client: '203.0.113.5',
          server: '10.0.0.49',
        }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      packets: [6, 906],
    },
    {
      name: 'the sample: a worker is killed amid an export',
      capture: 'samples/truncated-response-content-length.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'sender-ended': 'supported', 'ran-out-of-time': 'ruled-out', 'wrong-length': 'ruled-out' },
      packets: [86, 91],
    },
    {
      name: 'the sample: the same, chunked',
      capture: 'samples/truncated-response-chunked.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'sender-ended': 'supported' },
    },
  ],
  silent: [
    {
      name: 'the client leaves amid the head',
      lookAlike: 'client-abort',
      facts: amidHead(0, [finBy('client', 3700), finBy('server', 3800)]),
    },
    {
      name: 'bytes of the head were not captured',
      facts: amidHead(0, [finBy('server', 3700)], { serverFacts: { lostBytes: 20 } }),
    },
    {
      name: 'TLS without keys: one alone ends without close_notify',
      lookAlike: 'ends-with-the-connection',
      facts: [...farewells(4), bare(10)],
    },
    {
      name: 'TLS without keys: a server that never says close_notify',
      lookAlike: 'ends-with-the-connection',
      facts: [bare(10), bare(11, 3000)],
    },
    {
      name: 'TLS without keys: the client closed first',
      lookAlike: 'client-abort',
      facts: sealed(turn(2000, 3000), [finBy('client', 3500)], { ...nth(0), serverSide: { unfinishedBytes: 700 } }),
    },
    {
      name: 'TLS without keys: a bare reset',
      lookAlike: 'client-abort',
      facts: sealed(turn(2000, 3000), [rstBy('server', 3700)], { ...nth(0), serverSide: { unfinishedBytes: 700 } }),
    },
    {
      name: 'the client left first',
      lookAlike: 'client-abort',
      facts: cut(0, {}, [finBy('client', 3650), finBy('server', 3700)]),
    },
    { name: 'the client reset first', lookAlike: 'client-abort', facts: cut(0, {}, [rstBy('client', 3650)]) },
    {
      name: 'a RST amid the body that the client did not take, and the server sends on',
      lookAlike: 'lost-in-capture',
      facts: resetOnTheWay(0, false),
    },
    {
      name: 'a RST amid the body where segments are out of order',
      lookAlike: 'lost-in-capture',
      facts: resetOnTheWay(0, true, { serverFacts: { outOfOrder: 1 } }),
    },
    { name: 'an answer to HEAD', lookAlike: 'no-body', facts: cut(0, { complete: true, framing: 'none' }) },
    {
      name: 'HTTP/1.0 ends with FIN',
      lookAlike: 'ends-with-the-connection',
      facts: cut(0, { framing: 'close', contentLength: null }),
    },
    {
      name: 'events',
      lookAlike: 'event-stream',
      facts: cut(0, {
        framing: 'chunked',
        contentLength: null,
        fields: [{ name: 'content-type', value: 'text/event-stream' }],
      }),
    },
    {
      name: 'two streams of events after one silence',
      lookAlike: 'event-stream',
      facts: [events(0, 60 * SECOND), events(1, 60 * SECOND)],
    },
    {
      name: 'streams of events after different silences',
      lookAlike: 'event-stream',
      facts: [events(0, 20 * SECOND), events(1, 40 * SECOND), events(2, 60 * SECOND)],
    },
    {
      name: 'a stream of events that outlived a longer silence',
      lookAlike: 'event-stream',
      facts: [0, 1, 2].map((at) => events(at, 30 * SECOND, {}, at === 1 ? 45e9 : 0)),
    },
    {
      name: 'streams of events that are all ended at one moment, after an event that all were told',
      lookAlike: 'event-stream',
      facts: [0, 1, 2].map((at) => events(at, 60 * SECOND, { beginsAt: at * 10 })),
    },
    {
      name: 'bytes were lost',
      lookAlike: 'lost-in-capture',
      facts: cut(0, { lostBytes: 900 }, undefined, { serverFacts: { lostBytes: 900 } }),
    },
    {
      name: 'a snap length cut the head, so that nobody can say where the body ends',
      lookAlike: 'lost-in-capture',
      facts: cut(0, { bodyBytes: 0, lostBytes: 900 }, undefined, { serverFacts: { snappedBytes: 1200 } }),
    },
    {
      name: 'HTTP/2: the frame that ends the stream may stand in what a snap length cut',
      lookAlike: 'lost-in-capture',
      facts: overH2(
        cut(0, { framing: 'stream', contentLength: null }, undefined, {
          serverFacts: { lostBytes: 1200, snappedBytes: 1200 },
          guards: { snapped: true },
        }),
      ),
    },
    {
      name: 'the server’s FIN acknowledges one number more than was seen: the client’s own FIN',
      lookAlike: 'client-abort',
      facts: acknowledgingMore(cut(0, {})),
    },
    {
      name: 'a snap length cut a chunk, perhaps where the next begins',
      lookAlike: 'lost-in-capture',
      facts: cut(0, { framing: 'chunked', contentLength: null, bodyBytes: 1200, lostBytes: 900 }, undefined, {
        serverFacts: { snappedBytes: 1200 },
      }),
    },
    { name: 'the capture ends', lookAlike: 'capture-ended', facts: cut(0, {}, []) },
    {
      name: 'the response in front alone is shown to be that of the one behind',
      lookAlike: 'in-front',
      facts: cut(0, { complete: true }),
    },
    {
      name: 'the sample: the client goes away',
      lookAlike: 'client-abort',
      capture: 'samples/truncated-response-client-abort-healthy.pcapng',
    },
    {
      name: 'the sample: HEAD, and no worker killed',
      lookAlike: 'no-body',
      capture: 'samples/truncated-response-content-length-healthy.pcapng',
    },
    { name: 'the sample: chunked, and no worker killed', capture: 'samples/truncated-response-chunked-healthy.pcapng' },
  ],
  cannotTell: [
    {
      name: 'the client acknowledged bytes that were not seen',
      facts: cut(0, {}, undefined, { clientFacts: { highestAcknowledged: 9000 } }),
    },
  ],
});

describe('a proxy that closes in front', () => {
  it('is not tied to an answer that was cut behind the close, or long before it', () => {
    for (const closed of [3000, 2 * SECOND]) {
      const [found] = findingsOf(truncatedResponse, [cut(0, {}, undefined, { client: '10.0.0.49' }), withheld(closed)]);
      expect(found?.summary).not.toContain('in front');
    }
  });
});

it('of a head that is cut its bytes are told, and no body', () => {
  const [finding] = findingsOf(truncatedResponse, [amidHead(0)]);
  expect(finding?.summary).toContain('ended early, by FIN: 53 bytes of its head, which has no end.');
  expect(finding?.facts).toMatchObject({ framing: 'head', minBytes: 53 });
});
