/** Whether a server took other connections while it did not take some: then it is its queue that had no room (accept-queue-overflow). */

import type { ServerKnown } from '../tally/server-tally.js';
import { anyBetween } from '../tally/time-counts.js';

/** Fewer handshakes that were taken at once say nothing. */
export const MANY_TAKEN = 3;
/** They were taken within so long before and after. */
const AROUND_NS = 1_000_000_000;

/** Handshakes that the server took at once, and not those `notTaken`; 0 where none was near. */
export function takenMeanwhile(
  { accepted, acceptedLate, acceptedAt }: ServerKnown,
  notTaken: number,
  firstNs: number,
  lastNs: number,
): number {
  if (anyBetween(acceptedAt, firstNs - AROUND_NS, lastNs + AROUND_NS) === false) return 0;
  return Math.max(0, accepted - acceptedLate - notTaken);
}
