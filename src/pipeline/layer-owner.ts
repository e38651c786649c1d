/** What a layer (layer.ts) is told to and asked by: the conversation that it belongs to, and who looks on. */
import type { InOrder } from '../bytes/in-order.js';
import type { ClientBasis, Protocol } from '../facts/connection.js';
import type { Exchange } from '../facts/exchange.js';
import type { DeferredTags } from '../tls/decryption/deferred-tags.js';
import type { KeyLog } from '../tls/key-log.js';

/** Looks on while a conversation is read: for a ladder. Sides are by direction: `first` sent the first packet. */
export interface LayerTap {
  /** It is known what a layer speaks: readers that see what its decoder sees, before it; `null`: not wanted. */
  layer(protocol: Protocol, clientIsFirst: boolean, isUnseen: boolean): Tapped | null;
  /** A TLS handshake message, opened where it was protected. */
  handshakeMessage(type: number, firstPacket: number, packet: number): void;
}

/** Readers of both directions. */
export interface Tapped {
  readonly first: InOrder;
  readonly second: InOrder;
}

/** The conversation that a layer belongs to. */
export interface LayerOwner {
  readonly keyLog: KeyLog;
  /** Takes tags of TLS records to check them later; `null`: each is checked at once. */
  readonly deferredTags: DeferredTags | null;
  /** `null`: nobody looks on, as in a report's run. */
  readonly tap: LayerTap | null;
  /** The capture begins in the middle of the connection. */
  readonly isMidStream: boolean;
  /** Exchanges told so far, by all layers. */
  readonly told: number;
  /** The bytes say which side is the client. */
  claimsClient(isFirst: boolean, basis: ClientBasis): void;
  /** It is known what a layer speaks; `clientIsFirst` is `null` where the bytes do not tell the roles. */
  speaks(protocol: Protocol, clientIsFirst: boolean | null, packet: number): void;
  exchange(exchange: Exchange): void;
  anomaly(name: string, fromFirst: boolean, packet: number): void;
}
