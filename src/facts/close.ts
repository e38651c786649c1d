import type { Side } from './endpoint.js';
import type { PacketReference } from './packet-reference.js';
import type { SegmentEvidence } from './segment-evidence.js';

/**
 * A FIN or a RST, with all that is needed to judge who wrote it and what it did.
 *
 * "Before" figures describe the connection at the moment the segment was captured.
 */
export interface CloseSegment extends SegmentEvidence {
  readonly kind: 'fin' | 'rst';
  /**
   * Its sequence number less the highest one seen from its sender: 0 looks genuine, below 0 is
   * stale (RFC 5961 §3.2). `null` when nothing of that sender was seen before.
   */
  readonly deltaSequence: number | null;
  /** Its acknowledgement less the highest sequence number seen from the other side (below 0: does not cover all of it). */
  readonly deltaAcknowledgement: number | null;
  /** Nanoseconds since the sender's previous segment; `null` when this is its first. */
  readonly sinceSenderNs: number | null;
  /** Nanoseconds since the other side's previous segment; `null` when it sent none. */
  readonly sincePeerNs: number | null;
  /** The other side's last segment before this one. */
  readonly peerPacket: PacketReference | null;
  /**
   * A segment of the other side that this sender had not answered yet (by an ACK that covers it or
   * by later data) and whose acknowledgement equals this segment's sequence number: the only thing
   * that lets a genuine kernel write a stale sequence number (RFC 9293 §3.5.2). `null`: there is none.
   */
  readonly answers: PacketReference | null;
  /** More segments of the other side were outstanding than are remembered: without `answers`, nothing is known. */
  readonly answersUnknown: boolean;
  /** The IP ID and window of the other side's last segment, to find copied fields; `null` when it sent none. */
  readonly peerIpId: number | null;
  readonly peerWindow: number | null;
  /** The IP ID of the sender's own segment before, to tell whether this one is the next of its run; `null` when this is its first. */
  readonly senderIpId: number | null;
  /**
   * The first segment by which its sender shows, more than {@link LIFE_AFTER_NS} later and in the same
   * capture, that it goes on: new data, a FIN, an acknowledgement of more than it had acknowledged, or its
   * SYN-ACK once more, which a kernel that has reset the connection sends no longer (RFC 9293 §3.10.7.4).
   * What comes sooner may have been sent before and captured behind it.
   */
  readonly lifeAfter: PacketReference | null;
  /** Its time, nanoseconds since the run's first packet; `null` when there is none. */
  readonly lifeAfterNs: number | null;
  /**
   * The other side's first segment that acknowledges this FIN, and its time: from then on its kernel is
   * known to have had the FIN. `null`: none was seen, or this is a RST, which nobody acknowledges.
   */
  readonly acknowledgedPacket: PacketReference | null;
  readonly acknowledgedNs: number | null;
}

/** How a connection ended within the capture. */
export type CloseKind = 'fin' | 'rst' | 'open';

/** The end of a connection, with each FIN and RST seen. */
export interface Close {
  /** `rst` when a RST came before both sides had sent FIN, `fin` when either sent FIN, else `open`. */
  readonly kind: CloseKind;
  /** Sender of the first RST; `null` without one. */
  readonly resetBy: Side | null;
  /** FINs and RSTs in capture order, at most {@link MAX_CLOSE_SEGMENTS}. */
  readonly segments: readonly CloseSegment[];
  /** How many FINs and RSTs there were in all. */
  readonly segmentCount: number;
}

/** Packets of one sender captured out of order lie closer together than this. */
export const LIFE_AFTER_NS = 1_000_000;

/** A reset storm repeats itself; the first sixteen FINs and RSTs tell its story. */
export const MAX_CLOSE_SEGMENTS = 16;
