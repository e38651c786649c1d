/**
 * Buffers for records that segments split, and for what small records hold once they are open, used
 * again and again: a buffer belongs to a reader only while a record is being gathered or read, and
 * there are always few of those. Two sizes, so that a
 * connection stuck in a small record does not hold the largest one's room.
 */

/** Room for most handshake records, and for any record. RFC 5246 §6.2.3: 2^14 and 2048. */
export const SMALL_BUFFER_BYTES = 4096;
const SIZES = [SMALL_BUFFER_BYTES, 16_384 + 2048] as const;
/** Spare buffers kept of each size. */
export const MAX_SPARE = 16;

const spare: readonly Uint8Array[][] = SIZES.map(() => []);

/** A buffer of at least `length` bytes, with anything in it. */
export function takeBuffer(length: number): Uint8Array {
  const size = length <= SIZES[0] ? 0 : 1;
  return spare[size]?.pop() ?? new Uint8Array(SIZES[size]);
}

/** Gives a buffer back; whoever still looks at it sees it change. */
export function giveBuffer(buffer: Uint8Array): void {
  const buffers = spare[buffer.length === SIZES[0] ? 0 : 1];
  if (buffers !== undefined && buffers.length < MAX_SPARE) buffers.push(buffer);
}
