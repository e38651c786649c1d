/** What the rule keeps of a run: plain data whose merge is associative and commutative. */

import type { Moment } from '../tally/earliest.js';
import { type KnockedAt, knockedAt, mergeKnocks } from '../tally/knocks.js';
import { mergeOccurrences, type OccurrencesByServer, occurrencesByServer } from '../tally/occurrences.js';
import { mergeSample, type Sample, sample } from '../tally/sample.js';
import type { Silence } from './incident.js';

/** Answers from another address than was asked, kept. */
const MAX_STRAYS = 256;

/** The rule's tally. */
export interface ConnectTimeoutTally {
  readonly silences: OccurrencesByServer<Silence>;
  /** Whom each client tried in vain: a scanner tries many. */
  readonly knocks: KnockedAt;
  /** Clients' endpoints that another address answered. */
  readonly strays: Sample<Moment & { readonly client: string }>;
}

/** Nothing seen yet. */
export function newTally(): ConnectTimeoutTally {
  return { silences: occurrencesByServer(), knocks: knockedAt(), strays: sample(MAX_STRAYS) };
}

/** Adds all of `from`. */
export function mergeTally(into: ConnectTimeoutTally, from: ConnectTimeoutTally): void {
  mergeOccurrences(into.silences, from.silences);
  mergeKnocks(into.knocks, from.knocks);
  mergeSample(into.strays, from.strays);
}
