/**
 * A proxy that hands on what comes as it comes stands still with whom it hands it on to: its other leg is stalled
 * too, later by what its buffers take, and goes on right behind. The leg that goes on first is the cause. Of two
 * captures whose clocks were not compared nobody knows which that is.
 */
import type { CaptureFacts } from '../../facts/capture.js';
import { endpointText } from '../../text/address.js';
import { isOneClock } from '../judgements/one-clock.js';
import type { Stall } from './incident.js';

/** A proxy goes on within this of the moment when it can. */
const GOES_ON_NS = 50_000_000;
/** Its buffers fill a little sooner or later than those of the cause. */
const FILLS_NS = 500_000_000;

/** The stall that another one only passes on; `null`: it has its own cause. */
export function causeOf(stall: Stall, all: readonly Stall[], captures: readonly CaptureFacts[]): Stall | null {
  return all.find((other) => passesOn(stall, other) && isOneClock(stall.packet, other.packet, captures)) ?? null;
}

/** Whether the time that it lasted is one clock's. */
export function isTimed({ packet, endPacket }: Stall, captures: readonly CaptureFacts[]): boolean {
  return endPacket === null || isOneClock(packet, endPacket, captures);
}

function passesOn(stall: Stall, cause: Stall): boolean {
  if (isUpload(stall) !== isUpload(cause) || endpointText(stall.server) === endpointText(cause.server)) return false;
  // A window for an upload is given from behind; an answer is taken up, or left, from in front.
  const delayNs = stall.endNs - cause.endNs;
  if (delayNs < 0 || delayNs > GOES_ON_NS) return false;
  return stall.atNs >= cause.atNs - FILLS_NS;
}

function isUpload({ kind }: Stall): boolean {
  return kind === 'upload';
}
