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

/** Requests kept of one connection until it ends, the earliest; more of them are not counted, but for those of its last batch. */
const MAX_WAITING = 1024;

/** Plain data; see the head of this file. */
export interface StreamResetTally extends OccurrencesByServer<RefusedRequest> {
  /** Requests of earlier batches of a connection: that a GOAWAY took them back, or that times were lost, its last batch says. */
  readonly waiting: OpenConnections<Exchange[]>;
}

/** None yet. */
export function newTally(): StreamResetTally {
  return { ...occurrencesByServer<RefusedRequest>(), waiting: openConnections() };
}

/** Counts what the server of a connection reset. */
export function noteConnection(connection: Connection, tally: StreamResetTally): void {
  if (connection.protocol !== 'h2' || (connection.signs & SIGN.unanswered) === 0) return;
  const { exchanges, stream, goesOn } = connection;
  if (goesOn) {
    const reset = exchanges.filter(mayBeRefused);
    if (reset.length === 0) return;
    const waiting = remembered(tally.waiting, stream, () => []);
    waiting?.push(...reset.slice(0, MAX_WAITING - waiting.length));
    return;
  }
  const earlier = recalled(tally.waiting, stream) ?? [];
  refusedRequestsOf(connection, [...earlier, ...exchanges], (refused) => noteOccurrence(tally, refused));
}

/** Adds all of `from`. */
export function mergeTally(into: StreamResetTally, from: StreamResetTally): void {
  mergeOccurrences(into, from);
}
