import type { Field } from './field.js';
import type { H2Exchange } from './h2.js';
import type { PacketReference } from './packet-reference.js';

/**
 * Stands for a method, target or authority of HTTP/2 that is there and not known: it refers to a
 * table entry that the capture does not hold. RFC 7541 §2.3.2. No method or target can be this.
 */
export const UNKNOWN_TEXT = '…';

/** The same for a status. */
export const UNKNOWN_STATUS = 0;

/** How the end of a message's body is found. RFC 9112 §6.3; `stream` is HTTP/2's END_STREAM. */
export type BodyFraming = 'none' | 'content-length' | 'chunked' | 'close' | 'tunnel' | 'stream';

/** What requests and responses have in common. */
export interface Message {
  /** First and last packet that carry bytes of the message (last: so far, when not complete). */
  readonly firstPacket: PacketReference;
  readonly lastPacket: PacketReference;
  /** The packet that ends the field section; where the head was cut, the last that carries bytes of it. */
  readonly headPacket: PacketReference;
  /** Times of the first and last packet, nanoseconds since the run's first packet. */
  readonly startNs: number;
  readonly endNs: number;
  /** `HTTP/1.1`, `HTTP/1.0`, `HTTP/0.9`, `HTTP/2`. */
  readonly version: string;
  /** Bytes of start line and field section together; in HTTP/2 of the field block as sent, compressed. */
  readonly headBytes: number;
  /** Body bytes seen or known from sequence numbers, framing excluded. */
  readonly bodyBytes: number;
  /** Content-Length as declared; `null` when absent or invalid. */
  readonly contentLength: number | null;
  readonly framing: BodyFraming;
  /** The whole message was delivered (its bytes may still have been lost to the capture: see `lostBytes`). */
  readonly complete: boolean;
  /** Bytes of this message that the capture does not hold. */
  readonly lostBytes: number;
  /** The longest time between two packets that carry bytes of it: a message that stalled, or one that is sent piece by piece (rules/judgements/streaming). */
  readonly longestPauseNs: number;
  /** The fields that rules need (http/kept-fields), in order of appearance. */
  readonly fields: readonly Field[];
}

/** A request as sent. */
export interface RequestMessage extends Message {
  /** {@link UNKNOWN_TEXT} when not known. */
  readonly method: string;
  /** The request target as sent, RFC 9112 §3.2; `:path` in HTTP/2. {@link UNKNOWN_TEXT} when not known. */
  readonly target: string;
  /** Host field, or the authority of an absolute target or of CONNECT; `:authority` in HTTP/2. `null` when none, {@link UNKNOWN_TEXT} when not known. */
  readonly authority: string | null;
}

/** A final response as received. */
export interface ResponseMessage extends Message {
  /** {@link UNKNOWN_STATUS} when not known. */
  readonly status: number;
  /** Empty in HTTP/2, which has none. */
  readonly reason: string;
  /**
   * Tells its body from others (http/body-digest): equal for equal first bytes of the content, as
   * encoded, transfer codings undone. `null`: no body, bytes that matter were not captured, or
   * HTTP/1 outside of TLS, where nobody asks for it.
   */
  readonly bodyDigest: number | null;
}

/** An interim (1xx) response. RFC 9110 §15.2. */
export interface InterimResponse {
  readonly status: number;
  readonly packet: PacketReference;
  readonly atNs: number;
}

/** A request and its responses. A response that no request asked for has `request: null`. */
export interface Exchange {
  /** HTTP/2 stream; `null` in HTTP/1. */
  readonly h2Stream: number | null;
  /** 0-based place in its connection, in order of the request. */
  readonly index: number;
  readonly request: RequestMessage | null;
  readonly interim: readonly InterimResponse[];
  readonly response: ResponseMessage | null;
  /** What HTTP/2 adds; `null` in HTTP/1. */
  readonly h2: H2Exchange | null;
}
