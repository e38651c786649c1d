/** Facts under construction: evidence for the few segments that matter (SYN, FIN, RST), drafted as they are captured. */
import type { CloseSegment } from '../facts/close.js';
import type { IdlePeriod, Unreachable } from '../facts/connection.js';
import type { Draft } from '../facts/draft.js';
import type { Side } from '../facts/endpoint.js';
import type { SegmentEvidence } from '../facts/segment-evidence.js';
import { ACK, RST } from '../facts/tcp-flags.js';
import type { SegmentView } from '../net/segment.js';
import type { Direction } from './direction.js';

/**
 * Facts under construction. Until the roles are known, they are written as if `first` were the
 * client. If it is not, the roles are swapped in place, so no fact is copied.
 */
export type SegmentDraft = Draft<SegmentEvidence>;
/** A FIN or RST under construction. */
export type CloseDraft = Draft<CloseSegment>;
/** An idle period under construction. */
export type IdleDraft = Draft<IdlePeriod>;
/** An ICMP error about the connection, under construction. */
export type UnreachableDraft = Draft<Unreachable>;

/** Relative acknowledgement number. A reset does not fix the base: without a base, its number counts as the first. */
function acknowledgementOf(segment: SegmentView, to: Direction): number | null {
  if ((segment.flags & ACK) === 0) return null;
  return to.base < 0 && (segment.flags & RST) !== 0 ? 1 : to.offsetOf(segment.acknowledgement, false);
}

/** A SYN or SYN-ACK as evidence. */
export function evidenceOf(segment: SegmentView, from: Direction, to: Direction, side: Side): SegmentDraft {
  return {
    packet: segment.packet,
    atNs: segment.atNs,
    from: side,
    sequence: from.offsetOf(segment.sequence, true),
    acknowledgement: acknowledgementOf(segment, to),
    flags: segment.flags,
    window: segment.window,
    payloadLength: segment.payloadLength,
    options: segment.options,
    ttl: segment.ttl <= 0 ? null : segment.ttl,
    ipId: segment.ipId < 0 ? null : segment.ipId,
    mac: segment.mac < 0 ? null : segment.mac,
    macTo: segment.macTo < 0 ? null : segment.macTo,
    vlan: segment.vlan < 0 ? null : segment.vlan,
    direction: segment.direction,
    interfaceIndex: segment.interfaceIndex,
  };
}

/**
 * A FIN or RST as evidence, with what is needed to judge it. Every field is written out although evidenceOf has
 * half of them: a spread here costs more than the rest of the segment.
 *
 * @param start The segment's first byte, as an offset of `from`.
 * @param side The side that `from` is drafted as.
 */
export function closeEvidenceOf(
  kind: 'fin' | 'rst',
  segment: SegmentView,
  from: Direction,
  to: Direction,
  start: number,
  side: Side,
): CloseDraft {
  const at = segment.atNs;
  const answers = to.unanswered.packetWith(start);
  const acknowledgement = acknowledgementOf(segment, to);
  return {
    packet: segment.packet,
    atNs: at,
    from: side,
    sequence: start,
    acknowledgement,
    flags: segment.flags,
    window: segment.window,
    payloadLength: segment.payloadLength,
    options: segment.options,
    ttl: segment.ttl <= 0 ? null : segment.ttl,
    ipId: segment.ipId < 0 ? null : segment.ipId,
    mac: segment.mac < 0 ? null : segment.mac,
    macTo: segment.macTo < 0 ? null : segment.macTo,
    vlan: segment.vlan < 0 ? null : segment.vlan,
    direction: segment.direction,
    interfaceIndex: segment.interfaceIndex,
    kind,
    deltaSequence: from.lastPacket < 0 ? null : start - from.nextOffset,
    deltaAcknowledgement: acknowledgement === null || to.lastPacket < 0 ? null : acknowledgement - to.nextOffset,
    sinceSenderNs: from.lastPacket < 0 ? null : at - from.lastNs,
    sincePeerNs: to.lastPacket < 0 ? null : at - to.lastNs,
    peerPacket: to.lastPacket < 0 ? null : to.lastPacket,
    answers: answers < 0 ? null : answers,
    answersUnknown: answers < 0 && to.unanswered.overflowed,
    peerIpId: to.lastIpId < 0 ? null : to.lastIpId,
    peerWindow: to.lastPacket < 0 ? null : to.lastWindow,
    senderIpId: from.lastIpId < 0 ? null : from.lastIpId,
    lifeAfter: null,
    lifeAfterNs: null,
    // The FIN was captured after its acknowledgement: two capture queues were out of order.
    acknowledgedPacket: kind === 'fin' && to.acknowledged > start + segment.payloadLength ? to.lastPacket : null,
    acknowledgedNs: kind === 'fin' && to.acknowledged > start + segment.payloadLength ? to.lastNs : null,
  };
}
