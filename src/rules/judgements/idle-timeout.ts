/**
 * After how long a server closes an idle connection, estimated from its closes (rules.md §0.5).
 *
 * A timer fires late and never early, so the estimate is not the mean: it is the lower edge of the
 * narrow window that holds most of the idle times. Closes that no timer explains (a restart that
 * closes all at once, a limit on the number of requests) are left out first, and where a request
 * was answered after a longer idle, or the idle times have no common window (a poller, several
 * timers), there is no estimate at all rather than a wrong one.
 */

import type { PacketReference } from '../../facts/packet-reference.js';

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

/** The window is as wide as 3 % of its lower edge, at least 0.25 s: what scheduling and round trips add to a timer. */
export const WINDOW_SHARE = 0.03;
export const MIN_WINDOW_NS = 250_000_000;
/** Fewer closes in the window may agree by chance. */
export const MIN_SAMPLES = 3;
/** Share of the closes that the window must hold; below it they have no one timer behind them. */
export const MIN_SHARE = 0.6;
/** So many closes within so short a time, with different idle times, are a restart or reload. */
export const MASS_CLOSES = 3;
export const MASS_CLOSE_NS = 50_000_000;
/** An equal number of requests on each closed connection, from here on, is a limit on requests (nginx 1000, Apache 100), not idleness. */
export const MIN_REQUEST_LIMIT = 20;
/** Configured time-outs are whole seconds: an estimate this near to one is taken for it. */
const ROUNDING_SHARE = 0.02;

/** The server's idle time-out; `null` when its closes do not tell. `longestAnsweredNs`: the longest idle period after which a request was still answered. */
export function estimateIdleTimeout(closes: readonly IdleClose[], longestAnsweredNs: number): IdleTimeout | null {
  if (hasRequestLimit(closes)) return null;
  const idles = withoutMassCloses(closes)
    .map((close) => close.idleNs)
    .sort((a, b) => a - b);
  const window = densestWindow(idles);
  if (window.count < MIN_SAMPLES || window.count < MIN_SHARE * idles.length) return null;
  if (longestAnsweredNs > window.edgeNs + windowWidth(window.edgeNs)) return null;
  return { seconds: roundedSeconds(window.edgeNs), samples: window.count };
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
    const { count } = densestWindow(group.map(({ idleNs }) => idleNs).sort((a, b) => a - b));
    return count >= MIN_SHARE * group.length;
  });
}

/** The window that holds most of the idle times (ascending), the lowest of equals. */
function densestWindow(idles: readonly number[]): { edgeNs: number; count: number } {
  let edgeNs = 0;
  let count = 0;
  let end = 0;
  idles.forEach((edge, index) => {
    while (end < idles.length && (idles[end] ?? 0) <= edge + windowWidth(edge)) end += 1;
    if (end - index > count) {
      count = end - index;
      edgeNs = edge;
    }
  });
  return { edgeNs, count };
}

function windowWidth(edgeNs: number): number {
  return Math.max(MIN_WINDOW_NS, WINDOW_SHARE * edgeNs);
}

function roundedSeconds(ns: number): number {
  const seconds = ns / 1e9;
  const whole = Math.round(seconds);
  if (Math.abs(seconds - whole) <= ROUNDING_SHARE * whole) return whole;
  return Math.round(seconds * 1000) / 1000;
}
