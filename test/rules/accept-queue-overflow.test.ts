import type { Connection } from '../../src/facts/connection.js';
import { acceptQueueOverflow } from '../../src/rules/accept-queue-overflow.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  get,
  healthy,
  nthEvery,
  rstBy,
  SECOND,
  type Step,
} from './facts.js';
import { testRule } from './test-rule.js';

const MS = 1000;

const nth = nthEvery(100 * MS, { ttl: { client: 64, server: 64 } });

/** A SYN answered when it comes again, after a second. */
function lateSyn(at: number, options: ConnectionOptions = {}): Connection {
  const steps: Step[] = [
    { at: 0, is: 'syn' },
    { at: SECOND, is: 'syn' },
    { at: SECOND + 60, is: 'syn-ack' },
    { at: SECOND + 900, is: 'ack' },
    get(SECOND + 1000),
    answer(SECOND + 3000),
  ];
  const facts = connection(steps, nth(at, options));
  // Karn's rule: of repeated segments no round trip is known.
  return { ...facts, handshake: { ...facts.handshake, synToSynAckNs: null, synAckToAckNs: null } };
}

/** The server took the SYN, but neither the ACK nor the request until they came again. */
function lateAck(at: number, options: ConnectionOptions = {}): Connection {
  const steps: Step[] = [
    { at: 0, is: 'syn' },
    { at: 60, is: 'syn-ack' },
    { at: 900, is: 'ack' },
    get(1000),
    { at: SECOND, is: 'syn-ack' },
    answer(SECOND + 3000),
  ];
  const facts = connection(steps, nth(at, options));
  return {
    ...facts,
    client: {
      ...facts.client,
      retransmissions: 3,
      repeated: {
        sequence: 1,
        length: 100,
        longest: 100,
        times: 3,
        firstPacket: facts.lastPacket,
        firstNs: facts.startNs + 2e8,
        lastPacket: facts.lastPacket,
        lastNs: facts.startNs + 1.4e9,
        acknowledged: true,
      },
    },
  };
}

/** The ACK of the handshake is reset, and what came behind that. */
function aborted(at: number, behind: readonly Step[] = []): Connection {
  return connection(
    [{ at: 0, is: 'syn' }, { at: 60, is: 'syn-ack' }, { at: 900, is: 'ack' }, rstBy('server', 950), ...behind],
    nth(at),
  );
}

function prompt(count: number, options: (at: number) => ConnectionOptions = nth): Connection[] {
  return Array.from({ length: count }, (_, at) => healthy(options(20 + at)));
}

function clockStepped(facts: Connection): Connection {
  return { ...facts, guards: { ...facts.guards, clockStepped: true } };
}

testRule(acceptQueueOverflow, {
  fires: [
    {
      name: 'three SYNs answered the second time, captured at the server',
      facts: [...[0, 1, 2].map((at) => lateSyn(at)), ...prompt(5)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'queue-full': 'supported', 'lost-on-the-way': 'ruled-out' },
      packets: [1, 3],
    },
    {
      name: 'the server takes ACK and request the second time',
      facts: [...[0, 1, 2].map((at) => lateAck(at)), ...prompt(5)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'queue-full': 'supported' },
    },
    {
      name: 'handshakes are reset at their last step',
      facts: [...[0, 1, 2].map((at) => aborted(at)), ...prompt(5)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'queue-full': 'supported' },
    },
    {
      name: 'the sample: HAProxy at its maxconn, SYNs are dropped',
      capture: 'samples/accept-queue-overflow-haproxy.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 5,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'queue-full': 'supported', 'lost-on-the-way': 'ruled-out' },
    },
    {
      name: 'the sample: the same from the client, where a lost SYN looks alike',
      capture: 'samples/accept-queue-overflow-haproxy-client.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 5,
      confidence: 'likely',
      verdicts: { 'queue-full': 'supported', 'lost-on-the-way': 'open' },
    },
    {
      name: 'the sample: nginx stands still, handshakes are not taken',
      capture: 'samples/accept-queue-overflow-nginx.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 5,
      confidence: 'certain',
      verdicts: { 'queue-full': 'supported', 'lost-on-the-way': 'ruled-out' },
      marks: ['first segment of a request, sent again'],
    },
    {
      name: 'the sample: Apache, whose kernel answers with SYN cookies and repeats no SYN-ACK',
      capture: 'samples/accept-queue-overflow-apache.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 6,
      confidence: 'certain',
      verdicts: { 'queue-full': 'supported', 'lost-on-the-way': 'ruled-out' },
      marks: ['first segment of a request, sent again'],
    },
    {
      name: 'the sample: Node computes, handshakes are reset',
      capture: 'samples/accept-queue-overflow-node.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 5,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'queue-full': 'supported', 'lost-on-the-way': 'ruled-out' },
      marks: ['RST of the server'],
    },
    {
      name: 'the sample: the same from the client, ACK and request are reset',
      capture: 'samples/accept-queue-overflow-node-client.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 5,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'queue-full': 'supported', 'lost-on-the-way': 'ruled-out' },
      marks: ['RST of the server'],
    },
    {
      name: 'one handshake is reset at its last step, and the request behind it: likely',
      facts: [aborted(0, [get(980), rstBy('server', 1000, { sequence: 1 })]), ...prompt(5)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'queue-full': 'supported' },
    },
    {
      name: 'the clock stepped back in another connection, which was taken',
      facts: [...[0, 1, 2].map((at) => aborted(at)), clockStepped(healthy(nth(9))), ...prompt(5)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'certain',
    },
    {
      name: 'one client of two is late, and its path loses: likely that',
      facts: [
        ...[0, 1, 2].map((at) => lateSyn(at, { client: '198.51.100.9', clientFacts: { retransmissions: 4 } })),
        ...prompt(5).map((facts) => ({ ...facts, handshake: { ...facts.handshake, synToSynAckNs: 9e5 } })),
      ],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'likely',
      verdicts: { 'queue-full': 'ruled-out', 'lost-on-the-way': 'supported' },
    },
  ],
  silent: [
    {
      name: 'the sample: HAProxy at its maxconn, whose queue is long enough',
      lookAlike: 'full-for-a-moment',
      capture: 'samples/accept-queue-overflow-haproxy-healthy.pcapng',
    },
    {
      name: 'the sample: nginx stands still, and its queue holds',
      lookAlike: 'full-for-a-moment',
      capture: 'samples/accept-queue-overflow-nginx-healthy.pcapng',
    },
    {
      name: 'the sample: Node computes, and its queue holds',
      lookAlike: 'full-for-a-moment',
      capture: 'samples/accept-queue-overflow-node-healthy.pcapng',
    },
    {
      name: 'the sample: Apache’s workers are busy, and its queue holds',
      lookAlike: 'full-for-a-moment',
      capture: 'samples/accept-queue-overflow-apache-healthy.pcapng',
    },
    {
      name: 'the sample: a firewall resets the ACK and the request in the server’s name',
      lookAlike: 'reset-on-the-way',
      capture: 'samples/asymmetric-path-firewall.pcapng',
    },
    {
      name: 'the sample: a packet filter resets requests, and lets handshakes be',
      lookAlike: 'reset-on-the-way',
      capture: 'samples/rst-after-request-reject.pcapng',
    },
    {
      name: 'SYN-ACKs that come again to clients that have sent nothing',
      lookAlike: 'defer-accept',
      facts: [
        ...[0, 1, 2].map((at) =>
          connection(
            [
              { at: 0, is: 'syn' },
              { at: 60, is: 'syn-ack' },
              { at: 900, is: 'ack' },
              { at: SECOND, is: 'syn-ack' },
              get(3 * SECOND),
              answer(3.1 * SECOND),
            ],
            nth(at),
          ),
        ),
        ...prompt(5),
      ],
    },
    {
      name: 'another hand resets ACK and request',
      lookAlike: 'reset-on-the-way',
      facts: [
        ...[0, 1, 2].map((at) =>
          connection(
            [
              { at: 0, is: 'syn' },
              { at: 60, is: 'syn-ack' },
              { at: 900, is: 'ack' },
              rstBy('server', 950, { hand: { ttl: 254 } }),
            ],
            nth(at),
          ),
        ),
        ...prompt(5),
      ],
    },
    { name: 'two late ones', lookAlike: 'one-lost-syn', facts: [lateSyn(0), lateSyn(1), ...prompt(5)] },
    {
      name: 'no answer at all',
      lookAlike: 'connect-timeout',
      facts: [
        ...[0, 1, 2].map((at) =>
          connection(
            [
              { at: 0, is: 'syn' },
              { at: SECOND, is: 'syn' },
            ],
            nth(at),
          ),
        ),
        ...prompt(5),
      ],
    },
    { name: 'nobody is taken at once', lookAlike: 'nobody-prompt', facts: [0, 1, 2, 3].map((at) => lateSyn(at)) },
    { name: 'Apache waits for data', lookAlike: 'defer-accept', capture: 'samples/preconnect-408-apache.pcapng' },
    { name: 'a line that loses a little', lookAlike: 'one-lost-syn', capture: 'samples/healthy-loss.pcapng' },
  ],
  cannotTell: [
    {
      name: 'the clock stepped back in it: the reset may be the answer to the request behind it',
      facts: [clockStepped(aborted(0, [get(980), rstBy('server', 1000, { sequence: 1 })])), ...prompt(5)],
    },
    {
      name: 'the clock stepped back in each',
      facts: [...[0, 1, 2].map((at) => clockStepped(aborted(at))), ...prompt(5)],
    },
    {
      name: 'one or two are reset, and no request was seen: it may be what was reset, and not captured',
      facts: [aborted(0), aborted(1), ...prompt(5)],
    },
    {
      name: 'the SYNs were not captured',
      facts: [
        ...[0, 1, 2].map((at) => ({ ...lateSyn(at), handshake: { ...lateSyn(at).handshake, syn: null } })),
        ...prompt(5),
      ],
    },
  ],
});
