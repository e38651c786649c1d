/** Who meets a fault once, where so many others do not, is a scanner, has called a wrong URL, or has tried something out: nothing needs to be mended for it. */

/** So many others, or more, are needed to say so. */
const MIN_OTHERS = 100;
/** And they are twenty times as many as those who meet the fault. */
const MAX_SHARE = 0.05;

/** Who met a fault of a server, and who did not. */
export interface Meetings {
  /** How often it was met, and how many of these are known one by one. */
  readonly count: number;
  readonly known: number;
  /** How often the same client met it, at most. */
  readonly mostOfOne: number;
  /** How often others fared well, or all that came. */
  readonly others: number;
}

/** See the head of this file. */
export function areStray({ count, known, mostOfOne, others }: Meetings): boolean {
  return mostOfOne <= 1 && known === count && others >= MIN_OTHERS && count <= MAX_SHARE * others;
}
