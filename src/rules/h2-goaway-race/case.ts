/** What the rule argues about: one server's farewells and the requests that they met. */
import type { Farewell, Fate } from './farewell.js';

/** See the head of this file. */
export interface Case {
  readonly farewells: readonly Farewell[];
  readonly first: Farewell;
  readonly occurrences: number;
  readonly counts: Readonly<Record<Fate, number>>;
  /** Of the requests kept: what became of them. */
  readonly retries: { readonly judged: number; readonly answered: number; readonly notRetried: number };
  /** The number of requests after which it says so each time; `null`: it varies, or one farewell alone says too little. */
  readonly limit: number | null;
  /** The age at which it says so each time, seconds; `null`: it varies. */
  readonly ageSeconds: number | null;
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
  readonly retriesJudged: number;
  readonly retriedAndAnswered: number;
  readonly notRetried: number;
}
