/** What the rule keeps of a run: per application server its connections, those that said something, and what was cut. */
import type { Connection } from '../../facts/connection.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { mergePerServer, type PerServer, tallyOf } from '../tally/per-server.js';
import { type Cut, cutOf } from './incident.js';

/** Cuts of one server that are looked at one by one. */
export const MAX_CUTS = 64;

/** One application server. */
export interface ServerTally {
  /** Connections over these protocols. */
  connections: number;
  /** Of them, those on which the server said something. */
  spoken: number;
  /** The first that ended with nothing cut. */
  readonly served: Earliest<Moment>;
  count: number;
  lastNs: number;
  readonly cuts: Earliest<Cut>;
  /** Told only where a web server in front told its client of it. */
  readonly unsure: Earliest<Cut>;
}

/** Enters a connection over one of these protocols. */
export function noteConnection(connection: Connection, tally: PerServer<ServerTally>): void {
  const into = tallyOf(tally, connection.server.endpoint, newServer);
  if (into === null) return;
  into.connections += 1;
  const { firstPayloadNs } = connection.server;
  if (firstPayloadNs !== null) into.spoken += 1;
  const cut = cutOf(connection);
  if (cut === null) {
    if (firstPayloadNs !== null) addEarliest(into.served, { packet: connection.firstPacket, atNs: connection.startNs });
  } else if (cut.isUnsure) addEarliest(into.unsure, cut);
  else {
    into.count += 1;
    into.lastNs = Math.max(into.lastNs, cut.atNs);
    addEarliest(into.cuts, cut);
  }
}

/** Adds all of `from`. */
export function mergeTally(into: PerServer<ServerTally>, from: PerServer<ServerTally>): void {
  mergePerServer(into, from, newServer, (server, part) => {
    server.connections += part.connections;
    server.spoken += part.spoken;
    server.count += part.count;
    server.lastNs = Math.max(server.lastNs, part.lastNs);
    mergeEarliest(server.served, part.served);
    mergeEarliest(server.cuts, part.cuts);
    mergeEarliest(server.unsure, part.unsure);
  });
}

function newServer(): ServerTally {
  return {
    connections: 0,
    spoken: 0,
    served: earliest(1),
    count: 0,
    lastNs: Number.NEGATIVE_INFINITY,
    cuts: earliest(MAX_CUTS),
    unsure: earliest(MAX_CUTS),
  };
}
