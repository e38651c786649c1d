import type { Connection, RepeatedSegment, Unreachable } from '../../src/facts/connection.js';
import { mtuBlackhole } from '../../src/rules/mtu-blackhole.js';
import { type ConnectionOptions, connection, finBy, get, handshake, type Step } from './facts.js';
import { testRule } from './test-rule.js';

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
  ],
  silent: [
    { name: 'acknowledged at last', lookAlike: 'path-loss', facts: hole({ repeated: { acknowledged: true } }) },
    { name: 'large ones had passed before', lookAlike: 'peer-gone', facts: hole({ acknowledged: 5000 }) },
    { name: 'nothing of the server afterwards', lookAlike: 'peer-gone', facts: hole({ end: [] }) },
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
