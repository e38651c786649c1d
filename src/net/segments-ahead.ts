/**
 * takes: packets. gives: what is in them, in their order. may: keep the segments of a few packets, as long as their
 * bytes stay where they are.
 *
 * Some packets are taken apart one after the other, and then their segments are followed one after the other: so the
 * code of each stage stays in the processor's instruction cache meanwhile, which a packet's whole way does not fit in
 * (docs/performance.md).
 */
import type { PacketView } from '../capture/packet.js';
import { emptySegment } from './cursor.js';
import { PacketDecoder } from './decoder.js';
import type { NameAnswer, PacketSink, PresenceSign, QuotedSegment, SegmentView } from './segment.js';

/** Segments that are followed together: of sixteen the views take a third of a data cache of 32 KB. */
export const SEGMENTS_TOGETHER = 16;

/** Where packets go, and when each was captured. */
export interface CapturedSink extends PacketSink {
  /** Told before the segment of a packet, and of packets that hold none: where and when it was captured, as PacketView has it. */
  captured(observationPoint: number, atNs: number, epochSeconds: number, epochNanoseconds: number): void;
  /** Asked behind each segment: the next ones are to wait until {@link SegmentsAhead.follow} is called again. */
  wantsPause(): boolean;
}

/** See the head of this file. */
export class SegmentsAhead implements PacketSink {
  readonly decoder = new PacketDecoder(this);
  /** Segments that wait come first among the views; `followed` of them no longer wait. */
  private readonly views: readonly SegmentView[];
  private readonly epochSeconds: number[];
  private readonly epochNanoseconds: number[];
  /** By place among the views: what waits there is quoted, and no segment. */
  private readonly quotations: (QuotedSegment | null)[];
  private waiting = 0;
  private followed = 0;

  /**
   * @param sink Names, signs and QUIC may be told before a segment that came before them.
   * @param together Segments that are followed together. With more than one, {@link follow} must be called before the bytes of packets are gone.
   */
  constructor(
    private readonly sink: CapturedSink,
    private readonly together = 1,
  ) {
    this.views = Array.from({ length: together }, emptySegment);
    this.epochSeconds = new Array(together).fill(0);
    this.epochNanoseconds = new Array(together).fill(0);
    this.quotations = new Array(together).fill(null);
  }

  /** Takes a packet apart. */
  packet(packet: PacketView): void {
    if (this.waiting === this.together) this.followAll();
    const { waiting } = this;
    this.epochSeconds[waiting] = packet.epochSeconds;
    this.epochNanoseconds[waiting] = packet.epochNanoseconds;
    this.decoder.decode(packet, this.views[waiting]);
    if (this.waiting === waiting) {
      // Not beyond a pause: what a key is missed for is not to be read before it was looked for.
      this.follow();
      this.sink.captured(packet.observationPoint, packet.atNs, packet.epochSeconds, packet.epochNanoseconds);
    } else if (this.waiting === this.together) this.follow();
  }

  /** Hands on the segments that wait; not all, if the sink wants a pause. */
  follow(): void {
    while (this.followed < this.waiting) {
      const at = this.followed;
      this.followed += 1;
      this.take(at, this.views[at]);
      if (this.sink.wantsPause()) return;
    }
    this.waiting = this.followed = 0;
  }

  /** Hands on all segments that wait. */
  followAll(): void {
    while (this.waiting > 0) this.follow();
  }

  segment(segment: SegmentView): void {
    if (!this.decoder.goesOn) {
      this.waiting += 1;
      return;
    }
    // The packet's next segment is going to stand in the same view.
    this.followBefore();
    this.take(this.waiting, segment);
  }

  quoted(quoted: QuotedSegment): void {
    if (!this.decoder.goesOn) {
      // Waits like a segment: it must not have those before it followed beyond a pause.
      this.quotations[this.waiting] = { ...quoted };
      this.waiting += 1;
      return;
    }
    this.followBefore();
    this.sink.quoted(quoted);
  }

  name(answer: NameAnswer): void {
    this.sink.name(answer);
  }

  presence(sign: PresenceSign): void {
    this.sink.presence(sign);
  }

  quicInitial(buffer: Uint8Array, start: number, end: number): void {
    this.sink.quicInitial(buffer, start, end);
  }

  /** Hands on what waits, within a packet: what else it holds stands in the view that it began with. */
  private followBefore(): void {
    const at = this.waiting;
    this.followAll();
    this.waiting = this.followed = at;
  }

  private take(at: number, segment: SegmentView): void {
    this.sink.captured(segment.observationPoint, segment.atNs, this.epochSeconds[at], this.epochNanoseconds[at]);
    const quoted = this.quotations[at];
    if (quoted === null) this.sink.segment(segment);
    else {
      this.quotations[at] = null;
      this.sink.quoted(quoted);
    }
  }
}
