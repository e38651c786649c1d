/** Requests that servers reset: of a run, and of the connections that go on. */
import type { Connection } from '../../facts/connection.js';
import { SIGN } from '../../facts/signs.js';
import { type EarlierExchanges, earlierExchanges, keepExchange, takeExchanges } from '../tally/earlier-exchanges.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from '../tally/occurrences.js';
import { mayBeRefused, type RefusedRequest, refusedRequestsOf } from './refused-request.js';

/** Plain data; see the head of this file. */
export interface StreamResetTally extends OccurrencesByServer<RefusedRequest> {
  /** Requests that were reset: that a GOAWAY took them back, or that times were lost, the last batch says. Those beyond are judged at once, without that. */
  readonly waiting: EarlierExchanges;
}

/** None yet. */
export function newTally(): StreamResetTally {
  return { ...occurrencesByServer<RefusedRequest>(), waiting: earlierExchanges() };
}

/** Counts what the server of a connection reset. */
export function noteConnection(connection: Connection, tally: StreamResetTally): void {
  if (connection.protocol !== 'h2' || (connection.signs & SIGN.unanswered) === 0) return;
  const { exchanges, stream, goesOn } = connection;
  const note = (refused: RefusedRequest) => noteOccurrence(tally, refused);
  if (!goesOn) {
    refusedRequestsOf(connection, [...takeExchanges(tally.waiting, stream), ...exchanges], note);
    return;
  }
  const beyond = exchanges.filter((one) => mayBeRefused(one) && !keepExchange(tally.waiting, stream, one));
  if (beyond.length > 0) refusedRequestsOf(connection, beyond, note);
}

/** Adds all of `from`. */
export function mergeTally(into: StreamResetTally, from: StreamResetTally): void {
  mergeOccurrences(into, from);
}
