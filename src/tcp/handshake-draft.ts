/** The handshake of a connection while it is read: its SYN and SYN-ACK, how often each came, and the ACK. RFC 9293 §3.5. */
import type { Side } from '../facts/endpoint.js';
import { ACK } from '../facts/tcp-flags.js';
import type { SegmentView } from '../net/segment.js';
import { isStampedAlike } from './copies.js';
import type { Direction } from './direction.js';
import { evidenceOf, type SegmentDraft } from './drafts.js';
import { NEVER } from './never.js';

/** On a short path, reordered segments lie less far apart than this, nanoseconds. */
const MIN_REFILL_NS = 3_000_000;
/** Share of the handshake's duration that counts as the round trip: the hosts take some of that time, too. */
const REFILL_SHARE = 0.9;

/** See the head of this file. One for each connection object, reset for the next connection. */
export class HandshakeDraft {
  syn: SegmentDraft | null = null;
  synAck: SegmentDraft | null = null;
  synRetransmissions = 0;
  synAckRetransmissions = 0;
  /** First segment from the SYN's sender with ACK after the SYN-ACK. */
  ackNs = NEVER;

  reset(): void {
    this.syn = this.synAck = null;
    this.synRetransmissions = this.synAckRetransmissions = 0;
    this.ackNs = NEVER;
  }

  /** Takes a SYN or SYN-ACK; `side`: the side that `from` is drafted as. */
  take(segment: SegmentView, from: Direction, to: Direction, side: Side): void {
    if (segment.mss > 0) from.mss = segment.mss;
    from.hasSyn = true;
    if ((segment.flags & ACK) === 0) {
      if (this.syn !== null && this.syn.from === side) {
        if (isStampedAlike(from, segment)) from.noteDoubled(segment.observationPoint);
        else this.synRetransmissions += 1;
      } else this.syn ??= evidenceOf(segment, from, to, side);
    } else if (this.syn !== null && this.syn.from === side) {
      // Simultaneous open (RFC 9293 §3.5): this SYN-ACK answers the other side's SYN. The other side's SYN-ACK answers the first SYN.
      return;
    } else if (this.synAck !== null && this.synAck.from === side) {
      if (isStampedAlike(from, segment)) from.noteDoubled(segment.observationPoint);
      else this.synAckRetransmissions += 1;
    } else this.synAck ??= evidenceOf(segment, from, to, side);
  }

  /** A segment with ACK and without SYN: the first from the SYN's sender completes the handshake. */
  acknowledged(from: Side, at: number): void {
    if (this.synAck !== null && this.synAck.from !== from && this.syn !== null) this.ackNs = at;
  }

  /** How soon a lost segment can be reported and sent again: at any capture point, as long as the handshake took. Infinite: not known. */
  get roundTripNs(): number {
    const { syn, ackNs } = this;
    if (syn === null || ackNs === NEVER) return Number.POSITIVE_INFINITY;
    return Math.max(MIN_REFILL_NS, REFILL_SHARE * (ackNs - syn.atNs));
  }
}
