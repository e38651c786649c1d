/** What the rule argues about: requests of one server that it reset, with what was found out of them. */
import type { Behind } from '../judgements/behind.js';
import type { Retries } from '../judgements/retries.js';
import type { RefusedRequest } from './refused-request.js';

/** See the head of this file. */
export interface Case {
  /** The earliest, in order. */
  readonly refused: readonly RefusedRequest[];
  readonly first: RefusedRequest;
  readonly occurrences: number;
  /** Codes of those, the most frequent first. */
  readonly codes: readonly { readonly code: number; readonly name: string; readonly count: number }[];
  readonly delay: { readonly lowest: number; readonly highest: number };
  /**
   * What became of the request behind, where the server is a proxy whose legs are known: of the first of those
   * looked at that failed there, or, where all were answered there, of the first; `null`: it is not known.
   */
  readonly behind: (Behind & { readonly of: RefusedRequest }) | null;
  readonly retries: Retries;
  /** Those of which nobody can tell whether they were sent again, and for how many of them one like it was answered behind. */
  readonly unfollowed: number;
  readonly answeredAlike: number;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface StreamResetFacts {
  readonly codes: { readonly code: number; readonly name: string; readonly count: number }[];
  readonly minDelayNs: number;
  readonly maxDelayNs: number;
  readonly mostOpenStreams: number;
  readonly streamLimit: number | null;
  readonly retriesJudged: number;
  readonly retriedAndAnswered: number;
  readonly notRetried: number;
}
