/**
 * Opens the protected records of one direction, through its changes of keys and the capture's losses.
 *
 * Keys follow one another in phases (early data, handshake, application data). A record that does not
 * open under the phase in hand is tried under the later ones, from their first sequence number: a
 * key log may lack a phase, and a loss may hide the change. After a loss the sequence number is
 * unknown, and is looked for among those that so many bytes can have used up; authentication tells
 * the right one. Keys that open nothing at all are given up soon, because each try costs.
 */
import type { RecordBuffer } from '../record-buffers.js';
import { HEADER_BYTES, MAX_CONTENT_BYTES } from '../record-reader.js';
import type { RecordProtection } from './record-protection.js';

/** Records that may fail before the first one opens: a server's flight has some six, early data some more, and their keys may be lacking. */
export const MAX_FAILURES_AT_FIRST = 32;
/** Records that may fail one after the other once some have opened. */
export const MAX_FAILURES_IN_A_ROW = 64;
/** Sequence numbers tried after one loss, and on one direction in all: some milliseconds, some tens. */
export const MAX_TRIES_PER_LOSS = 256;
export const MAX_TRIES = 4096;
/** Records that open one after the other before tags may be checked later: keys that open few gain nothing by it. */
export const OPENED_BEFORE_DEFERRING = 16;
/** The smallest record that is protected: header, a byte of content and what protection adds. */
const MIN_PROTECTED_BYTES = HEADER_BYTES + 17;

/** See the head of this file. */
export class RecordOpener {
  opened = 0;
  failed = 0;
  /** Plaintext bytes that were lost before the record just opened; 0: none, or not to be told exactly for CBC. */
  lostBefore = 0;
  /** The keys in hand have opened a record. */
  private hasOpened = false;
  private failuresInARow = 0;
  /** Under the keys in hand, with nothing lost between. */
  private openedInARow = 0;
  private tries = 0;
  private lostWireBytes = 0;
  private isGivenUp = false;
  private readonly later: RecordProtection[] = [];

  constructor(private current: RecordProtection) {}

  /** What opened the last record: its plaintext. */
  get protection(): RecordProtection {
    return this.current;
  }

  /** Further records are worth their cost. */
  get isHopeful(): boolean {
    return !this.isGivenUp;
  }

  /** Keys that follow those there are. */
  append(protection: RecordProtection): void {
    this.later.push(protection);
  }

  /** The next record is under the next keys. */
  advance(): void {
    const next = this.later.shift();
    if (next === undefined) return;
    this.use(next);
  }

  /** The next record is under these keys, whatever was to follow. RFC 8446 §4.6.3, RFC 5246 §7.1. */
  replace(protection: RecordProtection): void {
    this.later.length = 0;
    this.use(protection);
    this.failuresInARow = 0;
    this.isGivenUp = false;
  }

  /** Opens the next record. */
  open(
    contentType: number,
    version: number,
    view: Uint8Array,
    start: number,
    end: number,
    into: RecordBuffer,
  ): boolean {
    this.lostBefore = 0;
    const { lostWireBytes } = this;
    if (
      lostWireBytes > 0
        ? this.find(this.current, contentType, version, view, start, end, into)
        : this.openNext(contentType, version, view, start, end, into)
    ) {
      this.succeed();
      return true;
    }
    for (const [index, protection] of this.later.entries()) {
      const isOpen =
        protection.open(contentType, version, view, start, end, into, false) ||
        (lostWireBytes > 0 && this.find(protection, contentType, version, view, start, end, into));
      if (!isOpen) {
        protection.sequence = 0;
        continue;
      }
      this.later.splice(0, index + 1);
      this.use(protection);
      this.succeed();
      return true;
    }
    this.fail(end - start);
    return false;
  }

  /** No more records come. */
  finish(): void {
    this.current.finish();
  }

  /** A record went by whose content the capture lacks in part. */
  damaged(): void {
    this.current.sequence += 1;
    this.failed += 1;
    this.openedInARow = 0;
  }

  /** So many bytes of records are missing. */
  lost(wireBytes: number): void {
    this.lostWireBytes += wireBytes;
    this.openedInARow = 0;
  }

  private use(protection: RecordProtection): void {
    this.current.finish();
    this.current = protection;
    this.hasOpened = false;
    this.openedInARow = 0;
    this.lostWireBytes = 0;
  }

  /** Under the keys in hand. As long as they have opened nothing, what failed may have been under earlier ones that are not known. */
  private openNext(
    contentType: number,
    version: number,
    view: Uint8Array,
    start: number,
    end: number,
    into: RecordBuffer,
  ): boolean {
    const { current } = this;
    const mayDefer = this.openedInARow >= OPENED_BEFORE_DEFERRING;
    if (current.open(contentType, version, view, start, end, into, mayDefer)) return true;
    if (this.hasOpened || current.sequence === 1) return false;
    const { sequence } = current;
    current.sequence = 0;
    if (current.open(contentType, version, view, start, end, into, false)) return true;
    current.sequence = sequence;
    return false;
  }

  private succeed(): void {
    this.opened += 1;
    this.openedInARow += 1;
    this.hasOpened = true;
    this.failuresInARow = 0;
    this.lostWireBytes = 0;
  }

  private fail(length: number): void {
    this.failed += 1;
    this.failuresInARow += 1;
    this.openedInARow = 0;
    if (this.lostWireBytes > 0) this.lostWireBytes += HEADER_BYTES + length;
    if (this.failuresInARow >= (this.opened === 0 ? MAX_FAILURES_AT_FIRST : MAX_FAILURES_IN_A_ROW))
      this.isGivenUp = true;
  }

  /** Looks for the sequence number behind a loss: one that so many missing bytes can have used up. */
  private find(
    protection: RecordProtection,
    contentType: number,
    version: number,
    view: Uint8Array,
    start: number,
    end: number,
    into: RecordBuffer,
  ): boolean {
    const { lostWireBytes } = this;
    const base = protection === this.current ? protection.sequence : 0;
    const least = Math.ceil(lostWireBytes / (HEADER_BYTES + MAX_CONTENT_BYTES));
    const most = Math.min(Math.floor(lostWireBytes / MIN_PROTECTED_BYTES) + 1, least + MAX_TRIES_PER_LOSS);
    for (
      let records = protection === this.current ? least : 1;
      records <= most && this.tries < MAX_TRIES;
      records += 1
    ) {
      this.tries += 1;
      protection.sequence = base + records;
      if (!protection.open(contentType, version, view, start, end, into, false)) continue;
      this.lostBefore =
        protection.overhead < 0
          ? lostWireBytes
          : Math.max(1, lostWireBytes - records * (HEADER_BYTES + protection.overhead));
      return true;
    }
    protection.sequence = base;
    return false;
  }
}
