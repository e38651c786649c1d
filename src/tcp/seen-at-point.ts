/**
 * What one observation point has seen of a side of a connection that several have captured (both ends of a path, a
 * proxy and its client): how far, how often something again, and with which TTL and link-layer address.
 *
 * A packet that another point has seen before is a copy where this one sees it for the first time. What this one has
 * seen already was sent again, and each point that it passes sees it once more: it counts where a point has seen more
 * of these than all that were taken. Distances and neighbours are those of a point, and are compared within it.
 */
import type { SegmentView } from '../net/segment.js';
import type { Majority } from './majority.js';

/** A segment that is captured again within this, nanoseconds, was captured at a second interface of the point. */
const AGAIN_NS = 1_000_000;

/** See the head of this file. */
export class SeenAtPoint {
  /** Segments that it had seen already, and resets. */
  repeats = 0;
  resets = 0;
  /** Its last segment. */
  private lastNs = Number.NEGATIVE_INFINITY;
  private sequence = -1;
  private acknowledgement = -1;
  private length = -1;
  private flags = -1;
  private timestamp = -1;
  private ipId = -1;
  private hops = -1;
  private neighbour = -1;
  private interfaceIndex = -1;

  /**
   * @param end How far it has seen the side's stream, as an offset; -1: nothing.
   */
  constructor(
    readonly point: number,
    readonly ttl: Majority,
    readonly mac: Majority,
    private end: number,
    /** Segments without RST. */
    public plain: number,
  ) {}

  /** Takes down a segment; gives whether it is the one before, captured at a second interface. */
  isAgain(segment: SegmentView): boolean {
    const { atNs, sequence, acknowledgement, payloadLength, flags, timestampValue } = segment;
    const { ipId, ttl, mac, interfaceIndex } = segment;
    const isAlike =
      sequence === this.sequence &&
      acknowledgement === this.acknowledgement &&
      payloadLength === this.length &&
      flags === this.flags &&
      timestampValue === this.timestamp &&
      ipId === this.ipId &&
      // Without IP IDs two that are equal may be two that were sent, but for their way.
      (ipId > 0 || ttl !== this.hops || mac !== this.neighbour || interfaceIndex !== this.interfaceIndex) &&
      Math.abs(atNs - this.lastNs) <= AGAIN_NS;
    this.lastNs = atNs;
    this.sequence = sequence;
    this.acknowledgement = acknowledgement;
    this.length = payloadLength;
    this.flags = flags;
    this.timestamp = timestampValue;
    this.ipId = ipId;
    this.hops = ttl;
    this.neighbour = mac;
    this.interfaceIndex = interfaceIndex;
    return isAlike;
  }

  /** Adds a segment without RST to the baseline of this point. */
  observe({ ttl, mac }: SegmentView): void {
    this.plain += 1;
    this.ttl.add(ttl);
    if (mac >= 0) this.mac.add(mac);
  }

  /** Whether the point sees so far for the first time: the segment's end, as an offset. */
  isNew(end: number): boolean {
    if (end <= this.end) return false;
    this.end = end;
    return true;
  }
}
