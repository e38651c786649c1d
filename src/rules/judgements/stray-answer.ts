import type { Connection } from '../../facts/connection.js';
import { TCP_OPTION } from '../../facts/segment-evidence.js';

const RST_ALONE = 0x04;
/** Offered together by the systems that connect in earnest; a port scanner's SYN carries the MSS alone. */
const OF_A_SYSTEM = TCP_OPTION.windowScale | TCP_OPTION.sackPermitted;

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

/**
 * Whether a client resets the SYN-ACK that answers its own SYN, and never takes it: its system knows no such
 * connection. The SYN had other addresses, then, when the client sent it, and was translated before it was captured
 * here; or somebody else sent it in the client's name (docs/rules/asymmetric-path.md).
 */
export function isUnknownToClient({ handshake, close }: Connection): boolean {
  const { syn, synAck, ackNs } = handshake;
  const [first] = close.segments;
  return (
    syn !== null &&
    synAck !== null &&
    ackNs === null &&
    (syn.options & OF_A_SYSTEM) === OF_A_SYSTEM &&
    first !== undefined &&
    first.kind === 'rst' &&
    first.from === 'client' &&
    first.flags === RST_ALONE &&
    first.atNs >= synAck.atNs
  );
}
