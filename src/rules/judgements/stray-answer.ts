import type { Connection } from '../../facts/connection.js';

/**
 * Whether a connection is nothing but SYN-ACKs of a server to which no SYN went, and the client's
 * resets for them: the answer to a SYN to another address (docs/rules/asymmetric-path.md A5). Where the server was
 * captured too, the SYN is known as it came there.
 */
export function isStrayAnswer({ handshake, client, server, close, guards }: Connection): boolean {
  const { syn, synElsewhere, synAck, synRetransmissions, synAckRetransmissions } = handshake;
  const [first] = close.segments;
  return (
    (syn === null || synElsewhere) &&
    synAck !== null &&
    !guards.cutByCaptureEnd &&
    server.payloadBytes === 0 &&
    server.plainSegments === 1 + synAckRetransmissions &&
    client.plainSegments === (syn === null ? 0 : 1 + synRetransmissions) &&
    first !== undefined &&
    first.kind === 'rst' &&
    first.from === 'client'
  );
}
