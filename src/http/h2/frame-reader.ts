/**
 * One direction of an HTTP/2 connection: frames one behind the other. RFC 9113 §4.
 *
 * A frame that is whole in its segment is handed on where it stands; of one that segments cut the
 * payload is copied, within a bound. DATA is never copied: it is handed on in pieces as it comes.
 *
 * Where bytes were lost within a payload, its length still tells where the next frame begins, and
 * the frame is told as cut. Anywhere else the place is lost: the sink is told, for anything may
 * have been said, and the place is sought again in later segments: at their beginning, or behind it
 * where more than one frame follows.
 *
 * It is one file because it is one state machine: each state says what bytes and a gap do.
 */
import { ByteQueue } from '../../bytes/byte-queue.js';
import type { EndOfDirection, InOrder } from '../../bytes/in-order.js';
import { isEarlier } from '../packet-order.js';
import { prefixOf } from '../signatures.js';
import {
  DEFAULT_MAX_FRAME_BYTES,
  emptyHeader,
  FLAG,
  FRAME,
  FRAME_HEADER_BYTES,
  type FrameHeader,
  frameChainIn,
  headerFlaw,
  LARGEST_FRAME_BYTES,
  readFrameHeader,
} from './frame.js';

/** Bytes of a payload that are copied at most, for frames that segments cut: the largest field block that is read. */
export const MAX_COPIED_BYTES = 262_144;

/** RFC 9113 §3.4. */
const PREFACE: Uint8Array = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** At the beginning, where the preface may stand. */
const BEGIN = 0;
const HEADER = 1;
/** In a payload that is copied, because a segment cut it. */
const COPY = 2;
const DATA = 3;
/** In a payload that nobody reads. */
const SKIP = 4;
const LOST = 5;

/** Who is told of frames. Headers and views are borrowed. */
export interface FrameSink {
  /** A frame other than DATA, whole; its payload is [start, end). */
  frame(header: FrameHeader, view: Uint8Array, start: number, end: number): void;
  /** A frame other than DATA of which bytes were not seen, or which is too large to be read. */
  cutFrame(header: FrameHeader): void;
  dataBegins(header: FrameHeader): void;
  /** Some of a DATA frame's data, padding left out. */
  data(header: FrameHeader, view: Uint8Array, start: number, end: number): void;
  /** Data that the capture does not hold. */
  missedData(header: FrameHeader, length: number): void;
  dataEnds(header: FrameHeader): void;
  preface(packet: number): void;
  anomaly(name: string, packet: number): void;
  /** The place of the next frame is not known. */
  lost(): void;
  ended(how: EndOfDirection, packet: number, at: number): void;
}

/** See the head of this file. */
export class FrameReader implements InOrder {
  /** Bytes that belong to no frame, or to one that does not end. */
  undecodedBytes = 0;
  /** The largest payload that the receiver allows; a capture that begins in the middle does not know. */
  maxFrameBytes: number;
  private state: number;
  private readonly header: FrameHeader = emptyHeader();
  private readonly headerBytes = new Uint8Array(FRAME_HEADER_BYTES);
  /** Bytes read of the preface or of a frame header. */
  private have = 0;
  private readonly payload = new ByteQueue(MAX_COPIED_BYTES);
  private remaining = 0;
  private padding = 0;
  /** The first byte of a padded DATA frame is still to come. */
  private awaitsPadLength = false;
  private isCut = false;

  /** @param beginsUnseen The capture begins in the middle of the direction. */
  constructor(
    private readonly sink: FrameSink,
    beginsUnseen: boolean,
  ) {
    this.state = beginsUnseen ? LOST : BEGIN;
    this.maxFrameBytes = beginsUnseen ? LARGEST_FRAME_BYTES : DEFAULT_MAX_FRAME_BYTES;
  }

  bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    const first = this.state === LOST ? this.findFooting(view, start, end) : start;
    this.undecodedBytes += first - start;
    for (let from = first; from < end; ) from = this.step(view, from, end, packet, at);
  }

  gap(length: number, packet: number, at: number): void {
    switch (this.state) {
      case COPY:
      case DATA:
      case SKIP: {
        const missed = Math.min(length, this.remaining);
        this.miss(missed);
        if (missed < length) this.gap(length - missed, packet, at);
        return;
      }
      case LOST:
        return;
      default:
        this.undecodedBytes += this.have;
        this.lose();
    }
  }

  end(how: EndOfDirection, packet: number, at: number): void {
    if (this.state === HEADER || this.state === BEGIN) this.undecodedBytes += this.have;
    else if (this.state === COPY) this.undecodedBytes += FRAME_HEADER_BYTES + this.payload.length;
    this.sink.ended(how, packet, at);
  }

  private step(view: Uint8Array, from: number, end: number, packet: number, at: number): number {
    switch (this.state) {
      case BEGIN:
        return this.readPreface(view, from, packet, at);
      case HEADER:
        return this.readHeader(view, from, end, packet, at);
      case COPY: {
        const taken = Math.min(this.remaining, end - from);
        this.payload.append(view, from, from + taken);
        this.reach(packet, at);
        this.remaining -= taken;
        if (this.remaining === 0) this.endCopied();
        return from + taken;
      }
      case DATA:
        return this.readData(view, from, end, packet, at);
      case SKIP: {
        const taken = Math.min(this.remaining, end - from);
        this.remaining -= taken;
        if (this.remaining === 0) this.state = HEADER;
        return from + taken;
      }
      default:
        this.undecodedBytes += end - from;
        return end;
    }
  }

  /** The preface, or the first frame of the side that sends none. */
  private readPreface(view: Uint8Array, from: number, packet: number, at: number): number {
    if (view[from] === PREFACE[this.have]) {
      if (this.have === 0) this.begin(packet, at);
      this.have += 1;
      if (this.have === PREFACE.length) {
        this.sink.preface(this.header.firstPacket);
        this.toHeader();
      }
      return from + 1;
    }
    if (this.have === 0) {
      this.state = HEADER;
      return from;
    }
    this.sink.anomaly('h2-malformed-preface', packet);
    this.undecodedBytes += this.have;
    this.lose();
    return from;
  }

  private readHeader(view: Uint8Array, from: number, end: number, packet: number, at: number): number {
    const { header } = this;
    let next: number;
    if (this.have === 0 && end - from >= FRAME_HEADER_BYTES) {
      this.begin(packet, at);
      readFrameHeader(view, from, header);
      next = from + FRAME_HEADER_BYTES;
    } else {
      if (this.have === 0) this.begin(packet, at);
      const taken = Math.min(FRAME_HEADER_BYTES - this.have, end - from);
      for (let index = 0; index < taken; index += 1) this.headerBytes[this.have + index] = view[from + index] ?? 0;
      this.have += taken;
      next = from + taken;
      this.reach(packet, at);
      if (this.have < FRAME_HEADER_BYTES) return next;
      readFrameHeader(this.headerBytes, 0, header);
      this.have = 0;
    }
    return this.beginPayload(view, next, end, packet, at);
  }

  private beginPayload(view: Uint8Array, from: number, end: number, packet: number, at: number): number {
    const { header } = this;
    const { length, type, flags } = header;
    if (length > this.maxFrameBytes) {
      this.sink.anomaly('h2-frame-too-large', packet);
      this.undecodedBytes += FRAME_HEADER_BYTES;
      this.lose();
      return from;
    }
    this.remaining = length;
    this.isCut = false;
    const flaw = headerFlaw(header);
    if (flaw !== null) this.sink.anomaly(flaw, packet);
    const isKnown = type <= FRAME.altSvc || type === FRAME.origin;
    if (flaw !== null || !isKnown) {
      // RFC 9113 §4.1: frames of unknown types are ignored. One with a flaw ends the connection; what it means nobody reads.
      this.state = length === 0 ? HEADER : SKIP;
      return from;
    }
    if (type === FRAME.data) {
      this.state = DATA;
      this.padding = 0;
      this.awaitsPadLength = (flags & FLAG.padded) !== 0;
      this.sink.dataBegins(header);
      if (length === 0) this.endData();
      return from;
    }
    if (end - from >= length) {
      this.reach(packet, at);
      this.state = HEADER;
      this.sink.frame(header, view, from, from + length);
      return from + length;
    }
    this.state = COPY;
    this.payload.clear();
    return from;
  }

  private readData(view: Uint8Array, start: number, end: number, packet: number, at: number): number {
    let from = start;
    this.reach(packet, at);
    if (this.awaitsPadLength) {
      this.awaitsPadLength = false;
      this.padding = view[from] ?? 0;
      from += 1;
      this.remaining -= 1;
      if (this.padding > this.remaining) {
        this.sink.anomaly('h2-padding-too-long', packet);
        this.padding = this.remaining;
      }
    }
    const taken = Math.min(this.remaining, end - from);
    const data = Math.max(0, Math.min(taken, this.remaining - this.padding));
    this.remaining -= taken;
    if (data > 0) this.sink.data(this.header, view, from, from + data);
    if (this.remaining === 0) this.endData();
    return from + taken;
  }

  private miss(length: number): void {
    const before = this.remaining;
    this.remaining -= length;
    this.isCut = true;
    if (this.state === DATA) {
      // Where the pad length itself was lost, there may be less data than this.
      this.awaitsPadLength = false;
      const data = Math.max(0, Math.min(length, before - this.padding));
      if (data > 0) this.sink.missedData(this.header, data);
      if (this.remaining === 0) this.endData();
    } else if (this.remaining === 0) {
      if (this.state === COPY) this.endCopied();
      else this.state = HEADER;
    }
  }

  private endData(): void {
    this.state = HEADER;
    this.sink.dataEnds(this.header);
  }

  private endCopied(): void {
    const { payload, header } = this;
    this.state = HEADER;
    if (this.isCut || payload.overflowed) this.sink.cutFrame(header);
    else this.sink.frame(header, payload.bytes, 0, payload.length);
    payload.clear();
  }

  private toHeader(): void {
    this.state = HEADER;
    this.have = 0;
  }

  /** The index from which on frames are read again; `end`: from none of these bytes. */
  private findFooting(view: Uint8Array, start: number, end: number): number {
    // A capture that began unseen may still hold the preface.
    if (view[start] === PREFACE[0] && prefixOf(view, start, end, PREFACE) === 'yes') {
      this.have = 0;
      this.state = BEGIN;
      return start;
    }
    const from = frameChainIn(view, start, end);
    if (from < 0) return end;
    this.toHeader();
    return from;
  }

  private lose(): void {
    this.state = LOST;
    this.have = 0;
    this.sink.lost();
  }

  private begin(packet: number, at: number): void {
    this.header.firstPacket = packet;
    this.header.firstNs = at;
    this.header.lastPacket = packet;
    this.header.lastNs = at;
  }

  /** Bytes that waited for others come with an earlier packet. */
  private reach(packet: number, at: number): void {
    const { header } = this;
    if (packet === header.lastPacket || !isEarlier(header.lastPacket, header.lastNs, packet, at)) return;
    header.lastPacket = packet;
    header.lastNs = at;
  }
}
