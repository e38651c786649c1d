/**
 * Refusals that a proxy only hands on, where its other leg was captured too: right before it answers, a server behind
 * it gave the same status to a head too large. The limit is that server's.
 *
 * Told by time, and not by what both legs ask for: of heads that are refused before their end that is not known.
 */
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import type { Occurrences } from '../tally/occurrences.js';
import type { TooLarge } from './too-large.js';

/**
 * Those of a server's own; each refusal of the other servers is handed on once. Of these the earliest are known:
 * whoever has handed on some has later ones from there too, where there were more.
 */
export function withoutHandedOn(
  items: readonly TooLarge[],
  others: readonly Occurrences<TooLarge>[],
): readonly TooLarge[] {
  const left = others
    .flatMap(({ earliest }) => earliest.items)
    .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  const knownUntilNs = Math.min(
    ...others.map(({ count, earliest: { items: kept } }) =>
      count === kept.length ? Number.POSITIVE_INFINITY : (kept.at(-1)?.atNs ?? 0),
    ),
  );
  const own = items.filter((one) => {
    const at = left.findIndex((other) => isHandedOn(one, other));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return own.length < items.length ? own.filter(({ atNs }) => atNs <= knownUntilNs) : own;
}

function isHandedOn(front: TooLarge, back: TooLarge): boolean {
  const sinceNs = front.atNs - back.atNs;
  if (front.status !== back.status || sinceNs < 0 || sinceNs > ONE_MOMENT_NS) return false;
  if (front.request !== null && back.request !== null && back.request.atNs < front.request.atNs) return false;
  // A client that asks two servers is no proxy; over the loopback interface all have one address.
  return front.client.address !== back.client.address || back.client.address === front.server.address;
}
