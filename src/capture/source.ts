/**
 * The bytes of one capture as a window that moves forward.
 *
 * The formats read numbers straight out of `view` between `start` and `end`. When that is too
 * little they ask for more: `fill` moves the unread rest to the front of the one buffer and reads
 * behind it. That is synchronous for plain files, so that a packet costs no promise; only a pipe or
 * compressed data makes the caller wait. Invariant: buffer[start] lies at offset `base + start` of
 * the (decompressed) file.
 */

/** One read of a plain file: between 256 KB and 4 MB all cost the same, 16 MB twice as much. */
export const READ_BYTES = 1024 * 1024;

/**
 * What brings bytes: a file, a stream, a decompressor.
 *
 * None of its methods throws; what went wrong stands in `failure` once `read` has returned 0.
 */
export interface Feed {
  /** Puts 1 to `length` bytes into `buffer` from `at`; returns how many, 0 at the end. A promise only if it must wait. */
  read(buffer: Uint8Array, at: number, length: number): number | Promise<number>;
  /** Passes over up to `length` bytes without reading them; returns how many. Absent: they have to be read. */
  skip?(length: number): number;
  /** Bytes taken from the file as it is stored (compressed, if it is). */
  readonly bytesRead: number;
  /** Bytes of the file as it is stored; `null` when unknown (a pipe). */
  readonly size: number | null;
  /** Why reading ended too early; `null` when it did not. */
  readonly failure: Error | null;
  /** A sentence about an end that came too early and is no failure; `null` without one. */
  readonly notice: string | null;
  close(): void;
}

/** See the head of this file. */
export class ByteSource {
  buffer: Uint8Array;
  view: DataView;
  /** First byte not yet consumed, and the end of the bytes held: indices of `buffer`. */
  start = 0;
  end = 0;
  /** Offset in the (decompressed) file of buffer[0]. A double: exact up to 8 PiB. */
  base = 0;
  /** The feed has nothing more. */
  ended = false;
  /** Bytes of a skip that lie beyond what was read so far; above 0 at the end: the file is shorter than it says. */
  unskipped = 0;

  constructor(
    readonly feed: Feed,
    /** Initial capacity, so the size of a read. */
    capacity: number = READ_BYTES,
  ) {
    this.buffer = unfilled(capacity);
    this.view = new DataView(this.buffer.buffer, 0, capacity);
  }

  /** Offset in the (decompressed) file of the next byte to consume. */
  get offset(): number {
    return this.base + this.start;
  }

  /**
   * Reads on until `needed` bytes are held or the feed ends (`ended`).
   *
   * `needed` is bounded by the formats (MAX_BLOCK_BYTES and below); a buffer that is smaller grows.
   */
  fill(needed: number): Promise<void> | null {
    while (!this.ended && this.end - this.start < needed) {
      const got = this.read(needed);
      if (typeof got !== 'number') return this.fillLater(needed, got);
      this.take(got);
    }
    return null;
  }

  private async fillLater(needed: number, first: Promise<number>): Promise<void> {
    this.take(await first);
    while (!this.ended && this.end - this.start < needed) this.take(await this.read(needed));
  }

  /** Consumes `length` bytes, held or not. */
  skip(length: number): void {
    const held = this.end - this.start;
    if (length <= held) {
      this.start += length;
      return;
    }
    this.start = this.end;
    this.unskipped += length - held;
  }

  close(): void {
    this.feed.close();
  }

  private read(needed: number): number | Promise<number> {
    this.makeRoom(needed);
    if (this.unskipped > 0 && this.feed.skip !== undefined) {
      const skipped = this.feed.skip(this.unskipped);
      this.unskipped -= skipped;
      this.base += skipped;
      if (this.unskipped > 0) return 0;
    }
    return this.feed.read(this.buffer, this.end, this.buffer.length - this.end);
  }

  private take(got: number): void {
    if (got === 0) {
      this.ended = true;
      return;
    }
    if (this.unskipped > 0) {
      // Nothing is held while a skip is pending, so what arrives may be dropped at once.
      const dropped = Math.min(got, this.unskipped);
      this.unskipped -= dropped;
      this.start += dropped;
    }
    this.end += got;
    if (this.start === this.end) {
      this.base += this.end;
      this.start = 0;
      this.end = 0;
    }
  }

  private makeRoom(needed: number): void {
    const held = this.end - this.start;
    const old = this.buffer;
    if (needed > old.length) {
      let capacity = old.length;
      while (capacity < needed) capacity *= 2;
      this.buffer = unfilled(capacity);
      this.view = new DataView(this.buffer.buffer, 0, capacity);
      this.buffer.set(old.subarray(this.start, this.end), 0);
    } else if (this.start > 0 && held > 0) {
      old.copyWithin(0, this.start, this.end);
    }
    this.base += this.start;
    this.start = 0;
    this.end = held;
  }
}

/** Bytes with anything in them. No Buffer: parts of one take longer to make, and decoders that see both arrays are slower. */
function unfilled(capacity: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(capacity).buffer);
}
