/** What the rule keeps of a run: handshakes by server and failure; plain data, in any order the same. */
import type { Connection } from '../../facts/connection.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { type KeyedLegs, keyedLegs, mergeLegs, noteLeg } from '../tally/keyed-legs.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { type Attempt, attemptsOf, type Failure } from './attempt.js';

/** Clients told apart at one server, and accepted handshakes that failed ones are compared with. */
const MAX_ASKERS = 512;
const MAX_ACCEPTED = 64;

/** A handshake that succeeded, by what may have decided it. */
export interface Accepted extends Moment {
  readonly origin: string | null;
  readonly path: string;
}

/** One client that failed. */
interface Asker {
  failed: number;
  lastFailedNs: number;
}

/** Failures of one kind and status. */
export interface Failures {
  readonly failure: Failure;
  readonly status: number;
  readonly attempts: Occurrences<Attempt>;
  readonly askers: BoundedTable<Asker>;
}

/** One server. */
export interface ServerTally {
  handshakes: number;
  accepted: number;
  readonly acceptedEarliest: Earliest<Accepted>;
  readonly failures: Record<string, Failures>;
  /** When each client was accepted last. */
  readonly acceptedAskers: BoundedTable<{ lastNs: number }>;
}

/** The rule's tally. */
export interface UpgradeTally {
  readonly servers: PerServer<ServerTally>;
  /** Failed handshakes by key. */
  readonly legs: KeyedLegs<Attempt>;
}

/** Nothing seen yet. */
export function newTally(): UpgradeTally {
  return { servers: perServer(), legs: keyedLegs() };
}

/** Enters the handshakes of a connection. */
export function noteConnection(connection: Connection, tally: UpgradeTally): void {
  for (const attempt of attemptsOf(connection)) {
    const server = tallyOf(tally.servers, attempt.server, newServer);
    if (server === null) continue;
    server.handshakes += 1;
    const { failure, asker, atNs, packet, origin, path, key, status } = attempt;
    if (failure === null) {
      server.accepted += 1;
      addEarliest(server.acceptedEarliest, { atNs, packet, origin, path });
      const known = entryOf(server.acceptedAskers, asker, () => ({ lastNs: atNs }));
      if (known !== null) known.lastNs = Math.max(known.lastNs, atNs);
      continue;
    }
    const failures = failuresOf(server, failure, status);
    addOccurrence(failures.attempts, attempt);
    const known = entryOf(failures.askers, asker, newAsker);
    if (known !== null) {
      known.failed += 1;
      known.lastFailedNs = Math.max(known.lastFailedNs, atNs);
    }
    if (key !== null) noteLeg(tally.legs, key, attempt);
  }
}

function failuresOf(server: ServerTally, failure: Failure, status: number): Failures {
  const key = `${failure} ${status}`;
  const known = server.failures[key];
  if (known !== undefined) return known;
  const made = { failure, status, attempts: newOccurrences<Attempt>(), askers: boundedTable<Asker>(MAX_ASKERS) };
  server.failures[key] = made;
  return made;
}

/** Adds all of `from`. */
export function mergeTally(into: UpgradeTally, from: UpgradeTally): void {
  mergePerServer(into.servers, from.servers, newServer, mergeServer);
  mergeLegs(into.legs, from.legs);
}

function mergeServer(into: ServerTally, from: ServerTally): void {
  into.handshakes += from.handshakes;
  into.accepted += from.accepted;
  mergeEarliest(into.acceptedEarliest, from.acceptedEarliest);
  mergeTable(
    into.acceptedAskers,
    from.acceptedAskers,
    () => ({ lastNs: Number.NEGATIVE_INFINITY }),
    (known, part) => {
      known.lastNs = Math.max(known.lastNs, part.lastNs);
    },
  );
  for (const { failure, status, attempts, askers } of Object.values(from.failures)) {
    const known = failuresOf(into, failure, status);
    absorbOccurrences(known.attempts, attempts);
    mergeTable(known.askers, askers, newAsker, (asker, part) => {
      asker.failed += part.failed;
      asker.lastFailedNs = Math.max(asker.lastFailedNs, part.lastFailedNs);
    });
  }
}

function newServer(): ServerTally {
  return {
    handshakes: 0,
    accepted: 0,
    acceptedEarliest: earliest(MAX_ACCEPTED),
    failures: {},
    acceptedAskers: boundedTable(MAX_ASKERS),
  };
}

function newAsker(): Asker {
  return { failed: 0, lastFailedNs: Number.NEGATIVE_INFINITY };
}
