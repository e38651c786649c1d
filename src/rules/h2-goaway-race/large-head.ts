/** Heads that a server ends connections for, since they are larger than it takes. */
import type { Connection } from '../../facts/connection.js';
import { type GoAway, H2_ERROR } from '../../facts/h2.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { LARGE_HEAD_BYTES } from '../../facts/signs.js';
import type { Moment } from '../tally/earliest.js';

/** A head that was sent just before a GOAWAY. */
export interface LargeHead {
  readonly packet: PacketReference;
  /** As sent: compressed. */
  readonly bytes: number;
  /** What had come of it, where its end was not seen. */
  readonly isWhole: boolean;
}

/** The smallest of a server's large heads, and how many GOAWAYs with an error they came before, of how many. */
export interface LargeHeads extends LargeHead {
  readonly agreeing: number;
  readonly errors: number;
}

/** What is looked at of a GOAWAY. */
interface Ending {
  readonly code: number;
  readonly largeHead: LargeHead | null;
  readonly lost: { readonly length: number };
}

/** What servers say of a head that is too large: nginx; HAProxy and Apache. */
const CODES: ReadonlySet<number> = new Set([H2_ERROR.enhanceYourCalm, H2_ERROR.compression, H2_ERROR.internal]);

/** Who has no room for a head says so when it has come, or while it comes. */
const AT_ONCE_NS = 500_000_000;

/** No server's limit is lower by itself: nginx takes fields of 8 KB as sent (compressed), HAProxy heads of 15 KB. */
const LIMIT_BYTES = 7168;

/** Times that a smaller head must have come just before, for a limit that was set lower. */
const SEVERAL = 3;

/** Whether servers say this error of heads that are too large. */
export function isSaidOfHeads(code: number): boolean {
  return CODES.has(code);
}

/** The largest head just before a GOAWAY that was not answered, of those of a size that servers may refuse; `null`: none. */
export function largeHeadBefore(
  { atNs, code }: Pick<GoAway, 'atNs' | 'code'>,
  { exchanges, h2 }: Pick<Connection, 'exchanges' | 'h2'>,
): LargeHead | null {
  if (!isSaidOfHeads(code)) return null;
  const unfinished = h2?.unfinishedHead ?? null;
  const heads = exchanges.flatMap(({ request, response }): (LargeHead & Moment)[] =>
    request === null || response !== null
      ? []
      : [{ packet: request.firstPacket, atNs: request.startNs, bytes: request.headBytes, isWhole: true }],
  );
  if (unfinished !== null) heads.push({ ...unfinished, isWhole: false });
  const large = heads.filter(
    (one) => one.bytes >= LARGE_HEAD_BYTES && one.atNs <= atNs && atNs - one.atNs <= AT_ONCE_NS,
  );
  const [first] = large;
  if (first === undefined) return null;
  const { packet, bytes, isWhole } = large.reduce((most, one) => (one.bytes > most.bytes ? one : most), first);
  return { packet, bytes, isWhole };
}

/**
 * Those of a server, where most GOAWAYs with an error follow one at once, and the others meet no request (of a frame
 * that had not come whole nothing is known); `null`: they do not, or a few whole heads are below what servers take.
 */
export function largeHeadsOf(farewells: readonly Ending[]): LargeHeads | null {
  const errors = farewells.filter(({ code }) => code !== H2_ERROR.none);
  const heads = errors.flatMap(({ largeHead }) => largeHead ?? []);
  const [first] = heads;
  if (first === undefined || 2 * heads.length <= errors.length) return null;
  if (errors.some(({ largeHead, lost }) => largeHead === null && lost.length > 0)) return null;
  const least = heads.reduce((smallest, one) => (one.bytes < smallest.bytes ? one : smallest), first);
  if (least.isWhole && least.bytes < LIMIT_BYTES && heads.length < SEVERAL) return null;
  return { ...least, agreeing: heads.length, errors: errors.length };
}

/** The same, where the server has answered none as large: that is what it says the error for; `null`: it is not. */
export function refusedHeads({
  first,
  largeHeads,
  largestAnsweredBytes,
}: {
  readonly first: Pick<Ending, 'code'>;
  readonly largeHeads: LargeHeads | null;
  readonly largestAnsweredBytes: number;
}): LargeHeads | null {
  return !isSaidOfHeads(first.code) || largeHeads === null || largestAnsweredBytes >= largeHeads.bytes
    ? null
    : largeHeads;
}
