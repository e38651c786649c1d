import { chanceText } from '../../text/chance.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import type { TimeWindow } from '../judgements/time-window.js';

/** A time window among a rule's figures: seconds since the run's first packet. */
export interface TimeWindowFacts {
  readonly fromSeconds: number;
  readonly untilSeconds: number;
  readonly answeredBefore: number;
  readonly answeredAfter: number;
  readonly p: number;
}

/** The time in which all failed requests fall, as a sentence; `failed` is what became of them. */
export function windowText(
  { fromNs, untilNs, failed: count, answeredBefore, answeredAfter, p }: TimeWindow,
  failed = 'reset',
): string {
  const [from, until] = [durationText(fromNs), durationText(untilNs)];
  const when = from === until ? `at ${from}` : `from ${from} to ${until}`;
  const others =
    answeredAfter === 0
      ? `${countText(answeredBefore)} were answered before and none since`
      : answeredBefore === 0
        ? `none was answered before and ${countText(answeredAfter)} since`
        : `none was answered meanwhile, ${countText(answeredBefore)} before and ${countText(answeredAfter)} since`;
  return `All ${countText(count)} were ${failed} ${when} into the capture; ${others} (chance of that: ${chanceText(p)}).`;
}

/** The same among a rule's figures. */
export function windowFacts(window: TimeWindow | null): TimeWindowFacts | null {
  if (window === null) return null;
  const { fromNs, untilNs, answeredBefore, answeredAfter, p } = window;
  return { fromSeconds: fromNs / 1e9, untilSeconds: untilNs / 1e9, answeredBefore, answeredAfter, p };
}
