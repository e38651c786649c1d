/**
 * One conversation packet by packet: what a ladder, a byte view and an extract are made of. Plain
 * data, made only where somebody looks at a connection.
 */
import type { Connection } from './connection.js';
import type { Side } from './endpoint.js';
import type { PacketReference } from './packet-reference.js';
import type { SegmentEvidence } from './segment-evidence.js';

/** What begins in a packet or is completed by it, in the order of the bytes. */
export type PacketContent =
  | {
      readonly kind: 'request';
      /** As sent: not redacted. */
      readonly method: string;
      readonly target: string;
      readonly version: string;
      readonly h2Stream: number | null;
    }
  | {
      readonly kind: 'response';
      /** UNKNOWN_STATUS (facts/exchange) where not known. */
      readonly status: number;
      readonly reason: string;
      readonly version: string;
      readonly h2Stream: number | null;
    }
  /** A TLS handshake message, by its name in RFC 8446 §4: `ClientHello`. */
  | { readonly kind: 'handshake'; readonly name: string }
  /** A TLS record other than of readable handshake messages: `Application Data`, `Encrypted Handshake`. */
  | { readonly kind: 'record'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'alert'; readonly level: 'warning' | 'fatal' | null; readonly name: string }
  /** A frame of HTTP/2 or WebSocket: `HEADERS`, `PING ACK`; `h2Stream` is `null` on WebSocket and on the connection itself. */
  | {
      readonly kind: 'frame';
      readonly protocol: 'h2' | 'websocket';
      readonly name: string;
      readonly h2Stream: number | null;
      readonly bytes: number;
    };

/** A TCP segment of the conversation as captured. Sequence figures are relative as in SegmentEvidence. */
export interface SegmentDetail extends SegmentEvidence {
  readonly kind: 'segment';
  /** All payload bytes had been sent before. */
  readonly isRetransmission: boolean;
  /** It fills bytes before the highest seen from its sender. */
  readonly isOutOfOrder: boolean;
  /** A keep-alive probe: at most one byte, and that acknowledged before. RFC 9293 §3.8.4. */
  readonly isKeepAlive: boolean;
  /** The same packet was captured just before, at another place. */
  readonly isCopy: boolean;
  /** Bytes before it that the capture never shows. */
  readonly missingBefore: number;
  /** Captured payload bytes; below `payloadLength` where the snap length cut it. */
  readonly capturedLength: number;
  readonly contents: readonly PacketContent[];
  /** Packets of the conversation between the one before in the list and this one that were not kept. */
  readonly omittedBefore: number;
}

/** An ICMP error that quotes the conversation. */
export interface UnreachableDetail {
  readonly kind: 'unreachable';
  readonly packet: PacketReference;
  readonly atNs: number;
  /** Source address of the ICMP message. */
  readonly sender: string;
  readonly type: number;
  readonly code: number;
  /** Who is told: whose segment was quoted. */
  readonly to: Side;
  readonly omittedBefore: number;
}

/** What a packet of a conversation carried: a TCP segment, or an ICMP error that quotes one. */
export type PacketDetail = SegmentDetail | UnreachableDetail;

/** A connection with its packets. */
export interface ConversationDetail {
  /** Its facts, made anew of its packets alone; `stream` is that of the run. */
  readonly connection: Connection;
  /** In capture order; of a very long one the first, the last, and those around the packets asked for. */
  readonly packets: readonly PacketDetail[];
  /** How many there are in all. */
  readonly packetCount: number;
}
