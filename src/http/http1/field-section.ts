/**
 * The field section of a message: the lines between its start line and the empty line.
 * RFC 9112 §5.
 *
 * Lines are read where they stand, each as soon as it is whole; a line that the segment cuts is
 * the caller's to complete. So the section as a whole needs no memory, and it makes no difference
 * where segments end. Names are compared in place, and only kept fields (../kept-fields.ts) become
 * strings.
 */
import { dataViewOf } from '../../bytes/data-view.js';
import { lineFeed } from '../../bytes/line-feed.js';
import { printableEnd } from '../../bytes/printable.js';
import type { Field } from '../../facts/field.js';
import { continuedField, indexOfName, isOfRequests, keptField, keptIndex, repeats, signOf } from '../kept-fields.js';
import {
  BARE_LF,
  LINE_TOO_LONG,
  MALFORMED_LINE,
  MALFORMED_NAME,
  OBS_FOLD,
  SPACE_BEFORE_COLON,
  TOO_MANY_FIELDS,
} from './field-flaws.js';
import { COLON, CR, isBlank, LF } from './grammar.js';
import { KnownLines, MAX_KNOWN_LINE, MIN_KNOWN_LINE } from './known-lines.js';
import { controlsIn, isToken, nameEnd } from './line-characters.js';

/** Longest line that is read whole, in bytes: four times the largest limit that servers have by default (16 KB). Beyond it the middle is dropped. */
export const MAX_LINE_BYTES = 65_536;

/** Fields kept of one message: more than the 100 that Apache and Tomcat allow in all. */
export const MAX_KEPT_FIELDS = 128;

/** A head beyond this is reported as too large: no server accepts as much. It is still read to its end. */
export const MAX_HEAD_BYTES = 262_144;

/** Fields that decide framing and roles, as bits of `seen`. */
export const SEEN_CONTENT_LENGTH = 1;
export const SEEN_TRANSFER_ENCODING = 2;
export const SEEN_UPGRADE = 4;
export const SEEN_HOST = 8;

const DECISIVE = new Map([
  [indexOfName('content-length'), SEEN_CONTENT_LENGTH],
  [indexOfName('transfer-encoding'), SEEN_TRANSFER_ENCODING],
  [indexOfName('upgrade'), SEEN_UPGRADE],
  [indexOfName('host'), SEEN_HOST],
]);
const SEEN_BIT = new Uint8Array(256);
for (const [index, bit] of DECISIVE) SEEN_BIT[index] = bit;

/** One for all sections: they repeat each other's lines. */
const knownLines = new KnownLines();

/** What {@link FieldSection} gives in place of an index for a name that is no token. */
const NO_NAME = -2;

/** Lines of a section whose slots are remembered for the next one, a power of two. */
const EXPECTED_LINES = 32;

/** Reads one field section at a time. */
export class FieldSection {
  /** The kept lines of the section in hand are the first `count`: one array for all sections, since one that grows makes room for seventeen. */
  private readonly lines: Field[] = [];
  private count = 0;
  /** Which of the decisive fields occurred (SEEN_ bits). */
  seen = 0;
  private repeated = 0;
  /** Signs (facts/signs) of all sections since `clear`. */
  signs = 0;
  /** Flaw bits found so far. */
  flaws = 0;
  /** The empty line was read. */
  ended = false;
  /** Place in `fields` of the line last read, for continuations; -1: it was not kept, -2: no line yet. */
  private last = -2;
  /** Slot of the line that stood at each place of the section before: a connection's messages have nearly the same lines. */
  private readonly expected = new Int16Array(EXPECTED_LINES);
  /** Lines read of the section in hand. */
  private place = 0;

  /** `isOfResponses`: fields that are kept of requests alone are not kept. */
  constructor(private readonly isOfResponses: boolean) {}

  begin(): void {
    this.count = 0;
    this.place = 0;
    this.seen = this.repeated = 0;
    this.flaws = 0;
    this.ended = false;
    this.last = -2;
  }

  /** Reads whole lines from [start, end) and gives the index behind the last one read; sets `ended` after the empty line. */
  read(view: Uint8Array, start: number, end: number): number {
    const data = dataViewOf(view);
    let line = start;
    while (line < end) {
      const first = view[line];
      if (first === CR && line + 1 < end && view[line + 1] === LF) {
        this.ended = true;
        return line + 2;
      }
      const slot = this.expected[this.place & (EXPECTED_LINES - 1)] ?? 0;
      const length = knownLines.lengthAt(slot, data, line, end);
      if (length > 0 && this.count < MAX_KEPT_FIELDS) {
        this.knownLine(slot);
        this.place += 1;
        line += length;
        continue;
      }
      const colon = nameEnd(view, line, end);
      const plain = printableEnd(view, colon, end);
      // Nearly every line ends where its printable characters do.
      const isPlain = plain + 1 < end && view[plain] === CR && view[plain + 1] === LF;
      const lf = isPlain ? plain + 1 : lineFeed(view, plain, end);
      if (lf < 0) return line;
      const lineEnd = lf > line && view[lf - 1] === CR ? lf - 1 : lf;
      const odd = isPlain ? 0 : controlsIn(view, plain, lineEnd);
      this.flaws |= odd;
      if (lineEnd === lf) this.flaws |= BARE_LF;
      if (lf + 1 - line >= MAX_LINE_BYTES) this.flaws |= LINE_TOO_LONG;
      if (view[colon] === COLON && colon > line && colon < lineEnd) {
        if (odd === 0) this.wholeLine(view, line, colon, lineEnd, lf + 1);
        else this.fieldLine(view, line, colon, colon, lineEnd);
      } else if (lineEnd === line) {
        this.ended = true;
        return lf + 1;
      } else this.oddLine(view, line, lineEnd);
      this.place += 1;
      line = lf + 1;
    }
    return line;
  }

  /** Looks through the beginning of a line of which no end came. */
  readCut(view: Uint8Array, start: number, end: number): void {
    // A carriage return at the end may be that of the line's.
    const last = end > start && view[end - 1] === CR ? end - 1 : end;
    this.flaws |= controlsIn(view, printableEnd(view, start, last), last);
  }

  /** The kept lines, in order of appearance. */
  get fields(): readonly Field[] {
    return this.lines.slice(0, this.count);
  }

  /** Whether one of the decisive fields (a SEEN_ bit) occurred more than once. */
  isRepeated(bit: number): boolean {
    return (this.repeated & bit) !== 0;
  }

  /** All values of the field, in order; fields with several lines are lists. RFC 9110 §5.3. */
  valuesOf(name: string): string[] {
    const values: string[] = [];
    for (let at = 0; at < this.count; at += 1) {
      const field = this.lines[at];
      if (field?.name === name) values.push(field.value);
    }
    return values;
  }

  /** The first value of the field; `null` without one. */
  firstValueOf(name: string): string | null {
    for (let at = 0; at < this.count; at += 1) {
      const field = this.lines[at];
      if (field?.name === name) return field.value;
    }
    return null;
  }

  /** A field line as the grammar has it: looked up among those read before, remembered where it is likely to come again. */
  private wholeLine(view: Uint8Array, start: number, colon: number, lineEnd: number, next: number): void {
    const length = next - start;
    const hasRoom = this.count < MAX_KEPT_FIELDS;
    if (length < MIN_KNOWN_LINE || length > MAX_KNOWN_LINE || lineEnd + 2 !== next || !hasRoom) {
      this.fieldLine(view, start, colon, colon, lineEnd);
      return;
    }
    const data = dataViewOf(view);
    const slot = knownLines.slotOf(data, start, length);
    this.expected[this.place & (EXPECTED_LINES - 1)] = slot;
    if (knownLines.lengthAt(slot, data, start, next) > 0) {
      this.knownLine(slot);
      return;
    }
    const index = this.fieldLine(view, start, colon, colon, lineEnd);
    if (index !== NO_NAME && repeats(index))
      knownLines.remember(slot, data, start, length, index, index < 0 ? null : (this.lines[this.last] ?? null));
  }

  /** The line in `slot` was met again: what {@link fieldLine} made of it then holds now. */
  private knownLine(slot: number): void {
    const field = knownLines.fieldIn(slot);
    if (field === null) {
      this.last = -1;
      return;
    }
    this.keep(knownLines.indexIn(slot), field);
  }

  /** Reads a field line; gives the index of its name in kept-fields, -1 where it is not kept, {@link NO_NAME} where it is no token. */
  private fieldLine(view: Uint8Array, start: number, name: number, colon: number, lineEnd: number): number {
    this.last = -1;
    const index = keptIndex(view, start, name);
    if (index < 0) {
      if (isToken(view, start, name)) return -1;
      this.flaws |= MALFORMED_NAME;
      return NO_NAME;
    }
    if (this.isOfResponses && isOfRequests(index)) return index;
    const bit = SEEN_BIT[index] ?? 0;
    // Decisive fields have some room of their own, so that a flood of others does not hide the framing.
    if (this.count >= (bit === 0 ? MAX_KEPT_FIELDS : MAX_KEPT_FIELDS * 2)) {
      this.flaws |= TOO_MANY_FIELDS;
      return -1;
    }
    let from = colon + 1;
    let to = lineEnd;
    while (from < to && isBlank(view[from])) from += 1;
    while (to > from && isBlank(view[to - 1])) to -= 1;
    this.keep(index, keptField(index, view, from, to));
    return index;
  }

  private keep(index: number, field: Field): void {
    const bit = SEEN_BIT[index] ?? 0;
    this.repeated |= this.seen & bit;
    this.seen |= bit;
    this.signs |= signOf(index);
    this.last = this.count;
    this.lines[this.count] = field;
    this.count += 1;
  }

  /** A continuation line, a name with blanks behind it, or no field line at all. */
  private oddLine(view: Uint8Array, start: number, lineEnd: number): void {
    if (isBlank(view[start])) {
      this.continuation(view, start, lineEnd);
      return;
    }
    const blank = nameEnd(view, start, lineEnd);
    let colon = blank;
    while (colon < lineEnd && isBlank(view[colon])) colon += 1;
    if (blank > start && colon < lineEnd && view[colon] === COLON) {
      this.flaws |= SPACE_BEFORE_COLON;
      this.fieldLine(view, start, blank, colon, lineEnd);
      return;
    }
    this.flaws |= MALFORMED_LINE;
    this.last = -1;
  }

  private continuation(view: Uint8Array, start: number, lineEnd: number): void {
    this.flaws |= OBS_FOLD;
    let from = start;
    let to = lineEnd;
    while (from < to && isBlank(view[from])) from += 1;
    while (to > from && isBlank(view[to - 1])) to -= 1;
    const field = this.lines[this.last];
    if (field !== undefined) this.lines[this.last] = continuedField(field, view, from, to);
  }
}
