/** Integers with a prefix of 1 to 8 bits. RFC 7541 §5.1. */

/** Largest value read: table indices, sizes and string lengths stay far below it, and a count of bytes holds it exactly. */
export const MAX_INTEGER = 2 ** 32 - 1;

/** An integer as read, and the index behind it. */
export interface PrefixedInteger {
  value: number;
  next: number;
}

/**
 * Reads the integer whose prefix is the low `prefixBits` bits of the byte at `start`, into `into`.
 *
 * `false`: it does not end before `end`, or is above {@link MAX_INTEGER}; `into` means nothing then.
 */
export function readInteger(
  view: Uint8Array,
  start: number,
  end: number,
  prefixBits: number,
  into: PrefixedInteger,
): boolean {
  if (start >= end) return false;
  const full = (1 << prefixBits) - 1;
  const prefix = (view[start] ?? 0) & full;
  into.value = prefix;
  into.next = start + 1;
  if (prefix < full) return true;
  let scale = 1;
  for (let at = start + 1; at < end; at += 1) {
    const byte = view[at] ?? 0;
    into.value += (byte & 0x7f) * scale;
    // Zeros without end would be an integer too: RFC 7541 §7.4 wants the encoding bounded as well as the value.
    if (into.value > MAX_INTEGER || scale > MAX_INTEGER) return false;
    into.next = at + 1;
    if (byte < 0x80) return true;
    scale *= 128;
  }
  return false;
}
