/** What the rule argues about: one server's farewells and the requests that they met. */
import type { PacketReference } from '../../facts/packet-reference.js';
import type { Farewell, Fate } from './farewell.js';
import type { LargeHeads } from './large-head.js';
import type { GracefulEnd } from './tally.js';

/** See the head of this file. */
export interface Case {
  readonly farewells: readonly Farewell[];
  readonly first: Farewell;
  readonly occurrences: number;
  /** The large heads that GOAWAYs with an error follow at once; `null`: such heads are not what they follow. */
  readonly largeHeads: LargeHeads | null;
  /** The largest head of a request that it answered, no error; 0: none. */
  readonly largestAnsweredBytes: number;
  readonly counts: Readonly<Record<Fate, number>>;
  /** Of the requests kept: what became of them. */
  readonly retries: { readonly judged: number; readonly answered: number; readonly notRetried: number };
  /** The number of requests after which it says so each time; `null`: it varies, or one farewell alone says too little. */
  readonly limit: number | null;
  /** All farewells behind that number, those that did no harm among them, in order. */
  readonly agreeing: readonly GracefulEnd[];
  /** They are all of one moment, as when a server stops. */
  readonly isOneMoment: boolean;
  /** The number is what some server stops at by itself; `null`: it is not. */
  readonly knownDefault: string | null;
  /** A connection that carried more requests than the first farewell allows. */
  readonly beyond: { readonly requests: number; readonly packet: PacketReference } | null;
  /** For how long each connection that met it had been idle, where that is long enough for a timer; `null`: something was in progress, or had just been, or that cannot be told. */
  readonly idle: Idle | null;
  /** The age at which it says so each time, seconds; `null`: it varies. */
  readonly ageSeconds: number | null;
}

/** How long connections had been idle when the server said GOAWAY. */
interface Idle {
  readonly shortestNs: number;
  readonly longestNs: number;
  /** As one timer has it, of two connections and more, those without harm among them; `null`: one alone, or they differ. */
  readonly seconds: number | null;
  readonly agreeing: readonly GracefulEnd[];
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface H2GoawayRaceFacts {
  readonly errorCode: number;
  readonly errorName: string;
  readonly lastStream: number;
  readonly refusedRequests: number;
  readonly lateRequests: number;
  readonly cutRequests: number;
  readonly requestLimit: number | null;
  readonly connectionAgeSeconds: number | null;
  readonly idleTimeoutSeconds: number | null;
  readonly retriesJudged: number;
  readonly retriedAndAnswered: number;
  readonly notRetried: number;
}
