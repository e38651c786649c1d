import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hypothesis, Verdict } from '../../src/facts/finding.js';
import { MAX_REASONS, mergeHypotheses } from '../../src/findings/hypothesis-merge.js';
import { hypothesis } from './raw-findings.js';

function merged(a: Hypothesis, b: Hypothesis): Hypothesis | undefined {
  return mergeHypotheses([a], [b])[0];
}

describe('two verdicts on one cause', () => {
  it.each<[Verdict, Verdict, Verdict]>([
    ['supported', 'supported', 'supported'],
    ['ruled-out', 'ruled-out', 'ruled-out'],
    ['open', 'open', 'open'],
    ['supported', 'ruled-out', 'open'],
    ['supported', 'open', 'open'],
    ['ruled-out', 'open', 'open'],
  ])('%s and %s make %s', (a, b, verdict) => {
    expect(merged(hypothesis('x', a, 'one'), hypothesis('x', b, 'two'))?.verdict).toBe(verdict);
    expect(merged(hypothesis('x', b, 'two'), hypothesis('x', a, 'one'))?.verdict).toBe(verdict);
  });

  it('that agree for one reason stay as they were', () => {
    const same = hypothesis('security-agent', 'supported', 'TTL 61, not 57 (#7)');
    expect(merged(same, same)).toEqual(same);
  });

  it('that agree for two reasons give both', () => {
    expect(merged(hypothesis('x', 'ruled-out', 'b (#9)'), hypothesis('x', 'ruled-out', 'a (#7)'))?.because).toBe(
      'a (#7) — b (#9)',
    );
  });

  it('that conflict give the reasons of both, each under its verdict', () => {
    expect(
      merged(hypothesis('x', 'ruled-out', 'longest idle 1.0 ms (#6)'), hypothesis('x', 'supported', 'idle 10 s (#90)')),
    ).toEqual(hypothesis('x', 'open', 'supported: idle 10 s (#90) — ruled-out: longest idle 1.0 ms (#6)'));
  });

  it('do not come to agree again by a third part', () => {
    const conflict = merged(hypothesis('x', 'supported', 'a'), hypothesis('x', 'ruled-out', 'b'));
    expect(conflict && merged(conflict, hypothesis('x', 'supported', 'c'))).toEqual(
      hypothesis('x', 'open', 'supported: a — supported: c — ruled-out: b'),
    );
  });

  it('keep few reasons of many', () => {
    const many = Array.from({ length: 30 }, (_, index) => [hypothesis('x', 'open', `reason ${index}`)]);
    const all = many.reduce((sum, one) => [...mergeHypotheses(sum, one)]);
    expect(all[0]?.because.split(' — ')).toHaveLength(MAX_REASONS);
  });
});

describe('causes', () => {
  const a = hypothesis('a', 'open', 'r');
  const b = hypothesis('b', 'supported', 's');

  it('that both parts weighed keep the order of their rule', () => {
    expect(mergeHypotheses([b, a], [b, a])).toEqual([b, a]);
  });

  it('that one part did not weigh are kept as the other judged them', () => {
    expect(mergeHypotheses([b], [a])).toEqual([a, b]);
  });

  it('merge the same way in every order and bracketing', () => {
    const some = fc.uniqueArray(
      fc.record({
        cause: fc.constantFrom('a', 'b'),
        verdict: fc.constantFrom<Verdict>('supported', 'ruled-out', 'open'),
        because: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
      }),
      { selector: (each) => each.cause, maxLength: 2 },
    );
    fc.assert(
      fc.property(some, some, some, (x, y, z) => {
        expect(mergeHypotheses(x, y)).toEqual(mergeHypotheses(y, x));
        expect(mergeHypotheses(mergeHypotheses(x, y), z)).toEqual(mergeHypotheses(x, mergeHypotheses(y, z)));
      }),
      { numRuns: 500 },
    );
  });
});
