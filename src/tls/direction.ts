/**
 * One direction of a TLS connection: its records, read or opened as far as can be, sorted by what
 * they hold. What they mean for the connection is decided by its session (decoder.ts).
 */
import { copied } from '../bytes/copied.js';
import type { EndOfDirection, InOrder } from '../bytes/in-order.js';
import { ALERT_BYTES } from './alert.js';
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE } from './content-type.js';
import type { RecordOpener } from './decryption/record-opener.js';
import { HandshakeReader, type HandshakeSink } from './handshake-reader.js';
import { giveBuffer, type RecordBuffer, SMALL_BUFFER_BYTES, takeBuffer } from './record-buffers.js';
import { HEADER_BYTES, RecordReader, type RecordSink } from './record-reader.js';
import { SideTally } from './side-tally.js';

/** Protected records held for keys that are not known yet (early data, a server's flight captured late); the rest stays closed. */
export const MAX_HELD_BYTES = 32_768;

/** Whom a direction serves: the session that both belong to. */
export interface DirectionOwner {
  /** Protected records could be opened, now or when the hellos are complete. */
  mayOpen(direction: Direction): boolean;
  /** Whether a record of this type and length is protected, as far as is known. */
  isProtected(direction: Direction, contentType: number, length: number): boolean;
  /** Application data comes behind a loss that may have held the ChangeCipherSpec: told before it is asked whether it can be opened. */
  missedChangeCipherSpec(direction: Direction): void;
  /** A protected record ended; told before its content. */
  protectedRecord(direction: Direction, contentType: number, length: number, packet: number, at: number): void;
  message(
    direction: Direction,
    type: number,
    view: Uint8Array,
    start: number,
    end: number,
    firstPacket: number,
    packet: number,
    at: number,
  ): void;
  /** A protected record that was not opened. */
  closed(direction: Direction, contentType: number, length: number, packet: number, at: number): void;
  /** The two bytes of an alert. */
  alert(direction: Direction, level: number, description: number, isOpened: boolean, packet: number, at: number): void;
  changeCipherSpec(direction: Direction, packet: number, at: number): void;
  /** Plaintext of application data: [start, end), never empty. */
  plaintext(direction: Direction, view: Uint8Array, start: number, end: number, packet: number, at: number): void;
  /** `length` bytes of application data cannot be told. */
  plaintextLost(direction: Direction, length: number, packet: number, at: number): void;
  ssl2(direction: Direction, view: Uint8Array, start: number, end: number, packet: number, at: number): void;
  ended(direction: Direction, how: EndOfDirection, packet: number, at: number): void;
  anomaly(direction: Direction, name: string, packet: number): void;
}

/** A protected record whose keys are not known yet. */
interface HeldRecord {
  readonly contentType: number;
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly packet: number;
  readonly at: number;
}

/** See the head of this file. */
export class Direction implements RecordSink, HandshakeSink {
  readonly tally = new SideTally();
  /** What opens its protected records; `null`: nothing, yet. */
  opener: RecordOpener | null = null;
  /** A ChangeCipherSpec was sent. */
  hasChangedCipher = false;
  /** It was sent and not seen. */
  hasMissedChangeCipherSpec = false;
  /** Records, or parts of them, are missing. */
  hasLoss = false;
  /** Bytes on the wire that were lost before there was a key. */
  lostBytes = 0;
  protectedRecords = 0;
  openedRecords = 0;
  /** Protected records, and their bytes on the wire, that went by before there was a key. */
  passedRecords = 0;
  passedBytes = 0;
  closeNotify: 'seen' | 'encrypted' | null = null;
  endedHow: EndOfDirection | null = null;
  /** Whoever takes its plaintext was told that nothing follows. */
  isTargetEnded = false;
  endPacket = 0;
  endNs = 0;
  private readonly reader: RecordReader;
  private readonly handshake = new HandshakeReader(this);
  private held: HeldRecord[] = [];
  private holdsNoMore = false;
  private heldBytes = 0;

  constructor(
    private readonly owner: DirectionOwner,
    private readonly beginsUnseen: boolean,
  ) {
    this.reader = new RecordReader(this, beginsUnseen);
  }

  /** Nothing can follow its last record: FIN or RST was seen, not only the capture's end. */
  get hasEnded(): boolean {
    return this.endedHow !== null && this.endedHow !== 'capture-ended';
  }

  /** Bytes of a record that has begun and not ended. */
  get unfinishedBytes(): number {
    return this.reader.unfinishedBytes;
  }

  /** Takes the direction's bytes. */
  get input(): InOrder {
    return this.reader;
  }

  wants(contentType: number, length: number): boolean {
    if (contentType === CHANGE_CIPHER_SPEC && length === 1) return false;
    if (!this.owner.isProtected(this, contentType, length)) return contentType === HANDSHAKE || contentType === ALERT;
    if (contentType === APPLICATION_DATA && this.hasLoss && !this.hasChangedCipher) {
      this.owner.missedChangeCipherSpec(this);
    }
    if (this.opener === null && this.holdsNoMore) return false;
    return this.owner.mayOpen(this);
  }

  record(
    contentType: number,
    version: number,
    view: Uint8Array,
    start: number,
    end: number,
    firstPacket: number,
    packet: number,
    at: number,
  ): void {
    if (!this.owner.isProtected(this, contentType, end - start)) {
      this.tally.record(contentType, end - start, false, packet, at);
      this.content(contentType, view, start, end, false, end - start, firstPacket, packet, at);
      return;
    }
    this.countProtected(contentType, end - start, packet, at);
    if (this.opener !== null && this.held.length === 0) this.open(contentType, version, view, start, end, packet, at);
    else this.hold(contentType, version, view, start, end, packet, at);
  }

  passed(contentType: number, length: number, packet: number, at: number): void {
    if (contentType === CHANGE_CIPHER_SPEC && length === 1) {
      this.tally.record(contentType, length, false, packet, at);
      this.owner.changeCipherSpec(this, packet, at);
    } else if (this.owner.isProtected(this, contentType, length)) {
      this.countProtected(contentType, length, packet, at);
      this.passBy(contentType, length, packet, at);
    } else this.tally.record(contentType, length, false, packet, at);
  }

  damaged(contentType: number, length: number, packet: number, at: number): void {
    this.hasLoss = true;
    if (contentType === CHANGE_CIPHER_SPEC) {
      this.passed(contentType, length, packet, at);
      return;
    }
    const isProtected = this.owner.isProtected(this, contentType, length);
    if (contentType === HANDSHAKE || !isProtected) this.handshake.reset();
    if (!isProtected) {
      this.tally.record(contentType, length, false, packet, at);
      return;
    }
    this.countProtected(contentType, length, packet, at);
    if (this.opener === null) {
      this.owner.closed(this, contentType, length, packet, at);
      return;
    }
    this.opener.damaged();
    this.owner.closed(this, contentType, length, packet, at);
    const { overhead } = this.opener.protection;
    if (contentType === APPLICATION_DATA) {
      this.owner.plaintextLost(this, Math.max(1, length - Math.max(0, overhead)), packet, at);
    }
  }

  lost(wireBytes: number): void {
    this.hasLoss = true;
    this.handshake.reset();
    if (this.opener !== null) this.opener.lost(wireBytes);
    else this.lostBytes += wireBytes;
  }

  ssl2(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    this.owner.ssl2(this, view, start, end, packet, at);
  }

  malformed(packet: number): void {
    this.hasLoss = true;
    this.owner.anomaly(this, 'tls-malformed-record', packet);
  }

  end(how: EndOfDirection, packet: number, at: number): void {
    this.endedHow = how;
    this.endPacket = packet;
    this.endNs = at;
    this.dropHeld();
    this.opener?.finish();
    this.owner.ended(this, how, packet, at);
  }

  message(
    type: number,
    view: Uint8Array,
    start: number,
    end: number,
    firstPacket: number,
    packet: number,
    at: number,
  ): void {
    this.owner.message(this, type, view, start, end, firstPacket, packet, at);
  }

  tooLong(packet: number): void {
    // It may be a protected one, whose ChangeCipherSpec was not seen.
    if (this.hasLoss || this.beginsUnseen) return;
    this.owner.anomaly(this, 'tls-handshake-message-too-long', packet);
  }

  /** What follows is not TLS as we know it: nothing more is read. */
  stop(): void {
    this.reader.stop();
  }

  /** A new handshake begins, or keys change: messages do not run across that. RFC 8446 §5.1. */
  resetHandshake(): void {
    this.handshake.reset();
  }

  /** The keys are there, or it is known that there are none: what was held back is opened or let go. */
  releaseHeld(): void {
    const { held } = this;
    this.held = [];
    this.heldBytes = 0;
    for (const { contentType, version, bytes, packet, at } of held) {
      if (this.opener !== null) this.open(contentType, version, bytes, 0, bytes.length, packet, at);
      else this.passBy(contentType, bytes.length, packet, at);
    }
  }

  private countProtected(contentType: number, length: number, packet: number, at: number): void {
    this.protectedRecords += 1;
    this.tally.record(contentType, length, true, packet, at);
    this.owner.protectedRecord(this, contentType, length, packet, at);
  }

  private open(
    contentType: number,
    version: number,
    view: Uint8Array,
    start: number,
    end: number,
    packet: number,
    at: number,
  ): void {
    const { opener } = this;
    if (opener === null) return;
    const buffer = takeBuffer(end - start);
    if (opener.open(contentType, version, view, start, end, buffer))
      this.opened(opener, buffer, end - start, packet, at);
    else this.owner.closed(this, contentType, end - start, packet, at);
    giveBuffer(buffer);
  }

  /** A record was opened, into this buffer or into one of its own. */
  private opened(opener: RecordOpener, buffer: RecordBuffer, wireLength: number, packet: number, at: number): void {
    this.openedRecords += 1;
    if (opener.lostBefore > 0) this.owner.plaintextLost(this, opener.lostBefore, packet, at);
    const { contentType: inner, plaintext, plaintextLength } = opener.protection;
    let view = plaintext;
    if (view !== buffer.bytes && plaintextLength <= SMALL_BUFFER_BYTES) {
      // Whoever reads an object of its own more than byte by byte makes a DataView and more over it, which costs
      // more than to copy the bytes to where there is one already.
      buffer.bytes.set(view);
      view = buffer.bytes;
    }
    this.content(inner, view, 0, plaintextLength, true, wireLength, packet, packet, at);
  }

  private content(
    contentType: number,
    view: Uint8Array,
    start: number,
    end: number,
    isOpened: boolean,
    wireLength: number,
    firstPacket: number,
    packet: number,
    at: number,
  ): void {
    switch (contentType) {
      case HANDSHAKE:
        this.handshake.feed(view, start, end, firstPacket, packet, at);
        break;
      case ALERT:
        if (end - start >= ALERT_BYTES)
          this.owner.alert(this, view[start] ?? 0, view[start + 1] ?? 0, isOpened, packet, at);
        break;
      case CHANGE_CIPHER_SPEC:
        this.owner.changeCipherSpec(this, packet, at);
        break;
      case APPLICATION_DATA:
        if (!isOpened) break;
        this.tally.application(end - start, wireLength, packet, at);
        if (end > start) this.owner.plaintext(this, view, start, end, packet, at);
        break;
      default:
    }
  }

  private hold(
    contentType: number,
    version: number,
    view: Uint8Array,
    start: number,
    end: number,
    packet: number,
    at: number,
  ): void {
    if (this.heldBytes + end - start > MAX_HELD_BYTES) {
      // What went by has to be looked for once there are keys; those that were held would only be in the way.
      this.owner.anomaly(this, 'tls-records-not-held', packet);
      this.holdsNoMore = true;
      this.dropHeld();
      this.passBy(contentType, end - start, packet, at);
      return;
    }
    this.heldBytes += end - start;
    this.held.push({ contentType, version, bytes: copied(view, start, end), packet, at });
  }

  /** What was held back stays closed. */
  dropHeld(): void {
    const { held } = this;
    this.held = [];
    this.heldBytes = 0;
    for (const { contentType, bytes, packet, at } of held) this.passBy(contentType, bytes.length, packet, at);
  }

  /** A protected record that is not opened, now or later. */
  private passBy(contentType: number, length: number, packet: number, at: number): void {
    if (this.opener === null) {
      this.passedRecords += 1;
      this.passedBytes += HEADER_BYTES + length;
    }
    this.owner.closed(this, contentType, length, packet, at);
  }
}
