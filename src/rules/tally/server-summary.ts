/** What a report says of a server, of all that was counted of it. */
import type { ServerSummary, TimeToFirstByte } from '../../facts/summary.js';
import { estimateIdleTimeout, type IdleClose } from '../judgements/idle-timeout.js';
import { type LogHistogram, percentileOf } from './log-histogram.js';
import type { ServerFigures } from './server-figures.js';

const NO_CLOSES: readonly IdleClose[] = [];

/** Whom to ask for names (rules/tally/name-table). */
export interface NameSource {
  namesOf(address: string, port: number): readonly string[];
}

/** The summary: time-outs estimated, times in seconds. */
export function summaryOf(figures: ServerFigures, names: NameSource): ServerSummary {
  const { address, port, connections, undecrypted, exchanges, requests, serverErrors, resets, longestAnsweredNs } =
    figures;
  const estimate = estimateIdleTimeout(figures.idleCloses?.items ?? [], longestAnsweredNs);
  const request = estimateIdleTimeout(figures.requestTimeouts?.items ?? [], 0);
  return {
    address,
    port,
    names: names.namesOf(address, port),
    connections,
    undecrypted,
    exchanges,
    requests,
    serverErrors,
    resets,
    idleTimeoutSeconds: estimate?.seconds ?? null,
    idleTimeoutSamples: estimate?.samples ?? 0,
    idleCloseSeconds: (figures.idleCloses?.items ?? NO_CLOSES).map(({ idleNs }) => idleNs / 1e9).sort((a, b) => a - b),
    longestAnsweredIdleSeconds: longestAnsweredNs > 0 ? longestAnsweredNs / 1e9 : null,
    statuses: [...(figures.statuses ?? [])]
      .map(([status, count]) => ({ status, count }))
      .sort((one, other) => one.status - other.status),
    requestTimeoutSeconds: request?.seconds ?? null,
    requestTimeoutSamples: request?.samples ?? 0,
    roundTripToServerSeconds: medianSeconds(figures.toServer),
    roundTripToClientsSeconds: medianSeconds(figures.toClients),
    timeToFirstByte: timeToFirstByteOf(figures.firstBytes),
  };
}

function medianSeconds(of: LogHistogram | null): number | null {
  const median = of === null ? null : percentileOf(of, 0.5);
  return median === null ? null : seconds(median);
}

function timeToFirstByteOf(of: LogHistogram | null): TimeToFirstByte | null {
  if (of === null || of.count === 0) return null;
  const at = (share: number): number => seconds(percentileOf(of, share) ?? 0);
  return {
    samples: of.count,
    p50Seconds: at(0.5),
    p95Seconds: at(0.95),
    p99Seconds: at(0.99),
    maxSeconds: seconds(of.greatest),
  };
}

/** Whole nanoseconds, in seconds. */
function seconds(ns: number): number {
  return Math.round(ns) / 1e9;
}
