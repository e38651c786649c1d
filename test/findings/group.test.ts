import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_EVIDENCE, type RawFinding } from '../../src/facts/finding.js';
import { groupFindings, groupKey, mergeFindings } from '../../src/findings/group.js';
import { anyRawFinding, evidence, hypothesis, rawFinding } from './raw-findings.js';

describe('what makes incidents equal', () => {
  it('is rule, server and story, not its figures or the names it was known by', () => {
    const idle = (title: string, name: string | null): RawFinding =>
      rawFinding({ title, subject: { address: '10.0.1.43', port: 80, name } });
    const key = groupKey(idle('10.0.1.43:80 (serv1.example) closes after 10.0 s', 'serv1.example'));
    expect(groupKey(idle('10.0.1.43:80 closes after 9.98 s', null))).toBe(key);
    expect(groupKey(idle('10.0.1.43:80 (b.example) closes after 1,204 s', 'b.example'))).toBe(key);
    expect(groupKey(idle('10.0.1.43:80 resets after 10.0 s', null))).not.toBe(key);
  });

  it('tells rules, endpoints and kinds apart', () => {
    const keys = [
      rawFinding(),
      rawFinding({ rule: 'keepalive-race' }),
      rawFinding({ subject: { address: '10.0.1.44', port: 80, name: null } }),
      rawFinding({ subject: { address: '10.0.1.43', port: 81, name: null } }),
      rawFinding({ facts: { kind: 'forged' } }),
    ].map(groupKey);
    expect(new Set(keys).size).toBe(5);
  });
});

describe('equal incidents', () => {
  it('become one finding: counts add, times widen, the worst and the surest stand', () => {
    const merged = mergeFindings(
      rawFinding({ severity: 'warning', confidence: 'certain', occurrences: 17, firstSeenNs: 5, lastSeenNs: 8 }),
      rawFinding({ severity: 'critical', confidence: 'possible', occurrences: 3, firstSeenNs: 2, lastSeenNs: 6 }),
    );
    expect(merged).toMatchObject({
      severity: 'critical',
      confidence: 'certain',
      occurrences: 20,
      firstSeenNs: 2,
      lastSeenNs: 8,
    });
  });

  it('are told in the words and figures of the part that saw them first', () => {
    const early = rawFinding({ summary: 'early', facts: { lowestNs: 1 }, firstSeenNs: 1 });
    const late = rawFinding({ summary: 'late', facts: { lowestNs: 2 }, firstSeenNs: 2 });
    expect(mergeFindings(late, early)).toMatchObject({ summary: 'early', facts: { lowestNs: 1 } });
  });

  it('keep a name that either part knew', () => {
    const unnamed = rawFinding({ subject: { address: '10.0.1.43', port: 80, name: null } });
    expect(mergeFindings(unnamed, rawFinding()).subject.name).toBe('serv1.example');
    expect(mergeFindings(rawFinding(), unnamed).subject.name).toBe('serv1.example');
  });

  it('keep the earliest evidence, no more than MAX_EVIDENCE', () => {
    const many = rawFinding({
      evidence: Array.from({ length: MAX_EVIDENCE }, (_, index) => evidence(index, 100 + index)),
    });
    const [merged] = groupFindings([many, rawFinding({ evidence: [evidence(90, 5), evidence(91, 500)] })]);
    expect(merged?.evidence).toHaveLength(MAX_EVIDENCE);
    expect(merged?.evidence[0]?.stream).toBe(90);
    expect(merged?.evidence.at(-1)?.stream).toBe(MAX_EVIDENCE - 2);
  });

  it('keep the order of remedies that both parts agree on, and lose none where they do not', () => {
    const retry = { component: 'haproxy', text: 'retry', config: 'retry-on empty-response' };
    const exempt = { component: 'host', text: 'exempt', config: null };
    const both = rawFinding({ remedies: [retry, exempt] });
    expect(mergeFindings(both, both).remedies).toEqual([retry, exempt]);
    expect(mergeFindings(rawFinding({ remedies: [exempt] }), rawFinding({ remedies: [retry] })).remedies).toEqual(
      expect.arrayContaining([retry, exempt]),
    );
  });

  it('leave a finding that stands alone as its rule wrote it', () => {
    const alone = rawFinding({ hypotheses: [hypothesis('z', 'open', 'x'), hypothesis('a', 'supported', 'y')] });
    expect(groupFindings([alone])).toEqual([alone]);
  });
});

describe('grouping', () => {
  const byKey = (findings: readonly RawFinding[]): unknown => new Map(findings.map((each) => [groupKey(each), each]));

  it('does not depend on the order in which findings come', () => {
    fc.assert(
      fc.property(fc.array(anyRawFinding, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (findings, numbers) => {
        const shuffled = findings
          .map((finding) => ({ finding, at: numbers.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ finding }) => finding);
        expect(byKey(groupFindings(shuffled))).toEqual(byKey(groupFindings(findings)));
      }),
    );
  });

  it('of groups is the grouping of all', () => {
    const some = fc.array(anyRawFinding, { maxLength: 8 });
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        const all = byKey(groupFindings([...a, ...b, ...c]));
        expect(byKey(groupFindings([...groupFindings([...a, ...b]), ...groupFindings(c)]))).toEqual(all);
        expect(byKey(groupFindings([...groupFindings(a), ...groupFindings([...b, ...c])]))).toEqual(all);
        expect(byKey(groupFindings(groupFindings([...a, ...b, ...c])))).toEqual(all);
      }),
    );
  });
});
