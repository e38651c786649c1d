/** The signatures: a SYN answered only when it is sent again, an ACK that the server did not take, a RST in answer to one. */
import type { Connection } from '../../facts/connection.js';
import { resetShapeOf } from '../judgements/reset-shape.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** SYNs are sent again after a second. RFC 6298 §2. */
const MIN_LATE_NS = 900_000_000;
/** A kernel resets what overflows at once. */
const AT_ONCE_NS = 50_000_000;

/** One handshake that the server did not take at first. */
export interface LateAccept extends Occurrence {
  readonly how: 'syn' | 'ack' | 'reset';
  readonly syn: { readonly packet: number; readonly atNs: number };
  readonly end: { readonly packet: number; readonly atNs: number };
  /** What the client lost by it. */
  readonly delayNs: number;
  /** Other segments of the client were sent again: its path loses. */
  readonly isLossy: boolean;
}

/** What a connection shows; `null`: nothing of the kind. */
export function lateAcceptOf(connection: Connection): LateAccept | null {
  const { handshake, close, client, server } = connection;
  const { syn, synAck, ackNs } = handshake;
  if (syn === null || synAck === null || ackNs === null) return null;
  // Made where something is told alone: nearly every connection comes to here.
  const common = () => ({
    ...occurrenceIn(connection, syn),
    syn: { packet: syn.packet, atNs: syn.atNs },
    end: { packet: synAck.packet, atNs: synAck.atNs },
    isLossy: client.outOfOrder > 0 || client.retransmissions > 1,
  });
  const [first] = close.segments;
  if (first !== undefined && first.kind === 'rst' && first.from === 'server' && first.atNs - ackNs <= AT_ONCE_NS)
    return client.payloadBytes === 0 && server.payloadBytes === 0 && first.sequence === 1 && resetShapeOf(first) === 'A'
      ? { ...common(), how: 'reset', end: { packet: first.packet, atNs: first.atNs }, delayNs: first.atNs - syn.atNs }
      : null;
  const delayNs = synAck.atNs - syn.atNs;
  if (handshake.synRetransmissions > 0 && handshake.synAckRetransmissions === 0 && delayNs >= MIN_LATE_NS)
    return { ...common(), how: 'syn', delayNs };
  // The request was sent again as well: the server had taken the SYN, not what followed. A server that only
  // waits for data (TCP_DEFER_ACCEPT) repeats its SYN-ACK to a client that has sent none.
  if (handshake.synAckRetransmissions > 0 && client.repeated !== null && server.firstPayloadNs !== null) {
    const lateNs = client.repeated.firstNs - ackNs;
    return client.repeated.sequence === 1 && lateNs > 0
      ? {
          ...common(),
          how: 'ack',
          end: { packet: client.repeated.lastPacket, atNs: client.repeated.lastNs },
          delayNs: client.repeated.lastNs - syn.atNs,
        }
      : null;
  }
  return null;
}
