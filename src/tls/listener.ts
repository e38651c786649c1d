import type { InOrder } from '../bytes/in-order.js';
import type { Side } from '../facts/endpoint.js';

/** What the TLS decoder of one connection tells. */
export interface TlsListener {
  /** Plaintext comes: where it goes. Called once, before the first of it. */
  plaintext(): { readonly client: InOrder; readonly server: InOrder };
  /** A handshake message that could be read, by the packets of its first and last byte. */
  handshakeMessage?(type: number, firstPacket: number, packet: number): void;
  /** Something the bytes did wrong, by its stable name. */
  anomaly(name: string, from: Side, packet: number): void;
}
