/** Whether a failed request was sent again, and with what success (rules.md §0.5b). */

/** A retry starts within this of the failure, nanoseconds. */
export const RETRY_WITHIN_NS = 5_000_000_000;

/**
 * Where equal requests are sent as a matter of routine (a batch each second, a page that asks again),
 * only one that follows the failure within this is taken for a retry.
 */
export const AT_ONCE_NS = 150_000_000;
/** So many answered before the failure are a routine. */
const ROUTINE = 2;

/** What became of a failed request. `unknown`: requests like it were not kept, or the capture ends too soon. */
export type RetryOutcome = 'answered' | 'failed-again' | 'not-retried' | 'unknown';

/**
 * What became of a request that failed at `failedNs` on `stream`, by all tries of it (`null`: not
 * kept), in order of time; the run reaches as far as `endNs`.
 */
export function retryOutcome(
  tries: readonly { readonly startNs: number; readonly stream: number; readonly status: number }[] | null,
  stream: number,
  failedNs: number,
  endNs: number,
): RetryOutcome {
  if (tries === null) return 'unknown';
  const again = tries.filter(
    (one) => one.stream !== stream && one.startNs >= failedNs && one.startNs - failedNs <= RETRY_WITHIN_NS,
  );
  if (again.some((one) => one.status >= 200 && one.status < 500)) return 'answered';
  if (again.length > 0) return 'failed-again';
  return endNs - failedNs < RETRY_WITHIN_NS ? 'unknown' : 'not-retried';
}

/**
 * The same where equal requests may be routine: one that comes later than at once may be the next of
 * them, or the retry, and nobody can tell.
 */
export function retryAmongRoutine(
  tries: Parameters<typeof retryOutcome>[0],
  stream: number,
  failedNs: number,
  endNs: number,
): RetryOutcome {
  if (tries === null) return 'unknown';
  const answered = tries.filter((one) => one.startNs < failedNs && one.status > 0);
  if (answered.length < ROUTINE) return retryOutcome(tries, stream, failedNs, endNs);
  const soon = tries.filter((one) => one.startNs < failedNs || one.startNs - failedNs <= AT_ONCE_NS);
  const outcome = retryOutcome(soon, stream, failedNs, endNs);
  const isLater = tries.some((one) => one.startNs > failedNs && one.startNs - failedNs <= RETRY_WITHIN_NS);
  return outcome === 'not-retried' && isLater ? 'unknown' : outcome;
}
