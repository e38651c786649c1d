/** What the rule keeps of streams of events: those that ended without their end, and the silences that others outlived. */
import type { Connection } from '../../facts/connection.js';
import { type CutResponse, cutResponsesOf } from '../judgements/cut-response.js';
import { streamingOf } from '../judgements/streaming.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';

/** Cut streams of one server that its timer is estimated from. */
const MAX_CUTS = 64;

/** One server's streams of events. */
interface ServerStreams {
  readonly cuts: Occurrences<CutResponse>;
  /** The longest silence within a stream after which another byte came, nanoseconds: a timer is longer. */
  longestSurvivedNs: number;
}

/** What the rule keeps of streams of events. */
export type SilentStreams = PerServer<ServerStreams>;

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

function newServer(): ServerStreams {
  return { cuts: newOccurrences(MAX_CUTS), longestSurvivedNs: 0 };
}
