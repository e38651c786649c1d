/**
 * Field blocks put together: HEADERS or PUSH_PROMISE, and the CONTINUATION frames that carry it on.
 * RFC 9113 §4.3, §6.2, §6.6, §6.10.
 *
 * A block that one frame holds is handed on where it stands; the parts of others are copied, within
 * a bound. Nothing else may come between the parts.
 */
import { ByteQueue } from '../../bytes/byte-queue.js';
import type { UnfinishedHead } from '../../facts/h2.js';
import { FLAG, FRAME, type FrameHeader, PRIORITY_BYTES, wordAt } from './frame.js';
import { MAX_COPIED_BYTES } from './frame-reader.js';

/** What a block's frames are for, and the packets that carry them. */
export interface BlockHead {
  stream: number;
  endsStream: boolean;
  /** The stream that a PUSH_PROMISE promises; 0 of HEADERS. */
  promised: number;
  firstPacket: number;
  firstNs: number;
  lastPacket: number;
  lastNs: number;
  /** Bytes of the block as sent. */
  bytes: number;
}

/** Who is told. Heads and views are borrowed. */
export interface BlockSink {
  /** A block is whole: it is [start, end). */
  block(head: BlockHead, view: Uint8Array, start: number, end: number): void;
  /** A block of which parts were not seen, or are more than can be held; its frames are known. */
  cutBlock(head: BlockHead): void;
  /** A block that nobody can assign was not seen, or broken off. */
  lostBlock(): void;
  anomaly(name: string, packet: number): void;
}

/** Puts the blocks of one direction together. */
export class FieldBlockAssembly {
  private readonly head: BlockHead = {
    stream: 0,
    endsStream: false,
    promised: 0,
    firstPacket: 0,
    firstNs: 0,
    lastPacket: 0,
    lastNs: 0,
    bytes: 0,
  };
  private readonly parts = new ByteQueue(MAX_COPIED_BYTES);
  private isOpen = false;
  private isCut = false;

  constructor(private readonly sink: BlockSink) {}

  /** The block that was begun and has not ended; `null`: none. */
  get unfinished(): UnfinishedHead | null {
    const { firstPacket: packet, firstNs: atNs } = this.head;
    return this.isOpen ? { packet, atNs, bytes: this.parts.length } : null;
  }

  /** May a frame of this type and stream stand here? Between the parts of a block, and only there, its CONTINUATION. */
  allows(type: number, stream: number): boolean {
    return this.isOpen ? type === FRAME.continuation && stream === this.head.stream : type !== FRAME.continuation;
  }

  /** A frame came that is not allowed here; `isFault`: because of its sender, not of the capture. */
  breakOff(packet: number, isFault: boolean): void {
    if (isFault) this.sink.anomaly(this.isOpen ? 'h2-continuation-expected' : 'h2-unexpected-continuation', packet);
    this.forget();
    this.sink.lostBlock();
  }

  /** What was begun is not to be gone on with. */
  forget(): void {
    this.isOpen = false;
    this.parts.clear();
  }

  /** A HEADERS or PUSH_PROMISE frame: padding, priority and the promised stream stand around the block's first part. */
  begin(header: FrameHeader, view: Uint8Array, start: number, end: number): void {
    const { flags, type, lastPacket } = header;
    let from = start;
    let to = end;
    if ((flags & FLAG.padded) !== 0) {
      to -= view[from] ?? 0;
      from += 1;
    }
    if (type === FRAME.headers && (flags & FLAG.priority) !== 0) from += PRIORITY_BYTES;
    if (type === FRAME.pushPromise) from += 4;
    if (from > to) {
      this.sink.anomaly('h2-padding-too-long', lastPacket);
      this.sink.lostBlock();
      return;
    }
    this.start(header, type === FRAME.pushPromise ? wordAt(view, from - 4) & 0x7fffffff : 0);
    if ((flags & FLAG.endHeaders) !== 0) {
      this.finish(view, from, to);
      return;
    }
    this.isOpen = true;
    this.parts.clear();
    this.parts.append(view, from, to);
  }

  /** A CONTINUATION frame that is allowed here. */
  goOn(header: FrameHeader, view: Uint8Array, start: number, end: number): void {
    this.parts.append(view, start, end);
    this.reach(header);
    if ((header.flags & FLAG.endHeaders) === 0) return;
    if (this.parts.overflowed) {
      this.isCut = true;
      this.sink.anomaly('h2-field-section-too-large', header.lastPacket);
    }
    this.finish(this.parts.bytes, 0, this.parts.length);
    this.parts.clear();
  }

  /** The same frames, of which bytes were not seen. */
  cut(header: FrameHeader): void {
    if (header.type === FRAME.headers) {
      this.start(header, 0);
      this.parts.clear();
    } else if (header.type === FRAME.continuation && this.isOpen) this.reach(header);
    else {
      // What a PUSH_PROMISE promises stands in the payload; what a CONTINUATION alone carries on, nowhere.
      this.forget();
      this.sink.lostBlock();
      return;
    }
    this.isCut = true;
    this.isOpen = (header.flags & FLAG.endHeaders) === 0;
    if (!this.isOpen) this.finish(EMPTY, 0, 0);
  }

  private start(
    { stream, flags, type, firstPacket, firstNs, lastPacket, lastNs }: FrameHeader,
    promised: number,
  ): void {
    const { head } = this;
    head.stream = stream;
    head.endsStream = type === FRAME.headers && (flags & FLAG.endStream) !== 0;
    head.promised = promised;
    head.firstPacket = firstPacket;
    head.firstNs = firstNs;
    head.lastPacket = lastPacket;
    head.lastNs = lastNs;
    this.isCut = false;
  }

  private reach({ lastPacket, lastNs }: FrameHeader): void {
    this.head.lastPacket = lastPacket;
    this.head.lastNs = lastNs;
  }

  private finish(view: Uint8Array, start: number, end: number): void {
    this.isOpen = false;
    this.head.bytes = end - start;
    if (this.isCut) this.sink.cutBlock(this.head);
    else this.sink.block(this.head, view, start, end);
  }
}

const EMPTY = new Uint8Array(0);
