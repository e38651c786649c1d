import type { Connection } from '../../src/facts/connection.js';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import type { PresenceSign } from '../../src/net/segment.js';
import { connectTimeout } from '../../src/rules/connect-timeout.js';
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
} from './facts.js';
import { testRule } from './test-rule.js';

const nth = nthEvery(10 * SECOND);

/** SYNs at these seconds. */
function syns(...seconds: readonly number[]): Step[] {
  return seconds.map((at) => ({ at: at * SECOND, is: 'syn' }));
}

/** An attempt that is not answered. */
function unanswered(at: number, options: ConnectionOptions = {}): Connection {
  return connection(syns(0, 1, 3), nth(at, options));
}

/** SYNs of one client to so many endpoints, each sent once and not answered. */
function probes(count: number): Connection[] {
  return Array.from({ length: count }, (_, at) => connection(syns(0), nth(at, { serverPort: 1000 + at })));
}

/** The front, which answers 504 four seconds after the SYN. */
function front(at: number, options: ConnectionOptions = {}): Connection {
  return connection(
    [...handshake(), get(1000), answer(4.001 * SECOND, 504)],
    nth(at, {
      stream: 90,
      firstPacket: 901,
      beginsAt: at * 10 * SECOND - 5000,
      client: '203.0.113.5',
      server: '10.0.0.49',
      ...options,
    }),
  );
}

/** A sign of a host, so many seconds into the capture. */
function sign(atSeconds: number, kind: PresenceSign['kind'], address = '10.0.1.43'): PresenceSign {
  return { packet: 800 + atSeconds, atNs: atSeconds * 1e9, address, kind, mac: kind === 'neighbour' ? 0x2b : null };
}

/** Another address of the same station, which accepts a connection. */
function neighbourServer(at: number, serverTtl: number): Connection {
  return healthy(
    nth(at, {
      stream: 70,
      firstPacket: 701,
      server: '10.0.1.44',
      mac: { client: 0x31, server: 0x2b },
      ttl: { client: 64, server: serverTtl },
    }),
  );
}

/** Another address answers the same client, which resets it. */
function stray(): Connection {
  const facts = connection(
    [{ at: 60, is: 'syn-ack' }, rstBy('client', 90)],
    nth(0, { stream: 9, firstPacket: 91, server: '10.0.0.2' }),
  );
  return { ...facts, client: { ...facts.client, plainSegments: 0 } };
}

/** Another address answers what a translator made of the client's SYN, which was captured too; the client resets it. */
function strayTranslated(): Connection {
  return connection(
    [{ at: 30, is: 'syn', hand: { options: 23 } }, { at: 60, is: 'syn-ack' }, rstBy('client', 90)],
    nth(0, { stream: 9, firstPacket: 91, server: '10.0.0.2' }),
  );
}

/** Attempts of one client, of which those from `barredAt` on come to nothing; each is followed by one of another, which is served. */
function twoClients(attempts: number, barredAt: number, until = attempts): Connection[] {
  return Array.from({ length: attempts }, (_, at) => {
    const place = { stream: 2 * at, firstPacket: 1 + 40 * at, beginsAt: 20 * at * SECOND };
    const one = { ...place, client: '10.0.0.66', clientPort: 40_000 + at };
    const other = { ...place, stream: 2 * at + 1, firstPacket: 21 + 40 * at, beginsAt: (20 * at + 8) * SECOND };
    return [
      at >= barredAt && at < until ? connection(syns(0, 1, 3), one) : healthy(one),
      healthy({ ...other, client: '10.0.0.67', clientPort: 41_000 + at }),
    ];
  }).flat();
}

testRule(connectTimeout, {
  fires: [
    {
      name: 'a client that sends one SYN each to fifteen endpoints is no scanner',
      facts: [...probes(15), unanswered(20)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
    },
    {
      name: 'a client that sixteen endpoints refuse is no scanner for the SYNs that they answered',
      facts: [...Array.from({ length: 16 }, (_, at) => refused(nth(at, { serverPort: 1000 + at }))), unanswered(20)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
    },
    {
      name: 'a client that was served is dropped from one moment on, and another is not',
      facts: twoClients(9, 3),
      subject: '10.0.1.43:80',
      occurrences: 6,
      confidence: 'certain',
      verdicts: { 'by-source': 'supported' },
    },
    {
      name: 'a client that is accepted again had not been barred',
      facts: twoClients(9, 3, 8),
      subject: '10.0.1.43:80',
      occurrences: 5,
      confidence: 'certain',
      verdicts: { 'by-source': 'ruled-out' },
    },
    {
      name: 'three SYNs, no answer, nothing else known',
      facts: unanswered(0),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: {
        dropped: 'open',
        'host-down': 'open',
        'queue-full': 'ruled-out',
        'way-back': 'open',
        'by-source': 'open',
        'transparent-proxy': 'ruled-out',
      },
      packets: [1, 3],
    },
    {
      name: 'a client in front gets 504 for it',
      facts: [unanswered(1), front(1)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      packets: [11, 13, 905],
    },
    {
      name: 'the same address answers the same client before and after',
      facts: [healthy(nth(0)), unanswered(1), unanswered(2), healthy(nth(3))],
      subject: '10.0.1.43:80',
      occurrences: 2,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { dropped: 'open', 'host-down': 'open', 'by-source': 'ruled-out', 'way-back': 'ruled-out' },
    },
    {
      name: 'a connection that was there before is answered while new ones are not',
      facts: [
        connection([...handshake(), get(1000), answer(12 * SECOND, 200)], nth(0)),
        unanswered(1),
        healthy(nth(3)),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { dropped: 'supported', 'host-down': 'ruled-out' },
    },
    {
      name: 'it answered, and then nothing more was seen of it',
      facts: [healthy(nth(0)), unanswered(1), unanswered(2), unanswered(3)],
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'host-down': 'supported', dropped: 'open' },
    },
    {
      name: 'its host answers on the link, and not one SYN',
      facts: unanswered(1),
      signs: [sign(9, 'asked'), sign(9, 'neighbour')],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { dropped: 'supported', 'host-down': 'ruled-out' },
    },
    {
      name: 'the same by neighbour discovery',
      facts: [unanswered(1, { client: '2001:db8::a', server: '2001:db8::43' }), front(1)],
      signs: [sign(12, 'neighbour', '2001:db8::43')],
      subject: '[2001:db8::43]:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { dropped: 'supported', 'host-down': 'ruled-out' },
    },
    {
      name: 'its host answers a ping, and not one SYN',
      facts: unanswered(1),
      signs: [sign(11, 'echo')],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { dropped: 'supported', 'host-down': 'ruled-out' },
    },
    {
      name: 'the same station accepts connections at another of its addresses',
      facts: [unanswered(1), neighbourServer(1, 64)],
      signs: [sign(9, 'neighbour')],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { dropped: 'supported', 'host-down': 'ruled-out' },
    },
    {
      name: 'a router speaks for it on the link, which says nothing of what is behind',
      facts: [unanswered(1), neighbourServer(1, 63)],
      signs: [sign(9, 'neighbour')],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { dropped: 'open', 'host-down': 'open' },
    },
    {
      name: 'its word on the link is minutes old',
      facts: unanswered(10),
      signs: [sign(9, 'neighbour')],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { dropped: 'open', 'host-down': 'open' },
    },
    {
      name: 'it is asked for on the link, again and again, and not there',
      facts: unanswered(1),
      signs: [sign(5, 'neighbour'), sign(10, 'asked'), sign(11, 'asked'), sign(12, 'asked')],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { dropped: 'open', 'host-down': 'supported' },
    },
    {
      name: 'two nets, of which one is never answered',
      facts: [
        ...[1, 2, 3].map((at) => unanswered(at, { client: `172.16.20.${at}` })),
        ...[1, 2, 3].map((at) =>
          healthy(nth(at, { stream: 50 + at, firstPacket: 501 + at * 10, clientPort: 50_000 + at })),
        ),
      ],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'by-source': 'supported', 'transparent-proxy': 'open', dropped: 'open' },
    },
    {
      name: 'a proxy asks in its clients’ names',
      facts: [1, 2].flatMap((at) => [
        unanswered(at, { client: `198.51.100.${at}`, mac: { client: 0x31, server: 0x2b } }),
        healthy(
          nth(at, {
            stream: 50 + at,
            firstPacket: 501 + at * 10,
            client: `198.51.100.${at}`,
            server: '10.0.0.49',
            mac: { client: 1, server: 0x30 },
          }),
        ),
      ]),
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'transparent-proxy': 'supported', dropped: 'open' },
    },
    ...(
      [
        ['in two captures, whose links are not one', CAPTURE_STRIDE, {}],
        ['by SYNs that have crossed a router, so that no neighbour asks', 0, { ttl: { client: 63, server: 64 } }],
        ['when the attempts are over', 0, { beginsAt: 60 * SECOND }],
      ] as const
    ).map(([name, stride, options]) => ({
      name: `clients that are accepted elsewhere, ${name}: nobody asks in their names`,
      facts: [1, 2].flatMap((at) => [
        unanswered(at, {
          client: `198.51.100.${at}`,
          mac: { client: 0x31, server: 0x2b },
          ...('ttl' in options ? options : {}),
        }),
        healthy(
          nth(at, {
            stream: 50 + at,
            firstPacket: stride + 501 + at * 10,
            client: `198.51.100.${at}`,
            server: '10.0.0.49',
            mac: { client: 1, server: 0x30 },
            ...('beginsAt' in options ? options : {}),
          }),
        ),
      ]),
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain' as const,
      verdicts: { 'transparent-proxy': 'open' as const },
    })),
    {
      name: 'the same in a text without link-layer addresses: who asks in their names is not known',
      facts: [
        ...[1, 2].flatMap((at) => [
          unanswered(at, { client: `198.51.100.${at}` }),
          front(at, { stream: 90 + at, firstPacket: 901 + at * 10, client: `198.51.100.${at}` }),
        ]),
        connection(
          [...handshake(), get(1133), answer(2000), get(10.5 * SECOND), answer(10.6 * SECOND)],
          nth(1, { stream: 60, firstPacket: 601, clientPort: 50_000, beginsAt: SECOND }),
        ),
      ],
      subject: '10.0.1.43:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'transparent-proxy': 'open', dropped: 'open', 'host-down': 'ruled-out' },
    },
    {
      name: 'other SYNs are answered when they are sent again',
      facts: [
        unanswered(0),
        connection([...syns(0, 1), { at: 1.001 * SECOND, is: 'syn-ack' }, { at: 1.002 * SECOND, is: 'ack' }], nth(1)),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'queue-full': 'supported', dropped: 'ruled-out' },
    },
    {
      name: 'the same client was accepted, and then nobody: a full queue looks like a filter that was loaded',
      facts: [
        healthy(nth(0)),
        connection([...handshake(), get(1133), answer(20 * SECOND)], { ...nth(1), beginsAt: 1 * SECOND }),
        unanswered(1),
        unanswered(2),
      ],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'queue-full': 'open', dropped: 'open', 'host-down': 'ruled-out' },
    },
    {
      name: 'the server answers, and nobody hears it',
      facts: connection([...syns(0), { at: 60, is: 'syn-ack' }, ...syns(1, 3)], nth(0)),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'way-back': 'supported', 'host-down': 'ruled-out', dropped: 'ruled-out' },
      packets: [1, 2, 4],
    },
    {
      name: 'a packet filter drops new connections while the pool goes on',
      capture: 'samples/connect-timeout-nginx.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 4,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { dropped: 'supported', 'host-down': 'ruled-out', 'queue-full': 'ruled-out', 'way-back': 'open' },
      marks: ['SYN sent again', '504 from the front'],
    },
    {
      name: 'a packet filter lets nobody in at an address whose host is there on the link',
      capture: 'samples/connect-timeout-haproxy.pcapng',
      subject: '10.0.1.48:8080',
      occurrences: 6,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { dropped: 'supported', 'host-down': 'ruled-out', 'queue-full': 'ruled-out' },
      marks: ['SYN sent again', '503 from the front'],
    },
  ],
  silent: [
    { name: 'the answers come from another address', facts: [unanswered(0), stray()] },
    { name: 'the answers come from where the SYN was translated to', facts: [unanswered(0), strayTranslated()] },
    { name: 'RST instead', lookAlike: 'connect-refused', facts: refused(nth(0)) },
    {
      name: 'the second SYN is answered',
      lookAlike: 'one-lost-syn',
      facts: connection(
        [...syns(0, 1), { at: 1.001 * SECOND, is: 'syn-ack' }, { at: 1.002 * SECOND, is: 'ack' }],
        nth(0),
      ),
    },
    {
      name: 'the capture ends',
      lookAlike: 'cut-by-the-end',
      facts: unanswered(0, { guards: { cutByCaptureEnd: true } }),
    },
    {
      name: 'one client tries twenty endpoints',
      lookAlike: 'port-scan',
      facts: Array.from({ length: 20 }, (_, at) => unanswered(at, { serverPort: 1000 + at })),
    },
    {
      name: 'a client that sends one SYN each to sixteen endpoints, and two to one of them',
      lookAlike: 'port-scan',
      facts: [...probes(16), unanswered(20)],
    },
    { name: 'a SYN sent once', lookAlike: 'other-ip-version', facts: connection(syns(0), nth(0)) },
    {
      name: 'IPv6 is tried once and IPv4 taken',
      lookAlike: 'other-ip-version',
      capture: 'samples/healthy-dual-stack.pcapng',
    },
    { name: 'no packet filter', capture: 'samples/connect-timeout-nginx-healthy.pcapng' },
    { name: 'both servers let the front in', capture: 'samples/connect-timeout-haproxy-healthy.pcapng' },
  ],
  cannotTell: [
    {
      name: 'of no server anything was captured, and clients of another go on as if they were answered',
      facts: [
        unanswered(0),
        connection([...syns(0, 0), { at: 0.1 * SECOND, is: 'ack' }, get(0.2 * SECOND)], {
          ...nth(5),
          server: '10.0.1.99',
          guards: { oneSided: true },
        }),
      ],
    },
    {
      name: 'the client goes on as if it had been answered',
      facts: connection([...syns(0, 1), { at: 1.5 * SECOND, is: 'data', from: 'client', bytes: 100 }], nth(0)),
    },
  ],
});
