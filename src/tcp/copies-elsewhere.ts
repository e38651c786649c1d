/**
 * Recognises segments that were already captured at another point, such as both ends of a path in several captures
 * that are read as one. The next file of a ring buffer is of the same point: a segment repeated there was sent again.
 */
import type { Side } from '../facts/endpoint.js';
import { ACK, FIN, RST, SYN } from '../facts/tcp-flags.js';
import type { SegmentView } from '../net/segment.js';
import type { Closes } from './closes.js';
import { wasSeenBefore } from './copies.js';
import type { Direction } from './direction.js';
import { closeEvidenceOf } from './drafts.js';
import type { SeenAtPoint } from './seen-at-point.js';

/**
 * Whether a segment is such a copy, where several points have captured its sender.
 *
 * @param side The side that `from` is drafted as.
 * @param closes The connection's FINs and RSTs. A reset's evidence is replaced where this point shows more.
 */
export function isKnownElsewhere(
  segment: SegmentView,
  from: Direction,
  to: Direction,
  side: Side,
  closes: Closes,
): boolean {
  const { flags, payloadLength } = segment;
  const seen = from.seenAt(segment.observationPoint);
  const isAgain = seen.isAgain(segment);
  const isSyn = (flags & SYN) !== 0;
  const start = from.offsetOf(segment.sequence, isSyn) + (isSyn ? 1 : 0);
  if ((flags & RST) !== 0) return isAgain || isKnownReset(segment, seen, from, to, start, side, closes);
  if (!isAgain) seen.observe(segment);
  const end = start + payloadLength + ((flags & FIN) !== 0 ? 1 : 0);
  const isNewHere = seen.isNew(end);
  if (end > from.nextOffset) return false;
  if ((flags & ACK) !== 0 && to.offsetOf(segment.acknowledgement, false) > from.acknowledged) return false;
  if (payloadLength === 0 && (flags & (SYN | FIN)) === 0) return segment.observationPoint !== from.lastPoint;
  if (isNewHere || isAgain || (payloadLength > 0 && wasSeenBefore(from, segment))) return true;
  seen.repeats += 1;
  if (seen.repeats <= from.repeatsTaken) return true;
  from.repeatsTaken = seen.repeats;
  return false;
}

/** The same for a reset; `start`: its offset in its sender's stream. */
function isKnownReset(
  segment: SegmentView,
  seen: SeenAtPoint,
  from: Direction,
  to: Direction,
  start: number,
  side: Side,
  closes: Closes,
): boolean {
  seen.resets += 1;
  const known = closes.kept.filter((close) => close.kind === 'rst' && close.from === side);
  if (!known.some(({ sequence }) => sequence === start)) return false;
  const same = known[seen.resets - 1];
  if (same === undefined) return closes.isFull;
  // Another point saw only resets of this sender; this one also saw other segments to compare the reset with.
  if (same.sequence === start && seen.plain > 0 && from.isResetUnknown(seen.resets)) {
    closes.replace(same, closeEvidenceOf('rst', segment, from, to, start, side));
    from.closePoint = from.resetPoint = seen.point;
  }
  return true;
}
