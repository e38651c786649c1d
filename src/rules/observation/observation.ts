/**
 * What all rules may ask of a run beside their own tallies: how each server does when all is well,
 * which exchange was made when, how addresses fared as clients.
 *
 * Observed once for all rules, before they are shown the connection, and handed to them when they
 * conclude (rules/rule.ts, `Conclusion`). So a rule keeps what is suspicious to it, and looks at
 * nothing else. Plain data; merging is associative and commutative.
 */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { endpointText } from '../../text/address.js';
import { abruptEndOf } from '../judgements/abrupt-end.js';
import { type Activity, activity, mergeActivity } from '../tally/activity.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { type Endings, endings, mergeEndings, noteEnding } from '../tally/endings.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { mergeBaseline, type ServerBaseline, serverBaseline } from '../tally/server-baseline.js';
import { observeClient } from './clients.js';
import { logExchanges, mergeExchangeLogs } from './exchange-log.js';
import { type ExchangeLog, exchangeLog } from './exchange-rows.js';
import { observeServer } from './server.js';

/** Addresses of which it is known how they fared as clients. */
const MAX_CLIENTS = 1024;
/** Failed exchanges kept beyond what finds room among all: some 2 MB. */
const MAX_FAILURES = 16_384;
/** No packet is as early. */
const NEVER_NS = Number.MIN_SAFE_INTEGER;

/** See the head of this file. */
export interface Observation {
  readonly servers: PerServer<ServerBaseline>;
  readonly clients: BoundedTable<Activity>;
  readonly exchanges: ExchangeLog;
  /** Exchanges without a response, and those answered 5xx. */
  readonly failures: ExchangeLog;
  /** Connections that servers ended without a word, by moment. */
  readonly endings: Endings;
  /** Connections that have ended, and those of them of which the capture lost bytes that were exchanged. */
  connections: number;
  gapped: number;
  /** The latest packet of any connection, nanoseconds: as far as the run is known to reach. */
  endNs: number;
}

/** Nothing seen yet. */
export function newObservation(): Observation {
  return {
    servers: perServer(),
    clients: boundedTable(MAX_CLIENTS),
    exchanges: exchangeLog(),
    failures: exchangeLog(MAX_FAILURES),
    endings: endings(),
    connections: 0,
    gapped: 0,
    endNs: NEVER_NS,
  };
}

/** Enters a finished connection, or a batch of its exchanges. */
export function observe(connection: Connection, into: Observation): void {
  if (connection.endNs > into.endNs) into.endNs = connection.endNs;
  if (!connection.goesOn) {
    into.connections += 1;
    if (hasGap(connection)) into.gapped += 1;
    const ending = abruptEndOf(connection);
    if (ending !== null) noteEnding(into.endings, connection.server.endpoint, ending);
  }
  const baseline = tallyOf(into.servers, connection.server.endpoint, serverBaseline);
  if (baseline !== null) observeServer(connection, baseline);
  const fared = entryOf(into.clients, connection.client.endpoint.address, activity);
  if (fared !== null) observeClient(connection, fared);
  logExchanges(connection, into.exchanges, into.failures);
}

/** Bytes are missing that no snap length cut, of a side that was captured. */
function hasGap({ client, server, guards }: Connection): boolean {
  return client.lostBytes + server.lostBytes > client.snappedBytes + server.snappedBytes && !guards.oneSided;
}

/** Adds all of `from`. */
export function mergeObservation(into: Observation, from: Observation): void {
  mergePerServer(into.servers, from.servers, serverBaseline, mergeBaseline);
  mergeTable(into.clients, from.clients, activity, mergeActivity);
  mergeExchangeLogs(into.exchanges, from.exchanges);
  mergeExchangeLogs(into.failures, from.failures);
  mergeEndings(into.endings, from.endings);
  into.connections += from.connections;
  into.gapped += from.gapped;
  into.endNs = Math.max(into.endNs, from.endNs);
}

/** What is known of a server; a baseline of nothing where there was no room for it. */
export function baselineOf({ servers }: Observation, endpoint: Endpoint): ServerBaseline {
  return servers.table.entries[endpointText(endpoint)]?.tally ?? serverBaseline();
}
