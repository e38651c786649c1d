import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import type { RawFinding } from '../../../src/facts/finding.js';
import type { RstAfterRequestFacts } from '../../../src/rules/rst-after-request/case.js';
import { rstAfterRequest } from '../../../src/rules/rst-after-request.js';
import { RuleRun } from '../../../src/rules/rule-run.js';
import { abortBy, type ConnectionOptions, connection, handshake, type Step } from '../facts.js';
import { CONCLUSION, findingsOf } from '../test-rule.js';
import { nth, only, seed } from './connections.js';

describe('incidents at more servers than are kept', () => {
  const at = (index: number, options: ConnectionOptions = {}): Connection =>
    seed({ ...nth(index), server: `10.1.${index >> 8}.${index & 255}`, ...options });
  const many = Array.from({ length: 300 }, (_, index) => at(index));
  const figures = (findings: readonly RawFinding[]) =>
    findings.map(({ facts }) => (facts as unknown as RstAfterRequestFacts).incidentsAtUncountedServers);

  it('are counted in every finding, and told in the first', () => {
    const findings = findingsOf(rstAfterRequest, many);
    expect(findings).toHaveLength(256);
    expect(new Set(figures(findings))).toEqual(new Set([44]));
    const told = findings.filter(({ summary }) => summary.includes('44 resets without an answer were counted at'));
    expect(told).toEqual([findings[0]]);
  });

  it('are as many in any split and order', () => {
    const whole = findingsOf(rstAfterRequest, many);
    expect(findingsOf(rstAfterRequest, [...many].reverse())).toEqual(whole);
    const parts = Array.from({ length: 3 }, () => new RuleRun([rstAfterRequest]));
    for (const [index, one] of many.entries()) parts[index % 3]?.inspect([one]);
    const [first, second, third] = parts;
    if (first === undefined || second === undefined || third === undefined) expect.fail('three parts');
    third.merge(second.seen);
    third.merge(first.seen);
    expect(third.conclude(CONCLUSION).findings).toEqual(whole);
  });

  it('are none where all found room: the summary says nothing of them', () => {
    const findings = findingsOf(rstAfterRequest, many.slice(0, 256));
    expect(new Set(figures(findings))).toEqual(new Set([0]));
    for (const { summary } of findings) expect(summary).not.toContain('Besides');
  });

  it('do not give way to resets in TLS that mean nothing', () => {
    const steps: readonly Step[] = [
      ...handshake(),
      { at: 1100, is: 'data', from: 'client', bytes: 517 },
      { at: 1400, is: 'data', from: 'server', bytes: 3000 },
      { at: 2500, is: 'data', from: 'client', bytes: 80 },
      abortBy('server', 2600),
    ];
    const tls = Array.from({ length: 400 }, (_, index) =>
      connection(steps, { ...nth(index), server: `10.2.${index >> 8}.${index & 255}`, protocol: 'tls' }),
    );
    const finding = only(findingsOf(rstAfterRequest, [...tls, seed(nth(500))]));
    expect(finding.facts.incidentsAtUncountedServers).toBe(144);
  });
});
