/** What the rule keeps of a run: farewells by server. */
import type { Connection } from '../../facts/connection.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { type Farewell, type Fate, farewellOf } from './farewell.js';

/** Farewells of one server that are looked at one by one. */
const MAX_FAREWELLS = 64;

/** One server's. */
export interface ServerTally {
  readonly farewells: Occurrences<Farewell>;
  readonly counts: Record<Fate, number>;
}

/** The rule's tally. */
export interface GoAwayTally {
  readonly servers: PerServer<ServerTally>;
}

/** Nothing seen yet. */
export function newTally(): GoAwayTally {
  return { servers: perServer(256) };
}

/** Enters a connection that a GOAWAY ended. */
export function noteConnection(connection: Connection, tally: GoAwayTally): void {
  const farewell = farewellOf(connection);
  if (farewell === null) return;
  const server = tallyOf(tally.servers, farewell.server, newServer);
  if (server === null) return;
  addOccurrence(server.farewells, farewell);
  for (const fate of ['refused', 'late', 'cut'] as const) server.counts[fate] += farewell.counts[fate];
}

/** Adds all of `from`. */
export function mergeTally(into: GoAwayTally, from: GoAwayTally): void {
  mergePerServer(into.servers, from.servers, newServer, (server, part) => {
    absorbOccurrences(server.farewells, part.farewells);
    for (const fate of ['refused', 'late', 'cut'] as const) server.counts[fate] += part.counts[fate];
  });
}

function newServer(): ServerTally {
  return { farewells: newOccurrences(MAX_FAREWELLS), counts: { refused: 0, late: 0, cut: 0 } };
}
