import { describe, expect, it } from 'vitest';
import { type AcceptedBy, legsBehind } from '../../src/findings/legs-behind.js';
import { failedAnalysis } from '../report/analyses.js';
import { rawFinding } from './raw-findings.js';

const EDGE = { address: '10.0.0.49', port: 80 };
const CLIENT = '10.0.0.10';
const [known] = failedAnalysis().servers;
if (known === undefined) throw new Error('the analysis has a server');
const server = {
  ...known,
  ...EDGE,
  statuses: [
    { status: 200, count: 9 },
    { status: 502, count: 12 },
    { status: 503, count: 2 },
    { status: 504, count: 1 },
  ],
};
const answers = [503, 502, 504].map((status, at) => ({ ...EDGE, status, packet: 10 + at }));
const front: AcceptedBy = { ...EDGE, clients: [CLIENT], areAll: true };

function told(others: readonly AcceptedBy[] = [], findings: Parameters<typeof legsBehind>[2] = [], edge = front) {
  return legsBehind([server], answers, findings, [edge, ...others]);
}

describe('what failed behind a proxy whose other side was not captured', () => {
  it('is what its 502 and 504 tell of, from the first of them on', () => {
    expect(told()).toEqual([
      {
        ...EDGE,
        first: 11,
        statuses: [
          { status: 502, count: 12 },
          { status: 504, count: 1 },
        ],
      },
    ]);
  });

  it('is nothing where it says 503 alone, as any server does of itself', () => {
    expect(legsBehind([server], answers.slice(0, 1), [], [front])).toEqual([]);
  });

  it('is told by a finding that cites one of these answers', () => {
    const ends = { client: { address: CLIENT, port: 40_000 }, server: EDGE };
    const citing = rawFinding({ evidence: [{ stream: 0, ...ends, packets: [{ packet: 12, atNs: 5, note: '504' }] }] });
    expect(told([], [citing])).toEqual([]);
  });

  it('may be in the capture where others than its clients ask another server', () => {
    const behind = { address: '10.0.1.43', port: 80 };
    expect(told([{ ...behind, clients: ['10.0.2.9'], areAll: true }])).toEqual([]);
    // Refused, so that nobody knows by whom it was asked.
    expect(told([{ ...behind, clients: [], areAll: true }])).toEqual([]);
    expect(told([{ ...behind, clients: [CLIENT], areAll: false }])).toEqual([]);
    expect(told([{ ...behind, clients: [CLIENT], areAll: true }])).toHaveLength(1);
  });

  it('may be on a host that asks itself', () => {
    const other = { address: EDGE.address, port: 8080, areAll: true };
    expect(told([{ ...other, clients: [EDGE.address] }])).toEqual([]);
    expect(told([{ ...other, clients: ['10.0.0.11'] }])).toHaveLength(1);
    expect(told([], [], { ...front, clients: [CLIENT, EDGE.address] })).toEqual([]);
  });
});
