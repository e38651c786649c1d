/**
 * Streams of events that end without their end (no last chunk, no END_STREAM), each after the same time
 * without a byte: an idle timer, mostly a proxy's. A single one that ends like this proves nothing, since such
 * a stream ends only with its connection.
 */
import type { CutResponse } from '../judgements/cut-response.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import { CLUSTER_SIZE, densestWindow, timerWindow, windowWidth } from '../judgements/timer-window.js';
import type { ServerOccurrences } from '../tally/occurrences.js';
import { serversOf } from '../tally/per-server.js';
import type { SilentStreams } from './silent-streams.js';

/** Nobody sets an idle timer below this. */
const MIN_SILENCE_SECONDS = 1;

/** A server's streams that one timer cut. */
export interface TimedStreams {
  readonly occurrences: ServerOccurrences<CutResponse>;
  readonly seconds: number;
}

/** Server by server, those that one timer cut. */
export function timedStreamsOf(streams: SilentStreams): TimedStreams[] {
  return serversOf(streams).flatMap(({ endpoint, tally }) => {
    const pauses = tally.cuts.earliest.items.map(({ pauseNs }) => pauseNs);
    if (pauses.length < CLUSTER_SIZE) return [];
    const { pattern, seconds, agreeing } = timerWindow(pauses, tally.longestSurvivedNs);
    if (pattern !== 'timer' || agreeing < CLUSTER_SIZE || seconds < MIN_SILENCE_SECONDS) return [];
    const { edgeNs } = densestWindow(pauses);
    const items = tally.cuts.earliest.items.filter(
      ({ pauseNs }) => pauseNs >= edgeNs && pauseNs <= edgeNs + windowWidth(edgeNs),
    );
    const [first] = items;
    // A server that sends each event to all of them has been equally silent to each when it is stopped: that is no timer.
    if (first === undefined || !items.some(({ atNs }) => atNs - first.atNs > ONE_MOMENT_NS)) return [];
    const count = tally.cuts.count - (pauses.length - items.length);
    return [{ occurrences: { ...tally.cuts, endpoint, items, first, count }, seconds }];
  });
}
