import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingsOf, RULE_ORDER } from '../../src/findings/rank.js';
import { anyRawFinding, rawFinding } from './raw-findings.js';

const OTHER = { address: '10.0.1.49', port: 443, name: null };

describe('findings', () => {
  it('are numbered in the order in which they are said', () => {
    const findings = findingsOf([
      rawFinding({ severity: 'notice', title: 'c' }),
      rawFinding({ severity: 'critical', title: 'a' }),
      rawFinding({ severity: 'warning', title: 'b' }),
    ]);
    expect(findings.map(({ id, title }) => [id, title])).toEqual([
      ['F1', 'a'],
      ['F2', 'b'],
      ['F3', 'c'],
    ]);
  });

  it('that are surer come first among equally severe ones', () => {
    const [first] = findingsOf([
      rawFinding({ confidence: 'possible', rule: 'keepalive-race', occurrences: 99 }),
      rawFinding({ confidence: 'certain' }),
    ]);
    expect(first?.confidence).toBe('certain');
  });

  it('of what people meet more often come first, those of unknown rules last', () => {
    const rules = ['a-rule-of-tomorrow', 'rst-after-request', 'keepalive-race', 'capture-quality'];
    expect(findingsOf(rules.map((rule) => rawFinding({ rule }))).map(({ rule }) => rule)).toEqual([...rules].reverse());
    expect(new Set(RULE_ORDER).size).toBe(RULE_ORDER.length);
  });

  it('say what failed before what the capture lacks, which stands before other notices', () => {
    const findings = findingsOf([
      rawFinding({ rule: 'capture-quality', severity: 'notice', confidence: 'certain' }),
      rawFinding({ rule: 'client-abort', severity: 'notice', confidence: 'certain' }),
      rawFinding({ rule: 'path-loss', severity: 'warning', confidence: 'possible' }),
      rawFinding({ rule: 'rst-after-request', severity: 'critical', confidence: 'possible' }),
    ]);
    expect(findings.map(({ rule }) => rule)).toEqual([
      'rst-after-request',
      'path-loss',
      'capture-quality',
      'client-abort',
    ]);
  });

  it('of one rule come by number, then by time, then by server', () => {
    const findings = findingsOf([
      rawFinding({ title: 'd', occurrences: 1, firstSeenNs: 5, subject: OTHER }),
      rawFinding({ title: 'c', occurrences: 1, firstSeenNs: 5 }),
      rawFinding({ title: 'b', occurrences: 1, firstSeenNs: 4 }),
      rawFinding({ title: 'a', occurrences: 2, firstSeenNs: 9 }),
    ]);
    expect(findings.map(({ title }) => title)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('that tell of equal incidents are one', () => {
    expect(findingsOf([rawFinding(), rawFinding()])).toMatchObject([{ id: 'F1', occurrences: 34 }]);
  });

  it('are the same, ids included, whatever the order in which rules concluded', () => {
    fc.assert(
      fc.property(fc.array(anyRawFinding, { maxLength: 12 }), (findings) => {
        expect(findingsOf([...findings].reverse())).toEqual(findingsOf(findings));
      }),
    );
  });
});
