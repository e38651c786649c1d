/**
 * How often something happened, and whether it happened more or less often before than after: exact
 * for small counts, where the usual approximations are not.
 *
 * Occurrences are taken as a Poisson process per connection. Given the sum of two counts, how it
 * splits is binomial, whatever the rate: so two rates are compared without knowing either (Przyborowski
 * and Wilenski 1940). Intervals of one rate are Garwood's (1936), of the ratio Clopper and Pearson's.
 */

/** A count, and how many connections could have shown it. */
export interface Observed {
  readonly occurrences: number;
  readonly connections: number;
}

/** An estimate and its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  /** `Infinity`: there is no bound. */
  readonly high: number;
}

/** What is left out at each end of an interval of 95 %. */
const TAIL = 0.025;
/** Halvings of an interval: beyond the digits of a double. */
const HALVINGS = 100;

/** Occurrences per connection; `connections` is above 0. */
export function rateOf({ occurrences, connections }: Observed): Estimate {
  const low = occurrences === 0 ? 0 : gammaQuantile(TAIL, occurrences);
  return {
    value: occurrences / connections,
    low: low / connections,
    high: gammaQuantile(1 - TAIL, occurrences + 1) / connections,
  };
}

/** The rate after, as a multiple of the rate before; one of the counts is above 0. */
export function ratioOf(before: Observed, after: Observed): Estimate {
  const all = before.occurrences + after.occurrences;
  const scale = before.connections / after.connections;
  const odds = (share: number) => (share >= 1 ? Number.POSITIVE_INFINITY : (scale * share) / (1 - share));
  const { occurrences } = after;
  return {
    value: odds(occurrences / all),
    low: occurrences === 0 ? 0 : odds(betaQuantile(TAIL, occurrences, all - occurrences + 1)),
    high:
      occurrences === all ? Number.POSITIVE_INFINITY : odds(betaQuantile(1 - TAIL, occurrences + 1, all - occurrences)),
  };
}

/** Chance of as few occurrences after, or fewer, if the rate had stayed: one-sided. */
export function chanceOfFewer(before: Observed, after: Observed): number {
  const all = before.occurrences + after.occurrences;
  const share = after.connections / (before.connections + after.connections);
  // P(X <= k) of a binomial is I(1 - p; n - k, k + 1).
  return before.occurrences === 0 ? 1 : incompleteBeta(1 - share, all - after.occurrences, after.occurrences + 1);
}

/** Chance of as many after, or more: the same, seen from the other end. */
export function chanceOfMore(before: Observed, after: Observed): number {
  return chanceOfFewer(after, before);
}

/** Connections without an occurrence that must be seen after, until their absence is no chance (1 in 20). */
export function connectionsNeeded(before: Observed, chance: number): number {
  return Math.ceil(before.connections * (chance ** (-1 / before.occurrences) - 1));
}

/** Where the regularised incomplete gamma function P(shape, x) reaches `share`. */
function gammaQuantile(share: number, shape: number): number {
  return bisect(0, shape + 12 * Math.sqrt(shape) + 40, (x) => incompleteGamma(shape, x) < share);
}

function betaQuantile(share: number, a: number, b: number): number {
  return bisect(0, 1, (x) => incompleteBeta(x, a, b) < share);
}

/** The border between where `isBelow` holds and where it does not. */
function bisect(from: number, to: number, isBelow: (x: number) => boolean): number {
  let [low, high] = [from, to];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(a, x). NIST DLMF §8.7.1 (series), §8.9.2 (continued fraction). */
function incompleteGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * Number.EPSILON; n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    return front * sum;
  }
  const fraction = continuedFraction(
    (n) => (n === 1 ? 1 : -(n - 1) * (n - 1 - a)),
    (n) => x - a + 2 * n - 1,
  );
  return 1 - front * fraction;
}

/** I(x; a, b). NIST DLMF §8.17.22. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges on this side of the mean alone.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  const fraction = continuedFraction(
    (n) => {
      if (n === 1) return 1;
      const m = Math.floor((n - 1) / 2);
      return n % 2 === 1
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    },
    () => 1,
  );
  return front * fraction;
}

/** Terms that a fraction is given: those here need some dozens, or the square root of a large count. */
const MAX_TERMS = 100_000;
const TINY = 1e-300;

/** above(1) / (below(1) + above(2) / (below(2) + ...)), by Lentz's method. */
function continuedFraction(above: (n: number) => number, below: (n: number) => number): number {
  let value = TINY;
  let c = TINY;
  let d = 0;
  for (let n = 1; n <= MAX_TERMS; n += 1) {
    d = below(n) + above(n) * d;
    d = 1 / (d === 0 ? TINY : d);
    c = below(n) + above(n) / c;
    if (c === 0) c = TINY;
    const change = c * d;
    value *= change;
    if (Math.abs(change - 1) < 4 * Number.EPSILON) break;
  }
  return value;
}

/** Stirling's series, shifted to where it is exact. NIST DLMF §5.11.1. */
function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  for (; shifted < 10; shifted += 1) product *= shifted;
  const square = 1 / (shifted * shifted);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / shifted;
  return (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}
