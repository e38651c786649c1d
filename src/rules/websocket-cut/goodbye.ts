/**
 * Whether clients may have asked for the end, in the protocol that the frames carry (MQTT's DISCONNECT, a room that is
 * left): then who hangs up does as he was told. What frames say is not known; when the client spoke last is.
 */
import { chanceOfMore, SIGNIFICANCE } from '../judgements/chance.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import type { Cut } from './incident.js';

/** A client's last word so soon before the end, and a round trip, may have asked for it. */
const GOODBYE_NS = 100_000_000;
/** Whoever takes his time over a goodbye hangs up within this. */
const LATE_GOODBYE_NS = 1_000_000_000;

/** The client spoke right before: it may have said that it leaves, and what the server still sent be the receipt. */
export function mayBeGoodbye({ clientIdleNs, roundTripNs }: Cut): boolean {
  return clientIdleNs !== null && clientIdleNs <= GOODBYE_NS + roundTripNs;
}

/** Whether that is true of more than half; or more than half ended equally long behind their client's last word, and not by chance. */
export function areGoodbyes(cuts: readonly Cut[]): boolean {
  if (2 * cuts.filter(mayBeGoodbye).length > cuts.length) return true;
  const waits = cuts
    .flatMap(({ clientIdleNs, isClientsLastControl }) =>
      clientIdleNs === null || clientIdleNs > LATE_GOODBYE_NS || isClientsLastControl ? [] : [clientIdleNs],
    )
    .sort((one, other) => one - other);
  const alike = Math.max(
    0,
    ...waits.map((from, at) => waits.filter((wait, later) => later >= at && wait - from <= ONE_MOMENT_NS).length),
  );
  if (2 * alike <= cuts.length) return false;
  return chanceOfMore(alike - 1, ((waits.length - 1) * ONE_MOMENT_NS) / LATE_GOODBYE_NS) < SIGNIFICANCE;
}
