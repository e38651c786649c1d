import type { Connection } from '../../facts/connection.js';

/**
 * Whether a connection is nothing but SYN-ACKs of a server to which no SYN went, and the client's
 * resets for them: the answer to a SYN to another address (docs/rules/asymmetric-path.md A5).
 */
export function isStrayAnswer({ handshake, client, server, close, guards }: Connection): boolean {
  const { syn, synAck, synAckRetransmissions } = handshake;
  const [first] = close.segments;
  return (
    syn === null &&
    synAck !== null &&
    !guards.cutByCaptureEnd &&
    server.payloadBytes === 0 &&
    server.plainSegments === 1 + synAckRetransmissions &&
    client.plainSegments === 0 &&
    first !== undefined &&
    first.kind === 'rst' &&
    first.from === 'client'
  );
}
