/**
 * Sequence number arithmetic, modulo 2^32. RFC 9293 §3.4.
 *
 * The only file that subtracts two sequence numbers. Everything else works with offsets: bytes
 * since the sender's initial sequence number (the SYN at 0, the first byte of data at 1), which
 * are ordinary numbers that do not wrap.
 */

/** How far `a` lies after `b` (negative: before it): exact within 2^31 bytes either way. */
export function distance(a: number, b: number): number {
  return (a - b) | 0;
}

/** The offset of `sequence`, given a nearby sequence number whose offset is known. */
export function offsetNear(sequence: number, knownSequence: number, knownOffset: number): number {
  return knownOffset + distance(sequence, knownSequence);
}

/** The sequence number one before `sequence`. */
export function previous(sequence: number): number {
  return (sequence - 1) >>> 0;
}
