/**
 * Recognises copies: one packet that was captured at a second point of its path (the `any` device, a bridge
 * and its member port, a tunnel and what carries it, both ends of a path merged) does not count twice. A
 * retransmission is not a copy: it has an IP ID of its own, or a new TCP timestamp.
 */

import { ACK, FIN, SYN } from '../facts/tcp-flags.js';
import type { SegmentView } from '../net/segment.js';
import type { Direction } from './direction.js';

/** Two captures of one packet (`any` device, bridge and member port) lie closer together than this, nanoseconds. */
const DUPLICATE_NS = 1_000_000;

/** Whether a SYN is a copy of its sender's newest segment, captured at another point: each SYN sent has a new timestamp. */
export function isStampedAlike(from: Direction, segment: SegmentView): boolean {
  return segment.timestampValue >= 0 && segment.timestampValue === from.newestTimestamp;
}

/**
 * Whether a segment with bytes that were seen before is the same packet, captured at another point of its path, however
 * long that path is: a retransmission has an IP ID of its own and a new timestamp. A timestamp older than the newest is
 * not enough proof: a retransmission may have overtaken this segment.
 */
export function wasSeenBefore(from: Direction, segment: SegmentView): boolean {
  const { ipId, timestampValue } = segment;
  if (timestampValue > from.newestTimestamp) return false;
  if (ipId > 0 && from.ipIds.has(ipId)) return true;
  if (timestampValue < 0) return false;
  return isOfDoubled(from, segment) || arrivesOtherwise(from, segment);
}

/** Whether the last packet was captured again: nearly at the same time, and equal but for what a hop or another interface changes. */
export function isDuplicate(from: Direction, segment: SegmentView): boolean {
  if (
    from.lastPacket < 0 ||
    segment.sequence !== from.lastSequence ||
    segment.acknowledgement !== from.lastAcknowledgement ||
    segment.payloadLength !== from.lastLength ||
    segment.flags !== from.lastFlags ||
    segment.ipId !== from.lastIpId ||
    segment.window !== from.lastWindow ||
    segment.timestampValue !== from.lastTimestamp ||
    Math.abs(segment.atNs - from.lastNs) > DUPLICATE_NS
  )
    return false;
  const isOfSamePoint = segment.observationPoint === from.lastPoint;
  // A sender that counts its IP IDs never uses one twice, and no sender repeats a SYN so soon. Where IP IDs do
  // not count (0, IPv6), another path of arrival shows a second capture of one packet, and so does a SYN with a copy.
  if ((segment.flags & SYN) !== 0) {
    from.isDoubled = true;
    if (isOfSamePoint) from.isDoubledInCapture = true;
  }
  return segment.ipId > 0 || !isOfSamePoint || from.isDoubledInCapture || arrivesOtherwise(from, segment);
}

/**
 * Whether a segment may be a copy merely because its sender's SYN has one. Where one capture saw all of a sender's
 * segments first, a SYN that another capture also has does not make that capture's own segments copies.
 */
function isOfDoubled(from: Direction, { observationPoint }: SegmentView): boolean {
  if (from.isOfSeveralPoints || observationPoint !== from.lastPoint) return from.isDoubled;
  return from.isDoubledInCapture;
}

/** Whether a segment arrived by another path than its sender's last segment. */
function arrivesOtherwise(from: Direction, segment: SegmentView): boolean {
  return (
    segment.ttl !== from.lastTtl ||
    segment.vlan !== from.lastVlan ||
    segment.depth !== from.lastDepth ||
    segment.mac !== from.lastMac ||
    segment.interfaceIndex !== from.lastInterface
  );
}

/** How many IP IDs a sender may have used since the packet whose copy comes now: merged segments have used several. */
const MAX_BEHIND = 4096;

/**
 * Whether a segment is a copy of one before its sender's last: captured at a second place (another port of a switch,
 * another interface) after the first place had already shown more. It holds nothing new. `end`: offset after its bytes.
 */
export function isLateCopy(from: Direction, to: Direction, segment: SegmentView, end: number): boolean {
  const { flags, payloadLength } = segment;
  if (from.lastPacket < 0 || Math.abs(segment.atNs - from.lastNs) > DUPLICATE_NS) return false;
  // No sender repeats a SYN so soon.
  if ((flags & (SYN | ACK)) === SYN) return from.hasSyn;
  if ((flags & FIN) !== 0 && !from.hasFin) return false;
  // A segment that was overtaken and fills a hole is not a copy.
  if (payloadLength > 0 && end > from.stream.expected) return false;
  return isOlder(from, segment) && to.offsetOf(segment.acknowledgement, false) <= from.acknowledged;
}

/**
 * Whether a segment was sent before its sender's last segment, and either arrived by another path or has an IP ID that
 * was already seen with payload. Neither is true of a retransmission or of a segment that was overtaken.
 */
function isOlder(from: Direction, segment: SegmentView): boolean {
  const { ipId, payloadLength } = segment;
  if (ipId <= 0)
    return (
      segment.timestampValue <= from.lastTimestamp && (isOfDoubled(from, segment) || arrivesOtherwise(from, segment))
    );
  const behind = (from.lastIpId - ipId) & 0xffff;
  if (behind === 0 || behind > MAX_BEHIND) return false;
  return arrivesOtherwise(from, segment) || (payloadLength > 0 && from.ipIds.has(ipId));
}
