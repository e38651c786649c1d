/**
 * One TCP connection while it is read: what each segment changes, in the order of the checks.
 *
 * An object serves one connection and is then reused for another. A segment only updates numbers;
 * objects are made for SYN, FIN and RST, which are few. Which side is the client may be known late
 * (in a capture that starts in mid-connection, only the payload shows it), so everything here is kept
 * by direction: `first` sent the first captured packet. connection-facts.ts turns it into facts by role.
 *
 * Each part of the state has its own file: direction (what one side sent), handshake-draft, closes,
 * idle-periods. Copies are recognised by copies.ts and, where several points captured, by
 * copies-elsewhere.ts.
 */

import { CLOCK_STEP_NS } from '../facts/capture.js';
import type { ClientBasis } from '../facts/connection.js';
import { LARGE_SEGMENT } from '../facts/connection.js';
import { OPPOSITE, type Side } from '../facts/endpoint.js';
import { TCP_OPTION } from '../facts/segment-evidence.js';
import { ACK, FIN, RST, SYN } from '../facts/tcp-flags.js';
import type { SegmentView } from '../net/segment.js';
import { Closes } from './closes.js';
import { isDuplicate, isLateCopy, wasSeenBefore } from './copies.js';
import { isKnownElsewhere } from './copies-elsewhere.js';
import { Direction } from './direction.js';
import { closeEvidenceOf, type UnreachableDraft } from './drafts.js';
import { HandshakeDraft } from './handshake-draft.js';
import { IdlePeriods } from './idle-periods.js';
import { NEVER } from './never.js';
import type { PendingBudget } from './pending-segments.js';

/** A segment further ahead than the largest window is not part of the stream. RFC 7323 §2.3: 2^30. */
export const MAX_WINDOW = 2 ** 30;
/** ICMP errors kept per connection: the first ones show what is wrong. */
export const MAX_UNREACHABLES = 8;

/** The empty list of most connections. All of them share it, so nothing is ever added to it. */
const NO_UNREACHABLES: UnreachableDraft[] = [];

/** A connection as it is read; see the head of this file. */
export class TrackedConnection {
  stream = -1;
  /** The flow table's entry, and whether `first` is the entry's second endpoint. */
  entry = -1;
  firstIsUpper = false;
  /** Both endpoints' addresses as 32-bit words, with `first` as source. */
  family: 4 | 6 = 4;
  readonly words = new Uint32Array(8);
  firstPort = 0;
  secondPort = 0;

  readonly first: Direction;
  readonly second: Direction;

  firstPacket = 0;
  lastPacket = 0;
  startNs = 0;
  endNs = 0;
  clockStepped = false;
  /** How often the run's clock had been set back when this connection's last segment came (tcp/tracker). */
  clockSteps = 0;
  /** The tracker has noted both sides' initial sequence numbers. */
  basesNoted = false;
  /** See Connection (facts/connection). */
  isImage = false;
  /** Nothing more is expected: both sides have sent FIN, or one has sent RST. Checked after each segment. */
  isClosed = false;
  /** Closed, and queued in the tracker to be finished. */
  lingers = false;
  /** Lingers, and both FINs are acknowledged. */
  isSettled = false;
  private isReadToEnd = false;

  readonly handshake = new HandshakeDraft();
  readonly closes = new Closes();
  readonly idlePeriods = new IdlePeriods();
  unreachables: UnreachableDraft[] = NO_UNREACHABLES;
  outOfWindow = 0;
  outOfWindowPacket = -1;

  /** The side that `first` stands for in the drafts. */
  firstStandsFor: Side = 'client';
  /** Whether the payload shows `first` to be the client, where no SYN was captured. Set by the payload's reader. */
  contentClientIsFirst: boolean | null = null;
  contentBasis: ClientBasis = 'first-packet';

  /**
   * @param slot This object's own number, from 0; other stages use it as an index for what belongs to this object.
   * @param bucket The bucket (share.ts) of all connections that this object is reused for.
   */
  constructor(
    budget: PendingBudget,
    readonly slot = 0,
    readonly bucket = 0,
  ) {
    this.first = new Direction(budget);
    this.second = new Direction(budget);
  }

  /** Begins a connection with its first segment, which is not counted yet. */
  open(stream: number, entry: number, firstIsUpper: boolean, segment: SegmentView): void {
    this.stream = stream;
    this.entry = entry;
    this.firstIsUpper = firstIsUpper;
    this.family = segment.family;
    this.words[0] = segment.source0;
    this.words[1] = segment.source1;
    this.words[2] = segment.source2;
    this.words[3] = segment.source3;
    this.words[4] = segment.destination0;
    this.words[5] = segment.destination1;
    this.words[6] = segment.destination2;
    this.words[7] = segment.destination3;
    this.firstPort = segment.sourcePort;
    this.secondPort = segment.destinationPort;
    this.firstPacket = this.lastPacket = segment.packet;
    this.startNs = this.endNs = segment.atNs;
    this.clockStepped = false;
    this.basesNoted = this.isImage = false;
    this.isClosed = this.lingers = this.isSettled = false;
    this.isReadToEnd = false;
    this.handshake.reset();
    this.closes.reset();
    this.idlePeriods.reset();
    this.unreachables = NO_UNREACHABLES;
    this.outOfWindow = 0;
    this.outOfWindowPacket = -1;
    this.firstStandsFor = 'client';
    this.contentClientIsFirst = null;
    this.contentBasis = 'first-packet';
    this.first.reset();
    this.second.reset();
  }

  /** Whether the connection has begun to end: by a FIN, by a reset, or because nothing more of it is read. */
  get isEnding(): boolean {
    const { first, second } = this;
    return this.isReadToEnd || first.hasFin || second.hasFin || first.hasRst || second.hasRst;
  }

  /** Whether each side has acknowledged the other's FIN and everything before it, without a reset. */
  get haveBothEndsArrived(): boolean {
    const { first, second } = this;
    if (!first.hasFin || !second.hasFin || first.hasRst || second.hasRst) return false;
    return first.acknowledged >= second.nextOffset && second.acknowledged >= first.nextOffset;
  }

  /** Whether both readers have been told the end. */
  get isSilent(): boolean {
    return this.first.stream.ended && this.second.stream.ended;
  }

  /** Takes the next segment. `fromFirst`: sent by the side that sent the connection's first packet. */
  segment(segment: SegmentView, fromFirst: boolean): void {
    const from = fromFirst ? this.first : this.second;
    const to = fromFirst ? this.second : this.first;
    const at = segment.atNs;
    const length = segment.payloadLength;
    from.packets += 1;
    from.payloadBytes += length;
    if (at + CLOCK_STEP_NS < this.endNs) this.clockStepped = true;
    this.lastPacket = segment.packet;
    this.endNs = at;
    const isElsewhere =
      from.isSeenElsewhere(segment.observationPoint) &&
      isKnownElsewhere(segment, from, to, this.drafted(fromFirst), this.closes);
    if (isElsewhere || isDuplicate(from, segment)) {
      from.duplicates += 1;
      if (segment.observationPoint !== from.lastPoint) from.duplicatesElsewhere += 1;
      return;
    }
    if (segment.payloadEnd - segment.payloadStart < length) from.snapped += 1;

    const flags = segment.flags;
    if ((flags & RST) !== 0) {
      this.abort(segment, from, to, fromFirst);
      from.remember(segment);
      return;
    }
    const isSyn = (flags & SYN) !== 0;
    const start = from.offsetOf(segment.sequence, isSyn) + (isSyn ? 1 : 0);
    // Nearly all segments bring something new or follow their sender's last one by IP ID; only others may be late copies.
    if (
      start + length <= from.nextOffset &&
      segment.ipId !== from.lastIpId + 1 &&
      isLateCopy(from, to, segment, start + length)
    ) {
      from.duplicates += 1;
      return;
    }
    from.observe(segment);
    if (start - from.nextOffset > MAX_WINDOW) {
      if (this.outOfWindow === 0) this.outOfWindowPacket = segment.packet;
      this.outOfWindow += 1;
      return;
    }
    if (isSyn) this.handshake.take(segment, from, to, this.drafted(fromFirst));
    const hasFin = (flags & FIN) !== 0;
    let acknowledged = -1;
    let confirmsMore = false;
    if ((flags & ACK) !== 0) {
      acknowledged = to.offsetOf(segment.acknowledgement, false);
      confirmsMore = acknowledged > from.acknowledged && acknowledged - to.nextOffset < MAX_WINDOW;
      if (confirmsMore) from.acknowledged = acknowledged;
      if (this.handshake.ackNs === NEVER && !isSyn) this.handshake.acknowledged(this.drafted(fromFirst), at);
      if ((segment.options & TCP_OPTION.sack) !== 0)
        to.noteSack(segment.sackStart, segment.sackEnd, segment.acknowledgement);
      else if (segment.unseenOptions !== 0 && from.hidesSack(segment) && acknowledged >= to.nextOffset && !isSyn)
        to.noteHiddenSack();
      to.unanswered.answered(acknowledged);
      if (to.stream.hasHole) to.stream.acknowledged(acknowledged, at);
      if (isSyn) to.stream.begin(acknowledged);
    }
    if (isSyn) from.stream.begin(start);
    // This side's SYN-ACK was not captured. The other side's first acknowledgement shows where its bytes begin.
    else if (to.hasSyn && !from.stream.begun) from.stream.begin(1);
    if (segment.window === 0 && !isSyn) {
      from.zeroWindows += 1;
      if (!from.hasFin && !hasFin) from.windowClosures.close(segment.packet, at);
    } else if (from.windowClosures.closedNs !== NEVER) from.windowClosures.open(segment.packet, at);

    const end = start + length + (hasFin ? 1 : 0);
    if (length > 0) {
      if (!this.payload(segment, from, to, start, fromFirst)) {
        from.duplicates += 1;
        return;
      }
      from.ipIds.add(segment.ipId);
    }
    if (hasFin) this.fin(segment, from, to, start, start + length, fromFirst);
    const isNew = end > from.nextOffset;
    if (isNew) {
      from.nextOffset = end;
      from.nextSequence = (segment.sequence + (isSyn ? 1 : 0) + length + (hasFin ? 1 : 0)) >>> 0;
      from.newestTimestamp = segment.timestampValue;
    }
    // A repeated SYN-ACK: its sender still waits for the ACK of the handshake.
    const isHandshakeAgain = isSyn && acknowledged >= 0 && !isNew;
    if (
      this.closes.count > 0 &&
      (isNew || confirmsMore || isHandshakeAgain) &&
      segment.observationPoint === from.closePoint
    )
      this.closes.lifeAfter(this.drafted(fromFirst), segment);
    if (to.hasFin && confirmsMore) this.closes.acknowledged(this.drafted(!fromFirst), acknowledged, segment);
    from.unanswered.add(acknowledged, end, segment.packet);
    from.remember(segment);
  }

  /** An ICMP error quotes a segment of this connection; only the first {@link MAX_UNREACHABLES} are kept. */
  unreachable(error: UnreachableDraft): void {
    if (this.unreachables.length === 0) this.unreachables = [error];
    else if (this.unreachables.length < MAX_UNREACHABLES) this.unreachables.push(error);
  }

  /** Nothing follows: delivers what still waits behind holes, then tells the readers the end. */
  finishReading(): void {
    this.isReadToEnd = true;
    const how = this.first.hasRst || this.second.hasRst ? 'rst' : 'capture-ended';
    const last = this.closes.kept.at(-1);
    const packet = last?.packet ?? this.lastPacket;
    const at = last?.atNs ?? this.endNs;
    this.first.stream.finish(how, this.second.acknowledged, packet, at);
    this.second.stream.finish(how, this.first.acknowledged, packet, at);
  }

  private drafted(fromFirst: boolean): Side {
    return fromFirst ? this.firstStandsFor : OPPOSITE[this.firstStandsFor];
  }

  /** Takes a segment's payload; `false`: the segment was captured before, at another point. */
  private payload(segment: SegmentView, from: Direction, to: Direction, start: number, fromFirst: boolean): boolean {
    const at = segment.atNs;
    const length = segment.payloadLength;
    const end = start + length;
    if (to.mss > 0 && length > to.mss) from.oversized += 1;
    if (end > from.nextOffset) {
      this.idlePeriods.end('payload', fromFirst, segment.packet, at, this.firstStandsFor);
      this.idlePeriods.begin(fromFirst, at);
      if (from.firstPayloadNs === NEVER) from.firstPayloadNs = at;
      from.lastPayloadNs = at;
    } else if (start >= from.stream.expected) {
      from.outOfOrder += 1;
      if (at - from.stream.openedNs(start) >= this.handshake.roundTripNs) {
        from.refills += 1;
        from.noteAgain(segment.packet, at);
      }
    } else if (wasSeenBefore(from, segment)) return false;
    // RFC 9293 §3.8.4: a keep-alive repeats the last byte, or sends a byte of garbage in its place.
    else if (length > 1 || end !== from.nextOffset) {
      from.retransmissions += 1;
      from.noteAgain(segment.packet, at);
      from.repeats(start, length, segment.packet, at);
    }
    if (length >= LARGE_SEGMENT && from.firstLarge < 0) from.firstLarge = start;
    from.stream.payload(start, length, segment.buffer, segment.payloadStart, segment.payloadEnd, segment.packet, at);
    return true;
  }

  private fin(
    segment: SegmentView,
    from: Direction,
    to: Direction,
    start: number,
    offset: number,
    fromFirst: boolean,
  ): void {
    const isRepeat = from.hasFin && offset < from.nextOffset;
    if (isRepeat) return;
    if (segment.payloadLength === 0)
      this.idlePeriods.end('fin', fromFirst, segment.packet, segment.atNs, this.firstStandsFor);
    this.close('fin', segment, from, to, start, fromFirst);
    from.hasFin = true;
    if (to.hasFin) this.isClosed = true;
    from.stream.fin(offset, segment.packet, segment.atNs);
  }

  private abort(segment: SegmentView, from: Direction, to: Direction, fromFirst: boolean): void {
    this.idlePeriods.end('rst', fromFirst, segment.packet, segment.atNs, this.firstStandsFor);
    // A reset does not fix the base: its sequence number may be forged.
    const start = from.base < 0 ? 1 : from.offsetOf(segment.sequence, false);
    this.close('rst', segment, from, to, start, fromFirst);
    if (!from.hasRst) from.resetPoint = segment.observationPoint;
    from.resets += 1;
    from.hasRst = this.isClosed = true;
  }

  private close(
    kind: 'fin' | 'rst',
    segment: SegmentView,
    from: Direction,
    to: Direction,
    start: number,
    fromFirst: boolean,
  ): void {
    this.closes.count += 1;
    from.closePoint = segment.observationPoint;
    if (!this.closes.isFull) this.closes.add(closeEvidenceOf(kind, segment, from, to, start, this.drafted(fromFirst)));
  }
}
