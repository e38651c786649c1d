/**
 * What clients in front were told when a server behind failed: answers 502, 503 and 504 to requests
 * that were waiting then.
 *
 * A proxy has one address to its clients and may have another to its servers, so requests are
 * matched by time; a busy proxy has others waiting at the same moment, and they were not answered so.
 */
import type { GatewayFailure } from '../tally/server-tally.js';

/** A proxy says so soon after its last try. */
const SOON_NS = 1_500_000_000;

/** What a proxy tried in vain. */
interface Attempt {
  readonly beginNs: number;
  readonly endNs: number;
  /** How much longer it may have waited for an answer; 0 when not given. */
  readonly patienceNs?: number;
  readonly server: { readonly address: string; readonly port: number };
}

/** Failures told to clients whose request came before an attempt began, and that were told soon after it ended; each once. */
export function toldInFront(failures: readonly GatewayFailure[], attempts: readonly Attempt[]): GatewayFailure[] {
  return failures.filter(({ requestNs, atNs, address, port }) =>
    attempts.some(
      ({ beginNs, endNs, patienceNs = 0, server }) =>
        requestNs <= beginNs &&
        atNs >= endNs &&
        atNs - endNs <= SOON_NS + patienceNs &&
        (server.address !== address || server.port !== port),
    ),
  );
}
