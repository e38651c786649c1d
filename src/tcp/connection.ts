/**
 * One TCP connection while it is read: both directions, its handshake, its ends and its idle times.
 *
 * An object lives for one connection and is then reused for another. Per segment it only moves
 * numbers; objects are made for SYN, FIN and RST, which are few. Which side is the client may be
 * known late (a capture that starts in mid-connection tells by what is said), so everything is
 * kept by direction here: `first` sent the first packet captured. connection-facts.ts turns it
 * into facts by role.
 *
 * It is one file because it is one object: what a segment moves is moved in one call, and an object
 * for each part of it would cost every connection.
 */

import { CLOCK_STEP_NS } from '../facts/capture.js';
import { LIFE_AFTER_NS, MAX_CLOSE_SEGMENTS } from '../facts/close.js';
import type { ClientBasis } from '../facts/connection.js';
import { LARGE_SEGMENT, MAX_IDLE_PERIODS, MIN_IDLE_NS } from '../facts/connection.js';
import { OPPOSITE, type Side } from '../facts/endpoint.js';
import { TCP_OPTION } from '../facts/segment-evidence.js';
import { ACK, FIN, RST, SYN } from '../facts/tcp-flags.js';
import type { SegmentView } from '../net/segment.js';
import { isDuplicate, isLateCopy, isStampedAlike, wasSeenBefore } from './copies.js';
import { Direction, NEVER } from './direction.js';
import {
  type CloseDraft,
  closeEvidenceOf,
  evidenceOf,
  type IdleDraft,
  type SegmentDraft,
  type UnreachableDraft,
} from './drafts.js';
import type { PendingBudget } from './pending-segments.js';
import type { SeenAtPoint } from './seen-at-point.js';

/** A segment further ahead than the largest window is no part of the stream. RFC 7323 §2.3: 2^30. */
export const MAX_WINDOW = 2 ** 30;
/** On a short way segments overtake one another by less. */
const MIN_REFILL_NS = 3_000_000;
/** A handshake takes its hosts some time, too. */
const REFILL_SHARE = 0.9;
/** ICMP errors kept per connection: the first tell what is wrong. */
export const MAX_UNREACHABLES = 8;

/** What a connection has none of. Most connections have none, so all share these, which nothing is ever added to. */
const NO_CLOSES: CloseDraft[] = [];
const NO_IDLE_PERIODS: IdleDraft[] = [];
const NO_UNREACHABLES: UnreachableDraft[] = [];

/** How idle periods end, by the side that ended them. */
const ENDED_BY = {
  payload: { client: 'client-payload', server: 'server-payload' },
  fin: { client: 'client-fin', server: 'server-fin' },
  rst: { client: 'client-rst', server: 'server-rst' },
} as const;

/** A connection as it is read; see the head of this file. */
export class TrackedConnection {
  stream = -1;
  /** The flow table's entry, and whether `first` is the entry's second endpoint. */
  entry = -1;
  firstIsUpper = false;
  /** Endpoints as words, `first`'s as source. */
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
  /** How often the run's clock had been set back when its last segment came (tcp/tracker). */
  clockSteps = 0;
  /** The tracker has noted with which sequence numbers both sides began. */
  basesNoted = false;
  /** See Connection (facts/connection). */
  isImage = false;
  /** Nothing more is expected: both sides have sent FIN, or one RST. Asked behind each segment. */
  isClosed = false;
  /** Closed from the tracker's view: it waits in line to be finished. */
  lingers = false;
  /** And both ends are acknowledged. */
  isSettled = false;
  private isReadToEnd = false;

  syn: SegmentDraft | null = null;
  synAck: SegmentDraft | null = null;
  synRetransmissions = 0;
  synAckRetransmissions = 0;
  /** First segment from the SYN's sender with ACK after the SYN-ACK. */
  ackNs = NEVER;
  closes: CloseDraft[] = NO_CLOSES;
  closeCount = 0;
  idlePeriods: IdleDraft[] = NO_IDLE_PERIODS;
  idlePeriodCount = 0;
  unreachables: UnreachableDraft[] = NO_UNREACHABLES;
  outOfWindow = 0;
  outOfWindowPacket = -1;

  /** The side that `first` stands for in what is drafted. */
  firstStandsFor: Side = 'client';
  /** What the bytes said of the client, where no SYN did: set by whoever reads them. */
  contentClientIsFirst: boolean | null = null;
  contentBasis: ClientBasis = 'first-packet';

  private lastPayloadNs = NEVER;
  private lastPayloadByFirst = false;

  /**
   * @param slot A number of this object's own, from 0: what belongs to it elsewhere is found by it.
   * @param bucket The bucket (share.ts) of all connections that it is used for.
   */
  constructor(
    budget: PendingBudget,
    readonly slot = 0,
    readonly bucket = 0,
  ) {
    this.first = new Direction(budget);
    this.second = new Direction(budget);
  }

  /** Begins a connection with its first segment (not yet counted). */
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
    this.syn = this.synAck = null;
    this.synRetransmissions = this.synAckRetransmissions = 0;
    this.ackNs = NEVER;
    this.closes = NO_CLOSES;
    this.closeCount = 0;
    this.idlePeriods = NO_IDLE_PERIODS;
    this.idlePeriodCount = 0;
    this.unreachables = NO_UNREACHABLES;
    this.outOfWindow = 0;
    this.outOfWindowPacket = -1;
    this.firstStandsFor = 'client';
    this.contentClientIsFirst = null;
    this.contentBasis = 'first-packet';
    this.lastPayloadNs = NEVER;
    this.lastPayloadByFirst = false;
    this.first.reset();
    this.second.reset();
  }

  /** Whether its end has begun: a FIN, a reset, or that nothing more is read of it. */
  get isEnding(): boolean {
    const { first, second } = this;
    return this.isReadToEnd || first.hasFin || second.hasFin || first.hasRst || second.hasRst;
  }

  /** Whether each side has acknowledged the other's FIN and all before it, and nothing was reset. */
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
      from.isSeenElsewhere(segment.observationPoint) && this.isKnownElsewhere(segment, from, to, fromFirst);
    if (isElsewhere || isDuplicate(from, segment)) {
      from.duplicates += 1;
      if (segment.observationPoint !== from.lastPoint) from.duplicatesElsewhere += 1;
      return;
    }
    if (segment.payloadEnd - segment.payloadStart < length) from.snapped += 1;

    const flags = segment.flags;
    if ((flags & RST) !== 0) {
      this.abort(segment, from, to, fromFirst);
      remember(from, segment);
      return;
    }
    const isSyn = (flags & SYN) !== 0;
    const start = from.offsetOf(segment.sequence, isSyn) + (isSyn ? 1 : 0);
    // Nothing new, and not the last one's successor, which nearly all are.
    if (
      start + length <= from.nextOffset &&
      segment.ipId !== from.lastIpId + 1 &&
      isLateCopy(from, to, segment, start + length)
    ) {
      from.duplicates += 1;
      return;
    }
    observe(from, segment);
    if (start - from.nextOffset > MAX_WINDOW) {
      if (this.outOfWindow === 0) this.outOfWindowPacket = segment.packet;
      this.outOfWindow += 1;
      return;
    }
    if (isSyn) this.handshake(segment, from, to, fromFirst);
    const hasFin = (flags & FIN) !== 0;
    let acknowledged = -1;
    let confirmsMore = false;
    if ((flags & ACK) !== 0) {
      acknowledged = to.offsetOf(segment.acknowledgement, false);
      confirmsMore = acknowledged > from.acknowledged && acknowledged - to.nextOffset < MAX_WINDOW;
      if (confirmsMore) from.acknowledged = acknowledged;
      if (
        this.ackNs === NEVER &&
        !isSyn &&
        this.synAck !== null &&
        this.synAck.from !== this.drafted(fromFirst) &&
        this.syn !== null
      )
        this.ackNs = at;
      if ((segment.options & TCP_OPTION.sack) !== 0)
        to.noteSack(segment.sackStart, segment.sackEnd, segment.acknowledgement);
      else if (segment.unseenOptions !== 0 && from.hidesSack(segment) && acknowledged >= to.nextOffset && !isSyn)
        to.noteHiddenSack();
      to.unanswered.answered(acknowledged);
      if (to.stream.hasHole) to.stream.acknowledged(acknowledged, at);
      if (isSyn) to.stream.begin(acknowledged);
    }
    if (isSyn) from.stream.begin(start);
    // Its SYN-ACK was not captured; what the other side acknowledged first says where its bytes begin.
    else if (to.hasSyn && !from.stream.begun) from.stream.begin(1);
    if (segment.window === 0 && !isSyn) {
      from.zeroWindows += 1;
      if (from.closedNs === NEVER && !from.hasFin && !hasFin) {
        from.closedNs = at;
        from.closedPacket = segment.packet;
      }
    } else if (from.closedNs !== NEVER) from.endsClosure(segment.packet, at);

    const end = start + length + (hasFin ? 1 : 0);
    if (length > 0) {
      if (!this.payload(segment, from, to, start, fromFirst)) {
        from.duplicates += 1;
        return;
      }
      from.noteIpId(segment.ipId);
    }
    if (hasFin) this.fin(segment, from, to, start, start + length, fromFirst);
    const isNew = end > from.nextOffset;
    if (isNew) {
      from.nextOffset = end;
      from.nextSequence = (segment.sequence + (isSyn ? 1 : 0) + length + (hasFin ? 1 : 0)) >>> 0;
      from.newestTimestamp = segment.timestampValue;
    }
    // A SYN-ACK that is sent again: its sender still waits for the handshake's ACK.
    const isHandshakeAgain = isSyn && acknowledged >= 0 && !isNew;
    if (this.closeCount > 0 && (isNew || confirmsMore || isHandshakeAgain)) this.lifeAfterClose(segment, fromFirst);
    if (to.hasFin && confirmsMore) this.finAcknowledged(segment, acknowledged, fromFirst);
    from.unanswered.add(acknowledged, end, segment.packet);
    remember(from, segment);
  }

  /** An ICMP error quotes a segment of it; only the first {@link MAX_UNREACHABLES} are kept. */
  unreachable(error: UnreachableDraft): void {
    if (this.unreachables.length === 0) this.unreachables = [error];
    else if (this.unreachables.length < MAX_UNREACHABLES) this.unreachables.push(error);
  }

  /** Nothing follows: tells the readers, with what still waits behind holes. */
  finishReading(): void {
    this.isReadToEnd = true;
    const how = this.first.hasRst || this.second.hasRst ? 'rst' : 'capture-ended';
    const last = this.closes.at(-1);
    const packet = last?.packet ?? this.lastPacket;
    const at = last?.atNs ?? this.endNs;
    this.first.stream.finish(how, this.second.acknowledged, packet, at);
    this.second.stream.finish(how, this.first.acknowledged, packet, at);
  }

  /** The pause since the last payload, ended by a segment or (`null`) with the capture; kept when it is long enough to be idleness. */
  endIdle(endedBy: keyof typeof ENDED_BY | null, byFirst: boolean, packet: number | null, at: number): void {
    if (this.lastPayloadNs === NEVER || at - this.lastPayloadNs < MIN_IDLE_NS) return;
    this.idlePeriodCount += 1;
    // The last one says how the connection was given up: it takes the last place from those in the middle.
    if (this.idlePeriods.length >= MAX_IDLE_PERIODS) this.idlePeriods.pop();
    const period: IdleDraft = {
      startNs: this.lastPayloadNs,
      durationNs: at - this.lastPayloadNs,
      after: this.drafted(this.lastPayloadByFirst),
      endedBy: endedBy === null ? 'capture-ended' : ENDED_BY[endedBy][this.drafted(byFirst)],
      packet,
    };
    if (this.idlePeriods.length === 0) this.idlePeriods = [period];
    else this.idlePeriods.push(period);
    // One pause counts once, though FIN and RST may both end it.
    this.lastPayloadNs = NEVER;
  }

  /**
   * Whether a segment only repeats what was captured at another point already: both ends of a path. In
   * the next file of a ring, which is of the same point, it would have been sent again.
   */
  private isKnownElsewhere(segment: SegmentView, from: Direction, to: Direction, fromFirst: boolean): boolean {
    const { flags, payloadLength } = segment;
    const seen = from.seenAt(segment.observationPoint);
    const isAgain = seen.isAgain(segment);
    const isSyn = (flags & SYN) !== 0;
    const start = from.offsetOf(segment.sequence, isSyn) + (isSyn ? 1 : 0);
    if ((flags & RST) !== 0) return isAgain || this.isKnownReset(segment, seen, from, to, start, fromFirst);
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

  /** The same of a reset; `start`: where it stands in its sender's stream. */
  private isKnownReset(
    segment: SegmentView,
    seen: SeenAtPoint,
    from: Direction,
    to: Direction,
    start: number,
    fromFirst: boolean,
  ): boolean {
    seen.resets += 1;
    const side = this.drafted(fromFirst);
    const known = this.closes.filter((close) => close.kind === 'rst' && close.from === side);
    if (!known.some(({ sequence }) => sequence === start)) return false;
    const same = known[seen.resets - 1];
    if (same === undefined) return this.closes.length >= MAX_CLOSE_SEGMENTS;
    // Whether its sender writes like that is seen here alone.
    if (same.sequence === start && seen.plain > 0 && from.isResetUnknown(seen.resets)) {
      this.closes[this.closes.indexOf(same)] = closeEvidenceOf('rst', segment, from, to, start, side);
      from.closePoint = from.resetPoint = seen.point;
    }
    return true;
  }

  private drafted(fromFirst: boolean): Side {
    return fromFirst ? this.firstStandsFor : OPPOSITE[this.firstStandsFor];
  }

  /** Takes a segment's bytes; `false`: it is one that was captured before, at another point. */
  private payload(segment: SegmentView, from: Direction, to: Direction, start: number, fromFirst: boolean): boolean {
    const at = segment.atNs;
    const length = segment.payloadLength;
    const end = start + length;
    if (to.mss > 0 && length > to.mss) from.oversized += 1;
    if (end > from.nextOffset) {
      this.endIdle('payload', fromFirst, segment.packet, at);
      this.lastPayloadNs = at;
      this.lastPayloadByFirst = fromFirst;
      if (from.firstPayloadNs === NEVER) from.firstPayloadNs = at;
      from.lastPayloadNs = at;
    } else if (start >= from.stream.expected) {
      from.outOfOrder += 1;
      if (at - from.stream.openedNs(start) >= this.roundTripNs) {
        from.refills += 1;
        from.noteAgain(segment.packet, at);
      }
    } else if (wasSeenBefore(from, segment)) return false;
    // RFC 9293 §3.8.4: a keep-alive repeats the last byte, or has a byte of rubbish in its place.
    else if (length > 1 || end !== from.nextOffset) {
      from.retransmissions += 1;
      from.noteAgain(segment.packet, at);
      from.repeats(start, length, segment.packet, at);
    }
    if (length >= LARGE_SEGMENT && from.firstLarge < 0) from.firstLarge = start;
    from.stream.payload(start, length, segment.buffer, segment.payloadStart, segment.payloadEnd, segment.packet, at);
    return true;
  }

  /** In which a segment that is missed can be asked for and come again: at any point, what the handshake took. Infinite: not known. */
  private get roundTripNs(): number {
    const { syn, ackNs } = this;
    if (syn === null || ackNs === NEVER) return Number.POSITIVE_INFINITY;
    return Math.max(MIN_REFILL_NS, REFILL_SHARE * (ackNs - syn.atNs));
  }

  private handshake(segment: SegmentView, from: Direction, to: Direction, fromFirst: boolean): void {
    if (segment.mss > 0) from.mss = segment.mss;
    from.hasSyn = true;
    if ((segment.flags & ACK) === 0) {
      if (this.syn !== null && this.syn.from === this.drafted(fromFirst)) {
        if (isStampedAlike(from, segment)) from.noteDoubled(segment.observationPoint);
        else this.synRetransmissions += 1;
      } else this.syn ??= evidenceOf(segment, from, to, this.drafted(fromFirst));
    } else if (this.syn !== null && this.syn.from === this.drafted(fromFirst)) {
      // Both opened at once (RFC 9293 §3.5): this answers the other side's SYN, whose own SYN-ACK answers the first.
      return;
    } else if (this.synAck !== null && this.synAck.from === this.drafted(fromFirst)) {
      if (isStampedAlike(from, segment)) from.noteDoubled(segment.observationPoint);
      else this.synAckRetransmissions += 1;
    } else this.synAck ??= evidenceOf(segment, from, to, this.drafted(fromFirst));
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
    if (segment.payloadLength === 0) this.endIdle('fin', fromFirst, segment.packet, segment.atNs);
    this.close('fin', segment, from, to, start, fromFirst);
    from.hasFin = true;
    if (to.hasFin) this.isClosed = true;
    from.stream.fin(offset, segment.packet, segment.atNs);
  }

  private abort(segment: SegmentView, from: Direction, to: Direction, fromFirst: boolean): void {
    this.endIdle('rst', fromFirst, segment.packet, segment.atNs);
    // A reset fixes no base: its sequence number may be anybody's invention.
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
    this.closeCount += 1;
    from.closePoint = segment.observationPoint;
    const { closes } = this;
    if (closes.length >= MAX_CLOSE_SEGMENTS) return;
    const draft = closeEvidenceOf(kind, segment, from, to, start, this.drafted(fromFirst));
    // Two are the rule; an array that grows makes room for seventeen.
    if (closes.length === 0) this.closes = [draft];
    else if (closes.length === 1) this.closes = [closes[0], draft];
    else closes.push(draft);
  }

  /** The other side's acknowledgement covers a FIN: its kernel has it. */
  private finAcknowledged(segment: SegmentView, acknowledged: number, fromFirst: boolean): void {
    const from = this.drafted(!fromFirst);
    const { closes } = this;
    for (let at = 0; at < closes.length; at += 1) {
      const close = closes[at];
      if (
        close.kind === 'fin' &&
        close.from === from &&
        close.acknowledgedPacket === null &&
        acknowledged > close.sequence + close.payloadLength
      ) {
        close.acknowledgedPacket = segment.packet;
        close.acknowledgedNs = segment.atNs;
      }
    }
  }

  /** The sender goes on after a FIN or RST in its name. */
  private lifeAfterClose(segment: SegmentView, fromFirst: boolean): void {
    const from = this.drafted(fromFirst);
    const sender = fromFirst ? this.first : this.second;
    const { closes } = this;
    for (let at = 0; at < closes.length; at += 1) {
      const close = closes[at];
      if (
        close.from === from &&
        close.lifeAfter === null &&
        segment.atNs - close.atNs > LIFE_AFTER_NS &&
        segment.observationPoint === sender.closePoint
      ) {
        close.lifeAfter = segment.packet;
        close.lifeAfterNs = segment.atNs;
      }
    }
  }
}

/** Keeps what the next segment of this side is compared with. */
function remember(from: Direction, segment: SegmentView): void {
  if (segment.observationPoint !== from.lastPoint && from.lastPacket >= 0) from.isOfSeveralPoints = true;
  from.lastPacket = segment.packet;
  from.lastPoint = segment.observationPoint;
  from.lastNs = segment.atNs;
  from.lastSequence = segment.sequence;
  from.lastAcknowledgement = segment.acknowledgement;
  from.lastFlags = segment.flags;
  from.lastLength = segment.payloadLength;
  from.lastIpId = segment.ipId;
  from.lastWindow = segment.window;
  from.lastTtl = segment.ttl;
  from.lastMac = segment.mac;
  from.lastVlan = segment.vlan;
  from.lastDepth = segment.depth;
  from.lastInterface = segment.interfaceIndex;
  from.lastTimestamp = segment.timestampValue;
}

/** Adds a segment that is no reset to its side's baseline: what a forger would have to imitate. */
function observe(from: Direction, segment: SegmentView): void {
  from.plainSegments += 1;
  // Where there are several points, each has its own.
  if (from.seen === null) {
    from.ttl.add(segment.ttl);
    if (segment.mac >= 0) from.mac.add(segment.mac);
  }
  if (segment.ipId === 0) from.zeroIpIds += 1;
  const { direction } = segment;
  if (direction === null) return;
  if (direction === 'outbound') from.outbound += 1;
  else from.inbound += 1;
}
