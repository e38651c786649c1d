/** Whether a server that resets idle connections does so because its idle timer ran out (docs/rules/keepalive-race.md R3). */
import { estimateIdleTimeout, type IdleClose } from './idle-timeout.js';

/** A reset belongs to the idle time-out when the idle time before it is this near to it. */
const NEAR_NS = 150_000_000;
const NEAR_SHARE = 0.03;
/** Fewer closes than an estimate needs count for what they are, where they agree. */
const FEW = 2;

/** See {@link idleTimeOf}. */
export interface IdleTime {
  readonly seconds: number;
  readonly samples: number;
  /** Three and more closes agree; below that it is what was seen, not an estimate. */
  readonly isEstimate: boolean;
}

/** After how long a server gives idle connections up, by its closes, be they one or two; `null`: they do not tell. */
export function idleTimeOf(closes: readonly IdleClose[], longestAnsweredNs: number): IdleTime | null {
  if (closes.length === 0) return null;
  const estimate = estimateIdleTimeout(closes, longestAnsweredNs);
  if (estimate !== null) return { ...estimate, isEstimate: true };
  const shortest = Math.min(...closes.map(({ idleNs }) => idleNs));
  const seen = closes.filter(({ idleNs }) => idleNs - shortest <= NEAR_NS);
  if (closes.length > FEW || seen.length < closes.length || longestAnsweredNs > shortest + NEAR_NS) return null;
  return { seconds: Math.round(shortest / 1e6) / 1e3, samples: seen.length, isEstimate: false };
}

/** Many servers look for idle connections once a second (lighttpd, Tomcat), and end them up to so much later than set. */
const LOOKS_EVERY_NS = 1_000_000_000;
const LOOKS_EVERY_SHARE = 1 / 3;

/**
 * Whether all these closes upon requests came when a timer does that looks in turns: after longer idleness than any
 * that was answered, and within a turn of the server's other closes.
 */
export function isCoarseExpiry(
  ended: readonly IdleClose[],
  closes: readonly IdleClose[],
  longestAnsweredNs: number,
): boolean {
  if (closes.length === 0) return false;
  const soonest = Math.min(...closes.map(({ idleNs }) => idleNs));
  const latest = Math.max(...closes.map(({ idleNs }) => idleNs));
  const withinNs = Math.min(LOOKS_EVERY_NS, LOOKS_EVERY_SHARE * soonest) + NEAR_NS;
  if (latest - soonest > withinNs) return false;
  return ended.every(
    ({ idleNs }) => idleNs > longestAnsweredNs && idleNs >= latest - withinNs && idleNs <= soonest + withinNs,
  );
}

/**
 * Whether all these closes upon requests came when the idle timer does, as the server's other closes show it.
 *
 * @param areTelling Where there are no others, their own agreement shows it. A reset with the request unread is a
 * timer's then; a FIN may be what the server makes of such requests, and they come from a client that asks at intervals.
 */
export function isIdleExpiry(
  ended: readonly IdleClose[],
  closes: readonly IdleClose[],
  longestAnsweredNs: number,
  areTelling: boolean,
): boolean {
  const own = areTelling ? estimateIdleTimeout(ended, longestAnsweredNs) : null;
  const seconds = idleTimeOf(closes, longestAnsweredNs)?.seconds ?? own?.seconds ?? null;
  if (seconds === null) return false;
  const width = Math.max(NEAR_NS, NEAR_SHARE * seconds * 1e9);
  return ended.every(({ idleNs }) => Math.abs(idleNs - seconds * 1e9) <= width);
}
