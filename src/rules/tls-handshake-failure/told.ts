/** What the client of a handshake that failed, a proxy, told its own clients for it. */
import { toldInFront, toldOfEach } from '../judgements/front-failures.js';
import type { Conclusion } from '../rule.js';
import type { Occurrences } from '../tally/occurrences.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Failure } from './failure.js';
import { addFailure, newWay, type Way } from './way.js';

/** Of handshakes that went well and were not used, those for which a client in front was told of a failure. */
export function refusedOf(unused: Occurrences<Failure>, { servers }: Conclusion): Way | null {
  const refused = newWay();
  for (const failure of unused.earliest.items) {
    const [told] = toldInFront(servers.gatewayFailures(), [attemptOf(failure)]);
    if (told !== undefined) addFailure(refused, { ...failure, told });
  }
  return refused.count === 0 ? null : refused;
}

function attemptOf({ hello, atNs, server }: Failure) {
  return { beginNs: hello?.atNs ?? atNs, endNs: atNs, server };
}

/** What a client of the server told its own clients for its handshakes; none where it may be chance: of several clients, for fewer than half, or more often than there were handshakes. */
export function withTold(
  kept: readonly Failure[],
  { servers }: Conclusion,
): { readonly failures: readonly Failure[]; readonly told: readonly GatewayFailure[] } {
  if (new Set(kept.map(({ client }) => client.address)).size > 1) return { failures: kept, told: [] };
  const attempts = kept.map(attemptOf);
  const told = toldInFront(servers.gatewayFailures(), attempts);
  if (2 * told.length < kept.length || told.length > kept.length) return { failures: kept, told: [] };
  const toldOf = toldOfEach(told, attempts);
  return { failures: kept.map((failure, at) => ({ ...failure, told: failure.told ?? toldOf[at] ?? null })), told };
}
