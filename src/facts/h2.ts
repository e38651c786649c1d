/**
 * What HTTP/2 adds to exchanges and connections. RFC 9113.
 *
 * Sides are HTTP's roles: the client sends the requests. Where that is the TCP server (reverse
 * HTTP, anomaly ROLES_REVERSED), they are not the connection's.
 */
import type { BothSides, Side } from './endpoint.js';
import type { Field } from './field.js';
import type { PacketReference } from './packet-reference.js';

/** Names of the error codes, by number. RFC 9113 §7. */
export const H2_ERROR_NAMES: readonly string[] = [
  ...['NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED'],
  ...['FRAME_SIZE_ERROR', 'REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM'],
  ...['INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED'],
];

/** An error code's name; of one that RFC 9113 has not, `code 99`. */
export function h2ErrorName(code: number): string {
  return H2_ERROR_NAMES[code] ?? `code ${code}`;
}

/** Error codes that say something of their own to a rule. RFC 9113 §7. */
export const H2_ERROR = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  /** Nothing of the request was begun. RFC 9113 §8.7. */
  refusedStream: 7,
  /** Its sender has no use for the stream any more. */
  cancel: 8,
  compression: 9,
  connect: 10,
  enhanceYourCalm: 11,
  /** The server takes this request over HTTP/1.1 alone. */
  http11Required: 13,
} as const;

/**
 * How far a stream has come, as both sides have said it: `client-done` and `server-done` when that
 * side has sent END_STREAM and the other has not, `reserved` when it was promised and nothing more.
 * RFC 9113 §5.1.
 */
export type H2StreamState = 'reserved' | 'open' | 'client-done' | 'server-done' | 'closed';

/** A RST_STREAM. RFC 9113 §6.4. */
export interface StreamReset {
  readonly by: Side;
  /** See {@link H2_ERROR_NAMES}; `null`: the capture does not hold it. */
  readonly code: number | null;
  readonly packet: PacketReference;
  readonly atNs: number;
  /** Streams that were asked for and not over just before, its own among them. RFC 9113 §5.1.2. */
  readonly openStreams: number;
}

/** A request that a server announced and answered unasked. RFC 9113 §8.4. */
export interface PushPromise {
  /** The stream of the request that it belongs to. */
  readonly onStream: number;
  /** UNKNOWN_TEXT (facts/exchange) where not known; `authority` is `null` when there is none. */
  readonly method: string;
  readonly target: string;
  readonly authority: string | null;
  readonly packet: PacketReference;
  readonly atNs: number;
}

/** What HTTP/2 adds to an exchange. */
export interface H2Exchange {
  /** At the end of the exchange, or of the connection where that came first. */
  readonly state: H2StreamState;
  /** The first RST_STREAM; `null` without one. */
  readonly reset: StreamReset | null;
  /** `:scheme`; `null` when there is none or the request was not seen. */
  readonly scheme: string | null;
  /** `:protocol` of an extended CONNECT, such as `websocket`. RFC 8441 §4. */
  readonly protocol: string | null;
  /** The exchange was pushed: this was promised, and `request` is `null`. */
  readonly promise: PushPromise | null;
  /** Fields sent behind the body, as far as they are kept. RFC 9113 §8.1. */
  readonly trailers: BothSides<readonly Field[]>;
  /** `grpc-status` of the response, in its trailers or, without a body, in its head; `null`: none was seen. */
  readonly grpcStatus: number | null;
  /** Fields of that side's message are not known: they refer to table entries that the capture does not hold, or were lost themselves. */
  readonly unknownFields: BothSides<boolean>;
}

/** What one side set. `null`: not sent, the default of RFC 9113 §6.5.2 holds. The last value of each. */
export interface H2Settings {
  /** Its first SETTINGS frame. */
  readonly packet: PacketReference;
  readonly atNs: number;
  /** The other side's first acknowledgement; `null`: none was seen. */
  readonly acknowledgedNs: number | null;
  /** SETTINGS frames, acknowledgements apart. */
  readonly frames: number;
  readonly headerTableSize: number | null;
  readonly enablePush: boolean | null;
  readonly maxConcurrentStreams: number | null;
  readonly initialWindowSize: number | null;
  readonly maxFrameSize: number | null;
  readonly maxHeaderListSize: number | null;
  /** RFC 8441 §3. */
  readonly enableConnectProtocol: boolean | null;
}

/** A GOAWAY. RFC 9113 §6.8. */
export interface GoAway {
  readonly from: Side;
  readonly packet: PacketReference;
  readonly atNs: number;
  /** Streams above it were not and will not be processed. */
  readonly lastStream: number;
  /** See {@link H2_ERROR_NAMES}. */
  readonly code: number;
  /** As sent, at most {@link MAX_DEBUG_BYTES} of it: not safe to print as it is. */
  readonly debug: string;
}

/** Bytes kept of a GOAWAY's debug data: `too_many_pings` and a sentence. */
export const MAX_DEBUG_BYTES = 256;

/** A PING and the answer to it. RFC 9113 §6.7. */
export interface H2Ping {
  readonly from: Side;
  readonly packet: PacketReference;
  readonly atNs: number;
  /** `null`: no answer was seen. */
  readonly answerPacket: PacketReference | null;
  readonly answerNs: number | null;
}

/** A RST_STREAM for a stream that was over, or of which nothing else was seen. */
export interface LateReset extends StreamReset {
  readonly h2Stream: number;
}

/**
 * A sender had used up its window in the middle of a message: it was stalled by flow control.
 * RFC 9113 §5.2, §6.9. Shorter than {@link MIN_WINDOW_STALL_NS} is pace, unless it did not end.
 */
export interface WindowStall {
  readonly sender: Side;
  /** 0: the window of the connection. */
  readonly h2Stream: number;
  /** The DATA frame that used the window up. */
  readonly packet: PacketReference;
  readonly startNs: number;
  /** What ended it; `null`: nothing until the end. */
  readonly endedBy: 'window-update' | 'reset' | null;
  readonly endPacket: PacketReference | null;
  readonly endNs: number | null;
}

/** Below a tenth of a second a window update is on its way. */
export const MIN_WINDOW_STALL_NS = 100_000_000;

/** The client's field block that was begun, and not ended when the connection was over. RFC 9113 §4.3. */
export interface UnfinishedHead {
  /** The first packet of its first frame. */
  readonly packet: PacketReference;
  readonly atNs: number;
  /** Bytes of it in the frames that came. */
  readonly bytes: number;
}

/** An ALTSVC frame. RFC 7838 §4. */
export interface AlternativeService {
  readonly packet: PacketReference;
  /** The origin it is for; `null`: that of the stream's request. */
  readonly origin: string | null;
  readonly h2Stream: number;
  /** The Alt-Svc field value. */
  readonly value: string;
}

/** GOAWAYs, PINGs, resets and stalls kept of one connection: the earliest, and the last in the last place. How many there were is said beside. */
export const MAX_H2_RECORDS = 32;
/** Origins kept of one connection: a certificate for more names is seldom. */
export const MAX_ORIGINS = 64;

/** What HTTP/2 says of a connection as a whole. */
export interface H2Connection {
  /** The client's connection preface was seen. RFC 9113 §3.4. */
  readonly hasPreface: boolean;
  /** `null`: that side's SETTINGS were not seen. */
  readonly settings: BothSides<H2Settings | null>;
  readonly goAways: readonly GoAway[];
  readonly goAwayCount: number;
  readonly pings: readonly H2Ping[];
  readonly pingCount: number;
  readonly lateResets: readonly LateReset[];
  readonly lateResetCount: number;
  readonly windowStalls: readonly WindowStall[];
  readonly windowStallCount: number;
  /** Origins that the server named in ORIGIN frames, at most {@link MAX_ORIGINS}; `null`: it sent none. RFC 8336. */
  readonly origins: readonly string[] | null;
  /** The first {@link MAX_H2_RECORDS}. */
  readonly alternativeServices: readonly AlternativeService[];
  /** `null`: every head of the client's has its end. */
  readonly unfinishedHead: UnfinishedHead | null;
  /** Times that the place of the next frame was lost in what each side sent; whatever was said until it was found again is not known. */
  readonly timesLost: BothSides<number>;
}
