/** Whether a failed request was sent again, and with what success (rules.md §0.5b). */
import type { PacketReference } from '../../facts/packet-reference.js';

/** A retry starts within this of the failure, nanoseconds. */
export const RETRY_WITHIN_NS = 5_000_000_000;

/**
 * What became of a failed request. `unknown`: requests like it were not kept, the capture ends too
 * soon, or its client asks for the same over and over, so that the next such request is no retry.
 */
export type RetryOutcome = 'answered' | 'failed-again' | 'not-retried' | 'unknown';

/** One try of a request, as far as it is judged; `status` 0: none. */
interface Tried {
  readonly startNs: number;
  readonly stream: number;
  readonly status: number;
}

/**
 * What became of a request that failed at `failedNs` on `stream`, by all tries of it (`null`: not
 * kept), in order of time; the run reaches as far as `endNs`.
 */
export function retryOutcome(
  tries: readonly Tried[] | null,
  stream: number,
  failedNs: number,
  endNs: number,
): RetryOutcome {
  if (tries === null) return 'unknown';
  const again = retriesOf(tries, stream, failedNs);
  const [first] = again;
  if (first !== undefined && asksAnyway(tries, first.startNs - failedNs)) return 'unknown';
  if (again.some(isAnswer)) return 'answered';
  if (again.length > 0) return 'failed-again';
  return endNs - failedNs < RETRY_WITHIN_NS ? 'unknown' : 'not-retried';
}

/** The try that was answered in place of a failed one; `null`: none was. */
export function answeredRetryOf<T extends Tried & { readonly packet: PacketReference }>(
  tries: readonly T[] | null,
  stream: number,
  failedNs: number,
): T | null {
  return tries === null ? null : (retriesOf(tries, stream, failedNs).find(isAnswer) ?? null);
}

function retriesOf<T extends Tried>(tries: readonly T[], stream: number, failedNs: number): readonly T[] {
  return tries.filter(
    (one) => one.stream !== stream && one.startNs >= failedNs && one.startNs - failedNs <= RETRY_WITHIN_NS,
  );
}

/**
 * Whether the client asks for the same again though it was answered, and after a pause not much
 * longer than the one before the supposed retry: a periodic client, or many behind one address.
 */
function asksAnyway(tries: readonly Tried[], pauseNs: number): boolean {
  return tries.some((one, at) => {
    const next = tries[at + 1];
    return isAnswer(one) && next !== undefined && next.startNs - one.startNs <= ANYWAY * pauseNs;
  });
}

/** A retry comes at least this much sooner than what its client asks for anyway. */
const ANYWAY = 4;

function isAnswer({ status }: Tried): boolean {
  return status >= 200 && status < 500;
}
