/** What the rule argues about: one server, its idle time-out, and the requests that met it. */

import type { Endpoint } from '../../facts/endpoint.js';
import type { Confidence } from '../../facts/finding.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { CapturePoint } from '../judgements/capture-point.js';
import type { AnsweredReuse } from '../judgements/idle-close.js';
import type { Retries } from '../judgements/retries.js';
import type { Incident } from './incident.js';
import type { Said } from './tally.js';

/**
 * `race`: requests and closes crossed. `stale-pool`: the client had the FIN long before. `reload`: either, and all of
 * them met closes of several connections at one moment. `predicted`: none was lost yet.
 */
export type RaceKind = 'race' | 'stale-pool' | 'reload' | 'predicted';

/** After how long an end gives up an idle connection. */
export interface Timeout {
  readonly seconds: number;
  readonly samples: number;
  /** Three and more closes agree; below that it is what was seen, not an estimate. */
  readonly isEstimate: boolean;
  /** The earliest such close. */
  readonly packet: PacketReference;
  readonly atNs: number;
  readonly stream: number;
}

/** What the client of a proxy saw of a request that was lost behind it. */
export interface FrontFailure {
  /** The answer, or the close that came instead. */
  readonly packet: PacketReference;
  readonly endNs: number;
  readonly server: Endpoint;
  /** `null`: closed without an answer. */
  readonly status: number | null;
}

/** What the causes are weighed by; times are nanoseconds since the first packet of the run. */
export interface Case {
  readonly kind: RaceKind;
  readonly endpoint: Endpoint;
  readonly confidence: Confidence;
  /** The earliest incidents, in order. */
  readonly incidents: readonly Incident[];
  readonly occurrences: number;
  readonly sorts: {
    readonly race: number;
    readonly stalePool: number;
    readonly abort: number;
    readonly expiry: number;
  };
  readonly encrypted: number;
  readonly healthChecks: number;
  readonly lastNs: number;
  readonly connections: number;
  /** Lost requests that were left out since their server closed several connections at once (a reload), beside others that it did not. */
  readonly inMassCloses: number;
  /** A close of such a moment; `null`: there was none. */
  readonly massClose: { readonly packet: PacketReference; readonly count: number } | null;
  readonly capturePoint: CapturePoint;
  readonly timeout: Timeout | null;
  /** How long the client itself keeps idle connections, where it was seen to close any. */
  readonly clientTimeout: Timeout | null;
  /** What `Keep-Alive: timeout=N` announced; `null`: nothing. */
  readonly announced: (Said & { readonly seconds: number }) | null;
  readonly software: Said | null;
  /** Idle time before the lost requests. */
  readonly lostReuse: { readonly lowest: number; readonly highest: number } | null;
  readonly reuses: number;
  /** The longest idle time that was answered. */
  readonly longestAnswered: AnsweredReuse | null;
  /** Answered requests that came shortly before the time-out. */
  readonly nearMisses: readonly AnsweredReuse[];
  /** Requests that the connections had carried before, of incidents whose figures are kept. */
  readonly requestsBefore: readonly number[];
  readonly idempotent: number;
  readonly figures: number;
  readonly retries: Retries;
  /** Failures of the front, by the lost request's stream and first packet. */
  readonly fronts: readonly { readonly lost: PacketReference; readonly front: FrontFailure }[];
  readonly droppedPackets: number;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface KeepaliveRaceFacts {
  readonly kind: RaceKind;
  readonly capturePoint: CapturePoint;
  readonly lostRequests: number;
  readonly crossedTheClose: number;
  readonly sentAfterTheCloseWasKnown: number;
  readonly abortedAtExpiry: number;
  readonly closedAtExpiry: number;
  readonly encrypted: number;
  readonly idempotentShare: number | null;
  readonly idleTimeoutSeconds: number | null;
  readonly idleTimeoutSamples: number;
  readonly announcedTimeoutSeconds: number | null;
  readonly clientIdleTimeoutSeconds: number | null;
  readonly clientIdleTimeoutSamples: number;
  readonly shortestLostReuseSeconds: number | null;
  readonly longestLostReuseSeconds: number | null;
  readonly longestAnsweredReuseSeconds: number | null;
  readonly answeredReuses: number;
  readonly nearMisses: number;
  readonly lostInMassCloses: number;
  readonly connectionsOfServer: number;
  readonly healthChecks: number;
  readonly retriesJudged: number;
  readonly retriedAndAnswered: number;
  readonly retriedInVain: number;
  readonly notRetried: number;
  readonly frontFailures: readonly {
    readonly address: string;
    readonly port: number;
    readonly status: number | null;
    readonly count: number;
  }[];
}
