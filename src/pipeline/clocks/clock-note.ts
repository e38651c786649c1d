import type { CaptureFacts, ClockFacts } from '../../facts/capture.js';
import { durationText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { countText, manyText } from '../../text/size.js';

/** Most captures count in these. */
const MICROSECOND_NS = 1_000;
/** Why clocks are not known by one another. */
const READ_ONCE = 'pipes and texts are not looked at beforehand';
const IN_NEITHER = 'too few packets are in both, and too few requests that a proxy handed on';

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

/**
 * The sentence that says that captures of a run could not be compared by their clocks; `null`: another capture says so,
 * or it is not so. It stands with the first of them.
 *
 * @param captures All of the run, with the names that may be shown.
 */
export function apartNote(
  index: number,
  captures: readonly Pick<CaptureFacts, 'file' | 'timedBy' | 'startEpochNs'>[],
): string | null {
  const clocks = new Map<number, string>();
  // Without packets, or without their times, there is nothing to compare.
  for (const [at, { file, timedBy, startEpochNs }] of captures.entries())
    if (startEpochNs !== null && !clocks.has(timedBy ?? at)) clocks.set(timedBy ?? at, file);
  const [first, ...others] = clocks;
  if (first === undefined || others.length === 0 || first[0] !== index) return null;
  const whose = others.map(([, file]) => `that of ${file}`);
  const isReadOnce = captures.some(({ timedBy, startEpochNs }) => timedBy === null && startEpochNs !== null);
  return `its clock and ${listText(whose)} could not be compared (${isReadOnce ? READ_ONCE : IN_NEITHER}): what rests on both holds only if the clocks agree`;
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
