/**
 * Records of one direction, over any segmentation. RFC 8446 §5.1.
 *
 * A record is known by its five-byte header; its content is passed over unless the sink wants it,
 * and then handed on where it lies, or from a copy when segments split it. Where bytes were lost
 * within a record the count goes on; where they took a header with them, each further segment is
 * looked at until one begins like a record (`searching`). Nothing is allocated for a record that
 * nobody wants.
 */
import type { EndOfDirection, InOrder } from '../bytes/in-order.js';
import { ALERT_BYTES, MIN_PROTECTED_ALERT_BYTES } from './alert.js';
import { ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE, HEARTBEAT } from './content-type.js';
import { giveBuffer, type RecordBuffer, takeBuffer } from './record-buffers.js';

export const HEADER_BYTES = 5;
/** Longest content: 2^14 and the expansion of a protected record. RFC 5246 §6.2.3. */
export const MAX_CONTENT_BYTES = 16_384 + 2048;
/** Longest hello in the format of SSL 2.0 that is waited for; longer ones hold nothing but padding. */
const MAX_SSL2_BYTES = 4096;

const NOTHING = new Uint8Array(0);

/** Who is told of a direction's records. `packet` and `at` are those of the packet that completes the record. */
export interface RecordSink {
  /** Whether the content of the record that begins is wanted. */
  wants(contentType: number, length: number): boolean;
  /** A record that was wanted: its content is [start, end). It began with packet `firstPacket`. */
  record(
    contentType: number,
    version: number,
    view: Uint8Array,
    start: number,
    end: number,
    firstPacket: number,
    packet: number,
    at: number,
  ): void;
  /** A record that was not wanted. */
  passed(contentType: number, length: number, packet: number, at: number): void;
  /** A record of which the capture lacks bytes. */
  damaged(contentType: number, length: number, packet: number, at: number): void;
  /** `wireBytes` of whole and broken records are missing or unreadable; told before the next record. */
  lost(wireBytes: number, packet: number, at: number): void;
  /** A record in the format of SSL 2.0 at the very beginning, without its length: [start, end). */
  ssl2(view: Uint8Array, start: number, end: number, packet: number, at: number): void;
  /** What stands where a header should is none. */
  malformed(packet: number): void;
  end(how: EndOfDirection, packet: number, at: number): void;
}

/** See the head of this file. */
export class RecordReader implements InOrder {
  /** A header that segments split: few are. */
  private header: Uint8Array | null = null;
  private headerLength = 0;
  private firstPacket = 0;
  private contentType = 0;
  private version = 0;
  private length = 0;
  /** Content bytes still to come; 0 between records. */
  private remaining = 0;
  private isWanted = false;
  private isDamaged = false;
  /** Holds a wanted record that segments split, from its first piece to its end. */
  private buffer: RecordBuffer | null = null;
  private held = 0;
  private isAtBeginning = true;
  private ssl2: Uint8Array | null = null;
  private ssl2Length = 0;
  /** Bytes on the wire since the reader lost its place, told with the next record. */
  private lostBytes = 0;
  private isStopped = false;

  /** @param searching The direction may begin in the middle of a record. */
  constructor(
    private readonly sink: RecordSink,
    private searching: boolean,
  ) {}

  bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    if (this.isStopped) return;
    let from = start;
    if (this.isAtBeginning) {
      this.isAtBeginning = false;
      if (!this.searching && ((view[from] ?? 0) & 0x80) !== 0) this.ssl2 = new Uint8Array(2);
    }
    if (this.ssl2 !== null) from = this.ssl2Bytes(view, from, end, packet, at);
    if (this.searching && from < end) {
      if (!beginsLikeRecord(view, from, end)) {
        this.lostBytes += end - from;
        return;
      }
      this.searching = false;
      if (this.lostBytes > 0) this.sink.lost(this.lostBytes, packet, at);
      this.lostBytes = 0;
    }
    while (from < end) {
      from =
        this.remaining === 0
          ? this.readHeader(view, from, end, packet, at)
          : this.readContent(view, from, end, packet, at);
    }
  }

  gap(length: number, packet: number, at: number): void {
    if (this.isStopped) return;
    this.isAtBeginning = false;
    if (this.ssl2 !== null) {
      this.ssl2 = null;
      this.searching = true;
    }
    if (this.searching) {
      this.lostBytes += length;
      return;
    }
    if (length <= this.remaining) {
      this.isDamaged = true;
      this.remaining -= length;
      this.releaseBuffer();
      if (this.remaining === 0) this.complete(NOTHING, 0, packet, at);
      return;
    }
    this.lostBytes = this.unfinishedBytes + length;
    this.releaseBuffer();
    this.remaining = this.headerLength = this.held = 0;
    this.searching = true;
  }

  end(how: EndOfDirection, packet: number, at: number): void {
    if (this.lostBytes > 0) this.sink.lost(this.lostBytes, packet, at);
    this.stop();
    this.sink.end(how, packet, at);
  }

  /** Nothing that follows are records: SSL 2.0, or what the sink has given up. */
  stop(): void {
    this.isStopped = true;
    this.releaseBuffer();
  }

  /** Bytes of a record that has begun and not ended. */
  get unfinishedBytes(): number {
    return this.remaining > 0 ? HEADER_BYTES + this.length - this.remaining : this.headerLength;
  }

  private releaseBuffer(): void {
    if (this.buffer !== null) giveBuffer(this.buffer);
    this.buffer = null;
  }

  private readHeader(view: Uint8Array, from: number, end: number, packet: number, at: number): number {
    if (this.headerLength === 0) this.firstPacket = packet;
    if (this.headerLength === 0 && end - from >= HEADER_BYTES) {
      this.begin(view, from, packet, at);
      return this.isStopped || this.searching ? end : from + HEADER_BYTES;
    }
    const taken = Math.min(HEADER_BYTES - this.headerLength, end - from);
    this.header ??= new Uint8Array(HEADER_BYTES);
    const { header } = this;
    for (let index = 0; index < taken; index += 1) header[this.headerLength + index] = view[from + index] ?? 0;
    this.headerLength += taken;
    if (this.headerLength < HEADER_BYTES) return end;
    this.headerLength = 0;
    this.begin(header, 0, packet, at);
    return this.isStopped || this.searching ? end : from + taken;
  }

  private begin(view: Uint8Array, from: number, packet: number, at: number): void {
    const length = contentLength(view, from);
    if (length < 0) {
      this.sink.malformed(packet);
      this.lostBytes = HEADER_BYTES;
      this.searching = true;
      return;
    }
    this.contentType = view[from] ?? 0;
    this.version = ((view[from + 1] ?? 0) << 8) | (view[from + 2] ?? 0);
    this.length = length;
    this.remaining = length;
    this.isDamaged = false;
    this.held = 0;
    this.isWanted = this.sink.wants(this.contentType, length);
    // RFC 8446 §5.1: application data may be empty.
    if (length === 0) this.complete(view, from, packet, at);
  }

  private readContent(view: Uint8Array, from: number, end: number, packet: number, at: number): number {
    const taken = Math.min(this.remaining, end - from);
    if (!this.isWanted || this.isDamaged) {
      this.remaining -= taken;
      if (this.remaining === 0) this.complete(view, from, packet, at);
      return from + taken;
    }
    if (taken === this.length) {
      this.remaining = 0;
      this.complete(view, from, packet, at);
      return from + taken;
    }
    this.buffer ??= takeBuffer(this.length);
    const { buffer } = this;
    buffer.bytes.set(view.subarray(from, from + taken), this.held);
    this.held += taken;
    this.remaining -= taken;
    if (this.remaining > 0) return end;
    // No longer this reader's, and nobody else's until it was read.
    this.buffer = null;
    this.complete(buffer.bytes, 0, packet, at);
    giveBuffer(buffer);
    return from + taken;
  }

  private complete(view: Uint8Array, from: number, packet: number, at: number): void {
    const { contentType, length, sink } = this;
    if (this.isDamaged) sink.damaged(contentType, length, packet, at);
    else if (this.isWanted)
      sink.record(contentType, this.version, view, from, from + length, this.firstPacket, packet, at);
    else sink.passed(contentType, length, packet, at);
  }

  /** Two bytes of length with the top bit set, and so many bytes. RFC 5246 appendix E.2. */
  private ssl2Bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): number {
    let from = start;
    while (this.ssl2 !== null && from < end) {
      const { ssl2 } = this;
      const taken = Math.min(ssl2.length - this.ssl2Length, end - from);
      ssl2.set(view.subarray(from, from + taken), this.ssl2Length);
      this.ssl2Length += taken;
      from += taken;
      if (this.ssl2Length < ssl2.length) return end;
      if (ssl2.length > 2) {
        this.ssl2 = null;
        this.sink.ssl2(ssl2, 2, ssl2.length, packet, at);
        return this.isStopped ? end : from;
      }
      const length = (((ssl2[0] ?? 0) & 0x7f) << 8) | (ssl2[1] ?? 0);
      if (length === 0 || length > MAX_SSL2_BYTES) {
        this.ssl2 = null;
        this.sink.malformed(packet);
        this.stop();
        return end;
      }
      this.ssl2 = new Uint8Array(2 + length);
    }
    return from;
  }
}

/** A header's length; -1: it is none. */
function contentLength(view: Uint8Array, at: number): number {
  const contentType = view[at] ?? 0;
  if (contentType < CHANGE_CIPHER_SPEC || contentType > HEARTBEAT) return -1;
  if (view[at + 1] !== 3 || (view[at + 2] ?? 0) > 4) return -1;
  const length = ((view[at + 3] ?? 0) << 8) | (view[at + 4] ?? 0);
  return length > MAX_CONTENT_BYTES ? -1 : length;
}

/**
 * Whether [start, end) begins with a header, and, where the record ends within, goes on with one.
 *
 * Five bytes occur by chance in ciphertext once in some ten million places, and only the beginning
 * of each segment is looked at.
 */
function beginsLikeRecord(view: Uint8Array, start: number, end: number): boolean {
  if (end - start < HEADER_BYTES) return false;
  const length = contentLength(view, start);
  if (length <= 0) return false;
  const contentType = view[start] ?? 0;
  if (contentType === CHANGE_CIPHER_SPEC && length !== 1) return false;
  if (contentType === ALERT && length !== ALERT_BYTES && length < MIN_PROTECTED_ALERT_BYTES) return false;
  if (contentType === HANDSHAKE && length < 4) return false;
  const next = start + HEADER_BYTES + length;
  return end - next < HEADER_BYTES || contentLength(view, next) >= 0;
}
