/**
 * Whether the server's own kernel refused the last step of a handshake: it resets the bare ACK, before
 * any request can have played a part. Linux does so where the queue of a listener is full and
 * tcp_abort_on_overflow is set. A client sends its request right behind the ACK, so that both are reset.
 */
import type { CloseSegment } from '../../facts/close.js';
import type { SideFacts } from '../../facts/connection.js';
import type { Handshake } from '../../facts/handshake.js';
import { resetShapeOf } from './reset-shape.js';

/** What it is told by. */
export interface RefusedHandshake {
  readonly handshake: Pick<Handshake, 'synAck' | 'ackNs' | 'synAckRetransmissions'>;
  readonly client: Pick<SideFacts, 'firstPayloadNs' | 'plainSegments' | 'retransmissions'>;
  readonly server: Pick<SideFacts, 'payloadBytes' | 'highestAcknowledged'>;
  readonly resets: readonly CloseSegment[];
}

/** The reset of the ACK; `null`: it was not reset, or not by the server itself. */
export function refusalOfHandshake(facts: RefusedHandshake): CloseSegment | null {
  // Without TTLs (a text printed without -v) it may be another hand's as well.
  return facts.handshake.synAck?.ttl == null ? null : answerToHandshake(facts);
}

/** Whether all looks like that but for the TTLs, which are not known. */
export function mayBeRefusedHandshake(facts: RefusedHandshake): boolean {
  return facts.handshake.synAck?.ttl === null && answerToHandshake(facts) !== null;
}

function answerToHandshake({ handshake, client, server, resets }: RefusedHandshake): CloseSegment | null {
  const { synAck, ackNs, synAckRetransmissions } = handshake;
  if (synAck === null || ackNs === null || synAckRetransmissions > 0 || client.retransmissions > 0) return null;
  if (server.payloadBytes > 0 || (server.highestAcknowledged ?? 0) > 1) return null;
  const [first] = resets;
  if (first === undefined) return null;
  const { ttl } = synAck;
  if (resets.some((reset) => !isOwnRefusal(reset, ttl))) return null;
  // Captured at the server, the reset is out before the request is in; at the client, each of its segments is answered by one.
  const isBeforeRequest = client.firstPayloadNs === null || first.atNs < client.firstPayloadNs;
  if (isBeforeRequest) return first;
  // Where the bare ACK was not captured (a filter for data, a lost packet), the reset is that of the request alone.
  const isAckSeen = client.firstPayloadNs === null || ackNs < client.firstPayloadNs;
  return isAckSeen && resets.length >= client.plainSegments - 1 ? first : null;
}

/** The kernel that wrote the SYN-ACK answers what it does not know with the ACK's own number, and does not go on. */
function isOwnRefusal(reset: CloseSegment, ttl: number | null): boolean {
  return (
    reset.kind === 'rst' &&
    reset.from === 'server' &&
    reset.sequence === 1 &&
    reset.ttl === ttl &&
    reset.lifeAfter === null &&
    resetShapeOf(reset) === 'A'
  );
}
