import { dataViewOf } from './data-view.js';

/** Longest key, in bytes: holds nearly every user agent; longer values are made anew each time. */
export const MAX_CACHED_BYTES = 192;

/** Number of slots, a power of two. With the keys' bytes a cache takes about 200 KB. */
export const CACHE_SLOTS = 1024;

/**
 * Remembers what was made of byte strings, so that equal bytes cost a comparison and no object.
 *
 * One slot for each hash value: the last comer stays. Bounded by construction, and nothing depends
 * on what is found in it but speed. `kind` is part of the key.
 */
export class ByteCache<T> {
  private readonly keys = new Uint8Array(CACHE_SLOTS * MAX_CACHED_BYTES);
  private readonly keyWords = new DataView(this.keys.buffer);
  private readonly kinds = new Int32Array(CACHE_SLOTS).fill(-1);
  private readonly lengths = new Int32Array(CACHE_SLOTS);
  private readonly values: (T | undefined)[] = new Array(CACHE_SLOTS).fill(undefined);

  constructor(private readonly make: (kind: number, view: Uint8Array, start: number, end: number) => T) {}

  /** What `make` gives for these bytes, now or earlier. `kind` is not negative. */
  get(kind: number, view: Uint8Array, start: number, end: number): T {
    const length = end - start;
    if (length > MAX_CACHED_BYTES) return this.make(kind, view, start, end);
    const data = dataViewOf(view);
    const slot = hashOf(kind, data, start, length) & (CACHE_SLOTS - 1);
    if (this.lengths[slot] === length && this.kinds[slot] === kind) {
      const value = this.values[slot];
      if (value !== undefined && this.equals(slot * MAX_CACHED_BYTES, data, start, length)) return value;
    }
    const value = this.make(kind, view, start, end);
    this.keep(slot * MAX_CACHED_BYTES, data, start, length);
    this.kinds[slot] = kind;
    this.lengths[slot] = length;
    this.values[slot] = value;
    return value;
  }

  /** Word by word: a window on the bytes, to copy them at once, would cost more than the copy. */
  private keep(key: number, data: DataView, start: number, length: number): void {
    const keyWords = this.keyWords;
    let at = 0;
    for (; at + 4 <= length; at += 4) keyWords.setInt32(key + at, data.getInt32(start + at, true), true);
    for (; at < length; at += 1) keyWords.setUint8(key + at, data.getUint8(start + at));
  }

  private equals(key: number, data: DataView, start: number, length: number): boolean {
    const keyWords = this.keyWords;
    if (length < 8) {
      for (let at = 0; at < length; at += 1)
        if (keyWords.getUint8(key + at) !== data.getUint8(start + at)) return false;
      return true;
    }
    // The last eight bytes are compared at once as well, some of them for the second time.
    const last = length - 8;
    for (let at = 0; ; at = Math.min(at + 8, last)) {
      const first = keyWords.getInt32(key + at, true) ^ data.getInt32(start + at, true);
      const second = keyWords.getInt32(key + at + 4, true) ^ data.getInt32(start + at + 4, true);
      if ((first | second) !== 0) return false;
      if (at === last) return true;
    }
  }
}

/** A hash of `kind` (not negative) and the bytes [start, start + length), by a few of their words: beginning, middle and end differ soonest. */
export function hashOf(kind: number, data: DataView, start: number, length: number): number {
  let mixed = Math.imul(kind + 1, 0x9e3779b1) ^ length;
  if (length >= 4) {
    mixed = Math.imul(mixed ^ data.getInt32(start), 0x85ebca6b);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed ^ data.getInt32(start + (length >>> 1) - 2), 0xc2b2ae35);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed ^ data.getInt32(start + length - 4), 0x27d4eb2f);
  } else {
    for (let at = 0; at < length; at += 1) mixed = Math.imul(mixed ^ data.getUint8(start + at), 0x85ebca6b);
  }
  return mixed ^ (mixed >>> 16);
}
