import type { Hypothesis, Verdict } from '../facts/finding.js';

/** Causes that share a verdict and its reason: told in one sentence. */
export interface CausesTold {
  readonly causes: readonly string[];
  readonly verdict: Verdict;
  readonly because: string;
}

/** Verdicts in the order in which they are told. */
const VERDICTS: readonly Verdict[] = ['supported', 'ruled-out', 'open'];

/**
 * The causes that a finding weighs, as a reader wants them: those supported first, and what one
 * packet decides about several of them said once, in the place of the first.
 */
export function causesTold(hypotheses: readonly Hypothesis[]): CausesTold[] {
  return VERDICTS.flatMap((verdict) => {
    const byReason = new Map<string, string[]>();
    for (const { cause, because } of hypotheses.filter((each) => each.verdict === verdict)) {
      const known = byReason.get(because);
      if (known === undefined) byReason.set(because, [cause]);
      else known.push(cause);
    }
    return [...byReason].map(([because, causes]) => ({ causes, verdict, because }));
  });
}

/** A verdict as people write it. */
export function verdictWord(verdict: Verdict): string {
  return verdict.replace('-', ' ');
}
