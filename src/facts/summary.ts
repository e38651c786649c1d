import type { CaptureFacts } from './capture.js';
import type { Finding } from './finding.js';

/** What is known of one server endpoint over the whole run. */
export interface ServerSummary {
  readonly address: string;
  readonly port: number;
  /** Host names that clients or DNS used for it, most used first. */
  readonly names: readonly string[];
  readonly connections: number;
  readonly exchanges: number;
  /** Responses with a status of 500 to 599. */
  readonly serverErrors: number;
  /** Connections that this server reset. */
  readonly resets: number;
  /** Idle time after which the server closes, estimated as rules.md §0.5 says; `null`: no sound estimate. */
  readonly idleTimeoutSeconds: number | null;
  /** How many closes stand behind the estimate. */
  readonly idleTimeoutSamples: number;
  /** Longest idle period that was still answered: the time-out is at least this; `null`: none above MIN_IDLE_NS. */
  readonly longestAnsweredIdleSeconds: number | null;
}

/** What the captures did not show, in connections unless said otherwise. */
export interface Unseen {
  /** Began before the capture. */
  readonly midStream: number;
  /** TLS that no key opens. */
  readonly encrypted: number;
  readonly oneSided: number;
  /** With bytes that the capture lost. */
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
  /** Ids of the rules that ran. */
  readonly rules: readonly string[];
  /** A rule that threw: its id and message. The others still concluded. */
  readonly ruleFailures: readonly { readonly rule: string; readonly message: string }[];
  /** Reading was stopped by the user. */
  readonly interrupted: boolean;
}
