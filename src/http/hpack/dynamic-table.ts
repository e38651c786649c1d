/**
 * The dynamic table of one direction. RFC 7541 §2.3.2, §4.
 *
 * It holds no bytes: of each entry the name's index in the vocabulary, its size, and the field
 * where that is kept. So what nobody asked for, secrets among it, is nowhere.
 *
 * A capture that begins in the middle, or lost bytes, leaves it unknown what the table holds. New
 * entries are put in front, so those inserted since then are known by their index although what
 * stands behind them is not; a lookup beyond them says so. The table is whole again once
 * everything unknown must have been evicted: after a size update to 0, or when a known entry is
 * evicted. Sizes counted are never above the real ones, so that this is never said too soon.
 */
import type { Field } from '../../facts/field.js';
import { UNKNOWN_NAME } from './vocabulary.js';

/** What an entry costs beside its bytes. RFC 7541 §4.1. */
export const ENTRY_OVERHEAD = 32;

/** Size before any update or setting. RFC 9113 §6.5.2. */
export const DEFAULT_TABLE_BYTES = 4096;

/** Larger tables are not followed to their end: 16 times the 64 KB of the largest common setting. What is not followed is unknown. */
export const MAX_TABLE_BYTES = 1_048_576;

/** Entries that there is room for once there is one: most connections of a flood never bring one. */
const FIRST_CAPACITY = 64;
const NO_NAMES = new Int16Array(0);
const NO_LENGTHS = new Int32Array(0);

/** Gives a lookup beyond what is known. */
export const UNKNOWN_ENTRY = -1;
/** Gives a lookup of an entry that there is not: the block is malformed. */
export const NO_ENTRY = -2;

/** See the head of this file. */
export class DynamicTable {
  /** Entries known. */
  count = 0;
  /** Bytes of the known entries, each with its overhead. */
  size = 0;
  /** Every entry is known. */
  isWhole: boolean;
  /** The size the encoder keeps to; `null`: not known. */
  private maxSize: number | null;
  /** A ring, oldest entry at `oldest`; the capacity is a power of two. */
  private names = NO_NAMES;
  private nameLengths = NO_LENGTHS;
  private sizes = NO_LENGTHS;
  private fields: (Field | null)[] = [];
  private oldest = 0;

  /** @param beginsUnseen What was said before is not known. */
  constructor(beginsUnseen: boolean) {
    this.isWhole = !beginsUnseen;
    this.maxSize = beginsUnseen ? null : DEFAULT_TABLE_BYTES;
  }

  /** A block, or part of one, was not seen: nothing is known any more. */
  lose(): void {
    this.forget();
    this.isWhole = false;
    this.maxSize = null;
  }

  /** The place of entry `index` (0 is the newest), {@link UNKNOWN_ENTRY} or {@link NO_ENTRY}. */
  find(index: number): number {
    if (index < this.count) return (this.oldest + this.count - 1 - index) & (this.sizes.length - 1);
    return this.isWhole ? NO_ENTRY : UNKNOWN_ENTRY;
  }

  nameAt(place: number): number {
    return this.names[place] ?? UNKNOWN_NAME;
  }

  nameLengthAt(place: number): number {
    return this.nameLengths[place] ?? 0;
  }

  sizeAt(place: number): number {
    return this.sizes[place] ?? 0;
  }

  fieldAt(place: number): Field | null {
    return this.fields[place] ?? null;
  }

  /** Puts an entry in front. `valueLength` as decoded; `nameLength` 0 where it is not known. RFC 7541 §4.4. */
  insert(name: number, nameLength: number, valueLength: number, field: Field | null): void {
    const size = nameLength + valueLength + ENTRY_OVERHEAD;
    if (this.maxSize !== null && size > this.maxSize) {
      this.forget();
      this.isWhole = true;
      return;
    }
    // Where the size is not known it may be too large as well. Then the table is empty, and what we hold before it is not referred to.
    this.evictDownTo(Math.min(this.maxSize ?? MAX_TABLE_BYTES, MAX_TABLE_BYTES) - size);
    if (this.count === this.sizes.length) this.grow();
    const place = (this.oldest + this.count) & (this.sizes.length - 1);
    this.names[place] = name;
    this.nameLengths[place] = nameLength;
    this.sizes[place] = size;
    this.fields[place] = field;
    this.count += 1;
    this.size += size;
  }

  /** The encoder changes the size it keeps to. RFC 7541 §4.3, §6.3. */
  resize(maxSize: number): void {
    this.maxSize = maxSize;
    this.evictDownTo(Math.min(maxSize, MAX_TABLE_BYTES));
    if (maxSize === 0) this.isWhole = true;
  }

  private evictDownTo(room: number): void {
    while (this.size > room && this.count > 0) {
      this.size -= this.sizes[this.oldest] ?? 0;
      this.fields[this.oldest] = null;
      this.oldest = (this.oldest + 1) & (this.sizes.length - 1);
      this.count -= 1;
      // Evicted because the table is full: so is everything older. Evicted because we hold no more: not known.
      this.isWhole = this.maxSize !== null && this.maxSize <= MAX_TABLE_BYTES;
    }
  }

  private forget(): void {
    this.fields.fill(null);
    this.count = 0;
    this.size = 0;
    this.oldest = 0;
  }

  private grow(): void {
    const capacity = this.sizes.length;
    const room = Math.max(FIRST_CAPACITY, capacity * 2);
    const names = new Int16Array(room);
    const nameLengths = new Int32Array(room);
    const sizes = new Int32Array(room);
    const fields: (Field | null)[] = new Array(room).fill(null);
    for (let at = 0; at < this.count; at += 1) {
      const place = (this.oldest + at) & (capacity - 1);
      names[at] = this.names[place] ?? 0;
      nameLengths[at] = this.nameLengths[place] ?? 0;
      sizes[at] = this.sizes[place] ?? 0;
      fields[at] = this.fields[place] ?? null;
    }
    this.names = names;
    this.nameLengths = nameLengths;
    this.sizes = sizes;
    this.fields = fields;
    this.oldest = 0;
  }
}
