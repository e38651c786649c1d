/**
 * What one side of a connection says: its frames, field blocks put together, told to the
 * connection by meaning. RFC 9113 §4.3, §6.
 *
 * What belongs to one direction is kept here: the table of its field blocks, its settings and its
 * windows.
 */
import { ByteQueue } from '../../bytes/byte-queue.js';
import { latin1 } from '../../bytes/data-view.js';
import type { EndOfDirection } from '../../bytes/in-order.js';
import type { Draft } from '../../facts/draft.js';
import type { Side } from '../../facts/endpoint.js';
import { type H2Settings, MAX_DEBUG_BYTES, type WindowStall } from '../../facts/h2.js';
import type { BoundedList } from '../bounded-list.js';
import { FieldBlockReader } from '../hpack/field-block-reader.js';
import { type FieldSection, KEPT_STATICS } from './field-section.js';
import { FlowControl } from './flow-control.js';
import { DEFAULT_MAX_FRAME_BYTES, FLAG, FRAME, type FrameHeader, PRIORITY_BYTES, wordAt } from './frame.js';
import { FrameReader, type FrameSink, MAX_COPIED_BYTES } from './frame-reader.js';
import { noSettings, readSettings } from './settings.js';

/** A field block's frames: what they are for, and the packets that carry them. */
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

/** The connection, as a sender tells it what was said. Headers and views are borrowed. */
export interface SenderOwner {
  /** Fields were sent; `section` holds them. */
  section(from: Sender, head: BlockHead): void;
  data(from: Sender, stream: number, view: Uint8Array, start: number, end: number, packet: number, at: number): void;
  missedData(from: Sender, stream: number, length: number, packet: number, at: number): void;
  dataEnded(from: Sender, header: FrameHeader): void;
  /** `code` is `null` where it was lost. */
  reset(from: Sender, stream: number, code: number | null, packet: number, at: number): void;
  settings(from: Sender, settings: H2Settings, packet: number, at: number): void;
  settingsAcknowledged(from: Sender, at: number): void;
  /** `first` and `second` are the eight bytes of opaque data. */
  ping(from: Sender, isAnswer: boolean, first: number, second: number, packet: number, at: number): void;
  goAway(from: Sender, lastStream: number, code: number, debug: string, packet: number, at: number): void;
  windowUpdate(from: Sender, stream: number, increment: number, packet: number, at: number): void;
  origins(from: Sender, origins: readonly string[]): void;
  alternativeService(from: Sender, origin: string | null, stream: number, value: string, packet: number): void;
  preface(from: Sender, packet: number): void;
  anomaly(name: string, from: Side, packet: number): void;
  /** Anything may have been said that was not seen. */
  lost(from: Sender): void;
  ended(from: Sender, how: EndOfDirection, packet: number, at: number): void;
}

/** Origins read of one frame, and bytes of each: RFC 8336 §2.1 has them in ASCII. */
const MAX_ORIGINS_READ = 64;
const MAX_ORIGIN_BYTES = 256;
/** Bytes kept of an Alt-Svc value. */
const MAX_VALUE_BYTES = 1024;

/** See the head of this file. */
export class Sender implements FrameSink {
  readonly reader: FrameReader;
  blocks: FieldBlockReader;
  readonly flow: FlowControl;
  /** What it set; `null`: nothing was seen. */
  ownSettings: Draft<H2Settings> | null = null;
  timesLost = 0;
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
  /** Parts of a block that CONTINUATION frames carry on. */
  private readonly parts = new ByteQueue(MAX_COPIED_BYTES);
  private awaitsContinuation = false;
  private isBlockCut = false;

  constructor(
    private readonly owner: SenderOwner,
    public side: Side,
    private readonly fields: FieldSection,
    stalls: BoundedList<WindowStall>,
    private beginsUnseen: boolean,
  ) {
    this.reader = new FrameReader(this, beginsUnseen);
    this.blocks = new FieldBlockReader(KEPT_STATICS, fields, beginsUnseen);
    this.flow = new FlowControl(side, stalls, beginsUnseen);
  }

  /** The connection begins here after all: a preface was seen. */
  begin(): void {
    this.beginsUnseen = false;
    this.blocks = new FieldBlockReader(KEPT_STATICS, this.fields, false);
    this.flow.begin();
    this.reader.maxFrameBytes = DEFAULT_MAX_FRAME_BYTES;
  }

  /** The settings in [start, end) were sent. */
  takeSettings(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    this.ownSettings ??= noSettings(packet, at);
    this.ownSettings.frames += 1;
    if (!readSettings(view, start, end, this.ownSettings)) this.anomaly('h2-invalid-setting', packet);
    this.owner.settings(this, this.ownSettings, packet, at);
  }

  frame(header: FrameHeader, view: Uint8Array, start: number, end: number): void {
    const { type, flags, stream, lastPacket: packet, lastNs: at } = header;
    if (
      this.awaitsContinuation !== (type === FRAME.continuation) ||
      (this.awaitsContinuation && stream !== this.head.stream)
    ) {
      this.breakBlock(packet);
      if (type === FRAME.continuation) return;
    }
    switch (type) {
      case FRAME.headers:
      case FRAME.pushPromise:
        this.beginBlock(header, view, start, end);
        return;
      case FRAME.continuation:
        this.continueBlock(header, view, start, end);
        return;
      case FRAME.rstStream:
        this.owner.reset(this, stream, wordAt(view, start) >>> 0, packet, at);
        return;
      case FRAME.settings:
        if ((flags & FLAG.ack) === 0) this.takeSettings(view, start, end, packet, at);
        else this.owner.settingsAcknowledged(this, at);
        return;
      case FRAME.ping:
        this.owner.ping(this, (flags & FLAG.ack) !== 0, wordAt(view, start), wordAt(view, start + 4), packet, at);
        return;
      case FRAME.goAway: {
        const debug = Buffer.from(view.subarray(start + 8, Math.min(end, start + 8 + MAX_DEBUG_BYTES))).toString(
          'utf8',
        );
        this.owner.goAway(this, wordAt(view, start) & 0x7fffffff, wordAt(view, start + 4) >>> 0, debug, packet, at);
        return;
      }
      case FRAME.windowUpdate:
        this.owner.windowUpdate(this, stream, wordAt(view, start) & 0x7fffffff, packet, at);
        return;
      case FRAME.origin:
        this.owner.origins(this, originsIn(view, start, end));
        return;
      case FRAME.altSvc:
        this.readAlternative(stream, view, start, end, packet);
    }
  }

  cutFrame(header: FrameHeader): void {
    const { type, stream, lastPacket: packet, lastNs: at } = header;
    switch (type) {
      case FRAME.headers:
        this.startHead(header, 0);
        this.isBlockCut = true;
        this.awaitsContinuation = (header.flags & FLAG.endHeaders) === 0;
        if (!this.awaitsContinuation) this.endBlock(EMPTY, 0, 0);
        return;
      case FRAME.pushPromise:
        // What was promised stands in the payload.
        this.blocks.lose();
        this.awaitsContinuation = false;
        return;
      case FRAME.continuation:
        if (!this.awaitsContinuation) {
          this.blocks.lose();
          return;
        }
        this.isBlockCut = true;
        this.reachHead(header);
        if ((header.flags & FLAG.endHeaders) !== 0) this.endBlock(EMPTY, 0, 0);
        return;
      case FRAME.rstStream:
        this.owner.reset(this, stream, null, packet, at);
        return;
      case FRAME.settings:
      case FRAME.windowUpdate:
        this.owner.lost(this);
    }
  }

  dataBegins({ firstPacket }: FrameHeader): void {
    if (this.awaitsContinuation) this.breakBlock(firstPacket);
  }

  data({ stream, lastPacket, lastNs }: FrameHeader, view: Uint8Array, start: number, end: number): void {
    this.owner.data(this, stream, view, start, end, lastPacket, lastNs);
  }

  missedData({ stream, lastPacket, lastNs }: FrameHeader, length: number): void {
    this.owner.missedData(this, stream, length, lastPacket, lastNs);
  }

  dataEnds(header: FrameHeader): void {
    this.owner.dataEnded(this, header);
  }

  preface(packet: number): void {
    this.owner.preface(this, packet);
  }

  anomaly(name: string, packet: number): void {
    this.owner.anomaly(name, this.side, packet);
  }

  lost(): void {
    this.timesLost += 1;
    this.awaitsContinuation = false;
    this.blocks.lose();
    this.owner.lost(this);
  }

  ended(how: EndOfDirection, packet: number, at: number): void {
    this.owner.ended(this, how, packet, at);
  }

  /** HEADERS or PUSH_PROMISE: padding, priority and the promised stream stand around the block's first part. §6.2, §6.6. */
  private beginBlock(header: FrameHeader, view: Uint8Array, start: number, end: number): void {
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
      this.anomaly('h2-padding-too-long', lastPacket);
      this.blocks.lose();
      return;
    }
    this.startHead(header, type === FRAME.pushPromise ? wordAt(view, from - 4) & 0x7fffffff : 0);
    if ((flags & FLAG.endHeaders) !== 0) {
      this.endBlock(view, from, to);
      return;
    }
    this.awaitsContinuation = true;
    this.parts.clear();
    this.parts.append(view, from, to);
  }

  private continueBlock(header: FrameHeader, view: Uint8Array, start: number, end: number): void {
    this.parts.append(view, start, end);
    this.reachHead(header);
    if ((header.flags & FLAG.endHeaders) === 0) return;
    this.isBlockCut ||= this.parts.overflowed;
    if (this.parts.overflowed) this.anomaly('h2-field-section-too-large', header.lastPacket);
    this.endBlock(this.parts.bytes, 0, this.parts.length);
    this.parts.clear();
  }

  private startHead(
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
    this.isBlockCut = false;
  }

  private reachHead({ lastPacket, lastNs }: FrameHeader): void {
    this.head.lastPacket = lastPacket;
    this.head.lastNs = lastNs;
  }

  /** The block is [start, end), unless parts of it were not seen. */
  private endBlock(view: Uint8Array, start: number, end: number): void {
    const { head, fields, blocks } = this;
    this.awaitsContinuation = false;
    head.bytes = end - start;
    fields.begin();
    if (this.isBlockCut) {
      blocks.lose();
      fields.isUnknown = true;
    } else {
      const outcome = blocks.read(view, start, end);
      if (outcome !== 'read') {
        fields.isUnknown = true;
        this.anomaly(outcome === 'malformed' ? 'h2-compression-error' : 'h2-field-section-too-large', head.lastPacket);
      }
      if (blocks.exceededLimit) {
        blocks.exceededLimit = false;
        this.anomaly('h2-table-size-above-limit', head.lastPacket);
      }
    }
    if (fields.flaw !== null) this.anomaly(fields.flaw, head.lastPacket);
    this.owner.section(this, head);
  }

  /** §6.10: between HEADERS and the end of its block nothing else may stand; and no CONTINUATION without one. */
  private breakBlock(packet: number): void {
    // Where something was not seen, that may be the frame that is missed here.
    if (!this.beginsUnseen && this.timesLost === 0)
      this.anomaly(this.awaitsContinuation ? 'h2-continuation-expected' : 'h2-unexpected-continuation', packet);
    this.awaitsContinuation = false;
    this.parts.clear();
    this.blocks.lose();
  }

  /** RFC 7838 §4: length of the origin, the origin, the value. */
  private readAlternative(stream: number, view: Uint8Array, start: number, end: number, packet: number): void {
    const length = ((view[start] ?? 0) << 8) | (view[start + 1] ?? 0);
    const from = start + 2 + length;
    if (from > end) return;
    const origin = length === 0 ? null : latin1(view, start + 2, start + 2 + Math.min(length, MAX_ORIGIN_BYTES));
    this.owner.alternativeService(
      this,
      origin,
      stream,
      latin1(view, from, Math.min(end, from + MAX_VALUE_BYTES)),
      packet,
    );
  }
}

const EMPTY = new Uint8Array(0);

/** RFC 8336 §2.1: each origin behind its length. */
function originsIn(view: Uint8Array, start: number, end: number): string[] {
  const origins: string[] = [];
  for (let at = start; at + 2 <= end && origins.length < MAX_ORIGINS_READ; ) {
    const length = ((view[at] ?? 0) << 8) | (view[at + 1] ?? 0);
    const next = at + 2 + length;
    if (next > end) break;
    origins.push(latin1(view, at + 2, at + 2 + Math.min(length, MAX_ORIGIN_BYTES)));
    at = next;
  }
  return origins;
}
