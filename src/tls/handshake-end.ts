/**
 * Where each side's handshake ends: with its Finished, which is read, or known by its place (TLS 1.2: the
 * first record under new keys), or told from outside.
 *
 * From outside (TLS 1.3 without keys) all protected records look alike. A client's first one shows that
 * the server is done, for it answers the server's Finished; its own Finished has a length that little
 * else has, and comes within its first few records. docs/without-keys.md.
 */
import type { BothSides } from '../facts/endpoint.js';
import type { PacketReference } from '../facts/packet-reference.js';
import type { Direction } from './direction.js';

/** Length of a client's Certificate message without a certificate, protected. RFC 8446 §4.4.2. */
const EMPTY_CERTIFICATE_LENGTH = 25;
/** Client records after which its Finished must have been among them, whatever their lengths: a certificate, its proof, Finished. */
const RECORDS_OF_CLIENT_FLIGHT = 4;

/** See the head of this file. */
export class HandshakeEnd {
  private clientPacket: PacketReference | null = null;
  private clientNs: number | null = null;
  private serverPacket: PacketReference | null = null;
  private serverNs: number | null = null;
  /** By its length, the client's Certificate message held none. */
  hasEmptyCertificateShape = false;
  private lastLength = 0;
  private clientRecords = 0;

  /** A side's Finished. */
  finish(isClient: boolean, packet: number, at: number): void {
    if (isClient) {
      if (this.clientPacket !== null) return;
      this.clientPacket = packet;
      this.clientNs = at;
    } else {
      if (this.serverPacket !== null) return;
      this.serverPacket = packet;
      this.serverNs = at;
    }
  }

  /** The packets of both; `isTurned`: who was held to be the client is the server. */
  packets(isTurned: boolean): BothSides<PacketReference | null> {
    const { clientPacket: client, serverPacket: server } = this;
    return isTurned ? { client: server, server: client } : { client, server };
  }

  /** Their times, nanoseconds since the run's first packet. */
  times(isTurned: boolean): BothSides<number | null> {
    const { clientNs: client, serverNs: server } = this;
    return isTurned ? { client: server, server: client } : { client, server };
  }

  isFinished(isClient: boolean): boolean {
    return (isClient ? this.clientPacket : this.serverPacket) !== null;
  }

  /** TLS 1.3: a protected record of the client. `finishedLength`: that of a protected Finished. */
  clientRecord(server: Direction, length: number, finishedLength: number, packet: number, at: number): void {
    if (this.clientPacket !== null || server.protectedRecords === 0) return;
    this.finish(false, server.tally.lastPacket, server.tally.lastNs);
    this.clientRecords += 1;
    const isFinished = length === finishedLength;
    if (isFinished && this.lastLength === EMPTY_CERTIFICATE_LENGTH) this.hasEmptyCertificateShape = true;
    this.lastLength = length;
    if (isFinished || this.clientRecords > RECORDS_OF_CLIENT_FLIGHT) this.finish(true, packet, at);
  }

  /** TLS 1.3: whether a record of the client that was not opened stands behind its handshake. */
  isBehindClient(length: number, finishedLength: number, packet: number): boolean {
    if (this.clientPacket === null) return false;
    // In the packet of Finished it is another record where its length is another.
    return packet !== this.clientPacket || (length !== finishedLength && this.lastLength === finishedLength);
  }
}
