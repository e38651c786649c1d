/**
 * Calls of gRPC look alike: the next one may be the refused one sent again, or another. Whether each refused one has
 * a call of its own behind it that was answered can be told nevertheless: then nobody need have missed anything.
 */
import { isAnswer, RETRY_WITHIN_NS } from '../judgements/retries.js';
import type { Try } from '../observation/logged-exchange.js';
import type { RefusedRequest } from './refused-request.js';

/** A refused request of which nobody can tell what became of it, and all requests like it; `null`: they were not kept. */
export interface Unfollowed {
  readonly refused: Pick<RefusedRequest, 'key' | 'atNs'>;
  readonly tries: readonly Try[] | null;
}

/** For how many of them a call like it was sent within the time for a retry, and answered: each such call counts for one. */
export function answeredBehind(unfollowed: readonly Unfollowed[]): number {
  // Of the tries of a key, by their places: one packet may hold several.
  const taken = new Map<number, Set<number>>();
  const inOrder = [...unfollowed].sort((one, other) => one.refused.atNs - other.refused.atNs);
  return inOrder.filter(({ refused: { key, atNs }, tries }) => {
    const own = taken.get(key) ?? new Set();
    taken.set(key, own);
    const found = (tries ?? []).findIndex(
      (one, at) => isAnswer(one) && one.startNs >= atNs && one.startNs - atNs <= RETRY_WITHIN_NS && !own.has(at),
    );
    own.add(found);
    return found >= 0;
  }).length;
}
