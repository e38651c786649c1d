/** Bytes kept from the end of what overflows: enough for a version and its line end. */
export const QUEUE_TAIL = 32;

const FIRST_CAPACITY = 512;
/** What every empty queue has: a typed array of its own would cost more than the queue. */
const NOTHING = new Uint8Array(0);
/** A cleared queue gives back what is larger: queues are many and nearly always empty. */
const KEPT_CAPACITY = 4096;

/**
 * Copied bytes of something that was split over segments, within a bound.
 *
 * What goes beyond the bound is dropped from the middle: the beginning stays and the last
 * {@link QUEUE_TAIL} bytes, so that a line can still be read from both its ends.
 */
export class ByteQueue {
  /** The bytes are [0, length). */
  bytes: Uint8Array = NOTHING;
  length = 0;
  /** Something was dropped since the last `clear`. */
  overflowed = false;

  /** @param limit Bytes held at most; above {@link QUEUE_TAIL}. */
  constructor(private readonly limit: number) {}

  append(view: Uint8Array, start: number, end: number): void {
    const wanted = this.length + (end - start);
    if (wanted > this.limit) {
      this.overflow(view, start, end);
      return;
    }
    this.reserve(wanted);
    if (end - start === 1) this.bytes[this.length] = view[start] ?? 0;
    else this.bytes.set(view.subarray(start, end), this.length);
    this.length = wanted;
  }

  clear(): void {
    this.length = 0;
    this.overflowed = false;
    if (this.bytes.length > KEPT_CAPACITY) this.bytes = NOTHING;
  }

  private overflow(view: Uint8Array, start: number, end: number): void {
    this.overflowed = true;
    this.reserve(this.limit);
    const room = this.limit - this.length;
    if (room > 0) this.bytes.set(view.subarray(start, start + room), this.length);
    this.length = this.limit;
    const rest = end - (start + room);
    const taken = Math.min(rest, QUEUE_TAIL);
    const tail = this.limit - QUEUE_TAIL;
    this.bytes.copyWithin(tail, tail + taken, this.limit);
    this.bytes.set(view.subarray(end - taken, end), this.limit - taken);
  }

  private reserve(capacity: number): void {
    if (capacity <= this.bytes.length) return;
    let larger = Math.max(FIRST_CAPACITY, this.bytes.length);
    while (larger < capacity) larger *= 2;
    const grown = new Uint8Array(Math.min(larger, this.limit));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
