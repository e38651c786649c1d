/** What judgements about idle connections share: when nothing can be said, and what ends one. */
import type { Connection } from '../../facts/connection.js';
import { isSeenWhole } from './message-end.js';

/** A side's last words (TLS close_notify, GOAWAY) and its FIN belong together within this time. */
export const FAREWELL_NS = 1_000_000_000;

/** The shortest timer of a NAT or firewall that anybody sets: from such a pause on the way may have forgotten a connection. */
export const SHORTEST_WAY_TIMER_NS = 30_000_000_000;

/** Bytes may have passed unseen, time is not to be trusted, or another timer rules (tunnels). */
export function isUnclear({ protocol, client, server, guards, exchanges }: Connection): boolean {
  if (protocol === 'websocket' || protocol === 'unknown') return true;
  if (guards.oneSided || guards.clockStepped || !isSeenWhole(client) || !isSeenWhole(server)) return true;
  return exchanges.some(({ response }) => response?.framing === 'tunnel' || response?.status === 101);
}
