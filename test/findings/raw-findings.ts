import fc from 'fast-check';
import type { Evidence, Hypothesis, RawFinding, Verdict } from '../../src/facts/finding.js';

/** An ordinary finding but for `facts`. */
export function rawFinding(facts: Partial<RawFinding> = {}): RawFinding {
  return {
    rule: 'rst-after-request',
    severity: 'critical',
    confidence: 'certain',
    title: '10.0.1.43:80 (serv1.example) resets requests before any answer',
    summary: '17 of 212 connections',
    subject: { address: '10.0.1.43', port: 80, name: 'serv1.example' },
    occurrences: 17,
    firstSeenNs: 1000,
    lastSeenNs: 9000,
    facts: {},
    evidence: [],
    hypotheses: [],
    remedies: [],
    references: [],
    ...facts,
  };
}

export function hypothesis(cause: string, verdict: Verdict, because: string): Hypothesis {
  return { cause, verdict, because };
}

export function evidence(stream: number, atNs: number, packet = stream + 1): Evidence {
  return {
    stream,
    client: { address: '10.0.0.1', port: 50_000 + stream },
    server: { address: '10.0.1.43', port: 80 },
    packets: [{ packet, atNs, note: 'RST' }],
  };
}

const verdict = fc.constantFrom<Verdict>('supported', 'ruled-out', 'open');
const anyHypotheses = fc.uniqueArray(
  fc.record({ cause: fc.constantFrom('a', 'b', 'c'), verdict, because: fc.constantFrom('r1', 'r2', 'r3', 'r4') }),
  { selector: (each) => each.cause, maxLength: 3 },
);

/** Findings of a few servers and rules that collide often. */
export const anyRawFinding: fc.Arbitrary<RawFinding> = fc
  .record({
    rule: fc.constantFrom('rst-after-request', 'keepalive-race', 'a-rule-of-tomorrow'),
    severity: fc.constantFrom('critical' as const, 'warning' as const, 'notice' as const),
    confidence: fc.constantFrom('certain' as const, 'likely' as const, 'possible' as const),
    idle: fc.constantFrom('9.98', '10.0'),
    port: fc.constantFrom(80, 81),
    name: fc.constantFrom(null, 'a.example', 'b.example'),
    summary: fc.constantFrom('s1', 's2'),
    kind: fc.constantFrom('forged', 'abort'),
    occurrences: fc.integer({ min: 1, max: 100 }),
    firstSeenNs: fc.integer({ min: 0, max: 3 }),
    lastSeenNs: fc.integer({ min: 3, max: 9 }),
    evidence: fc.array(fc.record({ stream: fc.nat(40), atNs: fc.nat(5) }), { maxLength: 15 }),
    hypotheses: anyHypotheses,
    remedies: fc.subarray([
      { component: 'nginx', text: 'x', config: null },
      { component: 'haproxy', text: 'y', config: 'retry-on empty-response' },
    ]),
  })
  .map(({ idle, kind, name, port, evidence: shown, ...rest }) =>
    rawFinding({
      ...rest,
      title: `10.0.1.43:${port}${name === null ? '' : ` (${name})`} closes connections idle for ${idle} s`,
      subject: { address: '10.0.1.43', port, name },
      facts: { kind },
      evidence: shown.map(({ stream, atNs }) => evidence(stream, atNs)),
    }),
  );
