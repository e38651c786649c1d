/** What one side of a connection has sent so far: numbers only, reused for the next connection. */
import { LARGE_SEGMENT, MAX_RESENDS } from '../facts/connection.js';
import type { CaptureDirection } from '../facts/segment-evidence.js';
import { SYN } from '../facts/tcp-flags.js';
import type { SegmentView } from '../net/segment.js';
import { Majority } from './majority.js';
import { NEVER } from './never.js';
import type { PendingBudget } from './pending-segments.js';
import { RecentIpIds } from './recent-ip-ids.js';
import { Repetition } from './repetition.js';
import { SeenAtPoint } from './seen-at-point.js';
import { distance, offsetNear, previous } from './sequence.js';
import { StreamReassembly } from './stream-reassembly.js';
import { Unanswered } from './unanswered.js';
import { WindowClosures } from './window-closures.js';

/** Bytes of a SACK option with one block. RFC 2018 §3. */
const ONE_SACK_BLOCK = 10;

/** One direction's figures; see the head of this file. */
export class Direction {
  readonly stream: StreamReassembly;
  readonly ttl = new Majority();
  readonly mac = new Majority();
  /** How many bytes of options the snap length cuts off its segments behind the SYN. */
  readonly unseenOptions = new Majority();
  readonly unanswered = new Unanswered();
  readonly windowClosures = new WindowClosures();
  readonly ipIds = new RecentIpIds();

  packets = 0;
  payloadBytes = 0;
  retransmissions = 0;
  outOfOrder = 0;
  /** Segments that came so late that they had been lost before: see SideFacts (facts/connection). */
  refills = 0;
  /** Bytes of segments that were sent again, and of those that the other side says it had got already. */
  againBytes = 0;
  needlessBytes = 0;
  /** The first segment of either kind; -1: there was none. */
  againPacket = -1;
  againNs = NEVER;
  duplicates = 0;
  /** Of them, those of another observation point than the segments before them. */
  duplicatesElsewhere = 0;
  oversized = 0;
  zeroWindows = 0;
  /** When bytes were sent again, and their offset, in turns: see SideFacts (facts/connection). `null`: none were. */
  resends: number[] | null = null;
  /** The segment that was sent again last, and the one that was most often: offset, length, repetitions, packets and times. */
  readonly lastRepeated = new Repetition();
  readonly mostRepeated = new Repetition();
  /** Offset of the first large segment; -1: none. */
  firstLarge = -1;
  /** Bytes of its longest block behind a hole that is shorter than a large segment: see SideFacts (facts/connection). */
  shortBehind = 0;
  snapped = 0;
  zeroIpIds = 0;
  plainSegments = 0;
  inbound = 0;
  outbound = 0;

  /** Initial sequence number, or what stands for it when the SYN was not seen; -1: unknown. */
  base = -1;
  /** The highest sequence number sent, as sequence number and as offset: SYN at 0, first byte at 1. */
  nextSequence = 0;
  nextOffset = -1;
  /** Highest acknowledgement sent, as an offset in the other side's stream; -1: none. */
  acknowledged = -1;
  mss = -1;
  hasSyn = false;
  /** Its SYN was captured twice, and so are its other packets: at another point, or (`isDoubledInCapture`) within one capture. */
  isDoubled = false;
  isDoubledInCapture = false;
  /** What each point has seen of it, in the order in which they came; `null`: there is one, of which `ttl` and `mac` are. */
  seen: SeenAtPoint[] | null = null;
  /** Its segments that were sent again, as far as they were taken since there are several points; its resets, all that were taken. */
  repeatsTaken = 0;
  resets = 0;
  /** What it sent was seen first now at one observation point, now at another: none of them saw all of it first. */
  isOfSeveralPoints = false;
  hasFin = false;
  hasRst = false;

  firstPayloadNs = NEVER;
  lastPayloadNs = NEVER;

  /** Timestamp of the segment with the newest bytes: what is sent afterwards has none before it. */
  newestTimestamp = -1;

  /** The last segment, for duplicates and for judging what follows. */
  lastPacket = -1;
  lastNs = NEVER;
  lastSequence = 0;
  lastAcknowledgement = 0;
  lastFlags = 0;
  lastLength = 0;
  lastIpId = -1;
  lastWindow = 0;
  lastTtl = -1;
  lastMac = -1;
  lastVlan = -1;
  lastDepth = -1;
  lastInterface = -1;
  /** Where its last segment, and its last FIN or RST, were captured (capture/packet). */
  lastPoint = 0;
  closePoint = 0;
  /** Where the first reset in its name was; -1: there is none. */
  resetPoint = -1;
  lastTimestamp = -1;

  constructor(budget: PendingBudget) {
    this.stream = new StreamReassembly(budget);
  }

  reset(): void {
    this.stream.reset();
    this.ttl.reset();
    this.mac.reset();
    this.unseenOptions.reset();
    this.packets = this.payloadBytes = this.retransmissions = this.outOfOrder = this.duplicates = this.refills = 0;
    this.againBytes = this.needlessBytes = this.shortBehind = 0;
    this.againNs = NEVER;
    this.againPacket = this.firstLarge = -1;
    this.windowClosures.reset();
    this.ipIds.reset();
    this.resends = null;
    if (this.lastRepeated.times > 0) this.lastRepeated.reset();
    if (this.mostRepeated.times > 0) this.mostRepeated.reset();
    this.oversized = this.zeroWindows = this.snapped = this.zeroIpIds = this.plainSegments = 0;
    this.inbound = this.outbound = 0;
    this.base = -1;
    this.nextSequence = 0;
    this.nextOffset = -1;
    this.acknowledged = -1;
    this.mss = -1;
    this.hasSyn = this.hasFin = this.hasRst = false;
    this.isDoubled = this.isDoubledInCapture = this.isOfSeveralPoints = false;
    this.seen = null;
    this.repeatsTaken = this.resets = 0;
    this.resetPoint = -1;
    this.duplicatesElsewhere = 0;
    this.firstPayloadNs = this.lastPayloadNs = this.lastNs = NEVER;
    this.lastPacket = -1;
    this.lastSequence = this.lastAcknowledgement = this.lastFlags = this.lastLength = 0;
    this.lastIpId =
      this.lastTtl =
      this.lastMac =
      this.lastVlan =
      this.lastDepth =
      this.lastInterface =
      this.lastTimestamp =
        -1;
    this.lastWindow = 0;
    this.newestTimestamp = -1;
    this.unanswered.reset();
  }

  /** Whether a segment's point is one of several that have captured this side. */
  isSeenElsewhere(observationPoint: number): boolean {
    return this.seen !== null || (observationPoint !== this.lastPoint && this.lastPacket >= 0);
  }

  /** What a point has seen, where there are several; until there are, one has seen everything. */
  seenAt(observationPoint: number): SeenAtPoint {
    this.seen ??= [this.seenAtFirst()];
    const { seen } = this;
    for (const one of seen) if (one.point === observationPoint) return one;
    const begun = new SeenAtPoint(observationPoint, new Majority(), new Majority(), -1, 0);
    begun.repeats = this.repeatsTaken;
    seen.push(begun);
    return begun;
  }

  private seenAtFirst(): SeenAtPoint {
    const first = new SeenAtPoint(this.lastPoint, this.ttl, this.mac, this.nextOffset, this.plainSegments);
    first.resets = this.resets;
    return first;
  }

  /** Whether a point has seen so many of its resets, and nothing else of it: whose they are is not seen there. */
  isResetUnknown(resets: number): boolean {
    return this.seen?.some((one) => one.plain === 0 && one.resets >= resets) === true;
  }

  /** TTL and link-layer address where its reset was captured, or else where it was captured first. */
  get baseline(): Pick<SeenAtPoint, 'ttl' | 'mac'> {
    const { seen, resetPoint } = this;
    return seen?.find(({ point }) => point === resetPoint) ?? this;
  }

  /** Where `sequence` stands in this side's stream. Fixes the base on first use, as Wireshark does: a first segment without SYN begins at offset 1. */
  offsetOf(sequence: number, isSyn: boolean): number {
    if (this.base < 0) this.begin(isSyn ? sequence : previous(sequence));
    return offsetNear(sequence, this.nextSequence, this.nextOffset);
  }

  /** A segment was sent again, or came so late that it had been lost before. */
  noteAgain(packet: number, atNs: number): void {
    if (this.againPacket >= 0) return;
    this.againPacket = packet;
    this.againNs = atNs;
  }

  /** The other side's first SACK block: what lies below its acknowledgement came to it twice (D-SACK, RFC 2883 §4), what lies above came behind a hole (RFC 2018 §4). */
  noteSack(start: number, end: number, acknowledgement: number): void {
    const length = Math.max(0, distance(end, start));
    if (distance(end, acknowledgement) <= 0) this.needlessBytes += length;
    else if (length < LARGE_SEGMENT && length > this.shortBehind && distance(start, acknowledgement) > 0)
      this.shortBehind = length;
  }

  /**
   * A SACK option whose edges were cut off, of a side that had got all there was: no hole is left that its first
   * block could lie behind, so it names what came twice, of late.
   */
  noteHiddenSack(): void {
    if (this.lastRepeated.times > 0) this.needlessBytes += this.lastRepeated.length;
  }

  /**
   * Whether the snap length cut a SACK off an acknowledgement of this side's: it lacks more options than most of its
   * segments do, by a block. What stands on all of them is no SACK (timestamps, RFC 7323 §3.2; MPTCP, TCP-AO, MD5),
   * and bytes of its own may bring an option of their own (MPTCP's mapping, RFC 8684 §3.3.1).
   */
  hidesSack({ payloadLength, unseenOptions }: SegmentView): boolean {
    return payloadLength === 0 && unseenOptions - this.unseenOptions.value >= ONE_SACK_BLOCK;
  }

  /** Of the segments that were sent again, those that need not have been: the other side had them. */
  get needless(): number {
    const { retransmissions, againBytes, needlessBytes } = this;
    return againBytes === 0 ? 0 : Math.min(retransmissions, Math.round((retransmissions * needlessBytes) / againBytes));
  }

  /** Its SYN was captured again. */
  noteDoubled(observationPoint: number): void {
    this.duplicates += 1;
    this.isDoubled = true;
    if (observationPoint === this.lastPoint) this.isDoubledInCapture = true;
    else this.duplicatesElsewhere += 1;
  }

  /** Declares the initial sequence number. */
  begin(base: number): void {
    this.base = base;
    this.nextSequence = base;
    this.nextOffset = 0;
  }

  /** A segment was sent again. */
  repeats(start: number, length: number, packet: number, at: number): void {
    this.againBytes += length;
    this.resends ??= [];
    const { resends } = this;
    if (resends.length === 2 * MAX_RESENDS) resends.length -= 2;
    resends.push(at, start);
    const last = this.lastRepeated;
    last.add(start, length, packet, at);
    if (last.times >= this.mostRepeated.times) this.mostRepeated.take(last);
  }

  /** Adds a segment that is no reset to the baseline: what a forger would have to imitate. */
  observe(segment: SegmentView): void {
    this.plainSegments += 1;
    // Where there are several points, each has its own.
    if (this.seen === null) {
      this.ttl.add(segment.ttl);
      if (segment.mac >= 0) this.mac.add(segment.mac);
    }
    if ((segment.flags & SYN) === 0) this.unseenOptions.add(segment.unseenOptions);
    if (segment.ipId === 0) this.zeroIpIds += 1;
    const { direction } = segment;
    if (direction === null) return;
    if (direction === 'outbound') this.outbound += 1;
    else this.inbound += 1;
  }

  /** Keeps what the next segment is compared with. */
  remember(segment: SegmentView): void {
    if (segment.observationPoint !== this.lastPoint && this.lastPacket >= 0) this.isOfSeveralPoints = true;
    this.lastPacket = segment.packet;
    this.lastPoint = segment.observationPoint;
    this.lastNs = segment.atNs;
    this.lastSequence = segment.sequence;
    this.lastAcknowledgement = segment.acknowledgement;
    this.lastFlags = segment.flags;
    this.lastLength = segment.payloadLength;
    this.lastIpId = segment.ipId;
    this.lastWindow = segment.window;
    this.lastTtl = segment.ttl;
    this.lastMac = segment.mac;
    this.lastVlan = segment.vlan;
    this.lastDepth = segment.depth;
    this.lastInterface = segment.interfaceIndex;
    this.lastTimestamp = segment.timestampValue;
  }

  get captureDirection(): CaptureDirection {
    if (this.inbound === 0 && this.outbound === 0) return null;
    return this.outbound > this.inbound ? 'outbound' : 'inbound';
  }
}
