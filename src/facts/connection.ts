import type { Anomaly } from './anomaly.js';
import type { Beginnings } from './beginning.js';
import type { Close } from './close.js';
import type { BothSides, Endpoint, Side } from './endpoint.js';
import type { Exchange } from './exchange.js';
import type { H2Connection } from './h2.js';
import type { Handshake } from './handshake.js';
import type { PacketReference } from './packet-reference.js';
import type { TlsFacts } from './tls.js';
import type { WebSocketFacts } from './websocket.js';

/** Why one endpoint is held to be the client. */
export type ClientBasis = 'syn' | 'syn-ack' | 'client-hello' | 'request' | 'response' | 'port' | 'first-packet';

/** What the connection speaks: within TLS what was decrypted, `tls` where nothing was. */
export type Protocol = 'http/1.1' | 'h2' | 'websocket' | 'tls' | 'unknown';

/** What one side of a connection sent, as observed in its segments without RST. */
export interface SideFacts {
  readonly endpoint: Endpoint;
  /** Packets captured from this side, each counted, retransmissions too. */
  readonly packets: number;
  /** Sum of TCP payload lengths on the wire, retransmissions included (the sum of `tcp.len`). */
  readonly payloadBytes: number;
  /** Bytes that the peers exchanged and the capture does not hold, snap-length cuts included. */
  readonly lostBytes: number;
  /** Of them, those that the snap length cut from packets that were captured. */
  readonly snappedBytes: number;
  /** Segments whose payload had been sent before. */
  readonly retransmissions: number;
  /** Of them, the first and the last: {@link MAX_RESENDS}, the last in the last place. */
  readonly resends: readonly Resend[];
  /** Of the segments sent again, those that had arrived already, by what the other side says of bytes that came to it twice (D-SACK, RFC 2883). */
  readonly needless: number;
  /** Segments that arrived behind later ones. */
  readonly outOfOrder: number;
  /**
   * Of them, those that came a handshake's time and more after the segment behind their hole, 3 ms at least:
   * lost before the capture point and sent again, not overtaken.
   */
  readonly refills: number;
  /** The first segment that was sent again, or that came so late; `null`: there was none. */
  readonly firstAgain: { readonly packet: PacketReference; readonly atNs: number } | null;
  /**
   * The same packet captured twice: equal IP ID, sequence and length within 1 ms; or bytes seen before, with an IP ID that was
   * seen with them. Counted, not analysed.
   */
  readonly duplicates: number;
  /** Of them, those in another capture, taken at once: what several captures of one path have in common. */
  readonly duplicatesElsewhere: number;
  /** Segments larger than the negotiated MSS: merged by GRO/TSO, so the capture host is this side or its peer. */
  readonly oversized: number;
  /** Most frequent TTL (hop limit) over segments without RST; `null` when there is none. */
  readonly ttl: number | null;
  /** `true` when segments without RST disagree in TTL. */
  readonly ttlVaries: boolean;
  /** Most frequent source link-layer address as a 48-bit number; `null` when the link type has none. */
  readonly mac: number | null;
  readonly macVaries: boolean;
  /** Segments without RST that carried IP ID 0 (IPv4), and how many there were in all. */
  readonly zeroIpIds: number;
  readonly plainSegments: number;
  /** Most frequent capture direction among segments without RST. */
  readonly direction: 'inbound' | 'outbound' | null;
  /** First segment with payload and the last one, nanoseconds; `null` when there was none. */
  readonly firstPayloadNs: number | null;
  readonly lastPayloadNs: number | null;
  /** Zero-window advertisements (not RST). */
  readonly zeroWindows: number;
  /** The longest time that it kept its window closed, before any FIN or RST of its own; `null`: it never did. */
  readonly windowClosure: WindowClosure | null;
  /** The segment that it sent again most often, twice at least; of equals the last. `null`: there is none. */
  readonly repeated: RepeatedSegment | null;
  /** Relative sequence number of its first segment with {@link LARGE_SEGMENT} bytes and more; `null`: it sent none. */
  readonly firstLarge: number | null;
  /** Bytes of what arrived behind a hole in short segments alone, of less than {@link LARGE_SEGMENT}: the longest block that the other side acknowledged selectively (RFC 2018). 0: none did. */
  readonly shortBehind: number;
  /** Highest relative acknowledgement this side sent: how much of the peer's bytes it confirmed. `null`: none. */
  readonly highestAcknowledged: number | null;
  /** Relative sequence number after its last byte seen. */
  readonly nextSequence: number | null;
}

/** A segment whose payload had been sent before. */
export interface Resend {
  readonly atNs: number;
  /** Relative sequence number of its first byte. */
  readonly sequence: number;
}

/** A segment that its sender sent again and again: for want of an acknowledgement, RFC 6298 §5. */
export interface RepeatedSegment {
  /** Relative sequence number of its first byte, and its length at the last repetition. */
  readonly sequence: number;
  readonly length: number;
  /** The length of the longest repetition: a sender that finds a path too narrow cuts smaller ones. RFC 4821. */
  readonly longest: number;
  /** Repetitions seen, the first copy apart. */
  readonly times: number;
  /** The first repetition, and the last. */
  readonly firstPacket: PacketReference;
  readonly firstNs: number;
  readonly lastPacket: PacketReference;
  readonly lastNs: number;
  /** The other side acknowledged it at last. */
  readonly acknowledged: boolean;
}

/** A window that its side kept closed: until it advertised another, or to the connection's end. RFC 9293 §3.8.6.1. */
export interface WindowClosure {
  readonly packet: PacketReference;
  readonly startNs: number;
  readonly durationNs: number;
  /** The segment that opened it; `null`: none did. */
  readonly openedBy: PacketReference | null;
}

/** A stretch without payload in either direction (pure ACKs and keep-alive probes do not end it), above {@link MIN_IDLE_NS}. */
export interface IdlePeriod {
  readonly startNs: number;
  readonly durationNs: number;
  /** Who spoke last before it and what ended it. */
  readonly after: Side;
  readonly endedBy:
    | 'client-payload'
    | 'server-payload'
    | 'client-fin'
    | 'server-fin'
    | 'client-rst'
    | 'server-rst'
    | 'capture-ended';
  /** The packet that ended it; `null` when the capture did. */
  readonly packet: PacketReference | null;
}

/** Segments this large do not pass where a tunnel leaves too little of an Ethernet frame. */
export const LARGE_SEGMENT = 1200;

/** Below this a pause between payloads is pace, not idleness (docs/rules/keepalive-race.md). */
export const MIN_IDLE_NS = 500_000_000;

/** Of the segments that a side sent again so many are kept. */
export const MAX_RESENDS = 32;

/** Idle periods kept per connection: the earliest, and the last in the last place; how many there were is in `idlePeriodCount`. */
export const MAX_IDLE_PERIODS = 64;

/** WebSocket conversations kept of one connection: HTTP/1 has one, HTTP/2 as many as the client opens. */
export const MAX_WEB_SOCKETS = 32;

/** An ICMP error that quoted this connection. RFC 792, RFC 4443. */
export interface Unreachable {
  readonly packet: PacketReference;
  readonly atNs: number;
  /** Source address of the ICMP message. */
  readonly sender: string;
  readonly type: number;
  readonly code: number;
  /** Next-hop MTU of a "packet too big" (ICMP 3/4, ICMPv6 2/0); `null` otherwise. */
  readonly mtu: number | null;
  /** Whose segment was quoted. */
  readonly quoted: Side;
}

/** Everything that passes to the right of the decoders about one TCP connection: plain, frozen, serialisable. */
export interface Connection {
  /** Wireshark's `tcp.stream`; in a run over several captures, the same count over all of them in order of time. */
  readonly stream: number;
  readonly clientBasis: ClientBasis;
  readonly client: SideFacts;
  readonly server: SideFacts;
  readonly firstPacket: PacketReference;
  readonly lastPacket: PacketReference;
  /** Epoch time of the first packet: whole seconds, and nanoseconds below 1e9. Exact where `startNs` no longer is, beyond 104 days. */
  readonly startEpoch: { readonly seconds: number; readonly nanoseconds: number };
  /** First and last packet's time, nanoseconds since the run's first packet. */
  readonly startNs: number;
  readonly endNs: number;
  readonly handshake: Handshake;
  readonly close: Close;
  readonly idlePeriods: readonly IdlePeriod[];
  readonly idlePeriodCount: number;
  readonly unreachables: readonly Unreachable[];
  /** TLS, where it was spoken from the start or from some point on; `null`: it was not. */
  readonly tls: TlsFacts | null;
  readonly protocol: Protocol;
  /**
   * Exchanges in order of the request. A connection with many hands them over in batches:
   * `exchangeOffset` is how many went before. The last come with its end, and with those right before
   * them. In HTTP/2 a batch holds those that have ended, and one
   * that lasts longer comes in a later batch with a lower `index`.
   */
  readonly exchanges: readonly Exchange[];
  readonly exchangeOffset: number;
  /** It is another connection once more, captured behind a translator of addresses as well: rules are not told of it. */
  readonly isImage: boolean;
  /** A batch of a connection that goes on: what it counts of its segments so far comes again, with more, in a later one. */
  readonly goesOn: boolean;
  /** What HTTP/2 says of the connection as a whole; `null` where it is not spoken, and in a batch of a connection that goes on. */
  readonly h2: H2Connection | null;
  /** WebSocket conversations, the first {@link MAX_WEB_SOCKETS}; none in a batch of a connection that goes on. */
  readonly webSockets: readonly WebSocketFacts[];
  readonly webSocketCount: number;
  /** Bits of SIGN (facts/signs): what its messages have about them that is not everyday. Conservative. */
  readonly signs: number;
  /** How the two sides began, where that is worth a look: different protocols, a PROXY header. `null`: it is not. */
  readonly beginnings: Beginnings | null;
  /**
   * For each side, whether bytes of a request (client) or response (server) stand unfinished at the
   * end: a head not ended, bytes that no decoder understood.
   */
  readonly undecodedBytes: BothSides<number>;
  /** Those so far, where the connection {@link goesOn}. */
  readonly anomalies: readonly Anomaly[];
  /** What the capture as a whole means for judging this connection. */
  readonly guards: ConnectionGuards;
}

/** What was not seen of a connection (docs/judging.md). */
export interface ConnectionGuards {
  /** No SYN of it in the capture. */
  readonly midStream: boolean;
  /** Not closed, and its last packet lies within 2 s of the capture's end. */
  readonly cutByCaptureEnd: boolean;
  /** One side sent nothing that was captured while the other went on. */
  readonly oneSided: boolean;
  /** Packets of it were captured shorter than they were. */
  readonly snapped: boolean;
  /** The capturing kernel reported dropped packets (pcapng interface statistics). */
  readonly captureDrops: boolean;
  /** The clock stepped back by more than 1 ms within the connection, or was set back while it lasted: its durations mean nothing. */
  readonly clockStepped: boolean;
  /**
   * Its segments, copies left out, are of more than one capture that were taken at once: some were seen first here, some
   * there. They share neither one clock nor one order, nor the link that they came by.
   */
  readonly severalPoints: boolean;
}
