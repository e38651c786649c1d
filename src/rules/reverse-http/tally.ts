/** What the rule keeps of a run: reverse connections by the endpoint that accepts them. */
import type { Connection } from '../../facts/connection.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { type Reversed, reversedOf } from './reversed.js';

/** Connections of one endpoint that are looked at one by one. */
const MAX_CONNECTIONS = 256;

/** The rule's tally. */
export interface ReverseTally {
  readonly acceptors: PerServer<Occurrences<Reversed>>;
}

/** Nothing seen yet. */
export function newTally(): ReverseTally {
  return { acceptors: perServer(256) };
}

/** Enters a connection, if it is one. */
export function noteConnection(connection: Connection, tally: ReverseTally): void {
  const reversed = reversedOf(connection);
  if (reversed === null) return;
  const known = tallyOf(tally.acceptors, reversed.server, newConnections);
  if (known !== null) addOccurrence(known, reversed);
}

/** Adds all of `from`. */
export function mergeTally(into: ReverseTally, from: ReverseTally): void {
  mergePerServer(into.acceptors, from.acceptors, newConnections, absorbOccurrences);
}

function newConnections(): Occurrences<Reversed> {
  return newOccurrences(MAX_CONNECTIONS);
}
