/** The Internet checksum. RFC 1071. */

/** The sum of 16-bit words, not yet folded; bytes begin at an even place. */
export function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  if (bytes.length % 2 === 1) sum += (bytes.at(-1) ?? 0) << 8;
  return sum;
}

/** A sum in 16 bits. */
function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x10000);
  return rest;
}

/** The checksum of bytes with that sum. */
export function checksumOf(sum: number): number {
  return ~folded(sum) & 0xffff;
}

/**
 * A checksum over what was changed: right where it was right, and wrong where it was wrong.
 * RFC 1624 §3: new = ~(~old + ~before + after).
 */
export function updatedChecksum(old: number, sumBefore: number, sumAfter: number): number {
  return checksumOf((~old & 0xffff) + (~folded(sumBefore) & 0xffff) + folded(sumAfter));
}
