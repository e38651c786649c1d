/** The signature: a SYN that is sent again, and no handshake. */
import type { Connection } from '../../facts/connection.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { wayOf } from '../judgements/other-way.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** One connection that came to nothing; its packet and time are those of the first SYN. */
export interface Silence extends Occurrence {
  readonly tries: number;
  /** The capture ends within two seconds of the last try. */
  readonly isCut: boolean;
  /** The SYN-ACK left by another device or VLAN than the SYN came. */
  readonly otherWay: boolean;
  /** Link-layer source of the SYN, and its TTL. */
  readonly mac: number | null;
  readonly ttl: number | null;
  readonly lastPacket: PacketReference;
  /** The last try. */
  readonly lastNs: number;
  /** The server's SYN-ACK, which its client did not hear; `null`: none was seen. */
  readonly synAck: { readonly packet: PacketReference; readonly atNs: number } | null;
}

/** The attempt in a connection; `null`: it was answered, or may yet be. */
export function silenceOf(connection: Connection): Silence | null {
  const { handshake, server, client, guards, unreachables } = connection;
  const { syn, synAck, synRetransmissions } = handshake;
  if (syn === null || guards.oneSided || handshake.ackNs !== null || client.payloadBytes > syn.payloadLength)
    return null;
  // A RST says more than silence, whoever writes it; and so does an ICMP error.
  if (connection.close.segments.length > 0 || unreachables.some(({ quoted }) => quoted === 'client')) return null;
  if (synAck === null ? server.packets > 0 : server.packets > 1 + handshake.synAckRetransmissions + server.duplicates)
    return null;
  const common = occurrenceIn(connection, syn);
  return {
    ...common,
    steps: Math.min(2, common.steps + (guards.cutByCaptureEnd ? 1 : 0)),
    isCut: guards.cutByCaptureEnd,
    otherWay: wayOf(connection) !== null,
    mac: syn.mac,
    ttl: syn.ttl,
    tries: synRetransmissions + 1,
    lastPacket: connection.lastPacket,
    lastNs: connection.endNs,
    synAck: synAck === null ? null : { packet: synAck.packet, atNs: synAck.atNs },
  };
}
