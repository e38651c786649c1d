/**
 * Bytes that were sent and did not arrive, as the receiver's end of the path shows it: later ones came,
 * these did not, and the receiver never acknowledged them. What only the capture lost is acknowledged.
 */
import type { Connection } from '../../facts/connection.js';
import { OPPOSITE, type Side } from '../../facts/endpoint.js';

/** How many bytes of `side` lie in holes that the other side never acknowledged; 0: none. */
export function undeliveredBytesOf(connection: Connection, side: Side): number {
  const own = connection[side];
  const missing = own.lostBytes - own.snappedBytes;
  if (missing <= 0 || own.nextSequence === null || connection.guards.midStream) return 0;
  const acknowledged = connection[OPPOSITE[side]].highestAcknowledged;
  // Behind what is acknowledged stand the holes and what was seen behind them.
  return acknowledged !== null && own.nextSequence - acknowledged > missing ? missing : 0;
}
