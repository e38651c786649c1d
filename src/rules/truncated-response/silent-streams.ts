/**
 * Streams of events that end without their end (no last chunk, no END_STREAM), each after the same time
 * without a byte: an idle timer, mostly a proxy's. A single one that ends like this proves nothing, since such
 * a stream ends only with its connection.
 */
import type { Connection } from '../../facts/connection.js';
import type { Remedy } from '../../facts/finding.js';
import { secondsText } from '../../text/duration.js';
import { manyText } from '../argument/figures.js';
import { type CutResponse, cutResponsesOf } from '../judgements/cut-response.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import { streamingOf } from '../judgements/streaming.js';
import { CLUSTER_SIZE, densestWindow, timerWindow, windowWidth } from '../judgements/timer-window.js';
import {
  absorbOccurrences,
  addOccurrence,
  newOccurrences,
  type Occurrences,
  type ServerOccurrences,
} from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from '../tally/per-server.js';

/** Cut streams of one server that its timer is estimated from. */
const MAX_CUTS = 64;
/** Nobody sets an idle timer below this. */
const MIN_SILENCE_SECONDS = 1;

/** One server's streams of events. */
interface ServerStreams {
  readonly cuts: Occurrences<CutResponse>;
  /** The longest silence within a stream after which another byte came, nanoseconds: a timer is longer. */
  longestSurvivedNs: number;
}

/** What the rule keeps of streams of events. */
export type SilentStreams = PerServer<ServerStreams>;

/** A server's streams that one timer cut. */
export interface TimedStreams {
  readonly occurrences: ServerOccurrences<CutResponse>;
  readonly seconds: number;
}

/** None yet. */
export function silentStreams(): SilentStreams {
  return perServer();
}

/** Enters the streams of events of a connection. */
export function noteStreams(connection: Connection, into: SilentStreams): void {
  let server: ServerStreams | null = null;
  for (const exchange of connection.exchanges) {
    // A stream of events has no length: most answers need not be asked what they are.
    if (exchange.response === null || exchange.response.contentLength !== null) continue;
    if (streamingOf(exchange) !== 'event-stream') continue;
    server ??= tallyOf(into, connection.server.endpoint, newServer);
    if (server === null) return;
    server.longestSurvivedNs = Math.max(server.longestSurvivedNs, exchange.response.longestPauseNs);
  }
  if (server === null) return;
  const { cuts } = server;
  cutResponsesOf(connection, (cut) => addOccurrence(cuts, cut), 'event-stream');
}

/** Adds all of `from`. */
export function mergeStreams(into: SilentStreams, from: SilentStreams): void {
  mergePerServer(into, from, newServer, (server, part) => {
    absorbOccurrences(server.cuts, part.cuts);
    server.longestSurvivedNs = Math.max(server.longestSurvivedNs, part.longestSurvivedNs);
  });
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

/** What the finding says of them. */
export function streamSentences({ occurrences, seconds }: TimedStreams, name: string): string[] {
  return [
    `${manyText(occurrences.count, 'stream')} of events (text/event-stream) of ${name} ended without an end, each after ${secondsText(seconds)} without a byte: a timer for silence ran out.`,
    'A browser’s EventSource connects again; what was told in between is lost where the server does not keep it for Last-Event-ID.',
  ];
}

/** What to change. Half the time-out is what survives one lost heartbeat. */
export function streamRemedies(seconds: number): Remedy[] {
  const beat = seconds >= 2 ? Math.floor(seconds / 2) : Math.floor(seconds * 5) / 10;
  const longer = Math.max(3600, Math.ceil(seconds * 2));
  return [
    {
      component: 'application',
      text: `Send a comment line at least every ${secondsText(beat)} where there is no event (HTML §9.2.7); TCP keep-alives do not count with proxies.`,
      config: `setInterval(() => response.write(': alive\\n\\n'), ${Math.round(beat * 1000)});`,
    },
    {
      component: 'nginx',
      text: 'In the location of the stream (60 s by default).',
      config: `proxy_read_timeout ${longer}s;\nproxy_buffering off;`,
    },
    {
      component: 'haproxy',
      text: 'In a backend of its own for the streams.',
      config: `timeout server ${longer}s`,
    },
    {
      component: 'aws-alb',
      text: '60 s by default, up to 4,000 s.',
      config: `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=idle_timeout.timeout_seconds,Value=${Math.min(4000, longer)}`,
    },
    {
      component: 'envoy',
      text: 'The stream’s idle time-out, 5 min by default, and the route’s time-out, 15 s by default.',
      config: `stream_idle_timeout: ${longer}s\ntimeout: 0s`,
    },
  ];
}

function newServer(): ServerStreams {
  return { cuts: newOccurrences(MAX_CUTS), longestSurvivedNs: 0 };
}
