/**
 * Follows one direction of a connection: each segment's relative sequence number, and whether its bytes
 * are new, were sent before, or fill a gap.
 *
 * For viewing a conversation packet by packet; connection.ts does the tracking for the analysis.
 */

import { FIN, RST, SYN } from '../facts/tcp-flags.js';
import type { SegmentView } from '../net/segment.js';
import { RECENT_PACKETS } from './recent-ip-ids.js';
import { offsetNear, previous } from './sequence.js';

/** How many open gaps are remembered. Beyond that, the oldest counts as missing for good. */
const MAX_GAPS = 64;
/** Two equal packets further apart than this, nanoseconds, were sent twice. */
const COPY_NS = 1_000_000;

/** Where a segment stands in its sender's stream, and what its bytes are. */
export interface Placement {
  /** Relative sequence number. */
  readonly sequence: number;
  readonly isRetransmission: boolean;
  readonly isOutOfOrder: boolean;
  readonly isKeepAlive: boolean;
  readonly isCopy: boolean;
}

function copyAt(sequence: number): Placement {
  return { sequence, isRetransmission: false, isOutOfOrder: false, isKeepAlive: false, isCopy: true };
}

/** The fields remembered of a sender's last segment. */
type Last = Pick<
  SegmentView,
  | 'sequence'
  | 'acknowledgement'
  | 'payloadLength'
  | 'flags'
  | 'ipId'
  | 'atNs'
  | 'timestampValue'
  | 'ttl'
  | 'vlan'
  | 'depth'
  | 'mac'
  | 'interfaceIndex'
>;

interface Gap {
  readonly from: number;
  readonly to: number;
  /** Index of the segment after the gap. */
  readonly before: number;
}

/** See the head of this file. */
export class SenderTrack {
  private base = -1;
  private knownSequence = 0;
  private knownOffset = 0;
  /** Offset after the last byte seen. */
  private next = -1;
  private gaps: Gap[] = [];
  private readonly recentIpIds: number[] = [];
  private last: Last | null = null;

  /** The relative number for a sequence number of this sender, as found in its own segments or acknowledged by the other side. */
  offsetOf(sequence: number, isSyn: boolean): number {
    if (this.base < 0) {
      this.base = isSyn ? sequence : previous(sequence);
      this.knownSequence = this.base;
    }
    return offsetNear(sequence, this.knownSequence, this.knownOffset);
  }

  /** Takes the sender's next segment; `index` identifies it. */
  place(segment: SegmentView, index: number): Placement {
    const isSyn = (segment.flags & SYN) !== 0;
    if (isSyn && this.next >= 0 && segment.sequence !== this.base) this.begin(segment.sequence);
    const sequence = this.offsetOf(segment.sequence, isSyn);
    const isCopy = this.isCopy(segment) || this.isLateCopy(segment, sequence);
    const { payloadLength, flags, ipId } = segment;
    if (isCopy && (ipId <= 0 || this.last?.ipId !== ipId)) return copyAt(sequence);
    this.last = lastOf(segment);
    this.recentIpIds.push(ipId);
    if (this.recentIpIds.length > RECENT_PACKETS) this.recentIpIds.shift();
    // A SYN and a FIN take one sequence number each; a reset takes none and may stand anywhere.
    const length = payloadLength + (isSyn ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0);
    const end = sequence + length;
    const before = this.next;
    if (isCopy) return copyAt(sequence);
    const plain = { sequence, isRetransmission: false, isOutOfOrder: false, isKeepAlive: false, isCopy };
    if ((flags & (SYN | FIN | RST)) === 0 && payloadLength <= 1 && before > 0 && sequence === before - 1) {
      return { ...plain, isKeepAlive: true };
    }
    if (length === 0) return plain;
    if (before < 0 || end > before) {
      if (before >= 0 && sequence > before) this.addGap({ from: before, to: sequence, before: index });
      this.next = end;
      this.knownSequence = segment.sequence;
      this.knownOffset = sequence;
    }
    if (before < 0 || sequence >= before) return plain;
    const isOutOfOrder = this.fill(sequence, end);
    return { ...plain, isRetransmission: !isOutOfOrder && end <= before, isOutOfOrder };
  }

  /** Number of bytes that were never seen, by the index of the segment after the gap. */
  missing(): ReadonlyMap<number, number> {
    const missing = new Map<number, number>();
    for (const { from, to, before } of this.gaps) missing.set(before, (missing.get(before) ?? 0) + to - from);
    return missing;
  }

  /** Another initial sequence number: a new connection, with no gap between it and the previous one. RFC 9293 §3.4.1. */
  private begin(sequence: number): void {
    this.base = sequence;
    this.knownSequence = sequence;
    this.knownOffset = 0;
    this.next = -1;
  }

  private isCopy(segment: SegmentView): boolean {
    const { last } = this;
    return (
      last !== null &&
      last.sequence === segment.sequence &&
      last.acknowledgement === segment.acknowledgement &&
      last.payloadLength === segment.payloadLength &&
      last.flags === segment.flags &&
      last.ipId === segment.ipId &&
      (segment.ipId > 0 || arrivesOtherwise(last, segment)) &&
      Math.abs(segment.atNs - last.atNs) <= COPY_NS
    );
  }

  /** Whether a segment is a copy that comes after later packets: it was sent before them and fills no gap (tcp/copies). */
  private isLateCopy(segment: SegmentView, sequence: number): boolean {
    const { last } = this;
    const { ipId, atNs, payloadLength, flags, timestampValue } = segment;
    if (last === null || Math.abs(atNs - last.atNs) > COPY_NS) return false;
    if ((flags & RST) !== 0 || sequence + payloadLength > this.next) return false;
    if (ipId > 0) return ipId !== last.ipId && this.recentIpIds.includes(ipId);
    return timestampValue >= 0 && timestampValue <= last.timestampValue && arrivesOtherwise(last, segment);
  }

  private addGap(gap: Gap): void {
    if (this.gaps.length < MAX_GAPS) this.gaps.push(gap);
  }

  /** Removes [from, to) from the gaps. Returns whether any of it was missing. */
  private fill(from: number, to: number): boolean {
    let filled = false;
    const left: Gap[] = [];
    for (const gap of this.gaps) {
      if (to <= gap.from || from >= gap.to) {
        left.push(gap);
        continue;
      }
      filled = true;
      if (from > gap.from) left.push({ ...gap, to: from });
      if (to < gap.to) left.push({ ...gap, from: to });
    }
    this.gaps = left;
    return filled;
  }
}

function lastOf(segment: SegmentView): Last {
  const { sequence, acknowledgement, payloadLength, flags, ipId, atNs } = segment;
  const { timestampValue, ttl, vlan, depth, mac, interfaceIndex } = segment;
  return {
    ...{ sequence, acknowledgement, payloadLength, flags, ipId, atNs },
    ...{ timestampValue, ttl, vlan, depth, mac, interfaceIndex },
  };
}

/** Whether a segment arrived by another path than its sender's last segment (tcp/copies). */
function arrivesOtherwise(last: Last, { ttl, vlan, depth, mac, interfaceIndex }: SegmentView): boolean {
  return (
    ttl !== last.ttl ||
    vlan !== last.vlan ||
    depth !== last.depth ||
    mac !== last.mac ||
    interfaceIndex !== last.interfaceIndex
  );
}
