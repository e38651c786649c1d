/** How a response that was cut fared in front of the server: passed on as it was, or withheld. */
import type { PacketReference } from '../../facts/packet-reference.js';
import { endpointText } from '../../text/address.js';
import type { CutResponse } from '../judgements/cut-response.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import { PASSED_ON_NS } from '../judgements/moments.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Conclusion } from '../rule.js';
import type { Case } from './causes.js';

/** Whether `one` is why `front` was cut: the same response, on a leg behind. */
export function isBehind(one: CutResponse, front: CutResponse): boolean {
  return (
    one.request !== null &&
    one.request.key === front.request?.key &&
    endpointText(one.server) !== endpointText(front.server) &&
    (one.requestNs > front.requestNs ||
      (one.requestNs === front.requestNs && one.requestPacket > front.requestPacket)) &&
    one.atNs <= front.atNs &&
    // A proxy may keep its client waiting for what it knows will not come (lighttpd): nothing came in between.
    (front.atNs - one.atNs <= PASSED_ON_NS || Math.abs(front.lastNs - one.atNs) <= PASSED_ON_NS)
  );
}

/** Requests in front whose proxy closed when the answer behind was cut, and passed nothing of it on (Go's ReverseProxy). */
export function withheldInFront(items: readonly CutResponse[], { observation }: Conclusion): Case['withheld'] {
  const withheld: [PacketReference, LoggedExchange][] = [];
  for (const { stream, index, packet, atNs } of items) {
    const front = index === null ? null : legPairsOf(observation).frontOf({ stream, index });
    if (front === null || front.status !== null || front.answerPacket === null) continue;
    if (front.endNs >= atNs && front.endNs - atNs <= PASSED_ON_NS) withheld.push([packet, front]);
  }
  return new Map(withheld);
}
