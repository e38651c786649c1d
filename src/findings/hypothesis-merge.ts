/**
 * One verdict out of two on the same cause.
 *
 * A verdict is a claim about all incidents of its finding, so it stands for the merged finding only
 * where both parts say the same. Where they differ it becomes `open`, and the reasons of both stay,
 * each under the verdict it argued for: "supported" here does not outweigh "ruled out" there, and
 * what one part could not tell is not settled by the other. `open` therefore absorbs, which makes
 * the rule associative: how parts are bracketed must not decide what is true.
 */
import type { Hypothesis, Verdict } from '../facts/finding.js';
import { compareText } from '../text/order.js';

/** Reasons kept for each verdict: of hundreds of parts the same argument with other packet numbers. */
export const MAX_REASONS = 2;

const SEPARATOR = ' — ';
const VERDICTS: readonly Verdict[] = ['supported', 'ruled-out', 'open'];

/** The causes of both; equal sequences of causes keep their order, others come in order of the alphabet. */
export function mergeHypotheses(a: readonly Hypothesis[], b: readonly Hypothesis[]): readonly Hypothesis[] {
  const causes = a.map(({ cause }) => cause);
  const isSameSequence = a.length === b.length && b.every(({ cause }, index) => cause === causes[index]);
  const byCause = new Map(a.map((hypothesis) => [hypothesis.cause, hypothesis]));
  for (const hypothesis of b) {
    const known = byCause.get(hypothesis.cause);
    byCause.set(hypothesis.cause, known === undefined ? hypothesis : mergeHypothesis(known, hypothesis));
  }
  const merged = [...byCause.values()];
  return isSameSequence ? merged : merged.sort((one, other) => compareText(one.cause, other.cause));
}

/** See the head of this file. */
function mergeHypothesis(a: Hypothesis, b: Hypothesis): Hypothesis {
  const all = [...reasonsOf(a), ...reasonsOf(b)];
  const verdict = a.verdict === b.verdict ? a.verdict : 'open';
  const isDisputed = all.some((reason) => reason.isNamed || reason.verdict !== verdict);
  const kept = VERDICTS.flatMap((of) => {
    const texts = all.filter((reason) => reason.verdict === of).map(({ text }) => text);
    return [...new Set(texts)]
      .sort(compareText)
      .slice(0, MAX_REASONS)
      .map((text) => (isDisputed ? `${of}: ${text}` : text));
  });
  return { cause: a.cause, verdict, because: kept.join(SEPARATOR) };
}

interface Reason {
  readonly verdict: Verdict;
  readonly text: string;
  /** The text named its verdict: it comes from parts that differed. */
  readonly isNamed: boolean;
}

function reasonsOf({ because, verdict }: Hypothesis): Reason[] {
  return because.split(SEPARATOR).map((text) => {
    const named = VERDICTS.find((each) => text.startsWith(`${each}: `));
    return named === undefined
      ? { verdict, text, isNamed: false }
      : { verdict: named, text: text.slice(named.length + 2), isNamed: true };
  });
}
