/**
 * What the rule keeps of a run: plain data whose merge is associative and commutative.
 *
 * What a single connection shows of an incident is decided when it ends. Incidents of one server
 * that agree in all of it are counted together as a *class*; the earliest of each class are kept
 * whole. Incidents that find no room are counted by what is missing: the total less those kept.
 */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { endpointText } from '../../text/address.js';
import { type BoundedTable, boundedTable, mergeTable } from '../tally/bounded-table.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from '../tally/per-server.js';
import type { Incident } from './incident.js';
import { type IncidentClass, mergeClass, newClass, noteInClass } from './incident-class.js';

/** Servers with incidents, and classes of incidents at one server: each holds up to MAX_EVIDENCE incidents of some kilobytes. */
export const MAX_FAILING_SERVERS = 256;
const MAX_CLASSES = 8;

/** One server's incidents, by class. */
interface ServerFailures {
  /** All of them; those of classes that found no room too. */
  incidents: number;
  readonly classes: BoundedTable<IncidentClass>;
}

/** Incidents of one sort, by server. */
interface Failing {
  /** All of them; those at servers that found no room too. */
  incidents: number;
  readonly servers: PerServer<ServerFailures>;
}

/** The rule's tally: plain data. */
export interface RstAfterRequestTally {
  /** Resets of what is known, or likely, to be a request. */
  readonly requests: Failing;
  /** Resets in TLS that met nobody knows what, kept apart: most of them mean nothing, and must not take the room of the others. */
  readonly encrypted: Failing;
}

/** Nothing seen yet. */
export function newTally(): RstAfterRequestTally {
  return {
    requests: { incidents: 0, servers: perServer(MAX_FAILING_SERVERS) },
    encrypted: { incidents: 0, servers: perServer(MAX_FAILING_SERVERS) },
  };
}

/** Adds all of `from`. */
export function mergeTally(into: RstAfterRequestTally, from: RstAfterRequestTally): void {
  for (const sort of ['requests', 'encrypted'] as const) {
    into[sort].incidents += from[sort].incidents;
    mergePerServer(into[sort].servers, from[sort].servers, newFailures, mergeFailures);
  }
}

/** Counts an incident, and keeps it where there is room. */
export function noteIncident(incident: Incident, connection: Connection, tally: RstAfterRequestTally): void {
  const failing = incident.outstanding === 'unknown-bytes' ? tally.encrypted : tally.requests;
  failing.incidents += 1;
  const failures = tallyOf(failing.servers, connection.server.endpoint, newFailures);
  if (failures === null) return;
  failures.incidents += 1;
  noteInClass(incident, connection, failures.classes);
}

/** A server with incidents of either sort. */
export interface FailingServer {
  readonly endpoint: Endpoint;
  readonly incidents: number;
  /** In an order that does not depend on who came first. */
  readonly classes: readonly IncidentClass[];
}

/** All servers with incidents that were kept, ordered by endpoint. */
export function failingServers(tally: RstAfterRequestTally): FailingServer[] {
  const found = new Map<string, FailingServer>();
  for (const { servers } of [tally.requests, tally.encrypted])
    for (const { endpoint, tally: failures } of serversOf(servers)) {
      const key = endpointText(endpoint);
      const known = found.get(key);
      const classes = Object.entries(failures.classes.entries)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([, incidents]) => incidents);
      found.set(key, {
        endpoint,
        incidents: (known?.incidents ?? 0) + failures.incidents,
        classes: [...(known?.classes ?? []), ...classes],
      });
    }
  return [...found.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, server]) => server);
}

/** Incidents at servers that found no room: told, since nothing else of them is. */
export function incidentsLeftOut({ requests, encrypted }: RstAfterRequestTally): number {
  let left = 0;
  for (const { incidents, servers } of [requests, encrypted]) {
    left += incidents;
    for (const { tally } of serversOf(servers)) left -= tally.incidents;
  }
  return left;
}

function newFailures(): ServerFailures {
  return { incidents: 0, classes: boundedTable(MAX_CLASSES) };
}

function mergeFailures(into: ServerFailures, from: ServerFailures): void {
  into.incidents += from.incidents;
  mergeTable(into.classes, from.classes, newClass, mergeClass);
}
