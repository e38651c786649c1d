/**
 * After how long a server closes an idle connection, estimated from its closes (docs/judging.md).
 *
 * Closes that no timer explains (a restart that closes all at once, a limit on the number of
 * requests) are left out first. Where the others have no one timer behind them (timer-window.ts),
 * there is no estimate at all rather than a wrong one.
 */
import type { PacketReference } from '../../facts/packet-reference.js';
import { densestWindow, MIN_SHARE, timerWindow } from './timer-window.js';

/** A close by the server that nothing but idleness provoked. */
export interface IdleClose {
  /** From the last payload byte to the server's FIN, RST or farewell (TLS alert, GOAWAY). */
  readonly idleNs: number;
  /** When it closed. Nanoseconds since the run's first packet. */
  readonly atNs: number;
  /** Its FIN or RST. */
  readonly packet: PacketReference;
  readonly stream: number;
  /** Requests that the connection had carried; 0 where they cannot be counted (TLS without keys). */
  readonly requests: number;
}

/** See {@link estimateIdleTimeout}. */
export interface IdleTimeout {
  readonly seconds: number;
  /** Closes within the window. */
  readonly samples: number;
}

/** Fewer closes in the window may agree by chance. */
export const MIN_SAMPLES = 3;
/** So many closes within so short a time, with different idle times, are a restart or reload. */
export const MASS_CLOSES = 3;
export const MASS_CLOSE_NS = 50_000_000;
/** An equal number of requests on each closed connection, from here on, is a limit on requests (nginx 1000, Apache 100), not idleness. */
export const MIN_REQUEST_LIMIT = 20;
/** The server's idle time-out; `null` when its closes do not tell. `longestAnsweredNs`: the longest idle period after which a request was still answered. */
export function estimateIdleTimeout(closes: readonly IdleClose[], longestAnsweredNs: number): IdleTimeout | null {
  if (hasRequestLimit(closes)) return null;
  const idles = withoutMassCloses(closes).map(({ idleNs }) => idleNs);
  const { pattern, seconds, agreeing } = timerWindow(idles, longestAnsweredNs);
  return pattern === 'timer' && agreeing >= MIN_SAMPLES ? { seconds, samples: agreeing } : null;
}

function hasRequestLimit(closes: readonly IdleClose[]): boolean {
  const limit = closes[0]?.requests ?? 0;
  return (
    limit >= MIN_REQUEST_LIMIT && closes.length >= MIN_SAMPLES && closes.every((close) => close.requests === limit)
  );
}

/** Closes that stand alone, or whose neighbours in time had been idle equally long (connections used together). */
export function withoutMassCloses(closes: readonly IdleClose[]): IdleClose[] {
  const inTime = [...closes].sort((a, b) => a.atNs - b.atNs);
  let first = 0;
  let end = 0;
  return inTime.filter((close) => {
    while (close.atNs - (inTime[first]?.atNs ?? 0) > MASS_CLOSE_NS) first += 1;
    while (end < inTime.length && (inTime[end]?.atNs ?? 0) - close.atNs <= MASS_CLOSE_NS) end += 1;
    const group = inTime.slice(first, end);
    if (group.length < MASS_CLOSES) return true;
    const { count } = densestWindow(group.map(({ idleNs }) => idleNs));
    return count >= MIN_SHARE * group.length;
  });
}
