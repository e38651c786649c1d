/** The reverse connections of one endpoint, with the gaps that idle closes left, and what clients in front were told meanwhile. */
import type { Conclusion } from '../rule.js';
import type { Occurrences } from '../tally/occurrences.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Case, Gap } from './case.js';
import type { Reversed } from './reversed.js';

/** A connection that stands ready at once is no gap. */
const MIN_GAP_NS = 100_000_000;

/** A request that waits while the server dials is answered this soon afterwards. */
const ANSWERED_AFTER_DIAL_NS = 500_000_000;

/** A server that has not dialled again after this is lost (docs/rules/reverse-http.md). */
const LOST_NS = 30_000_000_000;

/** The case of one server; see the head of this file. */
export function caseOf({ earliest, count }: Occurrences<Reversed>, { servers }: Conclusion): Case | null {
  const connections = earliest.items;
  const [first] = connections;
  if (first === undefined) return null;
  const endNs = Math.max(...connections.map((one) => one.endNs));
  const gaps = connections.flatMap((one) => gapAfter(one, connections, endNs));
  return {
    connections,
    first,
    occurrences: count,
    dialling: [...new Set(connections.map(({ client }) => client.address))].sort(),
    gaps,
    told: servers.gatewayFailures().filter((one) => gaps.some((gap) => isWithin(one, gap))),
    // Only where the protocol says so itself does the draft demand a certificate.
    uncertified:
      connections.find(({ alpnIsSelected, showsCertificate }) => alpnIsSelected && showsCertificate === false) ?? null,
  };
}

/** The time after a drop in which its server had no other connection. */
function gapAfter(one: Reversed, all: readonly Reversed[], endNs: number): Gap[] {
  const { dropped, client } = one;
  if (dropped === null) return [];
  const others = all.filter(
    (other) => other !== one && other.client.address === client.address && other.endNs > dropped.atNs,
  );
  if (others.some(({ dialledNs }) => dialledNs <= dropped.atNs)) return [];
  const again = others.reduce<Reversed | null>(
    (next, other) => (next === null || other.dialledNs < next.dialledNs ? other : next),
    null,
  );
  const lengthNs = (again?.dialledNs ?? endNs) - dropped.atNs;
  if (lengthNs < (again === null ? LOST_NS : MIN_GAP_NS)) return [];
  return [{ reversed: { ...one, dropped }, again, lengthNs }];
}

/** A client in front was told so while the server could not be reached. */
export function isWithin({ requestNs, atNs }: GatewayFailure, { reversed, lengthNs }: Gap): boolean {
  return requestNs >= reversed.dropped.atNs && atNs <= reversed.dropped.atNs + lengthNs + ANSWERED_AFTER_DIAL_NS;
}
