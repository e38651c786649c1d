import type { Connection } from '../../facts/connection.js';

/**
 * Whether a connection is one SYN that nobody answered and that was not sent again, although the
 * capture went on.
 *
 * A host that connects sends its SYN again after a second (RFC 6298 §2, RFC 9293 §3.8.1). One that
 * looks for whoever answers sends it once (zmap, masscan and worms do).
 */
export function isLoneSyn({ handshake, client, server, guards, unreachables, close }: Connection): boolean {
  const { syn, synAck, synRetransmissions } = handshake;
  if (syn === null || synAck !== null || synRetransmissions > 0) return false;
  if (server.packets > 0 || client.payloadBytes > syn.payloadLength || close.segments.length > 0) return false;
  return client.packets <= 1 + client.duplicates && unreachables.length === 0 && !guards.cutByCaptureEnd;
}
