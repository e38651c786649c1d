/** What became of one finding between two reports, by the chance of its counts (rates.ts). */
import type { ComparisonDocument } from './comparison-schema.js';
import { chanceOfFewer, chanceOfMore, connectionsNeeded, type Observed, ratioOf } from './rates.js';

/** A split as uneven, or more so, comes by chance this often: less is no chance any more. */
export const CHANCE = 0.05;
/** A rate is called the same when its ratio is known to lie within this factor of 1. */
const SAME_WITHIN = 2;

type Compared = ComparisonDocument['findings'][number];
type Side = Compared['before'];

/** What became of it, and the figures that say so. */
export function judged(
  before: Side,
  after: Side,
  ranBefore: boolean,
  ranAfter: boolean,
): Pick<Compared, 'change' | 'because' | 'ratio' | 'chance' | 'connectionsNeeded'> {
  const none = { ratio: null, chance: null, connectionsNeeded: null };
  if (!ranBefore || !ranAfter)
    return { ...none, change: 'undecided', because: `the rule did not run ${ranBefore ? 'after' : 'before'}` };
  if (before.connections === 0 || after.connections === 0) {
    const when = before.connections === 0 ? 'before' : 'after';
    return { ...none, change: 'undecided', because: `the server has no connection in the capture ${when}` };
  }
  const [old, now] = [eventsOf(before), eventsOf(after)];
  const ratio = ratioOf(old, now);
  const fewer = chanceOfFewer(old, now);
  const more = chanceOfMore(old, now);
  const figures = {
    // JSON knows no infinity: null is a ratio to nothing, and a bound that there is not.
    ratio:
      before.occurrences === 0 || before.isOneEvent || after.isOneEvent
        ? null
        : { value: ratio.value, low: ratio.low, high: finite(ratio.high) },
    chance: Math.min(1, before.occurrences === 0 ? more : after.occurrences === 0 ? fewer : 2 * Math.min(fewer, more)),
    connectionsNeeded: null,
  };
  const { chance } = figures;
  const asOne = [before.isOneEvent ? 'before' : '', after.isOneEvent ? 'after' : ''].filter((when) => when !== '');
  const caution =
    asOne.length === 0 ? '' : `; those ${asOne.join(' and ')} count as one event, they came within a moment`;
  if (after.occurrences === 0) {
    if (chance < CHANCE)
      return { ...figures, change: 'gone', because: `none after, which chance does not explain${caution}` };
    const needed = connectionsNeeded(old, CHANCE);
    const because = `none after, in too few connections to tell from chance${caution}`;
    return { ...figures, change: 'undecided', because, connectionsNeeded: needed };
  }
  if (before.occurrences === 0) {
    return chance < CHANCE
      ? { ...figures, change: 'new', because: `none before, which chance does not explain${caution}` }
      : {
          ...figures,
          change: 'undecided',
          because: `first seen after, and chance may have kept it away before${caution}`,
        };
  }
  if (chance < CHANCE) {
    const change = fewer < more ? 'rarer' : 'more-frequent';
    return { ...figures, change, because: `a difference that chance does not explain${caution}` };
  }
  const isSame = ratio.low > 1 / SAME_WITHIN && ratio.high < SAME_WITHIN;
  return isSame
    ? { ...figures, change: 'same', because: `as frequent as before, as far as the counts tell${caution}` }
    : { ...figures, change: 'undecided', because: `too few to tell a difference from chance${caution}` };
}

/** Counts for the tests: what may be one event is one. */
function eventsOf({ occurrences, connections, isOneEvent }: Side): Observed {
  return { occurrences: isOneEvent ? 1 : occurrences, connections };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
