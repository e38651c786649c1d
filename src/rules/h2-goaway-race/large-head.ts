/** Heads that a server ends connections for, since they are larger than it takes. */
import { H2_ERROR } from '../../facts/h2.js';
import type { Case } from './case.js';
import type { Farewell, LargeHead } from './farewell.js';

/**
 * The smallest of a server's, where most GOAWAYs with an error follow one at once, and the others meet no request
 * (of a frame that had not come whole nothing is known); `null`: they do not.
 */
export function largeHeadOf(farewells: readonly Farewell[]): LargeHead | null {
  const errors = farewells.filter(({ code }) => code !== H2_ERROR.none);
  const heads = errors.flatMap(({ largeHead }) => largeHead ?? []);
  const [first] = heads;
  if (first === undefined || 2 * heads.length <= errors.length) return null;
  if (errors.some(({ largeHead, lost }) => largeHead === null && lost.length > 0)) return null;
  return heads.reduce((least, one) => (one.bytes < least.bytes ? one : least), first);
}

/** The same, where the server has answered none as large: that is what it says the error for; `null`: it is not. */
export function refusedHead({ first, largeHead, largestAnsweredBytes }: Case): LargeHead | null {
  return first.code === H2_ERROR.none || largeHead === null || largestAnsweredBytes >= largeHead.bytes
    ? null
    : largeHead;
}
