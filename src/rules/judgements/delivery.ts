/**
 * Whether and when what a side sent had arrived: of bytes that were sent again nobody knows it before
 * their last copy, and a wait until then is the path's, not the other side's.
 */
import { type Connection, MAX_RESENDS, type SideFacts } from '../../facts/connection.js';

/** Header of a TLS record. RFC 8446 §5.1. */
const RECORD_HEADER = 5;

/**
 * When `side` last sent bytes again after `fromNs` and not after `toNs`; `null`: it did not.
 *
 * Between the last two times that are kept there may be any number of others: then it is as late as can be.
 */
export function lastResendIn(
  { resends, retransmissions }: Pick<SideFacts, 'resends' | 'retransmissions'>,
  fromNs: number,
  toNs: number,
): number | null {
  let last: number | null = null;
  for (const { atNs } of resends) if (atNs > fromNs && atNs <= toNs) last = atNs;
  if (retransmissions <= MAX_RESENDS) return last;
  const [before, end] = resends.slice(-2);
  if (before === undefined || end === undefined || before.atNs >= toNs || end.atNs <= fromNs) return last;
  return Math.min(end.atNs, toNs);
}

/**
 * Whether all that the client had sent when it closed was acknowledged by then, but for its FIN and, in
 * TLS without keys, the alert before it.
 */
export function wasDelivered({ client, server, close, tls, protocol }: Connection): boolean {
  const fins = close.segments.some(({ kind, from }) => kind === 'fin' && from === 'client') ? 1 : 0;
  const alert = protocol === 'tls' && tls?.client.closeNotify === 'probable' ? tls.client.lastRecord : null;
  const farewell = alert === null ? 0 : RECORD_HEADER + alert.length;
  const acknowledged = server.highestAcknowledged ?? 0;
  if (acknowledged < (client.nextSequence ?? Number.POSITIVE_INFINITY) - fins - farewell) return false;
  const own = close.segments.find(({ from }) => from === 'client');
  if (own === undefined) return true;
  // What is acknowledged in the end may have been on its way again when the client had left.
  return !client.resends.some(({ atNs, sequence }) => atNs > own.atNs && sequence < own.sequence - farewell);
}
