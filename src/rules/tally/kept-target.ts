/** Characters kept of a target: the longest that anyone reads in a report, as of a field's value (facts/field). */
export const MAX_TARGET = 2048;

/** What is kept of a request's target. One that is longer is cut, by which two of them may seem one. */
export function keptTarget(target: string): string {
  return target.slice(0, MAX_TARGET);
}
