/** What the rule argues about: the reverse connections that one endpoint accepts. */
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Reversed } from './reversed.js';

/** A drop, and when its server could be reached again; `null`: not within the capture. */
export interface Gap {
  readonly reversed: Reversed & { readonly dropped: NonNullable<Reversed['dropped']> };
  readonly again: Reversed | null;
  readonly lengthNs: number;
}

/** See the head of this file. */
export interface Case {
  readonly connections: readonly Reversed[];
  readonly first: Reversed;
  readonly occurrences: number;
  readonly dialling: readonly string[];
  readonly gaps: readonly Gap[];
  /** What clients in front were told meanwhile. */
  readonly told: readonly GatewayFailure[];
  /** One without a client certificate, though the draft demands it. */
  readonly uncertified: Reversed | null;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface ReverseHttpFacts {
  readonly basis: Reversed['basis'];
  readonly alpn: string | null;
  readonly dialling: string[];
  readonly requests: number;
  readonly droppedWhileIdle: number;
  readonly idleTimeoutNs: number | null;
  readonly longestGapNs: number | null;
  readonly showsClientCertificate: boolean | null;
}
