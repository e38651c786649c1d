import type { SideFacts } from '../../facts/connection.js';

/** The TTL that all of a side's segments without RST have; `null`: they disagree, or it is not known. */
export function steadyTtlOf({ ttl, ttlVaries }: SideFacts): number | null {
  return ttlVaries ? null : ttl;
}

/**
 * Whether a segment's TTL is not the one that all others of its sender have: another system wrote
 * it. `false` also where either is not known, as in a text printed without -v.
 */
export function hasForeignTtl({ ttl }: { readonly ttl: number | null }, sender: SideFacts): boolean {
  const usual = steadyTtlOf(sender);
  return ttl !== null && usual !== null && ttl !== usual;
}

/**
 * Whether a segment's link-layer source is not the one that all others of its sender have: it took another way, or a
 * station on the way wrote it, as where a forwarder is captured on all its devices. `false` also where either is not known.
 */
export function hasForeignSource({ mac }: { readonly mac: number | null }, sender: SideFacts): boolean {
  return mac !== null && sender.mac !== null && !sender.macVaries && mac !== sender.mac;
}
