/** What the rule keeps of a run: per server its mismatches, and what is one only where it speaks otherwise with others. */
import type { Connection } from '../../facts/connection.js';
import { STATUS } from '../../facts/status.js';
import { type BegunIn, hangUpIn, waitedOutIn } from '../judgements/spoken-otherwise.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { earlierOf, type Moment } from '../tally/earliest.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, tallyOf } from '../tally/per-server.js';
import { callsOf } from './grpc.js';
import type { Mismatch } from './mismatch.js';
import { demandIn, hangUpMismatch, mismatchOf, refusalIn } from './signature.js';

/** What a connection that was hung up on may have begun in. */
export const BEGUN_IN: readonly BegunIn[] = ['clear', 'tls', 'http2'];

/** Clients told apart at one server. */
const MAX_CLIENTS = 256;
/** Who says so many things that are no request tries out what is spoken here. */
const SCANNED = 3;

/** One server. */
export interface ServerTally {
  readonly found: Record<string, Occurrences<Mismatch>>;
  /** Plain HTTP refused with 400 in clear: a mismatch where others speak TLS here. */
  readonly refused: Occurrences<Mismatch>;
  /** Plain HTTP refused with 400 that says that TLS belongs here: a mismatch where nobody is answered in clear. */
  readonly demanded: Occurrences<Mismatch>;
  /** How often it said so and kept the connection: then it hands on what a server behind it says. */
  handedOn: number;
  /** Its first answer in gRPC; `null`: none is known. */
  calledWell: Moment | null;
  /** By client address: how often it said what the server took for no request at all. */
  readonly gibberish: BoundedTable<{ count: number }>;
  /** What the server hung up on, or said nothing to, by what it was: a mismatch where others speak otherwise, and nobody so. */
  readonly hungUp: Readonly<Record<BegunIn, Occurrences<Mismatch>>>;
}

/** Enters what a connection shows. */
export function noteConnection(connection: Connection, tally: PerServer<ServerTally>): void {
  const server = tallyOf(tally, connection.server.endpoint, newServer);
  if (server === null) return;
  const demand = demandIn(connection);
  if (demand !== null) {
    if (demand.answer.kind === 'refused') server.handedOn += 1;
    addOccurrence(demand.answer.kind === 'refused' ? server.refused : server.demanded, demand);
    return;
  }
  const found = mismatchOf(connection);
  if (found !== null) {
    addOccurrence(foundOf(server, found.kind), found);
    return;
  }
  if (isGibberish(connection)) {
    const client = entryOf(server.gibberish, connection.client.endpoint.address, newCount);
    if (client !== null) client.count += 1;
    return;
  }
  const hangUp = hangUpIn(connection) ?? waitedOutIn(connection);
  if (hangUp !== null) {
    addOccurrence(server.hungUp[hangUp.on], hangUpMismatch(connection, hangUp));
    return;
  }
  const refusal = refusalIn(connection);
  if (refusal !== null) addOccurrence(server.refused, refusal);
}

/** Enters the calls of gRPC of a connection, or of a part of one that goes on. */
export function noteCalls(connection: Connection, tally: PerServer<ServerTally>): void {
  const server = tallyOf(tally, connection.server.endpoint, newServer);
  if (server === null) return;
  callsOf(
    connection,
    (one) => addOccurrence(foundOf(server, one.kind), one),
    (at) => {
      server.calledWell = earlierOf(server.calledWell, at);
    },
  );
}

/** 400 to what is neither a request nor of a protocol that is known. */
function isGibberish({ tls, exchanges, client }: Connection): boolean {
  const [exchange] = exchanges;
  return (
    tls === null &&
    client.payloadBytes > 0 &&
    client.lostBytes === 0 &&
    exchange?.request === null &&
    exchange.response?.status === STATUS.badRequest
  );
}

/** Whether a client tries what is spoken on a port. */
export function isScanner({ gibberish }: ServerTally, address: string): boolean {
  return (gibberish.entries[address]?.count ?? 0) >= SCANNED;
}

function newCount() {
  return { count: 0 };
}

/** Adds all of `from`. */
export function mergeTally(into: PerServer<ServerTally>, from: PerServer<ServerTally>): void {
  mergePerServer(into, from, newServer, (server, part) => {
    for (const [kind, found] of Object.entries(part.found)) absorbOccurrences(foundOf(server, kind), found);
    absorbOccurrences(server.refused, part.refused);
    absorbOccurrences(server.demanded, part.demanded);
    server.handedOn += part.handedOn;
    server.calledWell = earlierOf(server.calledWell, part.calledWell);
    mergeTable(server.gibberish, part.gibberish, newCount, (client, other) => {
      client.count += other.count;
    });
    for (const on of BEGUN_IN) absorbOccurrences(server.hungUp[on], part.hungUp[on]);
  });
}

function newServer(): ServerTally {
  return {
    found: {},
    refused: newOccurrences(),
    demanded: newOccurrences(),
    handedOn: 0,
    calledWell: null,
    gibberish: boundedTable(MAX_CLIENTS),
    hungUp: { clear: newOccurrences(), tls: newOccurrences(), http2: newOccurrences() },
  };
}

function foundOf(server: ServerTally, kind: string): Occurrences<Mismatch> {
  const known = server.found[kind] ?? newOccurrences<Mismatch>();
  server.found[kind] = known;
  return known;
}
