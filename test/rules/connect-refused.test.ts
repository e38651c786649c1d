import type { Connection } from '../../src/facts/connection.js';
import { connectRefused } from '../../src/rules/connect-refused.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  get,
  handshake,
  healthy,
  nthEvery,
  refused,
  rstBy,
  SECOND,
  type Step,
  withEnds,
} from './facts.js';
import { testRule } from './test-rule.js';

const TTL = { client: 64, server: 63 };

const nth = nthEvery(SECOND, { ttl: TTL });

/** A SYN refused by RST. */
function refusal(at: number, options: ConnectionOptions = {}, ttl = 63): Connection {
  return withEnds(refused(nth(at, options)), () => ({ ttl, acknowledgement: 1 }));
}

/** SYNs of one client to so many endpoints, not answered, each sent once or `again`. */
function probes(count: number, ...again: readonly Step[]): Connection[] {
  return Array.from({ length: count }, (_, at) =>
    connection([{ at: 0, is: 'syn' }, ...again], nth(at, { serverPort: 1000 + at })),
  );
}

/** A SYN refused by an ICMP error. */
function unreachable(at: number, code: number, sender = '10.0.1.43', options: ConnectionOptions = {}): Connection {
  const facts = connection([{ at: 0, is: 'syn' }], nth(at, options));
  const { lastPacket, startNs } = facts;
  return {
    ...facts,
    unreachables: [
      { packet: lastPacket + 1, atNs: startNs + 90_000, sender, type: 3, code, mtu: null, quoted: 'client' },
    ],
  };
}

/** The front of a proxy, which answers to a request that came before the refusal. */
function front(at: number, status = 502, answered = 20_000): Connection {
  return connection(
    [...handshake(), get(1000), answer(answered, status)],
    nth(at, { stream: 90, firstPacket: 901, beginsAt: at * SECOND - 5000, client: '203.0.113.5', server: '10.0.0.49' }),
  );
}

testRule(connectRefused, {
  fires: [
    {
      name: 'a client of which fifteen endpoints are silent is no scanner',
      facts: [...probes(15), refusal(20)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
    },
    {
      name: 'a client that tries sixteen silent endpoints again, as a host that connects does, is no scanner',
      facts: [...probes(16, { at: 0.5 * SECOND, is: 'syn' }), refusal(20)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
    },
    {
      name: 'requests fail for it, however many others are silent',
      facts: [...probes(16), front(20), refusal(20)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
    },
    {
      name: 'nobody ever accepts on the port: once is a notice',
      facts: refusal(0),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: {
        'not-listening': 'supported',
        restarting: 'ruled-out',
        'queue-full': 'ruled-out',
        firewall: 'open',
        'wrong-port': 'open',
      },
      packets: [1, 2],
    },
    {
      name: 'a client in front gets 502 for it',
      facts: [refusal(1), front(1)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      packets: [11, 12, 905],
    },
    {
      name: 'a client in front gets 500 for it, of a proxy that asks under the address that is refused',
      facts: [refusal(1, { client: '10.0.0.49' }), front(1, 500)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      packets: [11, 12, 905],
    },
    {
      name: 'a client in front gets 500 of a server that is not known to ask there',
      facts: [refusal(1), front(1, 500)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
    },
    {
      name: 'a client in front gets 500 long after',
      facts: [refusal(1, { client: '10.0.0.49' }), front(1, 500, 80_000)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
    },
    {
      name: 'the server is stopped and started again',
      facts: [
        ...[0, 1].map((at) => healthy(nth(at))),
        ...[5, 6, 7].map((at) => refusal(at)),
        ...[20, 21].map((at) => healthy(nth(at))),
      ],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'certain',
      verdicts: {
        restarting: 'supported',
        firewall: 'ruled-out',
        'wrong-port': 'ruled-out',
        'queue-full': 'ruled-out',
      },
    },
    {
      name: 'refused from one moment on: a filter of the host writes the same RST, with the same TTL',
      facts: [...[0, 1].map((at) => healthy(nth(at))), ...[5, 6, 7].map((at) => refusal(at))],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'not-listening': 'supported', firewall: 'open', restarting: 'open' },
    },
    {
      name: 'others are accepted between refusals',
      facts: [refusal(0), ...[2, 3, 4].map((at) => healthy(nth(at))), refusal(6)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'queue-full': 'supported', restarting: 'ruled-out', 'not-listening': 'ruled-out' },
    },
    {
      name: 'others are accepted between refusals, which are far apart: it may have been restarted twice',
      facts: [refusal(0), ...[10, 11, 12].map((at) => healthy(nth(at))), refusal(40)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'queue-full': 'open', restarting: 'open' },
    },
    {
      name: 'it refuses all for a while, twice within seconds: it may be restarted in a loop, or full now and then',
      facts: [
        healthy(nth(0)),
        ...[1, 1.2].map((at) => refusal(at)),
        ...[3, 4].map((at) => healthy(nth(at))),
        ...[5, 5.2].map((at) => refusal(at)),
        healthy(nth(7)),
      ],
      subject: '10.0.1.43:80',
      occurrences: 4,
      confidence: 'certain',
      verdicts: { restarting: 'open', 'queue-full': 'open', 'not-listening': 'open' },
    },
    {
      name: 'it refuses all for a while, and one alone between others',
      facts: [
        healthy(nth(0)),
        ...[1, 1.2].map((at) => refusal(at)),
        healthy(nth(3)),
        refusal(4),
        healthy(nth(5)),
        ...[6, 6.2].map((at) => refusal(at)),
        healthy(nth(7)),
      ],
      subject: '10.0.1.43:80',
      occurrences: 5,
      confidence: 'certain',
      verdicts: { 'queue-full': 'supported', restarting: 'ruled-out', 'not-listening': 'ruled-out' },
    },
    {
      name: 'it is restarted twice',
      facts: [
        healthy(nth(0)),
        ...[3, 4, 5].map((at) => refusal(at)),
        ...[20, 40, 60, 80].map((at) => healthy(nth(at))),
        ...[93, 94].map((at) => refusal(at)),
        healthy(nth(99)),
      ],
      subject: '10.0.1.43:80',
      occurrences: 5,
      confidence: 'certain',
      verdicts: { restarting: 'supported', 'queue-full': 'ruled-out', 'not-listening': 'supported' },
    },
    {
      name: 'one client is refused each time, and others never, at the same time',
      facts: [
        healthy(nth(0)),
        ...[1, 3, 5, 7, 9].map((at) => refusal(at, { client: '10.0.0.66' })),
        ...[2, 4, 6, 8, 10].map((at) => healthy(nth(at))),
      ],
      subject: '10.0.1.43:80',
      occurrences: 5,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { firewall: 'supported', 'not-listening': 'ruled-out', 'queue-full': 'open', restarting: 'ruled-out' },
    },
    {
      name: 'a filter of the host refuses one of its two clients: too few to say',
      capture: 'samples/rst-after-request-reject.pcapng',
      subject: '10.0.1.43:80',
      occurrences: 4,
      confidence: 'certain',
      verdicts: { firewall: 'open', 'not-listening': 'open', restarting: 'open' },
    },
    {
      name: 'the RST has come a shorter way than the SYN-ACKs',
      facts: [healthy(nth(0)), refusal(3, {}, 254)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { firewall: 'supported', 'not-listening': 'ruled-out' },
    },
    {
      name: 'ICMP port unreachable, which no kernel writes for TCP',
      facts: [healthy(nth(0)), unreachable(1, 3)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { firewall: 'supported', 'not-listening': 'ruled-out', 'host-gone': 'open' },
      packets: [11, 12],
    },
    {
      name: 'a host that says of itself that it cannot be reached',
      facts: [healthy(nth(0)), unreachable(1, 1)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { firewall: 'supported', 'host-gone': 'open' },
      packets: [11, 12],
    },
    {
      name: 'a router forbids it',
      facts: unreachable(0, 13, '10.0.0.254'),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { firewall: 'supported' },
    },
    {
      name: 'a router finds nobody there',
      facts: unreachable(0, 1, '10.0.0.254'),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'host-gone': 'supported', firewall: 'open', 'not-listening': 'open' },
    },
    {
      name: 'another port of the address accepts, but this one answered on a connection from before the capture',
      facts: [connection([get(0), answer(1000)], nth(0)), refusal(1), healthy(nth(2, { serverPort: 8080 }))],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'wrong-port': 'ruled-out', 'not-listening': 'supported' },
    },
    {
      name: 'the service listens on another port',
      facts: [refusal(0), healthy(nth(1, { serverPort: 8080 }))],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'wrong-port': 'supported' },
    },
    {
      name: 'IPv6 is announced and not served',
      facts: [refusal(0, { client: '2001:db8::5', server: '2001:db8::43' }), healthy(nth(1))],
      subject: '[2001:db8::43]:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
    },
    {
      name: 'an application is deployed behind nginx',
      capture: 'samples/connect-refused-nginx.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 18,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'not-listening': 'supported',
        restarting: 'supported',
        firewall: 'ruled-out',
        'wrong-port': 'ruled-out',
        'queue-full': 'ruled-out',
      },
      marks: ['RST, ACK to a SYN', '502 from the front'],
    },
    {
      name: 'the same behind HAProxy, which tries twice',
      capture: 'samples/connect-refused-haproxy.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 30,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { restarting: 'supported', firewall: 'ruled-out' },
      marks: ['RST, ACK to a SYN', '503 from the front'],
    },
    {
      name: 'IPv6 refused, IPv4 served at once: no harm',
      capture: 'samples/healthy-dual-stack.pcapng',
      subject: '[2001:db8::31]:80',
      occurrences: 3,
      severity: 'notice',
      confidence: 'certain',
    },
  ],
  silent: [
    {
      name: 'no answer at all',
      lookAlike: 'connect-timeout',
      facts: connection(
        [
          { at: 0, is: 'syn' },
          { at: SECOND, is: 'syn' },
        ],
        nth(0),
      ),
    },
    {
      name: 'one client tries twenty endpoints',
      lookAlike: 'port-scan',
      facts: Array.from({ length: 20 }, (_, at) => refusal(at, { serverPort: 1000 + at })),
    },
    {
      name: 'a client that sends one SYN each to sixteen endpoints that are silent, and one refuses',
      lookAlike: 'port-scan',
      facts: [...probes(16), refusal(20)],
    },
    {
      name: 'the client resets after the SYN-ACK',
      lookAlike: 'half-open-probe',
      facts: connection([{ at: 0, is: 'syn' }, { at: 60, is: 'syn-ack' }, rstBy('client', 900)], nth(0)),
    },
    {
      name: 'RST after a request',
      lookAlike: 'later-reset',
      facts: connection([...handshake(), get(1133), rstBy('server', 1300)], nth(0)),
    },
    { name: 'an ICMP error that asks for smaller packets', lookAlike: 'packet-too-big', facts: unreachable(0, 4) },
    {
      name: 'a deployment that lets the new workers answer first',
      capture: 'samples/connect-refused-nginx-healthy.pcapng',
    },
    { name: 'the same behind HAProxy', capture: 'samples/connect-refused-haproxy-healthy.pcapng' },
  ],
  cannotTell: [
    {
      name: 'a RST that acknowledges something else',
      facts: {
        ...refusal(0),
        close: {
          ...refusal(0).close,
          segments: refusal(0).close.segments.map((one) => ({ ...one, acknowledgement: 77 })),
        },
      },
    },
  ],
});
