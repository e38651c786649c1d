/**
 * A WebSocket conversation, over HTTP/1 or on a stream of HTTP/2. RFC 6455, RFC 8441.
 *
 * Sides are HTTP's roles: the client asked for the upgrade.
 */
import type { BothSides, Side } from './endpoint.js';
import type { PacketReference } from './packet-reference.js';

/** What one side sent, in frames. */
export interface WebSocketSent {
  readonly frames: number;
  /** Frames that begin a message, by opcode. RFC 6455 §5.6. */
  readonly textMessages: number;
  readonly binaryMessages: number;
  /** Messages that say that they are compressed. RFC 7692 §6. */
  readonly compressedMessages: number;
  readonly pings: number;
  readonly pongs: number;
  /** Bytes of payload, control frames included, as sent. */
  readonly payloadBytes: number;
  readonly largestPayload: number;
  /** The last frame began here; `null` when there was none. */
  readonly lastNs: number | null;
  readonly lastPacket: PacketReference | null;
  /** The place of the next frame was lost: the counts say what was seen. */
  readonly isLost: boolean;
}

/** A Ping and the Pong with the same payload. RFC 6455 §5.5.2, §5.5.3. */
export interface WebSocketPing {
  readonly from: Side;
  readonly packet: PacketReference;
  readonly atNs: number;
  /** `null`: no answer was seen. */
  readonly answerPacket: PacketReference | null;
  readonly answerNs: number | null;
}

/** A Close frame. RFC 6455 §5.5.1. */
export interface WebSocketClose {
  readonly from: Side;
  readonly packet: PacketReference;
  readonly atNs: number;
  /** `null`: none was given. RFC 6455 §7.4. */
  readonly code: number | null;
  /** As sent: not safe to print as it is. */
  readonly reason: string;
}

/** A stretch without a frame of either side, above MIN_IDLE_NS (facts/connection). */
export interface WebSocketIdle {
  readonly startNs: number;
  readonly durationNs: number;
  /** Who sent the last frame before it; `null`: nobody, it begins with the handshake. */
  readonly after: Side | null;
  /** Whose frame ended it; `null`: the end of the stream, the connection or the capture. */
  readonly endedBy: Side | null;
  readonly packet: PacketReference;
}

/** Pings, idle periods kept of one conversation: the earliest, and the last in the last place. */
export const MAX_WEB_SOCKET_RECORDS = 32;

/** See the head of this file. */
export interface WebSocketFacts {
  /** HTTP/2 stream; `null` over HTTP/1. */
  readonly h2Stream: number | null;
  /** The packet that ends the head of the response which accepted it: tells its exchange. */
  readonly handshakePacket: PacketReference;
  readonly startNs: number;
  /**
   * Whether Sec-WebSocket-Accept is what the key demands: `unknown` when the request was not seen or
   * had no key, `unneeded` over HTTP/2. RFC 6455 §4.2.2, RFC 8441 §5.
   */
  readonly accept: 'right' | 'wrong' | 'missing' | 'unknown' | 'unneeded';
  /** Sec-WebSocket-Protocol and -Extensions as the server agreed to them; `null`: none. */
  readonly subprotocol: string | null;
  readonly extensions: string | null;
  /** permessage-deflate was agreed to. RFC 7692. */
  readonly hasDeflate: boolean;
  readonly sent: BothSides<WebSocketSent>;
  readonly pings: readonly WebSocketPing[];
  readonly pingCount: number;
  /** The first Close frame of each side; `null`: none was seen. */
  readonly closes: BothSides<WebSocketClose | null>;
  readonly idlePeriods: readonly WebSocketIdle[];
  readonly idlePeriodCount: number;
}
