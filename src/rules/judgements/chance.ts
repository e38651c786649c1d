/** How likely it is that what failed and what did not differ by chance alone. */

/** A difference that chance makes less often than this is none of chance. */
export const SIGNIFICANCE = 0.01;

/**
 * Fisher's exact test on a two-by-two table, one-sided: the chance that at least `failedWith` of
 * all that have the attribute fail, if having it meant nothing.
 */
export function fisherExact(
  failedWith: number,
  failedWithout: number,
  answeredWith: number,
  answeredWithout: number,
): number {
  const failed = failedWith + failedWithout;
  const answered = answeredWith + answeredWithout;
  const having = failedWith + answeredWith;
  let p = 0;
  for (let count = failedWith; count <= Math.min(failed, having); count += 1) {
    if (having - count > answered) continue;
    p += Math.exp(
      logChoose(failed, count) + logChoose(answered, having - count) - logChoose(failed + answered, having),
    );
  }
  return Math.min(p, 1);
}

/** The chance that all `failed` requests stand next to each other in the order of time, if failing had nothing to do with it. */
export function chanceOfRun(failed: number, answered: number): number {
  return Math.min(1, (answered + 1) * Math.exp(-logChoose(failed + answered, failed)));
}

/** The chance of so many and more where so many are expected, of things that do not know of each other (Poisson). */
export function chanceOfMore(count: number, expected: number): number {
  let [term, below] = [Math.exp(-expected), 0];
  for (let at = 0; at < count; at += 1) {
    below += term;
    term *= expected / (at + 1);
  }
  return Math.max(0, 1 - below);
}

/** The natural logarithm of the binomial coefficient. */
function logChoose(all: number, chosen: number): number {
  let sum = 0;
  const few = Math.min(chosen, all - chosen);
  for (let at = 1; at <= few; at += 1) sum += Math.log((all - few + at) / at);
  return sum;
}
