/** The signature: many segments sent again, or one three times and more until it was acknowledged. */
import type { Connection, RepeatedSegment, SideFacts } from '../../facts/connection.js';
import { LARGE_SEGMENT } from '../../facts/connection.js';
import type { Side } from '../../facts/endpoint.js';
import { MIN_REPEATED_NS, MIN_TIMES } from '../judgements/undelivered.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** Below either a connection lives with its losses unnoticed (docs/rules/path-loss.md). */
const MIN_AGAIN = 10;
const MIN_SHARE = 0.01;
/** What is mended so soon nobody feels, and it is one moment's: a burst that overtakes another, within a host or a rack. */
const FELT_NS = 10_000_000;
/** In so long a side sends again, smaller, all that a router had dropped for its size: a few round trips. */
const NARROWED_NS = 2_000_000_000;

/** One connection that lost much. */
export interface Loss extends Occurrence {
  /** Who had to send again: what is lost is on the way from it. */
  readonly side: Side;
  readonly again: number;
  /** Of them, those that are known by their coming late: captured where they were lost before. */
  readonly late: number;
  /** Sent again beside those, though they had arrived: by the other side's word. */
  readonly needless: number;
  readonly packets: number;
  /** Nothing of the other side was captured, so that nobody says whether it had what was sent again. */
  readonly isUnheard: boolean;
  readonly repeated: RepeatedSegment | null;
}

/** The side of a connection that lost more; `null`: neither lost much. */
export function lossOf(connection: Connection): Loss | null {
  const { client, server, goesOn } = connection;
  if ((againOf(client) < MIN_TIMES && againOf(server) < MIN_TIMES) || goesOn) return null;
  const [own, side] = againOf(server) > againOf(client) ? [server, 'server' as const] : [client, 'client' as const];
  if (!isLossy(own, isToldOfSize(connection, side) ? NARROWED_NS : FELT_NS)) return null;
  // Of all it sent, the first segment alone: a server that has no room for the connection yet takes no notice
  // of it, however well it arrives (accept-queue-overflow).
  if (side === 'client' && own.repeated?.sequence === 1 && againOf(own) <= own.repeated.times) return null;
  const first = own.firstAgain ?? { packet: connection.lastPacket, atNs: connection.endNs };
  return {
    ...occurrenceIn(connection, first),
    side,
    again: againOf(own),
    needless: own.needless,
    late: own.refills,
    packets: packetsOf(own),
    isUnheard: (side === 'client' ? server : client).packets === 0,
    repeated: own.repeated,
  };
}

/**
 * Segments sent again that were lost: seen so by their sender's end, by their coming late at the other. Whose
 * receiver had them already were overtaken on their way, or an acknowledgement was late.
 */
function againOf({ retransmissions, needless, refills }: SideFacts): number {
  return retransmissions - needless + refills;
}

/** What it sent, copies left out: a packet captured at two points is one. */
function packetsOf({ packets, duplicates }: SideFacts): number {
  return packets - duplicates;
}

/** A router told this side that its segments are too large (RFC 1191, RFC 8201): those were not lost by chance. */
function isToldOfSize({ unreachables }: Connection, side: Side): boolean {
  return unreachables.some(({ mtu, quoted }) => mtu !== null && quoted === side);
}

/** @param momentNs What is sent again within so long is one moment's. */
function isLossy(own: SideFacts, momentNs: number): boolean {
  const { repeated } = own;
  const packets = packetsOf(own);
  // What nobody acknowledges at all is no loss: a dead peer, a forgotten connection, too large a segment.
  if (repeated !== null && !repeated.acknowledged) return false;
  // Its sender cut it smaller, and then it passed: it is size that is lost (RFC 4821).
  if (repeated !== null && repeated.longest >= LARGE_SEGMENT && repeated.length < LARGE_SEGMENT) return false;
  if (repeated !== null && repeated.times >= MIN_TIMES && repeated.lastNs - repeated.firstNs >= MIN_REPEATED_NS)
    return true;
  if (isMendedAtOnce(own, momentNs)) return false;
  return packets > 0 && againOf(own) >= MIN_AGAIN && againOf(own) > MIN_SHARE * packets;
}

/** All that was sent again was so at one moment. */
function isMendedAtOnce({ resends, refills }: SideFacts, momentNs: number): boolean {
  const [first, last] = [resends[0], resends.at(-1)];
  return refills === 0 && first !== undefined && last !== undefined && last.atNs - first.atNs < momentNs;
}
