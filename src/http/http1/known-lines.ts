/**
 * Field lines that were read before: what comes again costs one comparison, and no search for its
 * colon, its end, its name and its value.
 *
 * One slot for each hash value: the last comer stays. Bounded by construction, and nothing depends
 * on what is found in it but speed. Own code, since it stands on the path of every message.
 */
import { hashOf } from '../../bytes/byte-cache.js';
import type { Field } from '../../facts/field.js';

/** Longest line that is remembered, its line end included, in bytes: most user agents. */
export const MAX_KNOWN_LINE = 128;

/** Shortest one: a comparison ends with eight bytes at once. */
export const MIN_KNOWN_LINE = 8;

/** Number of slots, a power of two. With the lines' bytes they take 150 KB. */
export const KNOWN_LINES = 1024;

/** See the head of this file. */
export class KnownLines {
  private readonly words = new DataView(new ArrayBuffer(KNOWN_LINES * MAX_KNOWN_LINE));
  /** Of each line, in bytes with its line end; 0: the slot is empty. */
  private readonly lengths = new Uint8Array(KNOWN_LINES);
  private readonly indexes = new Int16Array(KNOWN_LINES);
  private readonly fields: (Field | null)[] = new Array(KNOWN_LINES).fill(null);

  /** The slot of the line [start, start + length), whether it is remembered or not. */
  slotOf(data: DataView, start: number, length: number): number {
    // The line end is alike in all.
    return hashOf(0, data, start, length - 2) & (KNOWN_LINES - 1);
  }

  /** Length of the slot's line if it stands at `start` and ends no later than `end`, in bytes; else 0. */
  lengthAt(slot: number, data: DataView, start: number, end: number): number {
    const length = this.lengths[slot] ?? 0;
    if (length === 0 || start + length > end) return 0;
    const { words } = this;
    const row = slot * MAX_KNOWN_LINE;
    const last = length - 8;
    for (let at = 0; at < last; at += 8) if (differs(words, row + at, data, start + at)) return 0;
    return differs(words, row + last, data, start + last) ? 0 : length;
  }

  /** Index in kept-fields of the name of the slot's line; -1: the line is not kept. */
  indexIn(slot: number): number {
    return this.indexes[slot] ?? -1;
  }

  /** The field that the slot's line is; `null`: it is not kept. */
  fieldIn(slot: number): Field | null {
    return this.fields[slot] ?? null;
  }

  /** Remembers the line [start, start + length) in its slot. */
  remember(slot: number, data: DataView, start: number, length: number, index: number, field: Field | null): void {
    const row = slot * MAX_KNOWN_LINE;
    const last = length - 8;
    for (let at = 0; at < last; at += 8) copy(this.words, row + at, data, start + at);
    copy(this.words, row + last, data, start + last);
    this.lengths[slot] = length;
    this.indexes[slot] = index;
    this.fields[slot] = field;
  }
}

function differs(one: DataView, at: number, other: DataView, otherAt: number): boolean {
  const first = one.getInt32(at, true) ^ other.getInt32(otherAt, true);
  return (first | (one.getInt32(at + 4, true) ^ other.getInt32(otherAt + 4, true))) !== 0;
}

/** Eight bytes; a window on the bytes, to copy them at once, would cost more than the copy. */
function copy(to: DataView, at: number, from: DataView, fromAt: number): void {
  to.setInt32(at, from.getInt32(fromAt, true), true);
  to.setInt32(at + 4, from.getInt32(fromAt + 4, true), true);
}
