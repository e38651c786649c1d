import { describe, expect, it } from 'vitest';
import type { Connection, ConnectionGuards } from '../../src/facts/connection.js';
import { findingsOf as ranked } from '../../src/findings/rank.js';
import { captureQuality } from '../../src/rules/capture-quality.js';
import { healthy } from './facts.js';
import { findingsOf, testRule } from './test-rule.js';

function one(at: number, guards: Partial<ConnectionGuards> = {}, lostBytes = 0): Connection {
  return healthy({
    stream: at,
    clientPort: 40_000 + at,
    firstPacket: 1 + at * 10,
    beginsAt: at * 10_000,
    guards,
    serverFacts: { lostBytes },
  });
}

const LATE = { midStream: true };

testRule(captureQuality, {
  isAboutTheCapture: true,
  fires: [
    {
      name: 'two of three began before the capture',
      facts: [one(0, LATE), one(1, LATE), one(2)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      severity: 'notice',
      confidence: 'certain',
      verdicts: {
        'begun-late': 'supported',
        'packets-missing': 'ruled-out',
        'one-direction': 'ruled-out',
        'packets-cut': 'ruled-out',
        'clock-stepped': 'ruled-out',
      },
      packets: [1, 11],
    },
    {
      name: 'a packet of each: nobody knows whether there were others',
      facts: [0, 1, 2].map((at) => {
        const facts = one(at, LATE);
        return { ...facts, server: { ...facts.server, packets: 0 } };
      }),
      subject: '10.0.1.43:80',
      occurrences: 3,
      confidence: 'certain',
      verdicts: { 'begun-late': 'supported', 'one-direction': 'open', 'packets-cut': 'ruled-out' },
    },
    {
      name: 'bytes are missing',
      facts: [one(0, {}, 900), one(1, {}, 40)],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'packets-missing': 'supported', 'begun-late': 'ruled-out' },
    },
    {
      name: 'one direction',
      facts: [one(0, { oneSided: true }), one(1, { oneSided: true })],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'one-direction': 'supported' },
    },
    {
      name: 'packets are cut',
      facts: [one(0, { snapped: true }), one(1, { snapped: true })],
      subject: '10.0.1.43:80',
      occurrences: 2,
      confidence: 'certain',
      verdicts: { 'packets-cut': 'supported' },
    },
    {
      name: 'the clock went back, once among ten',
      facts: [one(0, { clockStepped: true }), ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => one(at))],
      subject: '10.0.1.43:80',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'clock-stepped': 'supported' },
    },
  ],
  silent: [
    {
      name: 'the sample: what is too large for the path does not arrive, and is not acknowledged',
      lookAlike: 'never-arrived',
      capture: 'samples/mtu-blackhole-download-client.pcapng',
    },
    { name: 'one of three', lookAlike: 'some-only', facts: [one(0, LATE), one(1), one(2)] },
    { name: 'the only connection began before', lookAlike: 'some-only', facts: one(0, LATE) },
    {
      name: 'open at the end',
      lookAlike: 'short-capture',
      facts: [one(0, { cutByCaptureEnd: true }), one(1, { cutByCaptureEnd: true })],
    },
    { name: 'a whole capture', capture: 'samples/healthy-browsing.pcapng' },
  ],
  cannotTell: [],
});

describe('capture-quality', () => {
  it('is said behind what failed', () => {
    const [notice] = findingsOf(captureQuality, [one(0, LATE), one(1, LATE)]);
    if (notice === undefined) return expect.fail('it says nothing');
    const others = [{ ...notice, rule: 'keepalive-race', severity: 'critical' as const, title: 'other' }];
    expect(ranked([...others, notice]).map(({ rule }) => rule)).toEqual(['keepalive-race', 'capture-quality']);
  });

  it.each([
    ['has', [one(0, { clockStepped: true })]],
    ['have', [one(0, { clockStepped: true }), one(1, { clockStepped: true })]],
  ])('counts connections that %s packets out of time', (has, facts) => {
    const causes = findingsOf(captureQuality, facts)[0]?.hypotheses ?? [];
    expect(causes.find(({ cause }) => cause === 'clock-stepped')?.because).toContain(`${has} packets that are older`);
  });
});
