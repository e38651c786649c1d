/** Requests that servers reset: of a run, and of the connections that go on. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { SIGN } from '../../facts/signs.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrencesByServer,
} from '../tally/occurrences.js';
import { type OpenConnections, openConnections, recalled, remembered } from '../tally/open-connections.js';
import { mayBeRefused, type RefusedRequest, refusedRequestsOf } from './refused-request.js';

/** Requests kept of all connections that go on, some 16 MB; those beyond are judged at once, without what is said later. */
const MAX_WAITING = 16_384;

/** Plain data; see the head of this file. */
export interface StreamResetTally extends OccurrencesByServer<RefusedRequest> {
  /** Requests of earlier batches of a connection: that a GOAWAY took them back, or that times were lost, its last batch says. */
  readonly waiting: OpenConnections<Exchange[]>;
  /** How many they are. */
  held: number;
}

/** None yet. */
export function newTally(): StreamResetTally {
  return { ...occurrencesByServer<RefusedRequest>(), waiting: openConnections(), held: 0 };
}

/** Counts what the server of a connection reset. */
export function noteConnection(connection: Connection, tally: StreamResetTally): void {
  if (connection.protocol !== 'h2' || (connection.signs & SIGN.unanswered) === 0) return;
  const { exchanges, stream, goesOn } = connection;
  const note = (refused: RefusedRequest) => noteOccurrence(tally, refused);
  if (!goesOn) {
    const earlier = recalled(tally.waiting, stream) ?? [];
    tally.held -= earlier.length;
    refusedRequestsOf(connection, [...earlier, ...exchanges], note);
    return;
  }
  const reset = exchanges.filter(mayBeRefused);
  if (reset.length === 0) return;
  const waiting = tally.held < MAX_WAITING ? remembered(tally.waiting, stream, () => []) : null;
  if (waiting === null) {
    refusedRequestsOf(connection, reset, note);
    return;
  }
  waiting.push(...reset);
  tally.held += reset.length;
}

/** Adds all of `from`. */
export function mergeTally(into: StreamResetTally, from: StreamResetTally): void {
  mergeOccurrences(into, from);
}
