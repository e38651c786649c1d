import type { PacketView } from '../capture/packet.js';
import type { PacketReference } from '../facts/packet-reference.js';
import { PacketDecoder } from '../net/decoder.js';
import type { PacketSink, QuotedSegment, SegmentView } from '../net/segment.js';
import { FlowTable } from '../tcp/flow-table.js';
import type { Span } from './connection-spans.js';

const NONE: ReadonlySet<PacketReference> = new Set();

/**
 * Tells which packets belong to some connections of which the first and last packet are known.
 *
 * The first packet says between which endpoints; from there to the last, what goes between them
 * belongs, as do ICMP errors that quote it. Connections that use the same endpoints again do so
 * one after the other.
 */
export class SpanMatcher implements PacketSink {
  private readonly decoder = new PacketDecoder(this);
  private readonly flows = new FlowTable();
  /** By entry of `flows`: the connection that uses it now; `null`: none. */
  private readonly active: (Span | null)[] = [];
  private readonly begins = new Map<number, Span[]>();
  private readonly ends = new Map<number, Span[]>();
  private left: number;
  /** Connections that the packet in hand belongs to. */
  private readonly found: number[] = [];

  /**
   * @param onPacket Told of each packet that belongs to some, with their stream numbers; both are borrowed.
   * @param further Packets that are told whatever they belong to.
   */
  constructor(
    spans: readonly Span[],
    private readonly onPacket: (packet: PacketView, streams: readonly number[]) => void,
    private readonly further: ReadonlySet<PacketReference> = NONE,
  ) {
    this.left = spans.length + further.size;
    for (const span of spans) {
      this.begins.set(span.first, [...(this.begins.get(span.first) ?? []), span]);
      this.ends.set(span.last, [...(this.ends.get(span.last) ?? []), span]);
    }
  }

  /** The next packet of the run; false: none of those that follow belongs to any. */
  packet(packet: PacketView): boolean {
    this.found.length = 0;
    this.decoder.decode(packet);
    const isFurther = this.further.has(packet.reference);
    if (isFurther) this.left -= 1;
    if (this.found.length > 0 || isFurther) this.onPacket(packet, this.found);
    const ended = this.ends.get(packet.reference);
    if (ended === undefined) return this.left > 0;
    for (const span of ended) {
      const entry = this.active.indexOf(span);
      if (entry >= 0) this.active[entry] = null;
    }
    this.left -= ended.length;
    return this.left > 0;
  }

  segment(segment: SegmentView): void {
    const begun = this.begins.get(segment.packet);
    if (begun !== undefined) this.begin(segment, begun);
    this.take(this.flows.find(segment));
  }

  quoted(quoted: QuotedSegment): void {
    this.take(this.flows.find(quoted));
  }

  name(): void {}

  presence(): void {}

  quicInitial(): void {}

  /** A packet that holds several segments (A-MSDU) may begin as many connections, in order of their numbers. */
  private begin(segment: SegmentView, begun: Span[]): void {
    const entry = this.flows.entryOf(segment);
    if (this.active[entry] !== null && this.active[entry] !== undefined && begun.length === 0) return;
    const span = begun.shift();
    if (span !== undefined) this.active[entry] = span;
  }

  private take(entry: number): void {
    const span = this.active[entry] ?? null;
    if (span !== null && !this.found.includes(span.stream)) this.found.push(span.stream);
  }
}
