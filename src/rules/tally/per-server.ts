import type { Endpoint } from '../../facts/endpoint.js';
import { endpointText } from '../../text/address.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from './bounded-table.js';

/**
 * Servers of which a rule keeps a tally. A capture taken at a server or its proxy shows a few
 * dozen; one of a crawler shows tens of thousands, of which these are a fair sample.
 */
const MAX_SERVERS = 1024;

/** Tallies by server endpoint. */
export interface PerServer<T> {
  readonly table: BoundedTable<{ readonly endpoint: Endpoint; readonly tally: T }>;
}

/** No servers yet, and room for `limit`. */
export function perServer<T>(limit = MAX_SERVERS): PerServer<T> {
  return { table: boundedTable(limit) };
}

/** The server's tally, made when it is new; `null` when its server is left out. */
export function tallyOf<T>(servers: PerServer<T>, endpoint: Endpoint, make: () => T): T | null {
  return entryOf(servers.table, endpointText(endpoint), () => ({ endpoint, tally: make() }))?.tally ?? null;
}

/** Adds all of `from`, server by server. */
export function mergePerServer<T>(
  into: PerServer<T>,
  from: PerServer<T>,
  make: () => T,
  mergeTally: (into: T, from: T) => void,
): void {
  mergeTable(
    into.table,
    from.table,
    ({ endpoint }) => ({ endpoint, tally: make() }),
    (whole, part) => mergeTally(whole.tally, part.tally),
  );
}

/** All servers, ordered by endpoint, so that what is concluded does not depend on who came first. */
export function serversOf<T>(servers: PerServer<T>): { readonly endpoint: Endpoint; readonly tally: T }[] {
  return Object.entries(servers.table.entries)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, server]) => server);
}
