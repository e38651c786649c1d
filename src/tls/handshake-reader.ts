/**
 * Handshake messages of one direction: several in a record, or one over several. RFC 8446 §4, §5.1.
 *
 * A message that lies in one record is read where it is; others are gathered within
 * {@link MAX_MESSAGE_BYTES}. A longer one is passed over and told as such.
 */
import { ByteQueue } from '../bytes/byte-queue.js';

const HEADER_BYTES = 4;

/** Longest message read, with its header: certificate chains of sound servers stay below 64 KB. */
export const MAX_MESSAGE_BYTES = 131_072;

/** Who is told of the messages. The body is [start, end); `firstPacket` carries the record it began in. */
export interface HandshakeSink {
  message(
    type: number,
    view: Uint8Array,
    start: number,
    end: number,
    firstPacket: number,
    packet: number,
    at: number,
  ): void;
  /** A message longer than is held was passed over. */
  tooLong(packet: number): void;
}

/** See the head of this file. */
export class HandshakeReader {
  private readonly queue = new ByteQueue(MAX_MESSAGE_BYTES);
  private firstPacket = 0;
  /** Bytes of a message that is passed over. */
  private toSkip = 0;

  constructor(private readonly sink: HandshakeSink) {}

  /** Takes the content of a handshake record. */
  feed(view: Uint8Array, start: number, end: number, firstPacket: number, packet: number, at: number): void {
    let from = start + this.skipped(end - start);
    while (this.queue.length > 0 && from < end) from = this.gather(view, from, end, packet, at);
    while (from < end) {
      if (end - from < HEADER_BYTES) break;
      const length = bodyLength(view, from);
      if (HEADER_BYTES + length > MAX_MESSAGE_BYTES) {
        this.sink.tooLong(packet);
        this.toSkip = HEADER_BYTES + length;
        from += this.skipped(end - from);
        continue;
      }
      const next = from + HEADER_BYTES + length;
      if (next > end) break;
      this.sink.message(view[from] ?? 0, view, from + HEADER_BYTES, next, firstPacket, packet, at);
      from = next;
    }
    if (from >= end) return;
    this.firstPacket = firstPacket;
    this.queue.append(view, from, end);
  }

  /** Bytes of a message were lost, or what follows is another handshake's: what was gathered is no message. */
  reset(): void {
    this.queue.clear();
    this.toSkip = 0;
  }

  /** Adds to the message in the queue what it lacks; gives where the rest begins. */
  private gather(view: Uint8Array, from: number, end: number, packet: number, at: number): number {
    const { queue } = this;
    const wanted = queue.length < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + bodyLength(queue.bytes, 0);
    if (wanted > MAX_MESSAGE_BYTES) {
      this.sink.tooLong(packet);
      this.toSkip = wanted - queue.length;
      queue.clear();
      return from + this.skipped(end - from);
    }
    const taken = Math.min(wanted - queue.length, end - from);
    if (taken > 0) queue.append(view, from, from + taken);
    if (queue.length >= HEADER_BYTES && queue.length === HEADER_BYTES + bodyLength(queue.bytes, 0)) {
      const { bytes, length } = queue;
      queue.clear();
      this.sink.message(bytes[0] ?? 0, bytes, HEADER_BYTES, length, this.firstPacket, packet, at);
    }
    return from + taken;
  }

  private skipped(available: number): number {
    const taken = Math.min(this.toSkip, available);
    this.toSkip -= taken;
    return taken;
  }
}

function bodyLength(view: Uint8Array, at: number): number {
  return ((view[at + 1] ?? 0) << 16) | ((view[at + 2] ?? 0) << 8) | (view[at + 3] ?? 0);
}
