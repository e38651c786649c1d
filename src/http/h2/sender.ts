/**
 * What one side of a connection says: its frames, told to the connection by meaning. RFC 9113 §6.
 *
 * What belongs to one direction is kept here: the table of its field blocks, its settings and its
 * windows.
 */
import type { EndOfDirection } from '../../bytes/in-order.js';
import type { Draft } from '../../facts/draft.js';
import type { Side } from '../../facts/endpoint.js';
import { type H2Settings, MAX_DEBUG_BYTES, type UnfinishedHead, type WindowStall } from '../../facts/h2.js';
import type { BoundedList } from '../bounded-list.js';
import { FieldBlockReader } from '../hpack/field-block-reader.js';
import { type Alternative, alternativeIn, originsIn } from './extension-frames.js';
import { type BlockHead, type BlockSink, FieldBlockAssembly } from './field-block.js';
import { type FieldSection, KEPT_STATICS } from './field-section.js';
import { FlowControl } from './flow-control.js';
import { DEFAULT_MAX_FRAME_BYTES, FLAG, FRAME, type FrameHeader, wordAt } from './frame.js';
import { FrameReader, type FrameSink } from './frame-reader.js';
import { noSettings, readSettings } from './settings.js';

/** The connection, as a sender tells it what was said. Headers and views are borrowed. */
export interface SenderOwner {
  /** Fields were sent; the sender's section holds them. */
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
  alternative(from: Sender, stream: number, alternative: Alternative, packet: number): void;
  preface(from: Sender, packet: number): void;
  anomaly(name: string, from: Side, packet: number): void;
  /** Anything may have been said that was not seen. */
  lost(from: Sender): void;
  ended(from: Sender, how: EndOfDirection, packet: number, at: number): void;
}

/** See the head of this file. */
export class Sender implements FrameSink, BlockSink {
  readonly reader: FrameReader;
  blocks: FieldBlockReader;
  readonly flow: FlowControl;
  /** What it set; `null`: nothing was seen. */
  ownSettings: Draft<H2Settings> | null = null;
  timesLost = 0;
  private readonly assembly = new FieldBlockAssembly(this);

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

  /** A head of which more was to come; `null`: none. Final when the direction has ended. */
  get unfinishedHead(): UnfinishedHead | null {
    return this.assembly.unfinished;
  }

  /** The settings in [start, end) were sent. */
  takeSettings(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    this.ownSettings ??= noSettings(packet, at);
    this.ownSettings.frames += 1;
    if (!readSettings(view, start, end, this.ownSettings)) this.anomaly('h2-invalid-setting', packet);
    this.owner.settings(this, this.ownSettings, packet, at);
  }

  frame(header: FrameHeader, view: Uint8Array, start: number, end: number): void {
    const { owner, assembly } = this;
    const { type, flags, stream, lastPacket: packet, lastNs: at } = header;
    if (!assembly.allows(type, stream)) {
      assembly.breakOff(packet, this.isWhole);
      if (type === FRAME.continuation) return;
    }
    switch (type) {
      case FRAME.headers:
      case FRAME.pushPromise:
        assembly.begin(header, view, start, end);
        return;
      case FRAME.continuation:
        assembly.goOn(header, view, start, end);
        return;
      case FRAME.rstStream:
        owner.reset(this, stream, wordAt(view, start) >>> 0, packet, at);
        return;
      case FRAME.settings:
        if ((flags & FLAG.ack) === 0) this.takeSettings(view, start, end, packet, at);
        else owner.settingsAcknowledged(this, at);
        return;
      case FRAME.ping:
        owner.ping(this, (flags & FLAG.ack) !== 0, wordAt(view, start), wordAt(view, start + 4), packet, at);
        return;
      case FRAME.goAway: {
        const debug = Buffer.from(view.subarray(start + 8, Math.min(end, start + 8 + MAX_DEBUG_BYTES))).toString(
          'utf8',
        );
        owner.goAway(this, wordAt(view, start) & 0x7fffffff, wordAt(view, start + 4) >>> 0, debug, packet, at);
        return;
      }
      case FRAME.windowUpdate:
        owner.windowUpdate(this, stream, wordAt(view, start) & 0x7fffffff, packet, at);
        return;
      case FRAME.origin:
        owner.origins(this, originsIn(view, start, end));
        return;
      case FRAME.altSvc: {
        const alternative = alternativeIn(view, start, end);
        if (alternative !== null) owner.alternative(this, stream, alternative, packet);
      }
    }
  }

  cutFrame(header: FrameHeader): void {
    switch (header.type) {
      case FRAME.headers:
      case FRAME.pushPromise:
      case FRAME.continuation:
        this.assembly.cut(header);
        return;
      case FRAME.rstStream:
        this.owner.reset(this, header.stream, null, header.lastPacket, header.lastNs);
        return;
      case FRAME.settings:
      case FRAME.windowUpdate:
        this.owner.lost(this);
    }
  }

  block(head: BlockHead, view: Uint8Array, start: number, end: number): void {
    const { fields, blocks } = this;
    fields.begin();
    const outcome = blocks.read(view, start, end);
    if (outcome !== 'read') {
      fields.isUnknown = true;
      this.anomaly(outcome === 'malformed' ? 'h2-compression-error' : 'h2-field-section-too-large', head.lastPacket);
    }
    if (blocks.exceededLimit) {
      blocks.exceededLimit = false;
      this.anomaly('h2-table-size-above-limit', head.lastPacket);
    }
    if (fields.flaw !== null) this.anomaly(fields.flaw, head.lastPacket);
    this.owner.section(this, head);
  }

  cutBlock(head: BlockHead): void {
    this.blocks.lose();
    this.fields.begin();
    this.fields.isUnknown = true;
    this.owner.section(this, head);
  }

  lostBlock(): void {
    this.blocks.lose();
  }

  dataBegins({ type, stream, firstPacket }: FrameHeader): void {
    if (!this.assembly.allows(type, stream)) this.assembly.breakOff(firstPacket, this.isWhole);
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
    this.assembly.forget();
    this.blocks.lose();
    this.owner.lost(this);
  }

  ended(how: EndOfDirection, packet: number, at: number): void {
    this.owner.ended(this, how, packet, at);
  }

  /** Every frame was seen. Otherwise the one that is missed may be one that was not. */
  private get isWhole(): boolean {
    return !this.beginsUnseen && this.timesLost === 0;
  }
}
