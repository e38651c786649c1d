/** Whether handshakes that were taken late stand apart among others, as single lost segments do, or come together, as with a queue that is full. */
import { countAround, type TimeCounts } from '../tally/time-counts.js';
import type { LateAccept } from './incident.js';

/** Of all handshakes meanwhile, from this share on it is more than a path loses. */
const LARGE_SHARE = 0.25;
/** So many one after the other, of which the share is at least that: a queue leaves out nearly all while it is full. */
const MANY_TOGETHER = 6;
const SHARE_TOGETHER = 2 / 3;

/**
 * @param late In order of time, the earliest.
 * @param count How many there are in all; `prompt`: that were taken at once.
 * @param acceptedAt When handshakes were completed, these among them.
 */
export function areScattered(
  late: readonly Pick<LateAccept, 'syn'>[],
  count: number,
  prompt: number,
  acceptedAt: TimeCounts,
): boolean {
  if (count / (count + prompt) >= LARGE_SHARE) return false;
  return !late.some((last, at) => {
    const first = late[at - MANY_TOGETHER + 1];
    if (first === undefined) return false;
    const others = countAround(acceptedAt, first.syn.atNs, last.syn.atNs);
    return MANY_TOGETHER / (MANY_TOGETHER + others) >= SHARE_TOGETHER;
  });
}
