import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/facts/finding.js';
import type { ServerSummary } from '../../../src/facts/summary.js';
import { compareReports } from '../../../src/report/compare/compare.js';
import { comparisonSchema } from '../../../src/report/compare/comparison-schema.js';
import { comparisonText } from '../../../src/report/compare/text.js';
import { reportDocument } from '../../../src/report/json.js';
import type { ReportDocument } from '../../../src/report/schema.js';
import { failedAnalysis, input, PLAIN, quietAnalysis, resetFinding } from '../analyses.js';

const [server] = failedAnalysis().servers;
if (server === undefined) throw new Error('the analysis has a server');
const RULES = ['rst-after-request', 'keepalive-race', 'no-upstream-reuse'];

/** A report of one server with some findings. */
function report(
  connections: number,
  findings: readonly Finding[],
  changes: Partial<ServerSummary> = {},
): ReportDocument {
  return reportDocument(
    input(
      quietAnalysis({
        connections,
        findings,
        // The more connections, the larger the capture.
        captures: quietAnalysis().captures.map((capture) => ({ ...capture, bytes: connections * 1000 })),
        servers: [{ ...server, connections, ...changes }],
        rules: RULES,
      }),
    ),
  );
}

const resets = (occurrences: number, changes: Partial<Finding> = {}) => resetFinding({ occurrences, ...changes });

function changes(before: ReportDocument, after: ReportDocument) {
  const comparison = compareReports(before, after, '1.2.3');
  expect(comparisonSchema.parse(comparison)).toEqual(comparison);
  return { verdict: comparison.verdict, changes: comparison.findings.map(({ change }) => change) };
}

it('a rate of more than one a connection is no percentage', () => {
  const text = (before: ReportDocument) => comparisonText(compareReports(before, before, '1'), PLAIN);
  expect(text(report(1, [resets(1)]))).toContain('1 in 1 connection: 100 % (2.5 % to 5.6 per connection); F1');
  expect(text(report(10, [resets(40)]))).toContain('4 per connection (2.9 to 5.4); F1');
});

describe('of two reports', () => {
  it('what is gone is mended, where enough was seen after', () => {
    expect(changes(report(212, [resets(17)]), report(480, []))).toEqual({ verdict: 'mended', changes: ['gone'] });
  });

  it('what is not seen in too few connections is undecided, and it is said how many would tell', () => {
    const [finding] = compareReports(report(200, [resets(2)]), report(50, []), '1').findings;
    expect(finding).toMatchObject({ change: 'undecided', connectionsNeeded: 695 });
    expect(changes(report(200, [resets(2)]), report(695, []))).toEqual({ verdict: 'mended', changes: ['gone'] });
  });

  it.each([
    [100, 20, 'partly-mended', 'rarer'],
    [20, 100, 'worse', 'more-frequent'],
    [400, 410, 'not-mended', 'same'],
    [4, 3, 'undecided', 'undecided'],
    [0, 20, 'worse', 'new'],
    [0, 1, 'undecided', 'undecided'],
  ])('%d and %d in 1,000 connections each are %s: %s', (old, now, verdict, change) => {
    const of = (occurrences: number) => report(1000, occurrences === 0 ? [] : [resets(occurrences)]);
    expect(changes(of(old), of(now))).toEqual({ verdict, changes: [change] });
  });

  it('of the same captures, what is as often in both is the same, however few there were', () => {
    const few = report(100, [resets(2)]);
    expect(changes(few, few)).toEqual({ verdict: 'not-mended', changes: ['same'] });
    const [finding] = compareReports(few, few, '1').findings;
    expect(finding).toMatchObject({ because: 'both reports are of the same captures', ratio: null, chance: null });
    expect(compareReports(few, few, '1').cautions).toEqual([
      'both reports are of the same captures, so that only how they were read can differ',
    ]);
    expect(changes(few, report(100, [resets(3)])), 'read otherwise').toEqual({
      verdict: 'undecided',
      changes: ['undecided'],
    });
    expect(changes(few, report(101, [resets(2)])), 'another capture').toEqual({
      verdict: 'undecided',
      changes: ['undecided'],
    });
  });

  it('without a finding in either, there is nothing to compare', () => {
    expect(changes(report(100, []), report(100, []))).toEqual({ verdict: 'nothing-found', changes: [] });
  });

  it('one thing better and another worse is mixed, the worse first', () => {
    const other = resets(30, { rule: 'keepalive-race', facts: { kind: 'race' } });
    expect(changes(report(500, [resets(30)]), report(500, [other]))).toEqual({
      verdict: 'mixed',
      changes: ['new', 'gone'],
    });
  });

  it('findings of one rule are told apart by their kind', () => {
    const killed = resets(30, { facts: { ...resetFinding().facts, kind: 'stateless-reply' } });
    expect(changes(report(500, [resets(30)]), report(500, [killed])).changes).toEqual(['new', 'gone']);
  });

  it('a notice decides only where there is nothing else', () => {
    const notice = resets(30, { rule: 'no-upstream-reuse', severity: 'notice', facts: {} });
    expect(changes(report(500, [resets(30)]), report(500, [notice])).verdict).toBe('mended');
    expect(changes(report(500, []), report(500, [notice])).verdict).toBe('worse');
  });

  it('occurrences within a moment may be one event, and its absence says little', () => {
    const burst = resets(24, { firstSeenNs: 30e9, lastSeenNs: 30.3e9 });
    const [finding] = compareReports(report(212, [burst]), report(480, []), '1').findings;
    expect(finding).toMatchObject({ change: 'undecided', before: { occurrences: 24, isOneEvent: true }, ratio: null });
  });

  it('a server that moved and kept its name is the same', () => {
    const moved = { address: '10.0.7.7', names: ['serv1.example'] };
    const [finding] = compareReports(report(212, [resets(17)]), report(480, [], moved), '1').findings;
    expect(finding).toMatchObject({ change: 'gone', subject: { address: '10.0.1.43' }, addressAfter: '10.0.7.7' });
    const still = resets(40, { subject: { address: '10.0.7.7', port: 80, name: 'serv1.example' } });
    expect(changes(report(212, [resets(17)]), report(480, [still], moved)).changes).toEqual(['same']);
  });

  it('a server that was not seen, and a rule that did not run, decide nothing', () => {
    const gone = compareReports(report(212, [resets(17)]), report(480, [], { address: '10.9.9.9', names: [] }), '1');
    expect(gone.findings[0]).toMatchObject({
      change: 'undecided',
      after: { connections: 0, rate: null },
      chance: null,
    });
    const unasked = { ...report(480, []), rules: ['keepalive-race'] };
    expect(changes(report(212, [resets(17)]), unasked)).toEqual({ verdict: 'undecided', changes: ['undecided'] });
  });

  it('what makes them less comparable is said', () => {
    const before = { ...report(100, []), filter: { expression: 'x', hiddenFindings: 2 } };
    const after = { ...report(101, []), tool: { name: 'pcapdx' as const, version: '0.0.1' }, interrupted: true };
    expect(compareReports(before, after, '1').cautions).toEqual([
      'the reports come of different versions of pcapdx (1.2.3, 0.0.1)',
      'the report before is filtered and hides 2 findings',
      'the reading was stopped after',
    ]);
  });

  it('the text begins with the answer and has the figures', () => {
    const text = comparisonText(compareReports(report(212, [resets(17)]), report(480, []), '1'), PLAIN);
    expect(text.split('\n')).toEqual([
      'MENDED  all that was found before is gone, and nothing came in its place.',
      '  Before    front.pcapng: 212 connections in 61.3 s',
      '  After     front.pcapng: 480 connections in 61.3 s',
      '',
      'GONE        rst-after-request (forged) at 10.0.1.43:80 (serv1.example)',
      '  10.0.1.43:80 (serv1.example) loses requests to forged resets, before any',
      '  answer',
      '  Before    17 in 212 connections: 8 % (4.7 % to 13 %); F1',
      '  After     0 in 480 connections: at most 0.77 %',
      '  So        none after, which chance does not explain (chance of that: 1 in',
      '            540,000,000).',
      '',
    ]);
  });
});
