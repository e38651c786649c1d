/**
 * A body in the chunked transfer coding: counted, digested and skipped, not kept. RFC 9112 §7.1.
 *
 * A state machine over bytes without any buffer, so that segments may end anywhere: chunk sizes
 * are summed up digit by digit, extensions and trailer lines passed over, data skipped by count.
 */
import { lineFeed } from '../../bytes/line-feed.js';
import type { BodyDigest } from '../body-digest.js';
import { CR, isBlank, LF } from './grammar.js';

const SIZE = 0;
/** Behind the size: extensions, to the line's end. */
const EXTENSION = 1;
const DATA = 2;
/** The line end behind the data. */
const DATA_END = 3;
/** At the start of a trailer line, or of the empty line that ends it all. */
const TRAILER_START = 4;
const TRAILER_LINE = 5;

const SEMICOLON = 0x3b;

/** Reads one chunked body at a time. */
export class ChunkedBody {
  /** Bytes of chunk data so far. */
  dataBytes = 0;
  ended = false;
  /** What follows is no chunk: where the body ends can no longer be told. */
  malformed = false;
  private state = SIZE;
  private size = 0;
  private digits = 0;
  private remaining = 0;
  private afterCr = false;

  begin(): void {
    this.dataBytes = 0;
    this.ended = false;
    this.malformed = false;
    this.state = SIZE;
    this.size = 0;
    this.digits = 0;
    this.remaining = 0;
    this.afterCr = false;
  }

  /** Reads from [start, end) and gives the index behind what it used: `end`, unless the body `ended` or is `malformed`. */
  read(view: Uint8Array, start: number, end: number, digest: BodyDigest | null = null): number {
    let at = start;
    while (at < end && !this.ended && !this.malformed) {
      if (this.state === DATA) {
        const taken = Math.min(this.remaining, end - at);
        digest?.add(view, at, at + taken);
        this.takeData(taken);
        at += taken;
      } else if (this.state === EXTENSION || this.state === TRAILER_LINE) {
        const lf = lineFeed(view, at, end);
        if (lf < 0) return end;
        at = lf + 1;
        if (this.state === TRAILER_LINE) this.state = TRAILER_START;
        else this.sizeLineEnded();
      } else {
        this.step(view[at] ?? 0);
        at += 1;
      }
    }
    return at;
  }

  /** Passes over `length` bytes that were not seen; `false` when they reach beyond the chunk's data. */
  skip(length: number): boolean {
    if (this.state !== DATA || length > this.remaining) return false;
    this.takeData(length);
    return true;
  }

  private takeData(length: number): void {
    this.remaining -= length;
    this.dataBytes += length;
    if (this.remaining === 0) this.state = DATA_END;
  }

  private step(byte: number): void {
    if (this.state === SIZE) this.stepSize(byte);
    else if (byte === LF) {
      this.afterCr = false;
      if (this.state === DATA_END) this.state = SIZE;
      else this.ended = true;
    } else if (byte === CR && !this.afterCr) this.afterCr = true;
    else if (this.state === DATA_END || this.afterCr) this.malformed = true;
    else this.state = TRAILER_LINE;
  }

  private stepSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.size = this.size * 16 + digit;
      this.digits += 1;
      // RFC 9112 §7.1: recipients must expect large sizes; one that a count of bytes cannot hold is no size.
      if (this.size > Number.MAX_SAFE_INTEGER) this.malformed = true;
    } else if (this.digits === 0) this.malformed = true;
    else if (byte === LF) this.sizeLineEnded();
    // Some servers pad the size with blanks.
    else if (byte === CR || byte === SEMICOLON || isBlank(byte)) this.state = EXTENSION;
    else this.malformed = true;
  }

  private sizeLineEnded(): void {
    this.remaining = this.size;
    this.state = this.size === 0 ? TRAILER_START : DATA;
    this.size = 0;
    this.digits = 0;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
