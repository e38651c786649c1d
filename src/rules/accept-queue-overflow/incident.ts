/** The signatures: a SYN answered only when it is sent again, an ACK that the server did not take, a RST in answer to one. */
import type { Connection } from '../../facts/connection.js';
import { refusalOfHandshake } from '../judgements/refused-handshake.js';
import { takenLate } from '../judgements/taken-late.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** SYNs are sent again after a second. RFC 6298 §2. */
const MIN_LATE_NS = 900_000_000;
/** A kernel resets what overflows at once; seen from the client, a round trip later. */
const OVERFLOW_RESET_NS = 500_000_000;

/** One handshake that the server did not take at first. */
export interface LateAccept extends Occurrence {
  readonly how: 'syn' | 'ack' | 'reset';
  readonly syn: { readonly packet: number; readonly atNs: number };
  readonly end: { readonly packet: number; readonly atNs: number };
  /** What the client lost by it. */
  readonly delayNs: number;
  /** The request came behind what was reset, so that it is not the one that was. */
  readonly isBeforeRequest: boolean;
  /** Other segments of the client were sent again: its path loses. */
  readonly isLossy: boolean;
}

/** What a connection shows; `null`: nothing of the kind. */
export function lateAcceptOf(connection: Connection): LateAccept | null {
  const { handshake, close, client, server, guards } = connection;
  const { syn, synAck, ackNs } = handshake;
  // What was reset, the ACK or the request behind it, is told by their order, and what came late by its time.
  if (guards.clockStepped) return null;
  if (syn === null || synAck === null || ackNs === null) return null;
  // Made where something is told alone: nearly every connection comes to here.
  const common = () => ({
    ...occurrenceIn(connection, syn),
    syn: { packet: syn.packet, atNs: syn.atNs },
    end: { packet: synAck.packet, atNs: synAck.atNs },
    isBeforeRequest: client.firstPayloadNs !== null,
    isLossy: client.outOfOrder > 0 || client.retransmissions > 1,
  });
  const reset = refusalOfHandshake({ handshake, client, server, resets: close.segments });
  if (reset !== null)
    return reset.atNs - ackNs <= OVERFLOW_RESET_NS
      ? { ...common(), how: 'reset', end: { packet: reset.packet, atNs: reset.atNs }, delayNs: reset.atNs - syn.atNs }
      : null;
  const delayNs = synAck.atNs - syn.atNs;
  if (handshake.synRetransmissions > 0 && handshake.synAckRetransmissions === 0 && delayNs >= MIN_LATE_NS)
    return { ...common(), how: 'syn', delayNs };
  const repeated = takenLate(connection);
  if (repeated === null) return null;
  return {
    ...common(),
    how: 'ack',
    end: { packet: repeated.lastPacket, atNs: repeated.lastNs },
    delayNs: repeated.lastNs - syn.atNs,
    isLossy: client.outOfOrder > 0 || client.retransmissions > repeated.times + 1,
  };
}
