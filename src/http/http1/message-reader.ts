/**
 * One direction of an HTTP/1 connection: messages one behind the other. RFC 9112 §2.
 *
 * What requests and responses have in common: where a message begins, reading its head line by
 * line, passing over its body, and finding a footing again when bytes were lost or made no sense.
 * Lines that are whole in their segment are read where they stand; only a line that a segment cuts
 * is copied. Bodies are counted; of the first bytes of a response's a digest is made where one is asked for.
 *
 * Three outcomes (incomplete, malformed, unseen) end in three places: the same state, `LOST` with
 * an anomaly, `LOST` without one. `LOST` takes whole segments away until one begins like a message.
 *
 * It is one file because it is one state machine: each state says what bytes, a gap and the end do. How far
 * the message reaches meanwhile stands in message-extent.
 */
import { ByteQueue } from '../../bytes/byte-queue.js';
import type { EndOfDirection, InOrder } from '../../bytes/in-order.js';
import { lineFeed } from '../../bytes/line-feed.js';
import { EXCESS_BYTES } from '../../facts/anomaly.js';
import type { Side } from '../../facts/endpoint.js';
import type { BodyDigest } from '../body-digest.js';
import type { DraftMessage } from '../message-facts.js';
import { type DeclaredLength, declaredLength, type Framing, plainLength } from './body-framing.js';
import { ChunkedBody } from './chunked-body.js';
import { BARE_LF, FIELD_FLAWS, LINE_TOO_LONG } from './field-flaws.js';
import { FieldSection, MAX_HEAD_BYTES, MAX_LINE_BYTES, SEEN_CONTENT_LENGTH } from './field-section.js';
import { CR, LF } from './grammar.js';
import { MessageExtent } from './message-extent.js';
import type { LossBefore } from './open-exchange.js';

/** At a message boundary, or within a start line that a segment cut. */
export const START = 0;
const FIELDS = 1;
/** In a body whose length is known. */
const LENGTH = 2;
const CHUNKED = 3;
/** In a body that the end of the direction ends. */
export const CLOSE = 4;
/** Where messages begin is not known. */
export const LOST = 5;
/** What follows belongs to somebody else: held back, or another protocol's, or nobody's. */
export const OUTSIDE = 6;

/** What a start line was found to be: none, one with fields to follow, or a whole message by itself (HTTP/0.9). */
export type StartLineKind = 'none' | 'with-fields' | 'simple';

/** Does a segment begin like a message? `maybe`: so far. */
export type Likeness = 'yes' | 'maybe' | 'no';

/** Where a reader reports. */
export interface AnomalySink {
  anomaly(name: string, from: Side, packet: number): void;
}

/** Reads the messages of one direction. */
export abstract class MessageReader implements InOrder {
  /** Bytes that no message accounts for: not understood, or of a head that did not end. */
  undecodedBytes = 0;
  protected state = START;
  protected readonly section: FieldSection;
  /** The message being read, once its head was; `null` for an interim response. */
  protected message: DraftMessage | null = null;
  protected readonly extent = new MessageExtent();
  /** What was lost before the message being read. */
  protected loss: LossBefore = 'none';
  /** The body may not be one; see `reconsider`. */
  protected doubtful = false;
  /** Who takes what comes in state `OUTSIDE`; `null`: nobody. */
  protected outlet: InOrder | null = null;
  private readonly line = new ByteQueue(MAX_LINE_BYTES);
  private chunks: ChunkedBody | null = null;
  /** Of responses, where bodies are to be told apart. */
  protected digest: BodyDigest | null = null;
  /** Bytes of a body of known length that are still to come. */
  private remaining = 0;
  /** Flaws of this message's head that were told already. */
  private toldFlaws = 0;
  private toldHeadSize = false;
  /** The present loss of footing was told, or is no fault of the sender. */
  private quiet = false;
  /** The start line being read was begun on the strength of too few bytes. */
  private tentative = false;
  /** The framing of the message that ended where this one begins, all of it seen; `null`: none did. */
  protected framingBefore: Framing['framing'] | null = null;

  constructor(
    private readonly side: Side,
    protected sink: AnomalySink,
    beginsUnseen: boolean,
  ) {
    this.section = new FieldSection(side === 'server');
    this.quiet = beginsUnseen;
  }

  /** Makes it as new, for the next connection. */
  protected clear(sink: AnomalySink, beginsUnseen: boolean): void {
    this.sink = sink;
    this.quiet = beginsUnseen;
    this.undecodedBytes = 0;
    this.section.signs = 0;
    this.state = START;
    this.message = null;
    this.loss = 'none';
    this.doubtful = false;
    this.outlet = null;
    this.tentative = false;
    this.framingBefore = null;
    this.line.clear();
  }

  /** Signs (facts/signs) that the fields of its messages are. */
  get signs(): number {
    return this.section.signs;
  }

  bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    if (this.state === LENGTH && end - start < this.remaining && !this.doubtful) {
      this.digest?.add(view, start, end);
      this.extent.addBody(end - start, packet, at);
      this.remaining -= end - start;
      return;
    }
    if (this.state === START || this.state === LOST) {
      if (!this.findFooting(view, start, end, packet, at)) return;
    }
    for (let from = start; from < end; ) from = this.step(view, from, end, packet, at, from === start);
  }

  gap(length: number, packet: number, at: number): void {
    if (this.isAtBoundary) this.atBoundary(packet, at);
    switch (this.state) {
      case START:
        if (this.line.length > 0 && this.readCutStartLine(this.line.bytes, 0, this.line.length)) {
          this.section.begin();
          this.headCut(length, packet, at);
          return;
        }
        if (this.line.length > 0) this.dropLine();
        this.lose('between-messages');
        return;
      case FIELDS:
        this.headCut(length, packet, at);
        return;
      case LENGTH: {
        const taken = Math.min(length, this.remaining);
        this.missBody(taken);
        this.remaining -= taken;
        if (this.remaining === 0) this.finish(true);
        if (taken < length) this.gap(length - taken, packet, at);
        return;
      }
      case CHUNKED:
        if (this.chunks?.skip(length) === true) {
          this.missBody(length);
          return;
        }
        this.extent.lostBytes += length;
        this.finish(false);
        this.lose('within-message');
        return;
      case CLOSE:
        this.missBody(length);
        return;
      case OUTSIDE:
        this.outlet?.gap(length, packet, at);
        return;
      default:
        return;
    }
  }

  end(how: EndOfDirection, packet: number, at: number): void {
    if (this.state === LENGTH || this.state === CHUNKED) this.finish(false);
    else if (this.state === CLOSE) this.finish(how === 'fin');
    else if (this.state === FIELDS || this.line.length > 0) {
      this.lookThroughCutLine();
      if (this.state === FIELDS) this.headUnfinished();
      this.dropLine();
    }
    this.beforeEnd();
    if (this.state === OUTSIDE) this.outlet?.end(how, packet, at);
    else this.divert(null);
    this.directionEnded(packet);
  }

  /** Reads the start line in [start, end), its line feed left out. */
  protected abstract readStartLine(view: Uint8Array, start: number, end: number): StartLineKind;
  /** Reads what was seen of a start line that a gap cut; `false`: too little to know the message by. */
  protected abstract readCutStartLine(view: Uint8Array, start: number, end: number): boolean;
  /** Can these bytes still become a start line? */
  protected abstract mayBegin(view: Uint8Array, start: number, end: number): boolean;
  /** Does a segment begin like a message? Asked to find a footing, so the answer is strict. */
  protected abstract likeness(view: Uint8Array, start: number, end: number): Likeness;
  /** A head was read (or cut off by a gap): sets `message` and gives the framing of its body. */
  protected abstract headRead(packet: number): Framing;
  /** The message is over; its facts are final. */
  protected abstract messageRead(message: DraftMessage): void;
  protected abstract directionEnded(packet: number): void;

  /** The next message begins with this packet's bytes, or footing is sought there. */
  protected atBoundary(_packet: number, _at: number): void {}

  /** The direction is about to end; what was being read is settled. */
  protected beforeEnd(): void {}

  /** The direction ends amid a head, behind its start line. */
  protected headUnfinished(): void {}

  /** Whether bytes that begin no message follow one with a wrong length, and are the rest of it. */
  protected isExcess(): boolean {
    return false;
  }

  /** Bytes that are no message: may claim them. */
  protected claimsGarbage(_packet: number): boolean {
    return false;
  }

  /** Asked before a `doubtful` body takes bytes: `true` when it turned out to be over. */
  protected reconsider(
    _view: Uint8Array,
    _from: number,
    _end: number,
    _first: boolean,
    _p: number,
    _at: number,
  ): boolean {
    return false;
  }

  /** Sends what follows elsewhere. */
  protected divert(outlet: InOrder | null): void {
    this.state = OUTSIDE;
    this.outlet = outlet;
  }

  /** Whether nothing of a next message was read yet. */
  protected get isAtBoundary(): boolean {
    return this.state === LOST || (this.state === START && this.line.length === 0);
  }

  /** The message is over: its facts are written down and handed on. */
  protected finish(complete: boolean): void {
    const { message } = this;
    this.state = START;
    if (message === null) return; // an interim response
    this.extent.settle(message);
    this.framingBefore = complete && message.lostBytes === 0 ? message.framing : null;
    message.complete = complete;
    this.message = null;
    this.doubtful = false;
    this.messageRead(message);
  }

  /** What the Content-Length lines of the head say. */
  protected declaredLength(): DeclaredLength {
    const { section } = this;
    const value = section.isRepeated(SEEN_CONTENT_LENGTH) ? null : section.firstValueOf('content-length');
    const plain = value === null ? null : plainLength(value);
    return plain ?? declaredLength(section.valuesOf('content-length'));
  }

  private findFooting(view: Uint8Array, start: number, end: number, packet: number, at: number): boolean {
    if (this.isAtBoundary) {
      this.atBoundary(packet, at);
      if (this.state === OUTSIDE) return true;
    }
    if (this.state === LOST) {
      const likeness = this.likeness(view, start, end);
      if (likeness === 'no') {
        this.undecodedBytes += end - start;
        return false;
      }
      this.state = START;
      this.tentative = likeness === 'maybe';
    } else if (this.tentative && this.line.length > 0 && this.likeness(view, start, end) === 'yes') this.dropLine();
    return true;
  }

  private step(view: Uint8Array, from: number, end: number, packet: number, at: number, first: boolean): number {
    switch (this.state) {
      case START:
        return this.readStart(view, from, end, packet, at);
      case FIELDS:
        return this.readFields(view, from, end, packet, at);
      case OUTSIDE:
        this.outlet?.bytes(view, from, end, packet, at);
        return end;
      case LOST:
        this.undecodedBytes += end - from;
        return end;
      default:
    }
    if (this.doubtful && this.reconsider(view, from, end, first, packet, at)) return from;
    if (this.state === CHUNKED) return this.readChunks(view, from, end, packet, at);
    if (this.state === CLOSE) {
      this.digest?.add(view, from, end);
      this.extent.addBody(end - from, packet, at);
      return end;
    }
    const taken = Math.min(this.remaining, end - from);
    this.digest?.add(view, from, from + taken);
    this.extent.addBody(taken, packet, at);
    this.remaining -= taken;
    if (this.remaining === 0) this.finish(true);
    return from + taken;
  }

  private readStart(view: Uint8Array, start: number, end: number, packet: number, at: number): number {
    let from = start;
    if (this.line.length === 0) {
      // RFC 9112 §2.2: empty lines before a start line are ignored.
      while (from < end && (view[from] === CR || view[from] === LF)) from += 1;
      if (from === end) return end;
      this.begin(packet, at);
    }
    const lf = lineFeed(view, from, end);
    const lineEnd = lf < 0 ? end : lf + 1;
    this.takeHead(lineEnd - from, packet, at);
    let kind: StartLineKind;
    let flaws = 0;
    if (lf >= 0 && this.line.length === 0 && lineEnd - from < MAX_LINE_BYTES) {
      kind = this.readStartLine(view, from, lf);
      if (view[lf - 1] !== CR) flaws = BARE_LF;
    } else {
      this.line.append(view, from, lineEnd);
      const { bytes, length } = this.line;
      if (lf < 0) {
        // Asked for its first bytes, however many came at once, and not again for each of a long line's segments.
        if ((length <= 64 || length === end - from) && !this.mayBegin(bytes, 0, length))
          return this.garbage(end, end, packet);
        return end;
      }
      kind = this.readStartLine(bytes, 0, length - 1);
      if (bytes[length - 2] !== CR) flaws = BARE_LF;
      if (length >= MAX_LINE_BYTES) flaws |= LINE_TOO_LONG;
      this.line.clear();
    }
    if (kind === 'none') return this.garbage(lineEnd, end, packet);
    this.quiet = false;
    this.tentative = false;
    this.section.begin();
    this.section.flaws = flaws;
    this.state = FIELDS;
    if (kind === 'simple') this.section.ended = true;
    if (flaws !== 0) this.tellFlaws(packet);
    if (kind === 'simple') this.headEnded(packet);
    return lineEnd;
  }

  private readFields(view: Uint8Array, from: number, end: number, packet: number, at: number): number {
    let next: number;
    if (this.line.length > 0) {
      const lf = lineFeed(view, from, end);
      next = lf < 0 ? end : lf + 1;
      this.line.append(view, from, next);
      if (lf >= 0) {
        this.section.read(this.line.bytes, 0, this.line.length);
        this.line.clear();
      }
    } else {
      next = this.section.read(view, from, end);
      if (!this.section.ended && next < end) {
        this.line.append(view, next, end);
        next = end;
      }
    }
    this.takeHead(next - from, packet, at);
    if (this.section.flaws !== this.toldFlaws) this.tellFlaws(packet);
    if (this.section.ended) this.headEnded(packet);
    return next;
  }

  private readChunks(view: Uint8Array, from: number, end: number, packet: number, at: number): number {
    const { chunks } = this;
    if (chunks === null) return end;
    const before = chunks.dataBytes;
    const next = chunks.read(view, from, end, this.digest);
    this.extent.addBody(chunks.dataBytes - before, packet, at);
    if (chunks.ended) this.finish(true);
    else if (chunks.malformed) {
      this.sink.anomaly('http1-malformed-chunk', this.side, packet);
      this.finish(false);
      this.lose('within-message');
    }
    return next;
  }

  private begin(packet: number, at: number): void {
    this.extent.begin(packet, at);
    this.digest?.begin();
    this.toldFlaws = 0;
    this.toldHeadSize = false;
  }

  private headEnded(packet: number): void {
    const { framing, length } = this.headRead(packet);
    // An interim response ends no loss: the one that answers is still to come.
    if (this.message !== null) this.loss = 'none';
    this.beginBody(framing, length);
  }

  private beginBody(framing: Framing['framing'], length: number): void {
    switch (framing) {
      case 'content-length':
        this.remaining = length;
        this.state = LENGTH;
        if (length === 0) this.finish(true);
        return;
      case 'chunked':
        this.chunks ??= new ChunkedBody();
        this.chunks.begin();
        this.state = CHUNKED;
        return;
      case 'close':
        this.state = CLOSE;
        return;
      default:
        this.finish(true);
    }
  }

  /** A gap begins within the head: the message is known by its start line, and its end is not. */
  private headCut(length: number, packet: number, at: number): void {
    this.extent.lostBytes += length;
    this.line.clear();
    this.headRead(packet);
    if (this.message !== null) this.loss = 'none';
    this.finish(false);
    if (this.state === OUTSIDE) this.outlet?.gap(length, packet, at);
    else this.lose('within-message');
  }

  private takeHead(length: number, packet: number, at: number): void {
    this.extent.addHead(length, packet, at);
    if (this.extent.headBytes > MAX_HEAD_BYTES && !this.toldHeadSize) {
      this.toldHeadSize = true;
      this.sink.anomaly('http1-head-too-large', this.side, packet);
    }
  }

  private missBody(length: number): void {
    this.extent.missBody(length);
    this.digest?.miss();
  }

  /** What was read of this message's head is no message: it and the rest of the segment are passed over. */
  private garbage(from: number, end: number, packet: number): number {
    this.line.clear();
    if (this.claimsGarbage(packet)) return end;
    this.undecodedBytes += this.extent.headBytes + (end - from);
    if (!this.quiet)
      this.sink.anomaly(this.isExcess() ? EXCESS_BYTES : 'http1-malformed-start-line', this.side, packet);
    this.quiet = true;
    this.tentative = false;
    this.framingBefore = null;
    this.state = LOST;
    return end;
  }

  /** A line that has no end may still hold what nobody accepts; of one that may be no start line nothing is said. */
  private lookThroughCutLine(): void {
    if (this.state === START) {
      if (this.quiet || this.tentative) return;
      this.section.begin();
    }
    this.section.readCut(this.line.bytes, 0, this.line.length);
    if (this.section.flaws !== this.toldFlaws) this.tellFlaws(this.extent.lastPacket);
  }

  private dropLine(): void {
    this.undecodedBytes += this.extent.headBytes;
    this.line.clear();
  }

  private lose(loss: LossBefore): void {
    this.quiet = true;
    this.tentative = false;
    this.framingBefore = null;
    if (this.state === OUTSIDE) return;
    this.state = LOST;
    if (this.loss !== 'between-messages') this.loss = loss;
  }

  private tellFlaws(packet: number): void {
    const fresh = this.section.flaws & ~this.toldFlaws;
    this.toldFlaws = this.section.flaws;
    FIELD_FLAWS.forEach((name, bit) => {
      if ((fresh & (1 << bit)) !== 0) this.sink.anomaly(name, this.side, packet);
    });
  }
}
