/** Whether a failed request was sent again, and with what success (rules.md §0.5b). */

/** A retry starts within this of the failure, nanoseconds. */
export const RETRY_WITHIN_NS = 5_000_000_000;

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
