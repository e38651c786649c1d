import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import type { TlsAlert } from '../../src/facts/tls.js';
import { deployDrain } from '../../src/rules/deploy-drain.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  healthy,
  refused,
  rstBy,
  SECOND,
  type Step,
  withEnds,
} from './facts.js';
import { overH2 } from './h2-facts.js';
import { type SealedOptions, sealed, turn } from './sealed-facts.js';
import { findingsOf, testRule } from './test-rule.js';

function nth(at: number, beginsAt: number, options: ConnectionOptions = {}): ConnectionOptions {
  return { stream: at, clientPort: 40_000 + at, firstPacket: 1 + at * 10, beginsAt, ...options };
}

/** A request in progress when the server ends, at two seconds. */
function inWork(at: number, end: Step = finBy('server', 2 * SECOND - at * 1000), target = `/report/${at}`): Connection {
  return connection([...handshake(), get(1133, target), end], nth(at, at * 1000));
}

/** A SYN that is refused. */
function refusal(at: number, beginsAt: number, serverPort = 80): Connection {
  return withEnds(refused(nth(at, beginsAt, { serverPort })), () => ({ acknowledgement: 1 }));
}

/** The same where no key opens the TLS. */
function sealedInWork(at: number, end: Step = finBy('server', 2 * SECOND), options: SealedOptions = {}): Connection {
  return sealed(turn(200_000, null), [end], { ...nth(at, at * 1000), ...options });
}

const sealedRefusal = (at: number, beginsAt: number): Connection => refusal(at, beginsAt, 443);

const ALERT_SHAPE: TlsAlert = {
  ...{ from: 'server', packet: 5, atNs: 3_500_000, basis: 'shape', level: null, description: null, name: null },
};

testRule(deployDrain, {
  fires: [
    {
      name: 'two requests in progress, the port refuses, and it comes back',
      facts: [inWork(0), inWork(1), refusal(5, 2.5 * SECOND), healthy(nth(6, 6 * SECOND))],
      subject: '10.0.1.43:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { restarted: 'supported', 'brought-down-by-a-request': 'ruled-out' },
      packets: [4, 5, 14, 15, 52, 62],
    },
    {
      name: 'it is stopped twice, and each time it comes back',
      facts: [
        inWork(0),
        inWork(1),
        refusal(5, 2.5 * SECOND),
        ...[6, 40, 80].map((at) => healthy(nth(at, at * SECOND))),
        connection([...handshake(), get(1133, '/late'), finBy('server', 2 * SECOND)], nth(90, 90 * SECOND)),
        refusal(93, 92.5 * SECOND),
        healthy(nth(99, 99 * SECOND)),
      ],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { restarted: 'supported', 'not-back': 'ruled-out' },
      packets: [4, 5, 14, 15, 52, 62, 904, 905, 932, 992],
    },
    {
      name: 'it does not come back',
      facts: [inWork(0, abortBy('server', 2 * SECOND)), inWork(1), refusal(5, 2.5 * SECOND), refusal(6, 9 * SECOND)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { restarted: 'ruled-out' },
    },
    {
      name: 'one request, and nobody listens any more',
      facts: [inWork(0, finBy('server', 20_000)), refusal(5, 100_000)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'likely',
      verdicts: { 'brought-down-by-a-request': 'supported', restarted: 'open' },
    },
    {
      name: 'TLS without keys: data that the FIN acknowledges, and nobody listens any more',
      facts: [
        sealedInWork(0),
        sealedInWork(1, abortBy('server', 2 * SECOND)),
        sealedRefusal(5, 2.5 * SECOND),
        sealedRefusal(6, 9 * SECOND),
      ],
      subject: '10.0.1.43:443',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'brought-down-by-a-request': 'open', restarted: 'ruled-out' },
      packets: [4, 5, 14, 15, 52],
    },
    {
      name: 'the sample: a deployment amid four reports',
      capture: 'samples/deploy-drain.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { restarted: 'supported', 'brought-down-by-a-request': 'ruled-out' },
      marks: ['FIN of the first server', 'RST to a SYN, while nobody listens on the first server'],
    },
  ],
  silent: [
    {
      name: 'what the server said before its FIN is not in the capture',
      facts: [
        ...[inWork(0), inWork(1)].map((facts) => withEnds(facts, () => ({ deltaSequence: 155 }))),
        refusal(5, 2.5 * SECOND),
      ],
    },
    {
      name: 'TLS without keys: all was answered',
      lookAlike: 'drained',
      facts: [sealed(turn(2000, 3000), [finBy('server', 2 * SECOND)], nth(0, 0)), sealedRefusal(5, 2.5 * SECOND)],
    },
    {
      name: 'TLS without keys: the FIN acknowledges nothing of it',
      lookAlike: 'keepalive-race',
      facts: [sealedInWork(0, finBy('server', 2 * SECOND, 100)), sealedRefusal(5, 2.5 * SECOND)],
    },
    {
      name: 'TLS without keys: the client does not say that it speaks HTTP',
      facts: [sealedInWork(0, undefined, { alpn: [] }), sealedRefusal(5, 2.5 * SECOND)],
    },
    {
      name: 'TLS without keys: the server may have refused the certificate behind the first request',
      facts: [
        sealedInWork(0, undefined, { turns: { count: 1, prompt: 0 }, tls: { alerts: [ALERT_SHAPE], alertCount: 1 } }),
        sealedRefusal(5, 2.5 * SECOND),
      ],
    },
    {
      name: 'it drops two requests, answers others, and is stopped later with nothing in progress',
      lookAlike: 'empty-response',
      facts: [
        inWork(0, finBy('server', 20_000)),
        inWork(1, finBy('server', 21_000)),
        healthy(nth(3, 100_000)),
        refusal(5, SECOND),
        refusal(6, 2 * SECOND),
      ],
    },
    {
      name: 'a worker ends, the port goes on',
      lookAlike: 'empty-response',
      facts: [inWork(0), healthy(nth(6, 3 * SECOND))],
    },
    { name: 'a response is cut, the port goes on', lookAlike: 'truncated-response', facts: [inWork(0), inWork(1)] },
    { name: 'nothing was in progress', lookAlike: 'connect-refused', facts: [healthy(nth(0, 0)), refusal(5, SECOND)] },
    {
      name: 'all was answered before',
      lookAlike: 'drained',
      facts: [
        connection([...handshake(), get(1133), answer(3000), finBy('server', 2 * SECOND)], nth(0, 0)),
        refusal(5, 2.5 * SECOND),
      ],
    },
    {
      name: 'bare resets',
      lookAlike: 'rejected',
      facts: [inWork(0, rstBy('server', 2 * SECOND)), refusal(5, 2.1 * SECOND), healthy(nth(6, 3 * SECOND))],
    },
    {
      name: 'the client had left',
      lookAlike: 'client-left',
      facts: [
        connection([...handshake(), get(1133), finBy('client', 9000), finBy('server', 9900)], nth(0, 0)),
        refusal(5, SECOND),
      ],
    },
    {
      name: 'the FIN acknowledges nothing of the request',
      lookAlike: 'keepalive-race',
      facts: [inWork(0, finBy('server', 2 * SECOND, 100)), refusal(5, 2.5 * SECOND)],
    },
    { name: 'the sample: drained as it should be', capture: 'samples/deploy-drain-healthy.pcapng' },
    {
      name: 'the sample: a packet filter rejects one client',
      lookAlike: 'rejected',
      capture: 'samples/rst-after-request-reject.pcapng',
    },
  ],
  cannotTell: [
    {
      name: 'bytes of the server were lost',
      facts: [{ ...inWork(0), server: { ...inWork(0).server, lostBytes: 90 } }, refusal(5, 2.5 * SECOND)],
    },
  ],
});

describe('what deploy-drain says', () => {
  it('tells the connections of HTTP/2 from the requests on them', () => {
    const steps = [
      ...handshake(),
      ...[1, 2, 3].map((at) => get(1133 + at, `/report/${at}`)),
      finBy('server', 2 * SECOND),
    ];
    const [finding] = findingsOf(deployDrain, [overH2(connection(steps, nth(0, 0))), refusal(5, 2.5 * SECOND)]);
    expect(finding?.summary).toContain('ended 1 connection with 3 requests in progress at one moment');
    expect(finding?.facts).toMatchObject({ requestsInWork: 3 });
    expect(finding?.evidence[0]?.packets[0]?.note).toBe('stream 1: GET /report/1');
  });
});
