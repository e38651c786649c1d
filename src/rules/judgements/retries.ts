/** Whether a failed request was sent again, and with what success (docs/judging.md). */
import type { EvidencePacket } from '../../facts/finding.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { manyText, packetText } from '../argument/figures.js';
import type { Try } from '../observation/logged-exchange.js';

/** A retry starts within this of the failure, nanoseconds. */
export const RETRY_WITHIN_NS = 5_000_000_000;

/**
 * Where equal requests are sent as a matter of routine (a batch each second, a page that asks again),
 * only one that follows the failure within this is taken for a retry.
 */
export const ROUTINE_RETRY_NS = 150_000_000;
/** So many answered before the failure are a routine. */
const ROUTINE = 2;

/**
 * What became of a failed request. `unknown`: requests like it were not kept, the capture ends too
 * soon, or its client asks for the same over and over, so that the next such request is no retry.
 */
export type RetryOutcome = 'answered' | 'failed-again' | 'not-retried' | 'unknown';

/** One that has no answer so soon before the end of the captures may have got it behind that. */
const PENDING_NS = 2_000_000_000;

/** One try of a request, as far as it is judged; `status` 0: none. */
interface Tried {
  readonly startNs: number;
  readonly stream: number;
  readonly status: number;
  /** Neither an answer was seen, nor the server's close in place of one. */
  readonly isOpen: boolean;
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
  return outcomeOf(again, failedNs, endNs);
}

function outcomeOf(again: readonly Tried[], failedNs: number, endNs: number): RetryOutcome {
  if (again.some(isAnswer)) return 'answered';
  if (again.some(({ isOpen, startNs }) => isOpen && endNs - startNs < PENDING_NS)) return 'unknown';
  if (again.length > 0) return 'failed-again';
  return endNs - failedNs < RETRY_WITHIN_NS ? 'unknown' : 'not-retried';
}

/**
 * The same where equal requests may be routine: one that comes later than at once may be the next of
 * them, or the retry, and nobody can tell. Nor can anybody where they come as close upon one another
 * (several clients behind a proxy, several threads of one), unless programs repeat such requests by themselves.
 *
 * @param isIdempotent Whether the method is one that is repeated so (RFC 9110 §9.2.2).
 */
export function retryAmongRoutine(
  tries: readonly Tried[] | null,
  stream: number,
  failedNs: number,
  endNs: number,
  isIdempotent: boolean,
): RetryOutcome {
  if (tries === null) return 'unknown';
  const answered = tries.filter((one) => one.startNs < failedNs && one.status > 0);
  if (answered.length < ROUTINE) return retryOutcome(tries, stream, failedNs, endNs);
  const soon = retriesOf(tries, stream, failedNs).filter((one) => one.startNs - failedNs <= ROUTINE_RETRY_NS);
  const [next] = soon;
  if (next !== undefined && !isIdempotent && asksAnyway(answered, next.startNs - failedNs)) return 'unknown';
  const outcome = outcomeOf(soon, failedNs, endNs);
  const isLater = tries.some((one) => one.startNs > failedNs && one.startNs - failedNs <= RETRY_WITHIN_NS);
  return outcome === 'not-retried' && isLater ? 'unknown' : outcome;
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

/** Whether a try came to an answer, be it that something is wrong with the request. */
export function isAnswer({ status }: Pick<Tried, 'status'>): boolean {
  return status >= 200 && status < 500;
}

/** What became of a failed request, and the try that was answered in its place. */
interface Followed {
  /** The packet by which the failure goes. */
  readonly failed: PacketReference;
  readonly outcome: RetryOutcome;
  readonly retry: Try | null;
}

/** What became of several. */
export interface Retries {
  /** Those that could be followed. */
  readonly judged: number;
  readonly answered: number;
  readonly failedAgain: number;
  readonly notRetried: number;
  /** The tries that were answered, in order of time, each with the packet of the failure that it mends. */
  readonly mended: readonly { readonly failed: PacketReference; readonly retry: Try }[];
}

/** None was looked at. */
export const NO_RETRIES: Retries = { judged: 0, answered: 0, failedAgain: 0, notRetried: 0, mended: [] };

/** Counts what became of failed requests, and names the tries that were answered. */
export function countRetries(followed: readonly Followed[]): Retries {
  const countOf = (wanted: RetryOutcome): number => followed.filter(({ outcome }) => outcome === wanted).length;
  return {
    judged: followed.length - countOf('unknown'),
    answered: countOf('answered'),
    failedAgain: countOf('failed-again'),
    notRetried: countOf('not-retried'),
    mended: followed
      .flatMap(({ failed, outcome, retry }) => (outcome === 'answered' && retry !== null ? [{ failed, retry }] : []))
      .sort((one, other) => one.retry.startNs - other.retry.startNs || one.retry.packet - other.retry.packet),
  };
}

/** The packet of the try that was answered in place of what failed in `failed`, for its evidence; none where it is not known. */
export function retryPackets(
  { mended }: Pick<Retries, 'mended'>,
  failed: PacketReference,
  failedNs: number,
): EvidencePacket[] {
  const retry = mended.find((one) => one.failed === failed)?.retry;
  return retry === undefined
    ? []
    : [
        {
          packet: retry.packet,
          atNs: retry.startNs,
          note: `the same request again, ${durationText(retry.startNs - failedNs)} later: answered ${retry.status}`,
          elsewhere: true,
        },
      ];
}

/** Where the first retry that was answered stands, to be put behind the sentence that counts them: ` (first in #7)`. */
export function firstRetryText({ mended }: Pick<Retries, 'mended'>): string {
  const [first] = mended;
  return first === undefined ? '' : ` (first in ${packetText(first.retry.packet)})`;
}

/** What became of the requests that failed, as a sentence; none where nothing is known. `each` begins the one of them all. */
export function retriesText(retries: Retries, each: string): string[] {
  const { judged, answered, notRetried } = retries;
  const first = firstRetryText(retries);
  if (judged > 0 && answered === judged) return [`${each} that could be followed was sent again and answered${first}.`];
  if (answered > 0)
    return [`${countText(answered)} of ${manyText(judged, 'request')} followed were sent again and answered${first}.`];
  if (notRetried > 0) return [`${manyText(notRetried, 'request was', 'requests were')} not sent again by the client.`];
  return [];
}
