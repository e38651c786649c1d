import { describe, expect, it } from 'vitest';
import type { Connection, RepeatedSegment, SideFacts, Unreachable } from '../../src/facts/connection.js';
import { mtuBlackhole } from '../../src/rules/mtu-blackhole.js';
import { type ConnectionOptions, connection, finBy, get, handshake, healthy, type Step } from './facts.js';
import { findingsOf, testRule } from './test-rule.js';

const S = 1_000_000_000;

interface Hole {
  readonly repeated?: Partial<RepeatedSegment>;
  readonly acknowledged?: number;
  readonly icmp?: number;
  readonly end?: readonly Step[];
  readonly options?: ConnectionOptions;
}

/** A POST whose first full segment never arrives; the server gives it up after 30 s. */
function hole({
  repeated,
  acknowledged = 101,
  icmp,
  end = [finBy('server', 30_000_000)],
  options,
}: Hole = {}): Connection {
  const facts = connection([...handshake(), get(1133, '/up', { method: 'POST', complete: false }), ...end], options);
  const error: Unreachable = {
    packet: 9,
    atNs: 0.1 * S,
    sender: '10.0.0.254',
    type: 3,
    code: 4,
    mtu: icmp ?? 1400,
    quoted: 'client',
  };
  return {
    ...facts,
    unreachables: icmp === undefined ? [] : [error],
    client: {
      ...facts.client,
      retransmissions: 4,
      firstLarge: 101,
      repeated: {
        sequence: 101,
        length: 1448,
        longest: 1448,
        times: 4,
        firstPacket: 4,
        firstNs: 0.2 * S,
        lastPacket: 4,
        lastNs: 6 * S,
        acknowledged: false,
        ...repeated,
      },
    },
    server: { ...facts.server, highestAcknowledged: acknowledged },
  };
}

/** Another upload that goes on being sent. */
const secondHole = hole({
  end: [],
  repeated: { firstPacket: 14, firstNs: 0.3 * S, lastPacket: 14 },
  options: { stream: 1, clientPort: 40_001, firstPacket: 11 },
});

const OTHER = { stream: 7, clientPort: 40_700, firstPacket: 701 };

/** What the server answers somebody else, so many microseconds later. */
function other(beginsAt: number): Connection {
  return healthy({ ...OTHER, beginsAt });
}

/** The end of the request arrived, as the server acknowledges selectively. */
function shortBehind(facts: Connection): Connection {
  return { ...facts, client: { ...facts.client, shortBehind: 372 } };
}

/** The same at the server: 1,448 bytes do not come, what is behind them does; the server gives up, and its FIN is acknowledged. */
function missing(at: number, client: Partial<SideFacts> = {}, acknowledged = 1, end = 3_000_000): Connection {
  const options = { stream: at, clientPort: 40_000 + at, firstPacket: 1 + at * 10, beginsAt: at * 10_000_000 };
  const facts = connection([...handshake(), finBy('server', end)], options);
  const close = {
    ...facts.close,
    segments: facts.close.segments.map((fin) => ({
      ...fin,
      acknowledgedPacket: facts.lastPacket,
      acknowledgedNs: fin.atNs + 4_000_000,
    })),
  };
  return {
    ...facts,
    close,
    client: {
      ...facts.client,
      lostBytes: 1448,
      nextSequence: 2146,
      lastPayloadNs: facts.startNs + 2_000_000,
      ...client,
    },
    server: { ...facts.server, highestAcknowledged: acknowledged },
  };
}

testRule(mtuBlackhole, {
  fires: [
    {
      name: 'a large segment is never acknowledged, and the server gives up',
      facts: hole(),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'silent-drop': 'supported', 'icmp-ignored': 'ruled-out' },
      packets: [4, 5],
    },
    {
      name: 'a router asks for 1,280 bytes, and is not heard',
      facts: hole({ icmp: 1280, end: [] }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'silent-drop': 'ruled-out', 'icmp-ignored': 'supported' },
      packets: [9],
    },
    {
      name: 'the sample download',
      capture: 'samples/mtu-blackhole-download.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'silent-drop': 'supported', 'icmp-ignored': 'ruled-out' },
      marks: ['segment of more than 1,360 bytes, sent again', 'FIN of the client'],
    },
    {
      name: 'the sample download-client',
      capture: 'samples/mtu-blackhole-download-client.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'silent-drop': 'supported', 'icmp-ignored': 'open' },
      marks: ['FIN of the client'],
    },
    {
      name: 'the sample ignored',
      capture: 'samples/mtu-blackhole-ignored.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'silent-drop': 'ruled-out', 'icmp-ignored': 'supported' },
      marks: ['ICMP: fragmentation needed'],
    },
    {
      name: 'the sample handshake',
      capture: 'samples/mtu-blackhole-handshake.pcapng',
      subject: '10.0.0.49:443',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'silent-drop': 'supported' },
    },
    {
      name: 'the sample upload-haproxy',
      capture: 'samples/mtu-blackhole-upload-haproxy.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'silent-drop': 'supported' },
      marks: ['FIN of the server'],
    },
    {
      name: 'the sample upload-haproxy-client',
      capture: 'samples/mtu-blackhole-upload-haproxy-client.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'silent-drop': 'supported', 'icmp-ignored': 'ruled-out' },
      marks: ['segment of more than 1,360 bytes, sent again'],
    },
    {
      name: 'the sample upload-nginx',
      capture: 'samples/mtu-blackhole-upload-nginx.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'silent-drop': 'supported' },
      marks: ['FIN of the server'],
    },
    {
      name: 'the sample upload-apache',
      capture: 'samples/mtu-blackhole-upload-apache.pcapng',
      subject: '10.0.0.49:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'silent-drop': 'supported' },
      marks: ['FIN of the server'],
    },
    {
      name: 'captured at the server: a hole that is never filled, in two connections',
      facts: [missing(0), missing(1)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'silent-drop': 'supported', 'icmp-ignored': 'open' },
    },
    {
      name: 'one alone may be an outage',
      facts: missing(0),
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'possible',
    },
    {
      name: 'the upload goes on being sent, and its server answers others',
      facts: [hole({ end: [] }), other(2_000_000)],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'possible',
      verdicts: { 'silent-drop': 'supported', 'icmp-ignored': 'ruled-out' },
      packets: [4, 705],
    },
    {
      name: 'two uploads do',
      facts: [hole({ end: [] }), secondHole, other(2_000_000)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
    },
    {
      name: 'the first segment is large, a short one behind it arrived, and the server accepts others meanwhile',
      facts: [
        shortBehind(hole({ end: [], acknowledged: 1 })),
        connection(handshake(), { ...OTHER, beginsAt: 2_000_000 }),
      ],
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'critical',
      confidence: 'possible',
      verdicts: { 'silent-drop': 'supported' },
      packets: [4, 702],
    },
  ],
  silent: [
    { name: 'a large one has come before the hole', lookAlike: 'path-loss', facts: missing(0, { firstLarge: 1 }) },
    { name: 'the capture lost it: it is acknowledged', lookAlike: 'lost-in-capture', facts: missing(0, {}, 2200) },
    {
      name: 'less is missing than a large segment',
      lookAlike: 'small-segments',
      facts: missing(0, { lostBytes: 400 }),
    },
    { name: 'the server gives up at once', lookAlike: 'path-loss', facts: missing(0, {}, 1, 300_000) },
    ...[
      'download',
      'probing',
      'handshake',
      'upload-haproxy',
      'upload-haproxy-client',
      'upload-nginx',
      'upload-apache',
    ].map((name) => ({
      name: `the sample ${name}: smaller segments pass`,
      lookAlike: 'cured',
      capture: `samples/mtu-blackhole-${name}-healthy.pcapng`,
    })),
    { name: 'acknowledged at last', lookAlike: 'path-loss', facts: hole({ repeated: { acknowledged: true } }) },
    { name: 'large ones had passed before', lookAlike: 'peer-gone', facts: hole({ acknowledged: 5000 }) },
    { name: 'nothing of the server afterwards', lookAlike: 'peer-gone', facts: hole({ end: [] }) },
    {
      name: 'the server answered others before it, and nobody afterwards',
      lookAlike: 'peer-gone',
      facts: [hole({ end: [] }), other(-5_000_000)],
    },
    {
      name: 'not even a small segment had passed',
      lookAlike: 'peer-gone',
      facts: [hole({ end: [], acknowledged: 1 }), other(2_000_000)],
    },
    {
      name: 'a short one behind it had arrived, and the server accepted others before alone',
      lookAlike: 'peer-gone',
      facts: [
        shortBehind(hole({ end: [], acknowledged: 1 })),
        connection(handshake(), { ...OTHER, beginsAt: -5_000_000 }),
      ],
    },
    { name: 'a small segment', lookAlike: 'small-segments', facts: hole({ repeated: { length: 300 } }) },
    { name: 'smaller ones follow', lookAlike: 'cured', facts: hole({ repeated: { length: 536 } }) },
  ],
  cannotTell: [
    {
      name: 'the capture begins later',
      facts: { ...hole(), handshake: { ...hole().handshake, kind: 'none', syn: null, synAck: null } },
    },
  ],
});

describe('what is said of segments that do not pass', () => {
  const only = (connection: Connection) => {
    const [finding] = findingsOf(mtuBlackhole, [connection]);
    if (finding === undefined) throw new Error('nothing was found');
    const notes = finding.evidence.flatMap(({ packets }) => packets.map(({ note }) => note)).join('; ');
    return { ...finding, notes };
  };

  it('is that smaller ones were acknowledged only where some were', () => {
    const some = only(hole());
    expect(some.summary).toContain('never acknowledged; smaller ones were.');
    expect(some.notes).toContain('; 100 bytes in smaller segments had passed');
    const none = only(hole({ acknowledged: 1 }));
    expect(none.summary).toContain('never acknowledged.');
    expect(`${none.summary} ${none.notes} ${JSON.stringify(none.hypotheses)}`).not.toMatch(/smaller|\b0 bytes/);
  });

  it('names who waits, and how often it was sent', () => {
    expect(only(hole()).notes).toContain('the same bytes for the 4th time, 5.80 s after the first; not acknowledged');
    expect(only(hole()).notes).toContain('the server is there: it closes');
    expect(only(missing(0)).notes).toContain('the server gives up');
  });

  it('advises to let an ICMP error in that was captured and not heeded, else to let it pass', () => {
    const configs = (connection: Connection) => only(connection).remedies.map(({ config }) => config ?? '');
    expect(configs(hole({ icmp: 1280, end: [] }))[0]).toContain(
      'iptables -I INPUT -p icmp --icmp-type fragmentation-needed',
    );
    expect(configs(hole({ icmp: 1280, end: [] })).at(-1)).toContain('mtu 1280');
    expect(configs(hole())[1]).toContain('iptables -I FORWARD -p icmp --icmp-type fragmentation-needed');
  });

  it('is told in commands for IPv6 where it is IPv6', () => {
    const configs = only(hole({ options: { server: '2001:db8::43', client: '2001:db8::1' } })).remedies.map(
      ({ config }) => config,
    );
    expect(configs.slice(0, 2)).toEqual([
      expect.stringMatching(/^ip6tables -t mangle/),
      'ip6tables -I FORWARD -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT',
    ]);
  });
});
