import type { Connection } from '../../src/facts/connection.js';
import { expectContinueStall } from '../../src/rules/expect-continue-stall.js';
import { answer, type ConnectionOptions, connection, fieldsOf, get, handshake, withRequests } from './facts.js';
import { testRule } from './test-rule.js';

const SECOND = 1_000_000_000;

interface Upload {
  readonly pauseNs?: number;
  readonly expect?: boolean;
  /** Nanoseconds behind the request's beginning; none by default. */
  readonly continuedNs?: number;
  readonly answeredFirst?: boolean;
}

/** An upload whose body comes after a pause. */
function upload(
  { pauseNs = 1_001_000_000, expect = true, continuedNs, answeredFirst = false }: Upload,
  options: ConnectionOptions = {},
): Connection {
  const fields = expect ? fieldsOf({ expect: '100-continue' }) : [];
  const facts = connection(
    [...handshake(), get(1133, '/upload', { method: 'PUT', body: 5000, fields }), answer(2_500_000, 201)],
    options,
  );
  return {
    ...facts,
    exchanges: facts.exchanges.map((one) => {
      if (one.request === null || one.response === null) return one;
      const { request, response } = one;
      const endNs = request.startNs + pauseNs;
      return {
        ...one,
        request: { ...request, lastPacket: request.headPacket + 1, endNs, longestPauseNs: pauseNs },
        response: answeredFirst ? { ...response, startNs: request.startNs + 1000, endNs } : response,
        interim:
          continuedNs === undefined
            ? []
            : [{ status: 100, packet: request.headPacket + 1, atNs: request.startNs + continuedNs }],
      };
    }),
  };
}

const nth = (at: number): ConnectionOptions => ({ stream: at, firstPacket: 1 + at * 10, beginsAt: at * 3_000_000 });
/** The same upload before a proxy and behind it. */
const handedOn = [
  upload({}, { ...nth(0), server: '10.0.0.49', client: '203.0.113.7' }),
  upload({}, { ...nth(1), beginsAt: 500 }),
];
const ONE = { subject: '10.0.1.43:80', occurrences: 1, severity: 'notice', confidence: 'likely' } as const;

const SAMPLE = { occurrences: 3, severity: 'warning', confidence: 'certain' } as const;
const NEVER = { 'never-continues': 'supported', 'client-timer': 'supported' } as const;
const LATE = ['the body, a second behind its head, to the application'];

testRule(expectContinueStall, {
  fires: [
    {
      ...SAMPLE,
      name: 'Node with a listener that does not say 100, behind HAProxy',
      capture: 'samples/expect-continue-stall-node.pcapng',
      subject: '10.0.1.43:8080',
      verdicts: NEVER,
      marks: LATE,
    },
    {
      ...SAMPLE,
      name: 'Python’s own server, which speaks HTTP/1.0, behind HAProxy',
      capture: 'samples/expect-continue-stall-python.pcapng',
      subject: '10.0.1.43:8080',
      verdicts: NEVER,
    },
    {
      ...SAMPLE,
      name: 'HAProxy that drops the field, and says nothing either',
      capture: 'samples/expect-continue-stall-dropped.pcapng',
      subject: '10.0.0.49:80',
      verdicts: NEVER,
    },
    {
      ...ONE,
      name: 'curl waits a second',
      facts: upload({}),
      verdicts: { 'never-continues': 'supported', 'client-timer': 'open' },
      packets: [4, 5],
    },
    {
      ...ONE,
      name: 'each of three waits a second',
      facts: [0, 1, 2].map((at) => upload({ pauseNs: SECOND + at * 1_000_000 }, nth(at))),
      occurrences: 3,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'client-timer': 'supported' },
    },
    {
      ...ONE,
      name: 'a proxy hands the expectation on: it is told of the server behind',
      facts: handedOn,
      verdicts: { 'never-continues': 'supported' },
    },
    {
      ...ONE,
      name: 'the same by a clock of which both legs begin with one tick',
      facts: handedOn.map((leg) => withRequests(leg, { startNs: 0 })),
      verdicts: { 'never-continues': 'supported' },
    },
    {
      ...ONE,
      name: 'a leg behind the proxy was not captured: it had handed that one on as well',
      facts: [...handedOn, upload({}, { ...nth(2), server: '10.0.0.49', client: '203.0.113.7' })],
      verdicts: { 'never-continues': 'supported' },
    },
    {
      ...ONE,
      name: 'two wait for different times, another is told to go on',
      facts: [
        upload({ pauseNs: SECOND }, nth(0)),
        upload({ pauseNs: 2 * SECOND }, nth(1)),
        upload({ continuedNs: 1000 }, nth(2)),
      ],
      occurrences: 2,
      verdicts: { 'never-continues': 'ruled-out', 'client-timer': 'ruled-out' },
    },
  ],
  silent: [
    { name: 'Node says 100', capture: 'samples/expect-continue-stall-node-healthy.pcapng' },
    { name: 'Python says 100 in HTTP/1.1', capture: 'samples/expect-continue-stall-python-healthy.pcapng' },
    { name: 'HAProxy says 100 itself', capture: 'samples/expect-continue-stall-dropped-healthy.pcapng' },
    { name: 'the server says 100', lookAlike: 'continued', facts: upload({ continuedNs: 2000 }) },
    { name: 'the server answers at once', lookAlike: 'answered-first', facts: upload({ answeredFirst: true }) },
    { name: 'the body comes at once', lookAlike: 'no-pause', facts: upload({ pauseNs: 2_000_000 }) },
    {
      name: 'bytes of the server are missing',
      lookAlike: 'lost-continue',
      facts: upload({}, { serverFacts: { lostBytes: 25 } }),
    },
    { name: 'a slow upload', lookAlike: 'slow-body', facts: upload({ expect: false }) },
  ],
  cannotTell: [
    {
      name: 'the body was not seen',
      facts: connection([...handshake(), get(1133, '/', { fields: fieldsOf({ expect: '100-continue' }) })]),
    },
  ],
});
