/**
 * A proxy that hands on what comes as it comes stands still with whom it hands it on to: both its legs
 * have a closed window at the same time. The one that opens first is the cause, the other opens for it. Of two
 * captures whose clocks were not compared nobody knows what is at the same time.
 */
import type { CaptureFacts } from '../../facts/capture.js';
import { endpointText } from '../../text/address.js';
import { isOneClock } from '../judgements/one-clock.js';
import type { Stall } from './incident.js';

/** A proxy goes on within this of the moment when it can. */
const GOES_ON_NS = 50_000_000;
/** Its buffers fill a little sooner or later than those behind it. */
const CLOSES_NS = 500_000_000;

/** The stall that another one only passes on, by what it passes on; both are compared by the windows of one side. */
export function causeOf(stall: Stall, all: readonly Stall[], captures: readonly CaptureFacts[]): Stall | null {
  return all.find((other) => passesOn(stall, other) && isOneClock(stall.packet, other.packet, captures)) ?? null;
}

function passesOn(stall: Stall, cause: Stall): boolean {
  if (stall.side !== cause.side || endpointText(stall.server) === endpointText(cause.server)) return false;
  if (stall.closure.openedBy === null || cause.closure.openedBy === null) return false;
  const delayNs = openedNs(stall) - openedNs(cause);
  if (delayNs < 0 || delayNs > GOES_ON_NS) return false;
  // It may have closed later by what its buffers took; hardly sooner.
  return stall.closure.startNs >= cause.closure.startNs - CLOSES_NS;
}

function openedNs({ closure }: Stall): number {
  return closure.startNs + closure.durationNs;
}
