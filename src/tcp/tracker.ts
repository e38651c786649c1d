/**
 * takes: segments, in capture order.
 * gives: connections as they begin and as they end; their bytes in order, to the readers that the handler attaches.
 * may: keep what is open. May not: read files, know what the bytes say.
 *
 * Connections are numbered as Wireshark numbers `tcp.stream`: a pair of endpoints keeps its number
 * until a SYN comes that cannot belong to the same connection. A closed connection lingers (lingering.ts), so that late
 * segments and life after a reset are still seen.
 */
import { DOUBLE_ZERO } from '../bytes/double.js';
import { CLOCK_SET_NS } from '../facts/capture.js';
import { ACK, RST, SYN } from '../facts/tcp-flags.js';
import type { QuotedSegment, SegmentView } from '../net/segment.js';
import { addressText } from '../text/address.js';
import { Bucket, EVICTION_TRIES } from './bucket.js';
import { MAX_UNREACHABLES, TrackedConnection } from './connection.js';
import { FlowTable } from './flow-table.js';
import { PassedOn } from './passed-on.js';
import { previous } from './sequence.js';
import { BUCKETS, isInShare, type Share, WHOLE } from './share.js';
import { Translations } from './translations.js';

/** How many connections may be open in a bucket before some are evicted. Over all buckets, they take some 60 MiB if plain, 300 MiB if each has begun with TLS. */
export const MAX_OPEN = 20_480 / BUCKETS;
/** A connection that was active within this time, nanoseconds, is not evicted while others were inactive. */
const ACTIVE_NS = 5_000_000_000;
/** How many connections are checked for translation before a second interface is seen. */
const MAX_BEFORE = 1000;
/** Closed connections are finished together, after this many segments, so that the code for it is loaded once for all. Counted over the whole capture, so that every share does it at the same place. */
export const PUT_AWAY_EVERY = 64;
/** A queue is searched for ended connections once it is longer than twice the open ones by this many entries. */
const QUEUE_SLACK = 64;

/** Receives the connections as they begin and end. */
export interface ConnectionHandler {
  /** A connection begins. Readers may be attached to its directions now. */
  opened(connection: TrackedConnection): void;
  /** A stream number was given to a connection of another share, or to a segment quoted by an ICMP error (its connection, if it comes, gets the same number). */
  spent(stream: number): void;
  /** A connection is closed, and its readers have been told the end. Called at most once per connection, before `finished`; not for every connection. */
  silent?(connection: TrackedConnection): void;
  /** A connection has ended or was `evicted`, and its readers have been told. The object is reused afterwards. */
  finished(connection: TrackedConnection, evicted: boolean): void;
}

/** Follows all connections of a run; see the head of this file. */
export class ConnectionTracker {
  /** Stream numbers spent so far. */
  streams = 0;
  /** Segments that came after their connection was finished. */
  lateSegments = 0;
  evicted = 0;
  private readonly flows = new FlowTable();
  /** By flow table entry: the connection that is open there, or `null`. */
  private readonly connections: (TrackedConnection | null)[] = [];
  /** By flow table entry: the stream number reserved by a quoted segment that came before its connection. */
  private readonly reserved = new Map<number, number>();
  private readonly buckets: readonly Bucket[];
  /** Connection objects made so far. */
  private slots = 0;
  /** Segments seen so far, and the latest time among them. */
  private segments = 0;
  private latestNs = Number.NEGATIVE_INFINITY;
  /** The interface of the segment with the latest time. */
  private latestInterface = -1;
  /** How far the last segment of that interface with an earlier time lay before `latestNs`, and how often the clock was set back by more than {@link CLOCK_SET_NS}. */
  private behindNs = DOUBLE_ZERO;
  private clockSteps = 0;

  private readonly translations = new Translations();
  private readonly passedOn = new PassedOn();
  /** Packets are of several captures, of several interfaces or of all: nowhere else are both sides of a translator captured. */
  private seesTranslated: boolean;
  /** Number of connections passed to {@link translations}. */
  private begun = 0;

  /**
   * @param share The connections to follow; those of other shares are only numbered.
   * @param isOfSeveral Whether several captures are read.
   */
  constructor(
    private readonly handler: ConnectionHandler,
    share: Share = WHOLE,
    isOfSeveral = false,
  ) {
    this.seesTranslated = isOfSeveral;
    this.buckets = Array.from({ length: BUCKETS }, (_, number) => new Bucket(number, isInShare(share, number)));
  }

  /** The next segment of the capture. */
  segment(segment: SegmentView): void {
    this.segments += 1;
    if (this.segments % PUT_AWAY_EVERY === 0) this.putAway();
    const { atNs } = segment;
    // Below 0: this segment is the latest. Capturing programs keep packets in order of time only within each interface:
    // dumpcap empties one queue after the other, a quarter of a second late. That is not a clock that was set back.
    const behindNs = this.latestNs - atNs;
    if (behindNs < 0) {
      this.latestNs = atNs;
      this.latestInterface = segment.interfaceIndex;
    } else if (segment.interfaceIndex === this.latestInterface) {
      if (behindNs - this.behindNs > CLOCK_SET_NS) this.clockSteps += 1;
      this.behindNs = behindNs;
    }
    const known = this.flows.size;
    const entry = this.flows.entryOf(segment);
    const isUpper = this.flows.reversed;
    if (entry === known) this.connections.push(null);
    const begins = entry === known || this.isReserved(entry) || this.isReused(entry, isUpper, segment);
    let connection = this.connections[entry];
    const bucket = connection === null ? this.bucketOf(entry) : this.buckets[connection.bucket];
    if (begins) {
      if (connection !== null) this.finishConnection(connection, false);
      this.flows.forgetBases(entry);
      connection = this.begin(bucket, segment, entry, isUpper);
    }
    if (connection === null) {
      this.noteBases(entry, isUpper, segment);
      if (!begins && bucket.isOurs) this.lateSegments += 1;
      return;
    }
    if (!connection.basesNoted) connection.basesNoted = this.noteBases(entry, isUpper, segment);
    if (connection.clockSteps !== this.clockSteps) {
      connection.clockSteps = this.clockSteps;
      connection.clockStepped = true;
    }
    // Not `===`: two booleans are compared by the slower, generic comparison.
    connection.segment(segment, connection.firstIsUpper ? isUpper : !isUpper);
    if (connection.isClosed) this.linger(bucket, connection);
  }

  /** Assigns an ICMP error to the connection of the segment it quotes. Without a known connection, it still uses up a stream number, as in Wireshark. */
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
    connection.unreachable({
      packet: quoted.packet,
      atNs: quoted.atNs,
      sender: addressText(quoted.icmpFamily, quoted.sender0, quoted.sender1, quoted.sender2, quoted.sender3),
      type: quoted.icmpType,
      code: quoted.icmpCode,
      mtu: quoted.mtu < 0 ? null : quoted.mtu,
      quoted: connection.firstIsUpper === this.flows.reversed ? 'client' : 'server',
    });
  }

  /** The capture has ended: finishes all connections, in order of their stream numbers. */
  finish(): void {
    const open = this.connections.filter((connection) => connection !== null);
    open.sort((a, b) => a.stream - b.stream);
    for (const connection of open) this.finishConnection(connection, false);
  }

  private bucketOf(entry: number): Bucket {
    return this.buckets[this.flows.hashOf(entry) % BUCKETS];
  }

  private isReserved(entry: number): boolean {
    return this.reserved.size > 0 && this.reserved.has(entry);
  }

  /**
   * Whether a segment on a known pair of endpoints begins a new connection, as Wireshark 4.0 decides
   * it: a SYN does if it differs from its side's initial sequence number. Otherwise it is a repetition,
   * even of a SYN that was refused. Where only resets were seen, there is nothing to repeat.
   */
  private isReused(entry: number, isUpper: boolean, segment: SegmentView): boolean {
    if ((segment.flags & (SYN | ACK)) !== SYN) return false;
    const { flows } = this;
    if (!flows.hasBase(entry, isUpper)) return !flows.hasBase(entry, !isUpper);
    return !flows.isBase(entry, isUpper, segment.sequence);
  }

  /** Notes each side's initial sequence number, as tcp/direction does. A reset fixes nothing: its numbers may be forged. Returns whether both are known. */
  private noteBases(entry: number, isUpper: boolean, segment: SegmentView): boolean {
    const { flags } = segment;
    const { flows } = this;
    if ((flags & RST) !== 0) {
      if ((flags & ACK) !== 0 && flows.hasBase(entry, !isUpper) && !flows.hasBase(entry, isUpper))
        this.noteRefusal(entry);
      return false;
    }
    if (flows.hasBase(entry, isUpper) && flows.hasBase(entry, !isUpper)) return true;
    if ((flags & (SYN | ACK)) === SYN && this.maySeeTranslated(segment))
      this.passedOn.opens(entry, segment.sequence, segment.ipId, segment.atNs);
    if (!flows.hasBase(entry, isUpper))
      flows.setBase(entry, isUpper, (flags & SYN) === 0 ? previous(segment.sequence) : segment.sequence);
    if ((flags & ACK) !== 0 && !flows.hasBase(entry, !isUpper))
      flows.setBase(entry, !isUpper, previous(segment.acknowledgement));
    if (!flows.hasBase(entry, isUpper) || !flows.hasBase(entry, !isUpper)) return false;
    if (this.maySeeTranslated(segment)) this.noteTranslation(entry, isUpper, segment.atNs);
    return true;
  }

  /** Whether both sides of a translator may be in the capture, by what is known up to this segment. */
  private maySeeTranslated({ direction, interfaceIndex }: SegmentView): boolean {
    this.seesTranslated ||= direction !== null || interfaceIndex > 0;
    return this.seesTranslated || this.begun < MAX_BEFORE;
  }

  /** A RST, of a side that was not heard of before, answers what the other began with. */
  private noteRefusal(entry: number): void {
    for (const image of this.passedOn.refused(entry)) {
      const connection = this.seesTranslated ? this.connections[image] : null;
      if (connection != null) connection.isImage = true;
    }
  }

  private noteTranslation(entry: number, isUpper: boolean, atNs: number): void {
    const { flows } = this;
    this.begun += 1;
    const image = this.translations.note(entry, flows.baseAt(entry, isUpper), flows.baseAt(entry, !isUpper), atNs);
    const connection = image < 0 || !this.seesTranslated ? null : this.connections[image];
    if (connection !== null) connection.isImage = true;
  }

  /** Begins a connection and gives it its stream number. Returns `null` if it belongs to another share. */
  private begin(bucket: Bucket, segment: SegmentView, entry: number, isUpper: boolean): TrackedConnection | null {
    let stream = this.reserved.get(entry);
    if (stream === undefined) {
      stream = this.streams;
      this.streams += 1;
    } else this.reserved.delete(entry);
    if (!bucket.isOurs) {
      this.connections[entry] = null;
      this.handler.spent(stream);
      return null;
    }
    let connection = bucket.free.pop();
    if (connection === undefined) {
      connection = new TrackedConnection(bucket.budget, this.slots, bucket.number);
      this.slots += 1;
    }
    connection.open(stream, entry, isUpper, segment);
    connection.clockSteps = this.clockSteps;
    this.connections[entry] = connection;
    bucket.opened.add(connection);
    bucket.open += 1;
    this.handler.opened(connection);
    if (bucket.open > MAX_OPEN) this.evict(bucket, segment.atNs);
    else if (bucket.opened.length > 2 * bucket.open + QUEUE_SLACK) bucket.opened.forgetEnded();
    return connection;
  }

  private linger(bucket: Bucket, connection: TrackedConnection): void {
    if (!connection.lingers) {
      connection.lingers = true;
      if (connection.isSilent) this.handler.silent?.(connection);
      bucket.open -= 1;
      bucket.hasCopies ||= connection.first.duplicates + connection.second.duplicates > 0;
      bucket.wait(bucket.lingering, connection, this.segments, this.latestNs);
    }
    if (connection.isSettled || !connection.haveBothEndsArrived) return;
    connection.isSettled = true;
    bucket.lingering.withdraw(connection);
    const mayBeCopied = this.seesTranslated || bucket.hasCopies;
    const queue = connection.isSilent && !mayBeCopied ? bucket.settledWhole : bucket.settled;
    bucket.wait(queue, connection, this.segments, this.latestNs);
  }

  /** Finishes the closed connections that have waited long enough for late segments. */
  private putAway(): void {
    for (const bucket of this.buckets) {
      while (this.segments >= bucket.dueAt) {
        const due = bucket.takeDue(this.segments, this.latestNs);
        if (due === null) break;
        this.finishConnection(due, false);
      }
    }
  }

  /**
   * Evicts the oldest connection that was never answered (a flood of SYNs must not push out working
   * connections) or was not active recently. After a number of tries without one, evicts the oldest left.
   */
  private evict(bucket: Bucket, now: number): void {
    const { opened } = bucket;
    for (let tries = 0; ; tries += 1) {
      const oldest = opened.takeOldest();
      if (oldest === null) return;
      const isActive = oldest.second.packets > 0 && now - oldest.endNs < ACTIVE_NS;
      if (isActive && tries < bucket.evictionTries) {
        opened.add(oldest);
        continue;
      }
      bucket.evictionTries = isActive ? bucket.evictionTries >> 1 : EVICTION_TRIES;
      this.evicted += 1;
      this.finishConnection(oldest, true);
      return;
    }
  }

  private finishConnection(connection: TrackedConnection, evicted: boolean): void {
    connection.finishReading();
    this.handler.finished(connection, evicted);
    this.connections[connection.entry] = null;
    const bucket = this.buckets[connection.bucket];
    if (!connection.lingers) bucket.open -= 1;
    connection.stream = -1;
    bucket.free.push(connection);
  }
}
