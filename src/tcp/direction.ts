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

/** Length of a SACK option with one block, bytes. RFC 2018 §3. */
const ONE_SACK_BLOCK = 10;

/** One direction's figures; see the head of this file. */
export class Direction {
  readonly stream: StreamReassembly;
  readonly ttl = new Majority();
  readonly mac = new Majority();
  /** How many bytes of TCP options the snap length cuts off this side's segments after the SYN. */
  readonly unseenOptions = new Majority();
  readonly unanswered = new Unanswered();
  readonly windowClosures = new WindowClosures();
  readonly ipIds = new RecentIpIds();

  packets = 0;
  payloadBytes = 0;
  retransmissions = 0;
  outOfOrder = 0;
  /** Segments that came so late that they must have been lost and sent again: see SideFacts (facts/connection). */
  refills = 0;
  /** Bytes of retransmitted segments, and those bytes that the other side reports as received twice. */
  againBytes = 0;
  needlessBytes = 0;
  /** The first retransmission or refill; -1: there was none. */
  againPacket = -1;
  againNs = NEVER;
  duplicates = 0;
  /** Duplicates that came from another observation point than the segment before them. */
  duplicatesElsewhere = 0;
  oversized = 0;
  zeroWindows = 0;
  /** Time and offset of each retransmission, alternating: see SideFacts (facts/connection). `null`: there was none. */
  resends: number[] | null = null;
  /** The segment retransmitted last, and the one retransmitted most often: offset, length, repetitions, packets and times. */
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
  /** This side's SYN was captured twice, so its other packets are, too: at another point, or (`isDoubledInCapture`) within one capture. */
  isDoubled = false;
  isDoubledInCapture = false;
  /** What each observation point has seen of this side, in order of appearance; `null`: there is only one, which `ttl` and `mac` describe. */
  seen: SeenAtPoint[] | null = null;
  /** Retransmissions counted since there are several observation points, and all resets counted. Copies are left out. */
  repeatsTaken = 0;
  resets = 0;
  /** No single observation point was the first to see all of this side's segments. */
  isOfSeveralPoints = false;
  hasFin = false;
  hasRst = false;

  firstPayloadNs = NEVER;
  lastPayloadNs = NEVER;

  /** Timestamp of the segment with the newest bytes. No later segment has an older timestamp. */
  newestTimestamp = -1;

  /** The last segment, for recognising duplicates and judging what follows. */
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
  /** The observation points (capture/packet) of this side's last segment and of its last FIN or RST. */
  lastPoint = 0;
  closePoint = 0;
  /** The observation point of the first reset in this side's name; -1: there is none. */
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

  /** Whether several observation points, the given one among them, have captured this side. */
  isSeenElsewhere(observationPoint: number): boolean {
    return this.seen !== null || (observationPoint !== this.lastPoint && this.lastPacket >= 0);
  }

  /** What one of several observation points has seen. The first one is credited with everything seen before the second appeared. */
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

  /** Whether a point has seen at least `resets` resets of this side and nothing else, so that it cannot tell who sent them. */
  isResetUnknown(resets: number): boolean {
    return this.seen?.some((one) => one.plain === 0 && one.resets >= resets) === true;
  }

  /** TTL and link-layer address at the point that captured this side's reset, or else at the first point. */
  get baseline(): Pick<SeenAtPoint, 'ttl' | 'mac'> {
    const { seen, resetPoint } = this;
    return seen?.find(({ point }) => point === resetPoint) ?? this;
  }

  /** The offset of `sequence` in this side's stream. The first call fixes the base as Wireshark does: without a SYN, the first segment begins at offset 1. */
  offsetOf(sequence: number, isSyn: boolean): number {
    if (this.base < 0) this.begin(isSyn ? sequence : previous(sequence));
    return offsetNear(sequence, this.nextSequence, this.nextOffset);
  }

  /** Notes the first retransmission or refill. */
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
   * Takes a SACK option whose edges the snap length cut off, from a side that has received everything. No hole is left
   * that the first block could lie behind, so it reports the last retransmission as received twice.
   */
  noteHiddenSack(): void {
    if (this.lastRepeated.times > 0) this.needlessBytes += this.lastRepeated.length;
  }

  /**
   * Whether the snap length cut a SACK option off this side's acknowledgement: it lacks more bytes of options than most
   * of its segments, by at least one block. An option on all segments is no SACK (timestamps, RFC 7323 §3.2; MPTCP,
   * TCP-AO, MD5). A segment with payload is passed over: it may have another option (MPTCP's mapping, RFC 8684 §3.3.1).
   */
  hidesSack({ payloadLength, unseenOptions }: SegmentView): boolean {
    return payloadLength === 0 && unseenOptions - this.unseenOptions.value >= ONE_SACK_BLOCK;
  }

  /** Retransmissions that were not needed, because the other side already had the bytes. */
  get needless(): number {
    const { retransmissions, againBytes, needlessBytes } = this;
    return againBytes === 0 ? 0 : Math.min(retransmissions, Math.round((retransmissions * needlessBytes) / againBytes));
  }

  /** This side's SYN was captured again. */
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

  /** Counts a retransmission. */
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

  /** Adds a segment other than a reset to the baseline, which a forger would have to imitate. */
  observe(segment: SegmentView): void {
    this.plainSegments += 1;
    // With several observation points, each has its own baseline.
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

  /** Keeps the fields that the next segment is compared with. */
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
