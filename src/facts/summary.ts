import type { CaptureFacts } from './capture.js';
import type { Finding } from './finding.js';
import type { PacketReference } from './packet-reference.js';
import type { Decryption } from './tls.js';

/** What is known of one server endpoint over the whole run. */
export interface ServerSummary {
  readonly address: string;
  readonly port: number;
  /** Host names that clients or DNS used for it, most used first. */
  readonly names: readonly string[];
  readonly connections: number;
  /** Connections of TLS of which nothing was decrypted: how many exchanges they held is not known. */
  readonly undecrypted: number;
  /** Exchanges that were seen, and of those, responses with a status of 500 to 599. */
  readonly exchanges: number;
  /** Those of them that have a request: a 408 that nobody asked for is an exchange without. */
  readonly requests: number;
  readonly serverErrors: number;
  /** Connections that this server reset. */
  readonly resets: number;
  /** Idle time after which the server closes, estimated as docs/judging.md says; `null`: no sound estimate. */
  readonly idleTimeoutSeconds: number | null;
  /** How many closes stand behind the estimate. */
  readonly idleTimeoutSamples: number;
  /** Idle times after which the server closed, ascending, of its earliest closes (at most 128): what the estimate is made of. */
  readonly idleCloseSeconds: readonly number[];
  /** Longest idle period that was still answered: the time-out is at least this; `null`: none above MIN_IDLE_NS. */
  readonly longestAnsweredIdleSeconds: number | null;
  /** Final responses by status, ascending. */
  readonly statuses: readonly { readonly status: number; readonly count: number }[];
  /** After how long the server gives up a connection without a request, estimated alike; `null`: no sound estimate. */
  readonly requestTimeoutSeconds: number | null;
  readonly requestTimeoutSamples: number;
  /** Round trips of the handshake, medians: from the capture point to the server, and to its clients; `null`: not seen. */
  readonly roundTripToServerSeconds: number | null;
  readonly roundTripToClientsSeconds: number | null;
  /** Request's last byte to response's first, as seen at the capture point; `null`: none was seen. */
  readonly timeToFirstByte: TimeToFirstByte | null;
}

/** Percentiles in seconds, to within 5 %. */
export interface TimeToFirstByte {
  readonly samples: number;
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  readonly p99Seconds: number;
  readonly maxSeconds: number;
}

/** How far TLS was opened, in connections. */
export interface TlsSeen {
  /** With TLS in which something protected was sent. */
  readonly connections: number;
  /** Opened, wholly or in part; and in part only. */
  readonly decrypted: number;
  readonly decryptedInPart: number;
  /** Why the others were not, by cause (see Decryption): no cause with 0. */
  readonly undecrypted: readonly { readonly cause: UndecryptedCause; readonly connections: number }[];
}

/** Why nothing of a connection was decrypted. */
export type UndecryptedCause = Extract<Decryption, 'no-key' | 'wrong-key' | 'unsupported' | 'no-hello'>;

/** In order of what can be done about them. */
export const UNDECRYPTED_CAUSES: readonly UndecryptedCause[] = ['no-key', 'wrong-key', 'unsupported', 'no-hello'];

/** HTTP/3 and other QUIC, which runs over UDP and is not judged: who was asked for by it. */
export interface QuicSeen {
  /** Connections whose ClientHello was read. */
  readonly connections: number;
  /** The names they ask for, most used first, at most {@link MAX_QUIC_NAMES}. */
  readonly names: readonly { readonly name: string; readonly connections: number; readonly alpn: readonly string[] }[];
}

/** Names of QUIC kept in a report. */
export const MAX_QUIC_NAMES = 20;

/** A proxy that told of a failure behind it, of which the captures show nothing. */
export interface LegBehind {
  readonly address: string;
  readonly port: number;
  /** Its answers 502 and 504, ascending, and how many of each. */
  readonly statuses: readonly { readonly status: number; readonly count: number }[];
  /** The first of them. */
  readonly first: PacketReference;
}

/** What the captures did not show, in connections unless said otherwise. */
export interface Unseen {
  /** What failed behind these: no leg behind a proxy was captured, and no finding tells. */
  readonly legsBehind: readonly LegBehind[];
  /** Began before the capture. */
  readonly midStream: number;
  /** TLS of which nothing was decrypted though something was there to decrypt. */
  readonly encrypted: number;
  readonly tls: TlsSeen;
  readonly quic: QuicSeen;
  readonly oneSided: number;
  /** Of which all was captured, and both sides spoke: neither HTTP nor TLS, nor anything else that is read. */
  readonly unread: number;
  /** With bytes that the capture lost: not those that the snap length cut, nor a direction of which nothing was captured. */
  readonly withLostBytes: number;
  readonly snapped: number;
  /** Still open when the capture ended. */
  readonly openAtEnd: number;
  /** Given up early because more connections were open at once than memory is allowed for. */
  readonly evicted: number;
  /** Packets that came after their connection had been put away: neither counted nor judged. */
  readonly latePackets: number;
  /** Headers that could not be read, by stable name (`ipv4-header-length`), and datagrams whose fragments did not all come (`fragments-missing`). */
  readonly malformedHeaders: readonly { readonly name: string; readonly count: number }[];
  /** Packets of link types that are not decoded: name and number of packets. */
  readonly unknownLinkTypes: readonly { readonly name: string; readonly packets: number }[];
}

/** Whether there were TLS keys to try, from the user or within captures: no log at all, logs without a key, or some keys. */
export type KeysGiven = 'no-log' | 'empty-log' | 'keys';

/** Everything a report shows. */
export interface Analysis {
  readonly captures: readonly CaptureFacts[];
  /** Epoch nanoseconds of the run's first packet: what every `atNs` counts from; `null` without packets. */
  readonly originEpochNs: bigint | null;
  /** Nanoseconds from the run's first packet to its last. */
  readonly durationNs: number;
  readonly connections: number;
  readonly exchanges: number;
  readonly findings: readonly Finding[];
  readonly servers: readonly ServerSummary[];
  readonly unseen: Unseen;
  readonly keysGiven: KeysGiven;
  /** Both sides of a proxy are in the captures. */
  readonly bothLegs: boolean;
  /** Ids of the rules that ran. */
  readonly rules: readonly string[];
  /** A rule that threw: its id and message. The others still concluded. */
  readonly ruleFailures: readonly { readonly rule: string; readonly message: string }[];
  /** Reading was stopped by the user. */
  readonly interrupted: boolean;
}
