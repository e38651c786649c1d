import { describe, expect, it } from 'vitest';
import type { Connection, RepeatedSegment, SideFacts } from '../../src/facts/connection.js';
import { lossOf } from '../../src/rules/path-loss/incident.js';
import { lossesOf, mergeTally, newTally, noteLoss } from '../../src/rules/path-loss/tally.js';
import { pathLoss } from '../../src/rules/path-loss.js';
import { type ConnectionOptions, healthy } from './facts.js';
import { findingsOf, testRule } from './test-rule.js';

const S = 1_000_000_000;

function repeated(times: number, acknowledged = true): RepeatedSegment {
  return {
    sequence: 101,
    length: 1400,
    longest: 1400,
    times,
    firstPacket: 4,
    firstNs: S,
    lastPacket: 5,
    lastNs: 2.4 * S,
    acknowledged,
  };
}

/** A connection that had to send again. */
function lossy(
  at: number,
  server: Partial<SideFacts>,
  client: Partial<SideFacts> = {},
  ends: Pick<ConnectionOptions, 'client' | 'server'> = {},
): Connection {
  const options: ConnectionOptions = {
    stream: at,
    clientPort: 40_000 + at,
    firstPacket: 1 + at * 10,
    beginsAt: at * 10_000_000,
    ...ends,
  };
  return healthy({ ...options, serverFacts: server, clientFacts: client });
}

/** A client that is told that its segments are too large, and sends fourteen again within `seconds`. */
function narrowed(seconds: number): Connection {
  const resends = [S, S + seconds * S].map((atNs) => ({ atNs, sequence: 101 }));
  const told = {
    packet: 5,
    atNs: S - 1000,
    sender: '10.0.0.254',
    type: 3,
    code: 4,
    mtu: 1300,
    quoted: 'client',
  } as const;
  return { ...lossy(0, {}, { retransmissions: 14, packets: 71, resends }), unreachables: [told] };
}

testRule(pathLoss, {
  fires: [
    {
      name: 'fourteen of seventy-one over three seconds, though a router had asked for smaller ones at the beginning',
      facts: narrowed(3),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'towards-the-server': 'supported' },
    },
    {
      name: 'twenty of a thousand',
      facts: lossy(0, { retransmissions: 20, packets: 1000 }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'towards-the-client': 'supported', 'towards-the-server': 'ruled-out', 'near-the-client': 'open' },
    },
    {
      name: 'three connections that lose a tenth',
      facts: [0, 1, 2].map((at) => lossy(at, {}, { retransmissions: 20, packets: 200 })),
      subject: '10.0.1.43:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'towards-the-client': 'ruled-out', 'towards-the-server': 'supported' },
    },
    {
      name: 'the first connection loses a little on the way to the server, two others far more on the way from it',
      facts: [
        lossy(0, {}, { retransmissions: 20, packets: 400 }),
        ...[1, 2].map((at) => lossy(at, { retransmissions: 200, packets: 3000 })),
      ],
      titled: 'The path from 10.0.1.43:80 loses segments',
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'towards-the-client': 'supported', 'towards-the-server': 'supported' },
    },
    {
      name: 'one client loses with three servers: it is near the client, and told once',
      facts: [0, 1, 2].map((at) =>
        lossy(at, { retransmissions: 20, packets: 1000 }, {}, { server: `198.51.100.${at + 1}` }),
      ),
      titled: '10.0.0.1 loses segments with 3 servers, of which 198.51.100.1:80 is the first',
      subject: '198.51.100.1:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'towards-the-client': 'supported', 'near-the-client': 'supported' },
    },
    {
      name: 'one client loses with three servers, with one of which another does: that is told by itself',
      facts: [
        ...[0, 1, 2, 3].map((at) =>
          lossy(at, { retransmissions: 20, packets: 1000 }, {}, { server: `198.51.100.${at + 1}` }),
        ),
        lossy(4, { retransmissions: 20, packets: 1000 }, {}, { client: '203.0.113.1', server: '198.51.100.1' }),
      ],
      findings: 2,
      titled: '10.0.0.1 loses segments with 3 servers',
      subject: '198.51.100.2:80',
      occurrences: 3,
      confidence: 'certain',
    },
    {
      name: 'three clients lose with one server alone: it is not near them',
      facts: [0, 1, 2].map((at) =>
        lossy(at, { retransmissions: 20, packets: 1000 }, {}, { client: `203.0.113.${at + 1}` }),
      ),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'near-the-client': 'ruled-out' },
    },
    {
      name: 'one segment, four times',
      facts: lossy(0, { retransmissions: 4, packets: 50, repeated: repeated(4) }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      packets: [4, 5],
    },
    {
      name: 'captured at the clients: holes that are filled a round trip later',
      facts: lossy(0, { refills: 15, outOfOrder: 17, packets: 110 }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'likely',
      verdicts: { 'towards-the-client': 'supported', 'towards-the-server': 'ruled-out' },
    },
    {
      name: 'the sample: a line that loses a seventh, captured at the server',
      capture: 'samples/path-loss-download.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'towards-the-client': 'supported', 'towards-the-server': 'ruled-out' },
    },
    {
      name: 'the sample: the same captured at the clients',
      capture: 'samples/path-loss-download-client.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 2,
      confidence: 'likely',
      verdicts: { 'towards-the-client': 'supported', 'towards-the-server': 'ruled-out' },
    },
    {
      name: 'the sample: an outage between HAProxy and its application',
      capture: 'samples/path-loss-outage-haproxy.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'towards-the-client': 'ruled-out', 'towards-the-server': 'supported' },
      marks: ['request to the application, sent again'],
    },
  ],
  silent: [
    { name: 'out of order by less', lookAlike: 'overtaken', facts: lossy(0, { outOfOrder: 40, packets: 110 }) },
    {
      name: 'a burst within a host, all of it sent again within a millisecond',
      lookAlike: 'little-loss',
      facts: lossy(0, {
        retransmissions: 47,
        packets: 124,
        resends: [
          { atNs: S, sequence: 101 },
          { atNs: 1.001 * S, sequence: 90_001 },
        ],
      }),
    },
    {
      name: 'all but a few had arrived, by the receiver’s word',
      lookAlike: 'arrived-twice',
      facts: lossy(0, { retransmissions: 127, needless: 120, packets: 2214 }),
    },
    {
      name: 'the sample: segments overtake one another',
      lookAlike: 'overtaken',
      capture: 'samples/path-loss-overtaken-healthy.pcapng',
    },
    {
      name: 'the sample: both ends of the path in one file',
      lookAlike: 'captured-twice',
      capture: 'samples/path-loss-both-ends-healthy.pcapng',
    },
    {
      name: 'the sample: a sound line',
      lookAlike: 'little-loss',
      capture: 'samples/path-loss-download-healthy.pcapng',
    },
    {
      name: 'the sample: a sound line behind HAProxy',
      lookAlike: 'little-loss',
      capture: 'samples/path-loss-outage-haproxy-healthy.pcapng',
    },
    { name: 'six of a hundred', lookAlike: 'little-loss', facts: lossy(0, { retransmissions: 6, packets: 100 }) },
    {
      name: 'twelve of ten thousand',
      lookAlike: 'little-loss',
      facts: lossy(0, { retransmissions: 12, packets: 10_000 }),
    },
    {
      name: 'nobody acknowledges it',
      lookAlike: 'nobody-answers',
      facts: lossy(0, { retransmissions: 12, packets: 50, repeated: repeated(12, false) }),
    },
    {
      name: 'a large segment, five times, which passes once it is cut smaller',
      lookAlike: 'too-large',
      facts: lossy(0, { retransmissions: 12, packets: 30, repeated: { ...repeated(5), longest: 1448, length: 512 } }),
    },
    {
      name: 'all of the first flight, when a router has asked for smaller ones',
      lookAlike: 'too-large',
      facts: narrowed(0.06),
    },
    {
      name: 'the sample: a kernel finds out that the path is narrow',
      lookAlike: 'too-large',
      capture: 'samples/mtu-blackhole-probing-healthy.pcapng',
    },
    {
      name: 'the first request, five times, and nothing else',
      lookAlike: 'not-taken',
      facts: lossy(0, {}, { retransmissions: 5, packets: 11, repeated: { ...repeated(5), sequence: 1 } }),
    },
    {
      name: 'the sample: nginx takes no notice of requests, its queue is full',
      lookAlike: 'not-taken',
      capture: 'samples/accept-queue-overflow-nginx.pcapng',
    },
    {
      name: 'the sample: Apache likewise',
      lookAlike: 'not-taken',
      capture: 'samples/accept-queue-overflow-apache.pcapng',
    },
    { name: 'duplicates', lookAlike: 'captured-twice', facts: lossy(0, { duplicates: 40, packets: 80 }) },
    {
      name: 'the sample: a line that loses a little',
      lookAlike: 'little-loss',
      capture: 'samples/healthy-loss.pcapng',
    },
    {
      name: 'the sample: the same from the server',
      lookAlike: 'little-loss',
      capture: 'samples/healthy-loss-server.pcapng',
    },
    {
      name: 'the sample: one segment on two devices',
      lookAlike: 'captured-twice',
      capture: 'samples/transparent-proxy-healthy.pcapng',
    },
  ],
  cannotTell: [],
});

describe('what is said of losses', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => lossy(at, { retransmissions: 20, packets: 200 }));

  it('is counted over the connections that it names', () => {
    expect(findingsOf(pathLoss, many(3))[0]?.summary).toContain(
      'In 3 connections with 10.0.1.43:80, 60 of 600 packets had to be sent again (10.0 %).',
    );
    expect(findingsOf(pathLoss, many(30))[0]?.summary).toContain(
      'Segments were lost in 30 connections with 10.0.1.43:80; in the first 20 of them, 400 of 4,000 packets had to be sent again (10.0 %).',
    );
  });

  it('is a notice where the other direction was not captured, and nobody says whether it had arrived', () => {
    const unheard = [0, 1, 2].map((at) => lossy(at, { retransmissions: 20, packets: 200 }, { packets: 0 }));
    expect(findingsOf(pathLoss, unheard)[0]?.severity).toBe('notice');
    expect(findingsOf(pathLoss, many(3))[0]?.severity).toBe('warning');
  });

  describe('where the other direction of some connections was not captured', () => {
    const unheard = (from: number, count: number, again = 20) =>
      Array.from({ length: count }, (_, at) =>
        lossy(from + at, { retransmissions: again, packets: 200 }, { packets: 0 }),
      );
    const heard = (from: number, count: number, again = 20) =>
      Array.from({ length: count }, (_, at) => lossy(from + at, { retransmissions: again, packets: 400 }));
    const severity = (...facts: Connection[]) => findingsOf(pathLoss, facts)[0]?.severity;

    it('is a notice however many there are', () => {
      expect([22, 23, 60].map((count) => severity(...unheard(0, count)))).toEqual(['notice', 'notice', 'notice']);
    });

    it('is a warning by three of the others, behind all that are kept too', () => {
      expect(severity(...unheard(0, 25), ...heard(25, 3))).toBe('warning');
      expect(severity(...unheard(0, 25), ...heard(25, 2))).toBe('notice');
    });

    it('goes by the share that those alone lose', () => {
      expect(severity(...unheard(0, 3, 100), ...heard(3, 3, 12))).toBe('notice');
    });

    it('is a warning for one client that loses with several servers, one connection each', () => {
      const each = (client: Partial<SideFacts>) =>
        [0, 1, 2].map((at) =>
          lossy(at, { retransmissions: 20, packets: 200 }, client, { server: `198.51.100.${at + 1}` }),
        );
      expect([severity(...each({})), severity(...each({ packets: 0 }))]).toEqual(['warning', 'notice']);
    });

    it('is the same where the run was read in parts', () => {
      const tallyOf = (...facts: Connection[]) => {
        const tally = newTally();
        for (const one of facts) {
          const loss = lossOf(one);
          if (loss !== null) noteLoss(tally, loss);
        }
        return tally;
      };
      const [first, second] = [unheard(0, 25), heard(25, 3)];
      const whole = tallyOf(...second);
      mergeTally(whole, tallyOf(...first));
      expect(lossesOf(whole)).toEqual(lossesOf(tallyOf(...first, ...second)));
      expect(lossesOf(whole)[0]?.heard).toEqual({ connections: 3, again: 60, packets: 1200 });
    });
  });

  it('tells what was sent again for nothing beside what was lost', () => {
    const [finding] = findingsOf(pathLoss, [lossy(0, { retransmissions: 60, needless: 40, packets: 400 })]);
    expect(finding?.summary).toBe(
      'In 1 connection with 10.0.1.43:80, 20 of 400 packets had to be sent again (5.0 %). 40 more were sent again for nothing: by D-SACK their receiver says that it had them.',
    );
    expect(finding?.facts).toMatchObject({ sentAgain: 20, sentAgainForNothing: 40 });
  });

  it('begins where the first segment was sent again', () => {
    const firstAgain = { packet: 3, atNs: S / 2 };
    const packets = (server: Partial<SideFacts>) =>
      findingsOf(pathLoss, [lossy(0, { retransmissions: 20, packets: 200, firstAgain, ...server })])[0]?.evidence[0]
        ?.packets ?? [];
    expect(packets({}).map(({ packet, note }) => `${packet} ${note}`)).toEqual([
      '3 the first that is sent again; the server had to send 20 of 200 packets again',
    ]);
    expect(packets({ retransmissions: 0, refills: 20 })[0]?.note).toContain('the first that comes late');
    expect(packets({ repeated: repeated(3) }).map(({ packet }) => packet)).toEqual([3, 4, 5]);
    expect(packets({ firstAgain: { packet: 4, atNs: S }, repeated: repeated(3) }).map(({ note }) => note)).toEqual([
      '1,400 bytes again; the server had to send 20 of 200 packets again',
      'the same, for the 3rd time',
    ]);
  });
});

it('says of the way on which fewer are lost that it is that one', () => {
  const [found] = findingsOf(pathLoss, [
    lossy(0, {}, { retransmissions: 20, packets: 400 }),
    lossy(1, { retransmissions: 200, packets: 3000 }),
  ]);
  const groundOf = (cause: string) => JSON.stringify(found?.hypotheses.find((one) => one.cause === cause));
  expect(groundOf('towards-the-server')).toContain('less than the other side');
  expect(groundOf('towards-the-client')).not.toContain('less than the other side');
});
