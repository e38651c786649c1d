/** What the rule keeps of a run: farewells by server. */
import type { Connection } from '../../facts/connection.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { httpRoles } from '../judgements/http-roles.js';
import { addEarliest, type Earliest, earliest, mergeEarliest } from '../tally/earliest.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { type Farewell, type Fate, farewellOf, isGraceful } from './farewell.js';

/** Farewells of one server that are looked at one by one. */
const MAX_FAREWELLS = 64;

/** One server's. */
export interface ServerTally {
  readonly farewells: Occurrences<Farewell>;
  readonly counts: Record<Fate, number>;
  /** Farewells that did no harm: they tell of the same limit. */
  readonly graceful: Earliest<GracefulEnd>;
  /** Most requests that a connection carried without such harm, and the first packet of the longest such. */
  most: { readonly requests: number; readonly packet: PacketReference } | null;
}

/** A farewell that did no harm. */
export type GracefulEnd = Pick<Farewell, 'packet' | 'atNs' | 'stream' | 'processed' | 'ageNs' | 'idleNs'>;

/** The rule's tally. */
export interface GoAwayTally {
  readonly servers: PerServer<ServerTally>;
}

/** Nothing seen yet. */
export function newTally(): GoAwayTally {
  return { servers: perServer(256) };
}

/** Enters an HTTP/2 connection: whether a GOAWAY ended it, and how many requests it carried. */
export function noteConnection(connection: Connection, tally: GoAwayTally): void {
  const farewell = connection.h2?.goAwayCount === 0 ? null : farewellOf(connection);
  const server = tallyOf(tally.servers, farewell?.server ?? httpRoles(connection).server.endpoint, newServer);
  if (server === null) return;
  if (farewell !== null && !isGraceful(farewell)) {
    addOccurrence(server.farewells, farewell);
    for (const fate of ['refused', 'late', 'cut'] as const) server.counts[fate] += farewell.counts[fate];
    return;
  }
  noteMost(server, {
    requests: connection.exchangeOffset + connection.exchanges.length,
    packet: connection.firstPacket,
  });
  if (farewell === null) return;
  const { packet, atNs, stream, processed, ageNs, idleNs } = farewell;
  addEarliest(server.graceful, { packet, atNs, stream, processed, ageNs, idleNs });
}

function noteMost(into: ServerTally, one: NonNullable<ServerTally['most']>): void {
  const { most } = into;
  if (most === null || one.requests > most.requests || (one.requests === most.requests && one.packet < most.packet))
    into.most = one;
}

/** Adds all of `from`. */
export function mergeTally(into: GoAwayTally, from: GoAwayTally): void {
  mergePerServer(into.servers, from.servers, newServer, (server, part) => {
    absorbOccurrences(server.farewells, part.farewells);
    for (const fate of ['refused', 'late', 'cut'] as const) server.counts[fate] += part.counts[fate];
    mergeEarliest(server.graceful, part.graceful);
    if (part.most !== null) noteMost(server, part.most);
  });
}

function newServer(): ServerTally {
  return {
    farewells: newOccurrences(MAX_FAREWELLS),
    counts: { refused: 0, late: 0, cut: 0 },
    graceful: earliest(MAX_FAREWELLS),
    most: null,
  };
}
