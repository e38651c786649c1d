/**
 * takes: segments, in capture order.
 * gives: connections as they begin and as they end; their bytes in order, to the readers that the handler attaches.
 * may: keep what is open. May not: read files, know what the bytes say.
 *
 * Connections are numbered as Wireshark numbers `tcp.stream`: a pair of endpoints keeps its number
 * until a SYN comes that cannot belong to it. A closed connection lingers, so that late segments
 * and life after a reset are still seen, until {@link MAX_LINGERING} others have closed after it.
 */
import { ACK, type QuotedSegment, type SegmentView, SYN } from '../net/segment.js';
import { addressText } from '../text/address.js';
import { MAX_UNREACHABLES, TrackedConnection } from './connection.js';
import { ConnectionQueue } from './connection-queue.js';
import { FlowTable } from './flow-table.js';
import type { PendingBudget } from './pending-segments.js';

/**
 * Closed connections kept for late segments: some hundredths of a second at the busiest proxy,
 * seconds elsewhere. What they hold should not outlive the garbage collector's young generation,
 * which doubles the cost and the memory of a run: beyond {@link MIN_LINGERING} they may together
 * have had no more than {@link MAX_LINGERING_PACKETS}.
 */
export const MAX_LINGERING = 512;
export const MIN_LINGERING = 64;
export const MAX_LINGERING_PACKETS = 8192;
/** Connections open at once beyond which the longest idle are given up: some 100 MiB of plain ones, 500 where each has begun with TLS. */
export const MAX_OPEN = 32_768;
/** One that was active this recently is not given up while others were not. */
const ACTIVE_NS = 5_000_000_000;

/** Active connections passed over before one is given up all the same. */
const EVICTION_TRIES = 64;

/** Who is told of connections. */
export interface ConnectionHandler {
  /** A connection begins; its directions' readers may be attached. */
  opened(connection: TrackedConnection): void;
  /** A stream number went to a segment that is only quoted; should its connection come, it will bear it. */
  spent(stream: number): void;
  /** It is closed, and its readers will be told nothing more. Told once, before it is `finished`; not of all connections. */
  silent?(connection: TrackedConnection): void;
  /** It has ended, or is given up (`evicted`); its readers have been told. The object is reused afterwards. */
  finished(connection: TrackedConnection, evicted: boolean): void;
}

/** Follows all connections of a run; see the head of this file. */
export class ConnectionTracker {
  /** Stream numbers spent so far. */
  streams = 0;
  /** Segments of connections that had been finished before. */
  lateSegments = 0;
  evicted = 0;
  private readonly flows = new FlowTable();
  /** By flow table entry: the connection that is open there, or `null`. */
  private readonly connections: (TrackedConnection | null)[] = [];
  /** By entry: the stream number, for a quoted segment that came before its connection. */
  private readonly reserved = new Map<number, number>();
  private readonly free: TrackedConnection[] = [];
  private readonly lingering = new ConnectionQueue();
  private readonly opened = new ConnectionQueue();
  private open = 0;
  /** Connection objects made so far. */
  private slots = 0;
  private readonly budget: PendingBudget = { bytes: 0 };

  constructor(private readonly handler: ConnectionHandler) {}

  /** The next segment of the capture. */
  segment(segment: SegmentView): void {
    const known = this.flows.size;
    const entry = this.flows.entryOf(segment);
    const isUpper = this.flows.reversed;
    let connection = entry < known ? this.connections[entry] : null;
    if (entry === known) this.connections.push(null);
    const isSyn = (segment.flags & (SYN | ACK)) === SYN;
    if (connection !== null && isSyn && isReused(connection, segment, isUpper)) {
      this.finishConnection(connection, false);
      connection = null;
    }
    if (connection === null) {
      if (entry < known && !isSyn && !this.reserved.has(entry)) {
        this.lateSegments += 1;
        return;
      }
      connection = this.begin(segment, entry, isUpper);
    }
    connection.segment(segment, connection.firstIsUpper === isUpper);
    if (connection.isClosed && !connection.lingers) this.linger(connection);
  }

  /** A segment quoted by an ICMP error: tied to its connection. One of no known connection still uses up a stream number, as in Wireshark. */
  quoted(quoted: QuotedSegment): void {
    let entry = this.flows.find(quoted);
    if (entry < 0) {
      if (!quoted.numbered) return;
      entry = this.flows.entryOf(quoted);
      this.connections.push(null);
      this.reserved.set(entry, this.streams);
      this.handler.spent(this.streams);
      this.streams += 1;
      return;
    }
    const connection = this.connections[entry];
    if (connection === null || connection.unreachables.length >= MAX_UNREACHABLES) return;
    connection.unreachables.push({
      packet: quoted.packet,
      atNs: quoted.atNs,
      sender: addressText(quoted.icmpFamily, quoted.sender0, quoted.sender1, quoted.sender2, quoted.sender3),
      type: quoted.icmpType,
      code: quoted.icmpCode,
      mtu: quoted.mtu < 0 ? null : quoted.mtu,
      quoted: connection.firstIsUpper === this.flows.reversed ? 'client' : 'server',
    });
  }

  /** The capture has ended: so have all connections, in order of their numbers. */
  finish(): void {
    const open = this.connections.filter((connection) => connection !== null);
    open.sort((a, b) => a.stream - b.stream);
    for (const connection of open) this.finishConnection(connection, false);
  }

  private begin(segment: SegmentView, entry: number, isUpper: boolean): TrackedConnection {
    let stream = this.reserved.get(entry);
    if (stream === undefined) {
      stream = this.streams;
      this.streams += 1;
    } else this.reserved.delete(entry);
    let connection = this.free.pop();
    if (connection === undefined) {
      connection = new TrackedConnection(this.budget, this.slots);
      this.slots += 1;
    }
    connection.open(stream, entry, isUpper, segment);
    this.connections[entry] = connection;
    this.opened.add(connection);
    this.open += 1;
    this.handler.opened(connection);
    if (this.open > MAX_OPEN + MAX_LINGERING) this.evict(segment.atNs);
    else if (this.opened.length > 2 * this.open + MAX_LINGERING) this.opened.forgetEnded();
    return connection;
  }

  private linger(connection: TrackedConnection): void {
    const { lingering } = this;
    connection.lingers = true;
    if (connection.isSilent) this.handler.silent?.(connection);
    lingering.add(connection, connection.first.packets + connection.second.packets);
    while (
      lingering.length > MAX_LINGERING ||
      (lingering.length > MIN_LINGERING && lingering.weight > MAX_LINGERING_PACKETS)
    ) {
      const oldest = lingering.takeOldest();
      if (oldest !== null) this.finishConnection(oldest, false);
    }
  }

  /**
   * Puts a closed connection away, or gives up the one that began first of those that nobody answered (a
   * flood of SYNs must not push out what is at work) or that were not active of late; after some tries
   * without one, the oldest.
   */
  private evict(now: number): void {
    const closed = this.lingering.takeOldest();
    if (closed !== null) {
      this.finishConnection(closed, false);
      return;
    }
    for (let tries = 0; ; tries += 1) {
      const oldest = this.opened.takeOldest();
      if (oldest === null) return;
      if (oldest.second.packets > 0 && now - oldest.endNs < ACTIVE_NS && tries < EVICTION_TRIES) {
        this.opened.add(oldest);
        continue;
      }
      this.evicted += 1;
      this.finishConnection(oldest, true);
      return;
    }
  }

  private finishConnection(connection: TrackedConnection, evicted: boolean): void {
    connection.finishReading();
    this.handler.finished(connection, evicted);
    this.connections[connection.entry] = null;
    this.open -= 1;
    connection.stream = -1;
    this.free.push(connection);
  }
}

/**
 * Whether a SYN on a known pair of endpoints begins a new connection, as Wireshark 4.0 decides it:
 * it does when its sequence number is not the one this side began with; else it is a repetition,
 * even of a SYN that was refused.
 */
function isReused(connection: TrackedConnection, segment: SegmentView, isUpper: boolean): boolean {
  const from = connection.firstIsUpper === isUpper ? connection.first : connection.second;
  return from.base >= 0 && from.base !== segment.sequence;
}
