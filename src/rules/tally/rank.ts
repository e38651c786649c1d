/**
 * Numbers that look like chance and are not: where a bound forces a choice among many, the choice
 * falls by the rank of what is chosen. Every order of reading and every split of the work then
 * chooses the same, which an order of arrival would not.
 */

/** An unsigned 32-bit rank for a number up to 2^53, such as a packet reference. */
export function rankOf(value: number): number {
  return mixed((value | 0) ^ Math.imul((value / 4_294_967_296) | 0, 0x9e3779b1));
}

/** An unsigned 32-bit rank for a text, from its character `from` on; `seed` tells texts apart by what came before them. */
export function rankOfText(text: string, seed = 0x811c9dc5, from = 0): number {
  let hash = seed | 0;
  for (let at = from; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mixed(hash ^ (text.length - from));
}

/** Spreads each bit over all of them, so that near numbers lie far apart. */
function mixed(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
