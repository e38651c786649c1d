import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../src/filter/parse.js';
import { filtered } from '../../src/report/filtered.js';
import { failedAnalysis, resetFinding } from './analyses.js';

const analysis = failedAnalysis({
  findings: [
    resetFinding(),
    resetFinding({
      id: 'F2',
      rule: 'keepalive-race',
      severity: 'warning',
      confidence: 'likely',
      title: 'closes idle connections',
      subject: { address: '2001:db8:1234:5678:9abc:def0:1234:5678', port: 8080, name: null },
      evidence: [],
    }),
  ],
});
const shown = (expression: string) => {
  const { filter } = parseFilter(expression);
  if (filter === null) throw new Error(`${expression} is no filter`);
  const { findings, servers } = filtered(analysis, filter);
  return { findings: findings.map(({ id }) => id), servers: servers.map(({ port }) => port) };
};

describe('a filter shows', () => {
  it.each([
    ['', ['F1', 'F2'], [80, 8080]],
    ['rule:keepalive-race', ['F2'], [80, 8080]],
    ['sev:critical conf:certain', ['F1'], [80, 8080]],
    ['finding:F2', ['F2'], [80, 8080]],
    ['server:10.0.1.43', ['F1'], [80]],
    ['-server:10.0.1.0/24', ['F2'], [8080]],
    ['name:serv1', ['F1'], [80]],
    ['port:8080', ['F2'], [8080]],
    ['client:10.0.0.1', ['F1'], [80, 8080]],
    ['tcp.stream == 3', ['F1'], [80, 8080]],
    ['frame.number == 6', ['F1'], [80, 8080]],
    ['frame.number == 5', [], [80, 8080]],
    ['idle', ['F2'], [80, 8080]],
  ])('for %j the findings %j and the servers on %j', (expression, findings, servers) => {
    expect(shown(expression)).toEqual({ findings, servers });
  });

  it('what it shows as it was concluded', () => {
    const { filter } = parseFilter('finding:F2');
    const { findings, ...rest } = filtered(analysis, filter ?? { terms: [] });
    expect(findings[0]).toBe(analysis.findings[1]);
    expect({ ...rest, findings: analysis.findings }).toEqual(analysis);
  });
});
