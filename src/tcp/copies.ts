/**
 * Which segments are copies of others: a packet that is captured at a second point of its way (the `any`
 * device, a bridge and its member port, a tunnel and what carries it, both ends of a path merged) is no
 * packet more. What its sender sent again is none of them: it bears an IP ID of its own, or is stamped anew.
 */

import { ACK, FIN, SYN } from '../facts/tcp-flags.js';
import type { SegmentView } from '../net/segment.js';
import type { Direction } from './direction.js';

/** Two captures of one packet (`any` device, bridge and member port) lie closer together than this. */
const DUPLICATE_NS = 1_000_000;

/** Whether a SYN is its sender's newest segment once more, captured at another point: each that is sent is stamped anew. */
export function isStampedAlike(from: Direction, segment: SegmentView): boolean {
  return segment.timestampValue >= 0 && segment.timestampValue === from.newestTimestamp;
}

/**
 * Whether a segment with bytes that were seen before is the same packet, captured at another point of its way, however
 * long that is: what is sent again bears an IP ID of its own, and is stamped anew. A stamp before the newest alone does
 * not show it: what was sent again may have overtaken this.
 */
export function wasSeenBefore(from: Direction, segment: SegmentView): boolean {
  const { ipId, timestampValue } = segment;
  if (timestampValue > from.newestTimestamp) return false;
  if (ipId > 0 && from.ipIds.has(ipId)) return true;
  if (timestampValue < 0) return false;
  return isOfDoubled(from, segment) || arrivesOtherwise(from, segment);
}

/** The same packet captured again: equal but for what a hop or another interface changes, and nearly at the same time. */
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
  // A sender that counts its IP IDs never writes one twice, and none sends a SYN again so soon. Where it does not
  // count them (0, IPv6), another way of arriving tells a second capture from a second packet, or that its SYN has one.
  if ((segment.flags & SYN) !== 0) {
    from.isDoubled = true;
    if (isOfSamePoint) from.isDoubledInCapture = true;
  }
  return segment.ipId > 0 || !isOfSamePoint || from.isDoubledInCapture || arrivesOtherwise(from, segment);
}

/**
 * Whether a segment may be a copy for no other reason than that its sender's SYN has one. What one capture has of a
 * sender, all of whose segments it saw first, is not doubled by another capture that has the same.
 */
function isOfDoubled(from: Direction, { observationPoint }: SegmentView): boolean {
  if (from.isOfSeveralPoints || observationPoint !== from.lastPoint) return from.isDoubled;
  return from.isDoubledInCapture;
}

/** By another way than its sender's last segment. */
function arrivesOtherwise(from: Direction, segment: SegmentView): boolean {
  return (
    segment.ttl !== from.lastTtl ||
    segment.vlan !== from.lastVlan ||
    segment.depth !== from.lastDepth ||
    segment.mac !== from.lastMac ||
    segment.interfaceIndex !== from.lastInterface
  );
}

/** IP IDs that a sender may have used up since the packet of which a copy comes: segments that were merged have used several. */
const MAX_BEHIND = 4096;

/**
 * A copy of an earlier segment than its sender's last: captured at a second place (another port of a switch,
 * another interface) when the first had shown more already. It holds nothing new. `end`: where its bytes end.
 */
export function isLateCopy(from: Direction, to: Direction, segment: SegmentView, end: number): boolean {
  const { flags, payloadLength } = segment;
  if (from.lastPacket < 0 || Math.abs(segment.atNs - from.lastNs) > DUPLICATE_NS) return false;
  // No sender sends a SYN again so soon.
  if ((flags & (SYN | ACK)) === SYN) return from.hasSyn;
  if ((flags & FIN) !== 0 && !from.hasFin) return false;
  // A segment that was overtaken, and fills a hole, is no copy.
  if (payloadLength > 0 && end > from.stream.expected) return false;
  return isOlder(from, segment) && to.offsetOf(segment.acknowledgement, false) <= from.acknowledged;
}

/**
 * Whether a segment was sent before its sender's last, and comes by another way than that, or bears an IP ID that was
 * seen with bytes: what is sent again does not, nor what was overtaken.
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
