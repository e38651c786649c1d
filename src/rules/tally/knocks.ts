/** Which endpoints each client tried in vain: one that tries many different ones is a scanner. */
import type { Connection } from '../../facts/connection.js';
import { endpointText } from '../../text/address.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from './bounded-table.js';

/** Clients told apart: a flood of SYNs from invented addresses must not hide a scanner. */
const MAX_CLIENTS = 4096;
/** A proxy's pool has a handful of servers that are all down; who is turned away by so many different ones is looking for any. */
const SCANNED_ENDPOINTS = 16;

/** By client address, the endpoints, lowest first, at most {@link SCANNED_ENDPOINTS}. */
export type KnockedAt = BoundedTable<string[]>;

/** None yet. */
export function knockedAt(): KnockedAt {
  return boundedTable(MAX_CLIENTS);
}

/** Enters a connection attempt that came to nothing. */
export function noteKnock(into: KnockedAt, { client, server }: Connection): void {
  const endpoints = entryOf<string[]>(into, client.endpoint.address, () => []);
  if (endpoints !== null) noteLowest(endpoints, endpointText(server.endpoint));
}

/** Adds all of `from`. */
export function mergeKnocks(into: KnockedAt, from: KnockedAt): void {
  mergeTable<string[]>(
    into,
    from,
    () => [],
    (whole, part) => {
      for (const endpoint of part) noteLowest(whole, endpoint);
    },
  );
}

/** Whether the clients of all these attempts are scanners. */
export function areScanners(
  from: KnockedAt,
  attempts: readonly { readonly client: { readonly address: string } }[],
): boolean {
  return attempts.every(({ client }) => endpointsOf(from, client.address) >= SCANNED_ENDPOINTS);
}

/** How many different endpoints turned a client away, at most {@link SCANNED_ENDPOINTS}. */
export function endpointsOf(from: KnockedAt, address: string): number {
  return from.entries[address]?.length ?? 0;
}

function noteLowest(into: string[], endpoint: string): void {
  // A scanner knocks a million times: what does not belong here is told by one comparison.
  if (into.length === SCANNED_ENDPOINTS && endpoint > into[SCANNED_ENDPOINTS - 1]) return;
  if (into.includes(endpoint)) return;
  into.push(endpoint);
  into.sort();
  if (into.length > SCANNED_ENDPOINTS) into.pop();
}
