/** What the rule keeps of a run: reverse connections by the endpoint that accepts them. */
import type { Connection } from '../../facts/connection.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { type OpenConnections, openConnections, recalled, remembered } from '../tally/open-connections.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { type Asked, askedIn, type Reversed, reversedOf } from './reversed.js';

/** Connections of one endpoint that are looked at one by one. */
const MAX_CONNECTIONS = 256;

/** The rule's tally. */
export interface ReverseTally {
  readonly acceptors: PerServer<Occurrences<Reversed>>;
  /** What was asked so far on those that go on. */
  readonly open: OpenConnections<Asked>;
}

/** Nothing seen yet. */
export function newTally(): ReverseTally {
  return { acceptors: perServer(256), open: openConnections() };
}

/** Enters a connection, if it is one, once it has ended. */
export function noteConnection(connection: Connection, tally: ReverseTally): void {
  const { stream, goesOn, exchangeOffset } = connection;
  if (goesOn) {
    const asked = remembered(tally.open, stream, newAsked);
    if (asked !== null) askedIn(connection, asked);
    return;
  }
  const before = exchangeOffset === 0 ? null : recalled(tally.open, stream);
  const reversed = reversedOf(connection, before ?? newAsked());
  if (reversed === null) return;
  const known = tallyOf(tally.acceptors, reversed.server, newConnections);
  if (known !== null) addOccurrence(known, reversed);
}

/** Adds all of `from`. */
export function mergeTally(into: ReverseTally, from: ReverseTally): void {
  mergePerServer(into.acceptors, from.acceptors, newConnections, absorbOccurrences);
}

function newAsked(): Asked {
  return { first: null, answered: 0, hasUnanswered: false };
}

function newConnections(): Occurrences<Reversed> {
  return newOccurrences(MAX_CONNECTIONS);
}
