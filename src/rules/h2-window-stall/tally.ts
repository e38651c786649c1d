/** Stalls that hurt: of a run, and what connections that go on have asked for. */
import type { Connection } from '../../facts/connection.js';
import { type EarlierExchanges, earlierExchanges, exchangesOfAll, takeExchanges } from '../tally/earlier-exchanges.js';
import { noteOccurrence, type OccurrencesByServer, occurrencesByServer } from '../tally/occurrences.js';
import { mayHaveWaited, type Stall, stallsOf } from './incident.js';

/** Plain data; see the head of this file. */
export interface WindowStallTally extends OccurrencesByServer<Stall> {
  /** Exchanges that took their time: for which of them a window was used up, the last batch says. */
  readonly waiting: EarlierExchanges;
}

/** None yet. */
export function newTally(): WindowStallTally {
  return { ...occurrencesByServer<Stall>(), waiting: earlierExchanges() };
}

/** Counts the stalls of a connection over HTTP/2, once it has ended. */
export function noteConnection(connection: Connection, tally: WindowStallTally): void {
  const { h2, goesOn, stream } = connection;
  if (!goesOn && (h2 === null || h2.windowStallCount === 0)) {
    takeExchanges(tally.waiting, stream);
    return;
  }
  const exchanges = exchangesOfAll(tally.waiting, connection, mayHaveWaited);
  if (exchanges === null) return;
  for (const stall of stallsOf(connection, exchanges)) noteOccurrence(tally, stall);
}
