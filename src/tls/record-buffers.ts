/**
 * Buffers for records that segments split, and for what records hold once they are open, used again and
 * again: a buffer belongs to a reader only while a record is being gathered or read, and there are always
 * few of those. Two sizes, so that a connection stuck in a small record does not hold the largest one's room.
 */

/** Room for most handshake records, and for any record. RFC 5246 §6.2.3: 2^14 and 2048. */
export const SMALL_BUFFER_BYTES = 4096;
const SIZES = [SMALL_BUFFER_BYTES, 16_384 + 2048] as const;
/** Spare buffers kept of each size. */
export const MAX_SPARE = 16;

/** Bytes, and the same as words. */
export class RecordBuffer {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;

  /** @param length A multiple of 16 bytes, the block of the ciphers that write whole blocks. */
  constructor(length: number) {
    this.words = new Int32Array(length / 4);
    this.bytes = new Uint8Array(this.words.buffer);
  }
}

const spare: readonly RecordBuffer[][] = SIZES.map(() => []);

/** A buffer of at least `length` bytes, with anything in it. */
export function takeBuffer(length: number): RecordBuffer {
  const size = length <= SIZES[0] ? 0 : 1;
  return spare[size]?.pop() ?? new RecordBuffer(SIZES[size]);
}

/** Gives a buffer back; whoever still looks at it sees it change. */
export function giveBuffer(buffer: RecordBuffer): void {
  const buffers = spare[buffer.bytes.length === SIZES[0] ? 0 : 1];
  if (buffers !== undefined && buffers.length < MAX_SPARE) buffers.push(buffer);
}
