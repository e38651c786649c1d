import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { asymmetricPath } from '../../src/rules/asymmetric-path.js';
import {
  type ConnectionOptions,
  connection,
  get,
  handshake,
  healthy,
  nthEvery,
  type ResetOptions,
  rstBy,
  SECOND,
  type Step,
} from './facts.js';
import { testRule } from './test-rule.js';

const nth = nthEvery(10 * SECOND, { ttl: { client: 63, server: 64 } });

/** What the handshake's segments say of devices and neighbours. */
interface Way {
  readonly interfaces?: readonly [syn: number, synAck: number];
  readonly macs?: readonly [syn: number, synAckTo: number];
}

function by(facts: Connection, { interfaces = [0, 0], macs }: Way): Connection {
  const { syn, synAck } = facts.handshake;
  return {
    ...facts,
    handshake: {
      ...facts.handshake,
      syn: syn && { ...syn, interfaceIndex: interfaces[0], mac: macs?.[0] ?? null },
      synAck: synAck && { ...synAck, interfaceIndex: interfaces[1], macTo: macs?.[1] ?? null },
    },
  };
}

const ASKED: readonly Step[] = [
  { at: 0, is: 'syn' },
  { at: 60, is: 'syn-ack' },
];

/** The SYN-ACK leaves by another device, and a RST comes back. */
function resetFor(
  at: number,
  ttl: number,
  way: Way = { interfaces: [1, 0] },
  options: ConnectionOptions = {},
): Connection {
  return by(connection([...ASKED, rstBy('client', 900, { sequence: 1, hand: { ttl } })], nth(at, options)), way);
}

/** The ACK of the handshake and the request are reset one by one, and the server waits for the ACK still. */
function bypassed(at: number, again = true): Connection {
  const resets = [rstBy('server', 8600, { hand: { ttl: 254 } }), rstBy('server', 8630, { hand: { ttl: 254 } })];
  return connection(
    [...handshake(4300, 4350), get(4500), ...resets, ...(again ? [{ at: 1_010_000, is: 'syn-ack' } as const] : [])],
    nth(at),
  );
}

/** The same with the server's own TTL, from another neighbour on the link (MAC) than its SYN-ACK; the capture ends soon. */
function resetFromElsewhere(at: number, mac = 0xb): Connection {
  const resets = [rstBy('server', 8600, { hand: { mac } }), rstBy('server', 8630, { hand: { mac } })];
  return connection([...handshake(4300, 4350), get(4500), ...resets], nth(at, { mac: { client: 0xc, server: 0xa } }));
}

/** As the device of its client's host tells: what it sends, and what comes to it. */
function leaving(facts: Connection): Connection {
  const { client, server } = facts;
  return { ...facts, client: { ...client, direction: 'outbound' }, server: { ...server, direction: 'inbound' } };
}

/** Its SYN-ACK from the neighbour that resets others. */
function swapped(facts: Connection): Connection {
  const { handshake: shaken } = facts;
  return { ...facts, handshake: { ...shaken, synAck: shaken.synAck && { ...shaken.synAck, mac: 0xb } } };
}

/** A SYN to the virtual address, and an answer from the real one, which the client resets. */
function translated(at: number): Connection[] {
  const answer = connection(
    [{ at: 60, is: 'syn-ack' }, rstBy('client', 90)],
    nth(at, { stream: 50 + at, firstPacket: 501 + at * 10, server: '10.0.0.2' }),
  );
  return [
    connection([{ at: 0, is: 'syn' }], nth(at, { server: '10.0.0.100' })),
    { ...answer, client: { ...answer.client, plainSegments: 0 } },
  ];
}

const OF_LINUX = 23; // MSS, window scale, SACK permitted, timestamps

/** The same where the SYN was captured on both sides of what translates it. */
function translatedHere(
  at: number,
  {
    sent = OF_LINUX as number,
    options = null as number | null,
    reset = {} as ResetOptions,
    window = 64240,
    afterUs = 40,
    ipIds = [7001, 7001] as readonly [number, number],
    macTo = null as number | null,
  } = {},
): Connection[] {
  const syn = { at: 0, is: 'syn', hand: { options: sent, ipId: ipIds[0], mac: 0xc1 } } as const;
  const image = {
    at: afterUs,
    is: 'syn',
    hand: { options: options ?? sent, window, ipId: ipIds[1], mac: 0x99, ttl: 62 },
  } as const;
  const answer = connection(
    [
      image,
      { at: afterUs + 60, is: 'syn-ack' },
      rstBy('client', afterUs + 90, { sequence: 1, hand: { mac: 0xc1 }, ...reset }),
    ],
    nth(at, { stream: 50 + at, firstPacket: 501 + at * 10, server: '10.0.0.2' }),
  );
  const { synAck } = answer.handshake;
  return [
    connection([syn], nth(at, { server: '10.0.0.100' })),
    { ...answer, handshake: { ...answer.handshake, synAck: synAck && { ...synAck, macTo } } },
  ];
}

/** Only the client's half was captured. */
function half(at: number, options: ConnectionOptions = {}): Connection {
  const facts = connection([{ at: 0, is: 'syn' }, get(900), { at: 2000, is: 'ack' }], nth(at, options));
  return {
    ...facts,
    client: { ...facts.client, packets: 8, highestAcknowledged: 501 },
    guards: { ...facts.guards, oneSided: true },
  };
}

testRule(asymmetricPath, {
  fires: [
    {
      name: 'the SYN-ACK leaves by another device, and a firewall resets it',
      facts: resetFor(0, 254),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: {
        'return-route': 'supported',
        'stateful-device': 'supported',
        'address-translation': 'ruled-out',
        'transparent-proxy': 'ruled-out',
      },
      packets: [1, 2, 3],
    },
    {
      name: 'the SYN comes from a proxy next door, and the client itself resets',
      facts: resetFor(0, 63, { macs: [0x31, 0x01] }, { ttl: { client: 64, server: 64 } }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'likely',
      verdicts: {
        'return-route': 'supported',
        'transparent-proxy': 'supported',
        'stateful-device': 'ruled-out',
        'address-translation': 'open',
      },
    },
    {
      name: 'the answers are dropped: both sides repeat themselves',
      facts: by(connection([...ASKED, { at: SECOND, is: 'syn' }, { at: 1.001 * SECOND, is: 'syn-ack' }], nth(0)), {
        interfaces: [3, 2],
      }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'likely',
      verdicts: { 'return-route': 'supported', 'stateful-device': 'supported' },
    },
    {
      name: 'ACK and request are reset one by one, by another neighbour on the link than the SYN-ACKs come from',
      facts: [0, 1, 2].map((at) => resetFromElsewhere(at)),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'stateful-device': 'supported', 'address-translation': 'ruled-out' },
    },
    {
      name: 'ACK and request are reset one by one, and the server sends its SYN-ACK again',
      facts: [bypassed(0), bypassed(1, false)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'stateful-device': 'supported', 'return-route': 'open' },
      packets: [1, 2, 5, 6, 7],
    },
    {
      name: 'another address answers than was asked',
      facts: translated(0),
      subject: '10.0.0.100:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'address-translation': 'supported', 'return-route': 'open' },
      packets: [1, 501, 502],
    },
    {
      name: 'another address answers, though the one that was asked answers the same client at other times',
      facts: [...translated(0), healthy(nth(5, { server: '10.0.0.100' }))],
      subject: '10.0.0.100:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'address-translation': 'supported', 'return-route': 'ruled-out' },
    },
    {
      name: 'another address answers the SYN that was translated on this very link, and past what translates',
      facts: translatedHere(0, { macTo: 0xc1 }),
      subject: '10.0.0.100:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'address-translation': 'supported',
        'return-route': 'supported',
        'transparent-proxy': 'ruled-out',
        'stateful-device': 'ruled-out',
      },
      packets: [1, 501, 502, 503],
    },
    {
      name: 'another address answers the SYN that was translated here; by which way is not said',
      facts: translatedHere(0),
      subject: '10.0.0.100:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'address-translation': 'supported', 'return-route': 'open' },
    },
    {
      name: 'at the server: the client itself refuses the answer to its own SYN, which crossed a router',
      facts: resetFor(0, 63, { macs: [0x31, 0x01] }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'likely',
      verdicts: { 'return-route': 'supported', 'address-translation': 'supported', 'stateful-device': 'ruled-out' },
    },
    {
      name: 'of some clients only one half is captured, of others both',
      facts: [...[0, 1, 2].map((at) => half(at, { client: `172.16.20.${at}` })), healthy(nth(5))],
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'notice',
      confidence: 'possible',
      verdicts: { 'return-route': 'supported' },
    },
    {
      name: 'the sample: two gateways, and a firewall at the wrong one',
      capture: 'samples/asymmetric-path.pcapng',
      subject: '10.0.1.2:80',
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'return-route': 'supported', 'stateful-device': 'supported', 'transparent-proxy': 'ruled-out' },
      marks: ['SYN of the branch, arriving on interface 1 (eth1)', 'its SYN-ACK, leaving by interface 0 (eth0)'],
    },
    {
      name: 'the sample: the firewall drops; devices are told by a cooked capture',
      capture: 'samples/asymmetric-path-drop.pcap',
      subject: '10.0.1.2:80',
      occurrences: 3,
      confidence: 'likely',
      verdicts: { 'return-route': 'supported', 'stateful-device': 'supported' },
    },
    {
      name: 'the sample: a firewall that the answers bypass',
      capture: 'samples/asymmetric-path-firewall.pcapng',
      subject: '10.0.0.2:80',
      occurrences: 6,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'stateful-device': 'supported' },
      packets: [5, 6, 70],
    },
    {
      name: 'the sample: a translation that the way back does not pass',
      capture: 'samples/asymmetric-path-dnat.pcapng',
      subject: '10.0.0.100:80',
      occurrences: 6,
      severity: 'critical',
      confidence: 'certain',
      marks: ['SYN-ACK from 10.0.0.2, to which no SYN went', 'SYN to 10.0.0.100'],
    },
    {
      name: 'the sample: a service’s address on the bridge of its node',
      capture: 'samples/asymmetric-path-bridge.pcapng',
      subject: '10.103.175.29:80',
      occurrences: 4,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'address-translation': 'supported', 'return-route': 'supported', 'transparent-proxy': 'ruled-out' },
      marks: ['SYN to 10.103.175.29', 'the same SYN, translated, to 10.244.1.189'],
    },
    {
      name: 'the sample: a transparent proxy, seen from its server',
      capture: 'samples/transparent-proxy-server.pcap',
      subject: '10.0.1.43:8080',
      occurrences: 4,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'transparent-proxy': 'supported', 'stateful-device': 'ruled-out', 'return-route': 'supported' },
    },
    {
      name: 'the sample: the answers to other nets leave by a device that is not captured',
      capture: 'samples/asymmetric-path-one-side.pcap',
      subject: '10.0.1.2:80',
      occurrences: 6,
      severity: 'notice',
      confidence: 'possible',
    },
  ],
  silent: [
    {
      name: 'SYN-ACKs that leave as the SYNs come',
      lookAlike: 'connect-timeout',
      facts: by(connection([...ASKED, { at: SECOND, is: 'syn' }], nth(0)), {}),
    },
    {
      name: 'a handshake that is completed all the same',
      lookAlike: 'works-all-the-same',
      facts: by(healthy(nth(0)), { interfaces: [1, 0] }),
    },
    {
      name: 'the same link-layer address sends SYN and SYN-ACK: the capture was not taken at the server',
      lookAlike: 'connect-timeout',
      facts: (() => {
        const facts = resetFor(0, 63, { macs: [0xa1, 0xb2] });
        const { synAck } = facts.handshake;
        return { ...facts, handshake: { ...facts.handshake, synAck: synAck && { ...synAck, mac: 0xa1 } } };
      })(),
    },
    { name: 'no connection is whole', lookAlike: 'every-direction-missing', facts: [0, 1, 2].map((at) => half(at)) },
    {
      name: 'the answers go to the address that two routers share',
      lookAlike: 'virtual-router',
      facts: resetFor(0, 62, { macs: [0x020a00000001, 0x00005e000105] }),
    },
    {
      name: 'a reset behind an acknowledged request',
      lookAlike: 'forged-reset',
      facts: connection(
        [...handshake(), get(1133), { at: 1200, is: 'ack', from: 'server' }, rstBy('server', 1300)],
        nth(0),
      ),
    },
    {
      name: 'captured on a router',
      lookAlike: 'captured-on-a-router',
      facts: resetFor(0, 254, { interfaces: [1, 0] }, { clientFacts: { duplicates: 2 } }),
    },
    {
      name: 'on the client’s own host, whose SYN leaves by another device than the answer comes by',
      facts: leaving(resetFor(0, 254)),
    },
    {
      name: 'a scanner’s SYNs from one port to two addresses',
      lookAlike: 'half-open-scan',
      facts: translatedHere(0, { sent: 1 }),
    },
    { name: 'a client that gives the connection up, with ACK', facts: translatedHere(0, { reset: { ack: true } }) },
    { name: 'two SYNs of one port that differ in their options', facts: translatedHere(0, { options: 7 }) },
    { name: 'two SYNs of one port that differ in their window', facts: translatedHere(0, { window: 65535 }) },
    { name: 'two SYNs of one port that differ in their IP ID', facts: translatedHere(0, { ipIds: [7001, 7002] }) },
    { name: 'two SYNs of one port, 11 ms apart', facts: translatedHere(0, { afterUs: 11_000 }) },
    { name: 'a client that refuses an answer, and asked nobody else', facts: translatedHere(0).slice(1) },
    { name: 'resets that may be anything, for no SYN-ACK comes again', facts: bypassed(0, false) },
    {
      name: 'two that another neighbour resets: a way may have two routers',
      facts: [0, 1].map((at) => resetFromElsewhere(at)),
    },
    {
      name: 'many that another neighbour resets, from which SYN-ACKs come, too',
      facts: [...[0, 1, 2].map((at) => resetFromElsewhere(at)), swapped(resetFromElsewhere(3, 0xa))],
    },
  ],
  cannotTell: [
    {
      name: 'captured between: by which device the SYN-ACK left is not seen',
      facts: resetFor(0, 254, { interfaces: [1, 0] }, { ttl: { client: 63, server: 61 } }),
    },
    { name: 'an answer to a SYN that was not captured', facts: translated(0).slice(1) },
  ],
});

describe('asymmetric-path', () => {
  it('is silent on every sample but those in which paths differ', async () => {
    const speaks = /^(?:asymmetric-path|transparent-proxy-server)/;
    for (const name of readdirSync('samples')) {
      if (!/\.pcap/.test(name) || (speaks.test(name) && !name.includes('healthy'))) continue;
      const { analysis } = await analyze({ files: [`samples/${name}`], rules: ['asymmetric-path'] });
      expect(analysis.findings, name).toEqual([]);
    }
  }, 120_000);
});
