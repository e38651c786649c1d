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
  readonly handshake: Pick<Handshake, 'ackNs' | 'synAckRetransmissions'>;
  readonly client: Pick<SideFacts, 'retransmissions'>;
  readonly server: Pick<SideFacts, 'payloadBytes' | 'highestAcknowledged'>;
  readonly resets: readonly CloseSegment[];
}

/** `sure`: the server sends its SYN-ACK again, so it got nothing; `likewise`: the same, as far as the capture goes. */
export function bypassOf({ handshake, client, server, resets }: ResetHandshake): 'sure' | 'likewise' | null {
  const own = resets.filter(({ from, kind }) => from === 'server' && kind === 'rst');
  if (own.length < 2 || handshake.ackNs === null || client.retransmissions > 0) return null;
  if (server.payloadBytes > 0 || (server.highestAcknowledged ?? 0) > 1) return null;
  if (own.some((reset) => resetShapeOf(reset) !== 'A' || reset.sequence !== 1)) return null;
  return own.some(({ lifeAfter }) => lifeAfter !== null) && handshake.synAckRetransmissions > 0 ? 'sure' : 'likewise';
}
