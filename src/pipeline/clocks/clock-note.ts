import type { CaptureFacts, ClockFacts } from '../../facts/capture.js';
import { durationText } from '../../text/duration.js';
import { countText, manyText } from '../../text/size.js';

/** Most captures count in these. */
const MICROSECOND_NS = 1_000;

/**
 * The sentence that says how a capture's clock differs and what was made of it; `null`: it does not, or another
 * file of the same ring says so.
 *
 * @param captures All of the run, with the names that may be shown.
 */
export function clockNote(index: number, captures: readonly Pick<CaptureFacts, 'file' | 'clock'>[]): string | null {
  const clock = captures[index]?.clock ?? null;
  if (clock === null || clock.first !== index) return null;
  const seconds = secondsOf(clock);
  const isAhead = seconds > 0;
  const others = captures.filter((other) => other.clock?.first === index).length - 1;
  const whose = others === 0 ? 'its clock' : `its clock, which is that of ${manyText(others, 'other file')} too,`;
  const difference = `${microseconds(Math.abs(seconds))} ${isAhead ? 'ahead of' : 'behind'} that of ${captures[clock.reference]?.file ?? ''}`;
  const within = `to within ${durationText(Math.max(clock.withinNs, MICROSECOND_NS))}`;
  const whoseTimes = others === 0 ? 'its' : 'their';
  return `${whose} is ${difference}${driftText(clock)} (${proofText(clock)}, ${within}): ${whoseTimes} times are set ${isAhead ? 'back' : 'forward'} by that`;
}

/** What was done to the times of a capture: `set back by 1.800002 s`. */
export function settingText(clock: ClockFacts): string {
  const seconds = secondsOf(clock);
  return `set ${seconds > 0 ? 'back' : 'forward'} by ${microseconds(Math.abs(seconds))}`;
}

function secondsOf({ aheadSeconds, aheadNanoseconds }: ClockFacts): number {
  return aheadSeconds + aheadNanoseconds / 1e9;
}

function proofText({ by, count }: ClockFacts): string {
  return by === 'packets'
    ? `${manyText(count, 'packet')} that two captures hold`
    : `${manyText(count, 'request')} that a proxy handed on`;
}

function driftText({ drift }: ClockFacts): string {
  if (drift === 0) return '';
  return ` and ${drift > 0 ? 'gains' : 'loses'} ${durationText(Math.abs(drift) * 1e9)} each second`;
}

/** `3,600.000213 s`: to add to a time as it is. */
function microseconds(seconds: number): string {
  const [whole = '0', fraction = ''] = seconds.toFixed(6).split('.');
  return `${countText(Number(whole))}.${fraction} s`;
}
