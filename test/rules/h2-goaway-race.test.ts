import type { Connection } from '../../src/facts/connection.js';
import type { GoAway } from '../../src/facts/h2.js';
import { h2GoawayRace } from '../../src/rules/h2-goaway-race.js';
import { answer, type ConnectionOptions, connection, finBy, get, handshake, type Step } from './facts.js';
import { overH2 } from './h2-facts.js';
import { testRule } from './test-rule.js';

const SECOND = 1_000_000;

interface FarewellOptions {
  readonly lastStream?: number;
  readonly code?: number;
  readonly debug?: string;
  readonly from?: GoAway['from'];
  /** Microseconds. */
  readonly at?: number;
}

/** One answered request and one that is not, then a GOAWAY and the server's FIN. */
function parted(farewell: FarewellOptions = {}, options: ConnectionOptions = {}, steps?: readonly Step[]): Connection {
  const { lastStream = 1, code = 0, debug = '', from = 'server', at = 4000 } = farewell;
  const made = connection(
    steps ?? [...handshake(), get(1500, '/a'), answer(2500), get(3500, '/b'), finBy('server', at + 500)],
    options,
  );
  const goAway: GoAway = {
    from,
    packet: (options.firstPacket ?? 1) + 6,
    atNs: (options.beginsAt ?? 0) * 1000 + at * 1000,
    lastStream,
    code,
    debug,
  };
  return overH2(made, { goAways: [goAway], goAwayCount: 1 });
}

/** The `at`-th connection of a capture. */
function nth(at: number, beginsAt = at * SECOND): ConnectionOptions {
  return { stream: at, clientPort: 40_000 + at, firstPacket: 1 + at * 10, beginsAt };
}

/** A request with so large a head, not answered, and a GOAWAY with an error right behind it. */
function refusedHead(bytes: number, code = 11, options: ConnectionOptions = {}): Connection {
  const { h2, exchanges, ...facts } = parted({ code, lastStream: 3 }, options);
  return {
    ...facts,
    h2,
    exchanges: exchanges.map((one) =>
      one.response === null && one.request !== null ? { ...one, request: { ...one.request, headBytes: bytes } } : one,
    ),
  };
}

/** A head that goes on when a GOAWAY with an error comes. */
function begunHead(bytes: number, startNs: number, at = 4000): Connection {
  const { h2, ...facts } = parted({ code: 2, lastStream: 1, at }, {}, answered(1));
  return { ...facts, h2: h2 && { ...h2, unfinishedHead: { packet: 6, atNs: startNs, bytes } } };
}

/** A request with so large a head, answered. */
function answeredHead(bytes: number): Connection {
  const facts = overH2(connection([...handshake(), get(1500, '/a'), answer(2500)], nth(5)));
  return {
    ...facts,
    exchanges: facts.exchanges.map((one) => ({
      ...one,
      request: one.request && { ...one.request, headBytes: bytes },
    })),
  };
}

/** A gRPC call in progress at a GOAWAY: answered 1 ms behind that, without a message. */
function dismissed(grpcStatus: number, code: number, end: Step): Connection {
  const fields = [{ name: 'content-type', value: 'application/grpc' }];
  const call = get(1500, '/shop.Orders/List', { method: 'POST', fields });
  const steps = [...handshake(), call, answer(5000, 200, 60, { bodyBytes: 0 }), end];
  const { h2, ...facts } = parted({ code }, {}, steps);
  return overH2({ ...facts, h2 }, h2 ?? {}, () => ({ grpcStatus }));
}

/** One request, answered, and a farewell that refuses nothing. */
function graceful(options: ConnectionOptions): Connection {
  return parted({}, options, [...handshake(), get(1500, '/a'), answer(2500), finBy('server', 4500)]);
}

/** So many requests one after the other, answered, and the server's FIN. */
function answered(count: number): Step[] {
  const turns = Array.from({ length: count }, (_, at) => [get(1500 + at * 400, `/${at}`), answer(1600 + at * 400)]);
  return [...handshake(), ...turns.flat(), finBy('server', 4500)];
}

/** So many requests a third of a second apart, then a second of silence, a GOAWAY, and a request that crosses it, if any. */
function crossing(at: number, requests: number, isCrossed = true): Connection {
  const turns = Array.from({ length: requests }, (_, turn) => {
    const asked = 1500 + (turn * SECOND) / 3;
    return [get(asked, `/${turn}`), answer(asked + 1000)];
  });
  const endsAt = 2500 + ((requests - 1) * SECOND) / 3 + SECOND;
  const late = isCrossed ? [get(endsAt - 200, '/b')] : [];
  const steps = [...handshake(), ...turns.flat(), ...late, finBy('server', endsAt + 500)];
  return parted({ at: endsAt, lastStream: 2 * requests - 1 }, nth(at), steps);
}

/** A GOAWAY two seconds after the connection's begin, and the first request, which crosses it. */
function unasked(): Connection {
  const at = 2 * SECOND;
  return parted({ at, lastStream: 0 }, {}, [...handshake(), get(at - 200, '/b'), finBy('server', at + 500)]);
}

/** Three requests on one connection, answered. */
function manyAnswered(options: ConnectionOptions): Connection {
  const steps = [1, 2, 3].flatMap((at) => [get(at * 10_000, `/${at}`), answer(at * 10_000 + 1000)]);
  return overH2(connection([...handshake(), ...steps], options));
}

/** The request of stream 3 again, elsewhere, answered. */
const again = overH2(connection([...handshake(), get(1500, '/b'), answer(2500)], nth(5, 20_000)));
/** The capture goes on for long enough to see a retry. */
const later = overH2(connection([...handshake(), get(1500, '/z'), answer(2500)], nth(9, 20 * SECOND)));

const ONE = { subject: '10.0.1.43:80', occurrences: 1, confidence: 'certain' } as const;

testRule(h2GoawayRace, {
  fires: [
    {
      name: 'nginx stops after 20 requests, four more are on their way',
      capture: 'samples/h2-goaway-race-nginx.pcapng',
      subject: '10.0.0.49:443',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'request-limit': 'supported',
        'connection-age': 'ruled-out',
        'short-grace': 'ruled-out',
        'protocol-error': 'ruled-out',
        'client-ignores-goaway': 'ruled-out',
      },
      marks: ['GOAWAY of nginx, requests above its last stream under way'],
    },
    {
      name: 'the same, sent again',
      capture: 'samples/h2-goaway-race-nginx-retried.pcapng',
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'request-limit': 'supported', 'connection-age': 'open', 'short-grace': 'ruled-out' },
      marks: ['GOAWAY of nginx, requests above its last stream under way'],
    },
    {
      name: 'an application is killed with reports in progress',
      capture: 'samples/h2-goaway-race-stop.pcapng',
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'short-grace': 'supported', 'request-limit': 'ruled-out', 'protocol-error': 'ruled-out' },
      marks: ['GOAWAY of the application that stops'],
    },
    {
      ...ONE,
      name: 'a request above the last stream, not sent again',
      facts: [parted(), later],
      severity: 'critical',
      verdicts: { 'request-limit': 'open', 'client-ignores-goaway': 'ruled-out' },
      packets: [6, 7],
    },
    {
      ...ONE,
      name: 'a request in progress is cut off, and its client clears the stream away behind the FIN',
      facts: overH2(parted({ lastStream: 3 }, {}), parted({ lastStream: 3 }, {}).h2 ?? {}, (at) =>
        at === 1 ? { reset: { by: 'client', code: 8, packet: 9, atNs: 4_600_000, openStreams: 2 } } : {},
      ),
      severity: 'critical',
      verdicts: { 'short-grace': 'supported' },
    },
    {
      ...ONE,
      name: 'a gRPC server that asks for calm ends the call in progress with UNAVAILABLE, and its client closes',
      facts: dismissed(14, 11, finBy('client', 5100)),
      severity: 'critical',
      verdicts: { 'protocol-error': 'supported', 'short-grace': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'after a grace it ends the call in progress with UNAVAILABLE, and closes',
      facts: dismissed(14, 0, finBy('server', 5100)),
      severity: 'critical',
      verdicts: { 'short-grace': 'supported', 'protocol-error': 'ruled-out' },
    },
    { ...ONE, name: 'it is sent again', facts: [parted(), again, later], severity: 'warning' },
    {
      ...ONE,
      name: 'after one request each time, at the same age',
      facts: [parted({ at: 3 * SECOND }, nth(0)), parted({ at: 3 * SECOND }, nth(1))],
      occurrences: 2,
      severity: 'critical',
      verdicts: { 'request-limit': 'supported', 'connection-age': 'supported' },
    },
    {
      ...ONE,
      name: 'before any request, twice: that is no limit',
      facts: [parted({ lastStream: 0 }, nth(0)), parted({ lastStream: 0 }, nth(1))],
      occurrences: 2,
      severity: 'critical',
      verdicts: { 'request-limit': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'after as many requests as on another connection, where it did no harm',
      facts: [parted({}, nth(0)), graceful(nth(1))],
      severity: 'critical',
      verdicts: { 'request-limit': 'supported' },
    },
    {
      ...ONE,
      name: 'on all connections at one moment, each with one request: a stop',
      facts: [parted({}, nth(0, 0)), parted({}, nth(1, 5000))],
      occurrences: 2,
      severity: 'critical',
      verdicts: { 'request-limit': 'open' },
    },
    {
      ...ONE,
      name: 'another connection carries more requests than it allowed',
      facts: [parted({}, nth(0)), manyAnswered(nth(1))],
      severity: 'critical',
      verdicts: { 'request-limit': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'once, after a thousand requests, as nginx has it by itself',
      facts: (() => {
        const facts = parted({ lastStream: 1999 });
        return { ...facts, exchanges: facts.exchanges.map((one, at) => ({ ...one, h2Stream: 1999 + 2 * at })) };
      })(),
      severity: 'critical',
      verdicts: { 'request-limit': 'supported' },
    },
    {
      ...ONE,
      name: 'after different numbers of requests, at different ages',
      facts: [parted({}, nth(0)), parted({ lastStream: 0, at: 3600 }, nth(1))],
      occurrences: 2,
      severity: 'critical',
      verdicts: { 'request-limit': 'ruled-out', 'connection-age': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'connections are ended when they have been idle for a second, and a request crosses it, at different ages',
      facts: [crossing(0, 1), crossing(1, 2)],
      occurrences: 2,
      severity: 'critical',
      verdicts: { 'idle-timeout': 'supported', 'request-limit': 'ruled-out', 'connection-age': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'one that had been idle for a second, beside one that ends so without harm',
      facts: [crossing(0, 1), crossing(1, 2, false), later],
      severity: 'critical',
      verdicts: { 'idle-timeout': 'supported', 'request-limit': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'one connection alone that had been idle',
      facts: [crossing(0, 1), later],
      severity: 'critical',
      verdicts: { 'idle-timeout': 'open', 'request-limit': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'a connection on which nothing had been asked: it had been idle since it began',
      facts: [unasked(), later],
      severity: 'critical',
      verdicts: { 'idle-timeout': 'open', 'request-limit': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'what was asked before is not known: it may have been idle',
      facts: [{ ...unasked(), exchangeOffset: 30 }, later],
      severity: 'critical',
      verdicts: { 'idle-timeout': 'open' },
    },
    {
      ...ONE,
      name: 'of one age, and idle for as long: either may be it',
      facts: [crossing(0, 1), crossing(1, 1)],
      occurrences: 2,
      severity: 'critical',
      verdicts: { 'idle-timeout': 'open', 'connection-age': 'open' },
    },
    {
      ...ONE,
      name: 'an error after one request each time is no limit',
      facts: [
        parted({ code: 1, lastStream: 3 }, nth(0), answered(2)),
        parted({ code: 1, lastStream: 3 }, nth(1), answered(2)),
      ],
      occurrences: 2,
      severity: 'warning',
      verdicts: {
        'protocol-error': 'supported',
        'request-limit': 'ruled-out',
        'connection-age': 'ruled-out',
        'idle-timeout': 'ruled-out',
        'server-failed': 'ruled-out',
      },
    },
    {
      ...ONE,
      name: 'an error of the server’s own, by a number that only its library knows',
      facts: parted({ code: 4_294_966_394, lastStream: 1 }, {}, answered(1)),
      severity: 'warning',
      verdicts: { 'server-failed': 'supported', 'protocol-error': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'a request in progress is cut off',
      facts: parted({ lastStream: 3 }),
      severity: 'critical',
      verdicts: { 'short-grace': 'supported', 'request-limit': 'ruled-out' },
      packets: [6, 7],
    },
    {
      ...ONE,
      name: 'a request long after the GOAWAY',
      facts: parted({}, {}, [
        ...handshake(),
        get(1500, '/a'),
        answer(2500),
        get(90_000, '/b'),
        finBy('server', 91_000),
      ]),
      severity: 'critical',
      verdicts: { 'client-ignores-goaway': 'supported' },
    },
    {
      ...ONE,
      name: 'a head too large for nginx: a request that follows at once, and none as large was answered',
      facts: [refusedHead(9000), answeredHead(8000)],
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'large-head': 'supported', 'request-limit': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'heads as large are answered: it is for something else',
      facts: [refusedHead(9000), answeredHead(9000)],
      severity: 'critical',
      verdicts: { 'large-head': 'ruled-out', 'protocol-error': 'supported' },
    },
    {
      ...ONE,
      name: 'a head of usual size',
      facts: refusedHead(900),
      severity: 'critical',
      verdicts: { 'large-head': 'ruled-out', 'protocol-error': 'supported' },
    },
    {
      ...ONE,
      name: 'of two errors one has a large head before it: that is not what they are for',
      facts: [refusedHead(9000, 11, nth(0)), refusedHead(900, 11, nth(1))],
      occurrences: 2,
      severity: 'critical',
      verdicts: { 'large-head': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'of three errors one meets no request that is known: its frame had not come whole',
      facts: [
        refusedHead(9000, 11, nth(0)),
        refusedHead(9000, 11, nth(1)),
        parted({ code: 11 }, nth(2), [...handshake(), get(1500, '/a'), answer(2500), finBy('server', 4500)]),
      ],
      occurrences: 3,
      severity: 'critical',
      verdicts: { 'large-head': 'supported' },
    },
    {
      ...ONE,
      name: 'a head too large for HAProxy, which does not wait for its end',
      facts: begunHead(32_000, 3_900_000),
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'large-head': 'supported' },
    },
    {
      ...ONE,
      name: 'a large head before an error that no server says of one',
      facts: refusedHead(9000, 1),
      severity: 'critical',
      verdicts: { 'large-head': 'ruled-out', 'protocol-error': 'supported' },
    },
    {
      ...ONE,
      name: 'a head of less than servers take',
      facts: refusedHead(7000),
      severity: 'critical',
      verdicts: { 'large-head': 'ruled-out', 'protocol-error': 'supported' },
    },
    {
      ...ONE,
      name: 'heads of as many bytes three times, and none as large answered: a limit that was set lower',
      facts: [0, 1, 2].map((at) => refusedHead(4100 + at, 11, nth(at))),
      occurrences: 3,
      severity: 'critical',
      verdicts: { 'large-head': 'supported' },
    },
    {
      ...ONE,
      name: 'of many errors one has a large head before it',
      facts: [0, 1, 2, 3, 4].map((at) => refusedHead(at === 2 ? 9000 : 900, 11, nth(at))),
      occurrences: 5,
      severity: 'critical',
      verdicts: { 'large-head': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'a large head that was begun a second before',
      facts: begunHead(32_000, 3_900_000, SECOND),
      severity: 'warning',
      verdicts: { 'large-head': 'ruled-out', 'server-failed': 'supported' },
    },
    {
      ...ONE,
      name: 'an error, and NO_ERROR with a lower number behind it (Apache): the error counts',
      facts: (() => {
        const facts = parted({ code: 2, lastStream: 3 });
        const [error] = facts.h2?.goAways ?? [];
        const goAways =
          error === undefined ? [] : [error, { ...error, code: 0, lastStream: 1, atNs: error.atNs + 1000 }];
        return { ...facts, h2: facts.h2 && { ...facts.h2, goAways, goAwayCount: 2 } };
      })(),
      severity: 'critical',
      verdicts: { 'server-failed': 'supported', 'request-limit': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'too many pings',
      facts: parted({ lastStream: 1, code: 11, debug: 'too_many_pings' }, {}, [
        ...handshake(),
        get(1500, '/a'),
        answer(2500),
        finBy('server', 4500),
      ]),
      severity: 'warning',
      verdicts: { 'protocol-error': 'supported', 'short-grace': 'ruled-out' },
    },
  ],
  silent: [
    {
      name: 'a gRPC call that finds nothing, as its server leaves',
      lookAlike: 'graceful-end',
      facts: dismissed(5, 0, finBy('server', 5100)),
    },
    {
      name: 'a call that is UNAVAILABLE a second before the server closes',
      lookAlike: 'graceful-end',
      facts: dismissed(14, 0, finBy('server', SECOND)),
    },
    {
      name: 'a thousand requests are allowed',
      lookAlike: 'client-goaway',
      capture: 'samples/h2-goaway-race-nginx-healthy.pcapng',
    },
    { name: 'all is answered before the end', capture: 'samples/h2-goaway-race-stop-healthy.pcapng' },
    { name: 'nghttpx drains', lookAlike: 'graceful-end', capture: 'samples/h2-goaway-race-drain-healthy.pcapng' },
    { name: 'the client says GOAWAY', facts: parted({ from: 'client', lastStream: 0 }) },
    {
      name: 'the client took it back',
      lookAlike: 'client-reset',
      facts: (() => {
        const facts = parted({ lastStream: 3 });
        const reset = { by: 'client', code: 8, packet: 7, atNs: 4_000_000, openStreams: 1 } as const;
        return {
          ...facts,
          exchanges: facts.exchanges.map((one) =>
            one.response === null ? { ...one, h2: one.h2 && { ...one.h2, reset } } : one,
          ),
        };
      })(),
    },
    {
      name: 'the stream was refused by itself, long before',
      lookAlike: 'refused-stream',
      facts: (() => {
        const facts = parted({ at: 100_000 });
        const reset = { by: 'server', code: 7, packet: 7, atNs: 3_600_000, openStreams: 1 } as const;
        return overH2(facts, facts.h2 ?? {}, (at) => (at === 1 ? { reset } : {}));
      })(),
    },
    {
      name: 'bytes of the server were lost',
      lookAlike: 'lost-answer',
      facts: parted({ lastStream: 3 }, { serverFacts: { lostBytes: 1448 } }),
    },
    {
      name: 'the capture ends',
      lookAlike: 'still-running',
      facts: parted({ lastStream: 3 }, {}, [...handshake(), get(1500, '/a'), answer(2500), get(3500, '/b')]),
    },
  ],
  cannotTell: [
    { name: 'nothing of HTTP/2 was read', facts: connection([...handshake(), get(1500), finBy('server', 2000)]) },
  ],
});
