/**
 * What clients in front were told when a server behind failed: answers 502, 503 and 504 to requests
 * that were waiting then.
 *
 * A proxy has one address to its clients and may have another to its servers, so requests are
 * matched by time; a busy proxy has others waiting at the same moment, and they were not answered so.
 */
import { endpointText } from '../../text/address.js';
import { packetText } from '../argument/figures.js';
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

/** A sentence on what clients were told for connections that did not come about; none where none were told. */
export function toldSentences(told: readonly GatewayFailure[]): string[] {
  const [first] = told;
  if (first === undefined) return [];
  const statuses = [...new Set(told.map(({ status }) => status))].join(', ');
  const times = told.length === 1 ? 'once' : `${told.length} times`;
  return [`${endpointText(first)} told its clients ${statuses} for it, ${times} (from ${packetText(first.packet)}).`];
}

/**
 * What the client was told for whom an attempt was made: of requests that wait at the same time, the one
 * that came last before it is what made the proxy try. `null`: none was told anything afterwards.
 */
export function toldFor(
  told: readonly GatewayFailure[],
  { beginNs, endNs }: Pick<Attempt, 'beginNs' | 'endNs'>,
): GatewayFailure | null {
  let nearest: GatewayFailure | null = null;
  for (const one of told) {
    if (one.requestNs > beginNs || one.atNs < endNs) continue;
    if (nearest === null || one.requestNs > nearest.requestNs) nearest = one;
  }
  return nearest;
}
