/**
 * What one observation point has seen of one side, where several points captured the connection (both ends of a path, a
 * proxy and its client): how far in the stream, how many repetitions, and with which TTL and link-layer address.
 *
 * A packet that another point saw before is a copy if this point sees it for the first time. A packet that this point
 * has already seen is a retransmission, and every point on its path sees it. It is counted only at the first point
 * whose number of repetitions exceeds those counted so far. TTLs and neighbours are only compared within one point.
 */
import type { SegmentView } from '../net/segment.js';
import type { Majority } from './majority.js';

/** A segment captured again within this time, nanoseconds, was captured at a second interface of the same point. */
const AGAIN_NS = 1_000_000;

/** See the head of this file. */
export class SeenAtPoint {
  /** How many segments this point saw again, and how many resets it saw. */
  repeats = 0;
  resets = 0;
  /** The last segment seen at this point. */
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
   * @param end How far this point has seen the side's stream, as an offset; -1: nothing.
   */
  constructor(
    readonly point: number,
    readonly ttl: Majority,
    readonly mac: Majority,
    private end: number,
    /** Number of segments without RST. */
    public plain: number,
  ) {}

  /** Remembers a segment. Returns whether it is the previous one, captured at a second interface. */
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
      // Without IP IDs, two equal segments may both have been sent; only another path of arrival shows a copy.
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

  /** Whether a segment that ends at offset `end` goes beyond everything this point has seen. */
  isNew(end: number): boolean {
    if (end <= this.end) return false;
    this.end = end;
    return true;
  }
}
