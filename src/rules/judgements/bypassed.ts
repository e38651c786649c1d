/**
 * Whether the client's segments were reset on their way, one by one, by something that the server's
 * answers bypass: it saw no SYN-ACK, and takes the ACK of the handshake and the request for unknown.
 */
import type { CloseSegment } from '../../facts/close.js';
import type { SideFacts } from '../../facts/connection.js';
import type { Handshake } from '../../facts/handshake.js';
import { resetShapeOf } from './reset-shape.js';

/** What it is told by. */
export interface ResetHandshake {
  readonly handshake: Pick<Handshake, 'synAck' | 'ackNs' | 'synAckRetransmissions'>;
  readonly client: Pick<SideFacts, 'retransmissions'>;
  readonly server: Pick<SideFacts, 'payloadBytes' | 'highestAcknowledged'>;
  readonly resets: readonly CloseSegment[];
}

/** So many connections whose resets come from elsewhere are no chance of a way with several routers. */
export const MANY_ELSEWHERE = 3;

/**
 * `sure`: the server sends its SYN-ACK again, so it got nothing; `elsewhere`: the resets come from another neighbour on
 * the link than the SYN-ACK; `likewise`: neither, as far as the capture goes.
 */
export function bypassOf({
  handshake,
  client,
  server,
  resets,
}: ResetHandshake): 'sure' | 'elsewhere' | 'likewise' | null {
  const own = resets.filter(({ from, kind }) => from === 'server' && kind === 'rst');
  if (own.length < 2 || handshake.ackNs === null || client.retransmissions > 0) return null;
  if (server.payloadBytes > 0 || (server.highestAcknowledged ?? 0) > 1) return null;
  if (own.some((reset) => resetShapeOf(reset) !== 'A' || reset.sequence !== 1)) return null;
  if (own.some(({ lifeAfter }) => lifeAfter !== null) && handshake.synAckRetransmissions > 0) return 'sure';
  const mac = handshake.synAck?.mac ?? null;
  return mac !== null && own.every((reset) => reset.mac !== null && reset.mac !== mac) ? 'elsewhere' : 'likewise';
}
