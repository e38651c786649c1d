import type { Connection, RepeatedSegment } from '../../facts/connection.js';

/** Copies of a request within less are no time-outs. RFC 6298 §2.4; Linux waits for 200 ms and more. */
const MIN_REPEATED_NS = 150_000_000;

/**
 * A connection's first bytes that its server took only when they were sent again: it had answered the SYN, and had
 * no room for what followed (listen(2)). Where it answered with a SYN cookie it forgot the SYN, too, and does not
 * repeat its SYN-ACK. A server that only waits for data (TCP_DEFER_ACCEPT) repeats that to a client which has sent
 * none. `null`: they were taken at once, or not at all.
 */
export function takenLate({ client: { repeated }, server, handshake: { ackNs } }: Connection): RepeatedSegment | null {
  if (repeated === null || repeated.sequence !== 1 || !repeated.acknowledged || server.firstPayloadNs === null)
    return null;
  if (ackNs !== null && repeated.firstNs <= ackNs) return null;
  return repeated.lastNs - repeated.firstNs < MIN_REPEATED_NS ? null : repeated;
}
