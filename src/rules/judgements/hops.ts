/** Hops from the sender, by the initial TTL that its system must have used; `null` when the TTL was not seen. */
export function hopsOf(ttl: number | null): number | null {
  if (ttl === null) return null;
  for (const initial of [32, 64, 128]) if (ttl <= initial) return initial - ttl;
  return 255 - ttl;
}
