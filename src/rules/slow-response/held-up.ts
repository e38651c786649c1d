/**
 * Requests that waited for an idle connection to end. Servers that give a worker to a connection, not to a
 * request (gunicorn's sync workers, Werkzeug and Python's http.server with one thread, Apache's prefork),
 * and proxies at the end of their maxconn, take no further connection while nothing is asked on the ones
 * they have: a new one is answered the moment an idle one ends.
 *
 * That moment is the proof: who works, or waits for something else, has no reason to be done just then.
 * How often chance would have it so is reckoned from how long the server was silent, and how many idle
 * connections ended meanwhile. Two timers that began together are no chance: where a request waited as long as
 * the connection was idle, or always as long as the time before, it may have waited for a timer of its own.
 */
import { chanceOfMore } from '../judgements/chance.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Hold } from './hold.js';
import { SLOW_NS, type SlowExchange } from './slow-exchange.js';

/** Within so long of the end its worker turns to the next: the way there and back, and a quick answer. */
const RELEASE_NS = 100_000_000;
/** A server that answers somebody each half second is not held up. */
const MIN_SILENCE_NS = 500_000_000;
/** More likely than this by chance, and nothing is said. */
const MAX_CHANCE = 0.005;
/** A server that stands still ends idle connections and answers those who wait at one moment, too: when it goes on. */
const MIN_TIMED = 3;
/** It would do so late; a timer of a server that does not stand still is as late each time. */
const TIMED_SHARE = 0.05;
/** So many requests that had begun apart from each other are no coincidence, where one idle connection ended. */
const MIN_APART = 2;

/** An idle connection that ended, and the request that was answered thereupon. */
export interface Release {
  readonly hold: Hold;
  readonly slow: SlowExchange;
  /** By chance alone. */
  readonly chance: number;
}

/** See the head of this file. */
export interface HeldUp {
  /** In order of time; never empty. */
  readonly releases: readonly [Release, ...Release[]];
  /** All that waited for them. */
  readonly waited: readonly SlowExchange[];
  readonly chance: number;
}

/** Idle connections of one server, in order of their end; `share`: how many of all are known. */
export interface Holds {
  readonly ended: readonly Hold[];
  readonly share: number;
}

/** Which of a server's late answers had to wait for an idle connection; `answers`: in order of time. */
export function heldUpOf(
  own: readonly SlowExchange[],
  answers: readonly LoggedExchange[],
  { ended, share }: Holds,
): HeldUp | null {
  const late = new Map(own.filter(isLate).map((slow) => [slow.firstPacket, slow]));
  if (late.size === 0 || ended.length === 0) return null;
  let tries = 0;
  const all: Release[] = [];
  for (const [at, answer] of answers.entries()) {
    const slow = late.get(answer.packet);
    if (slow === undefined) continue;
    const others = ended.filter(({ stream, atNs }) => stream !== slow.stream && atNs > slow.endNs && atNs <= slow.atNs);
    const hold = others.findLast(({ openedNs }) => openedNs <= slow.endNs);
    const sinceNs = Math.max(slow.endNs, answers[at - 1]?.endNs ?? slow.endNs);
    const silenceNs = slow.atNs - sinceNs;
    if (silenceNs < MIN_SILENCE_NS || answers.some((one) => overtakes(one, slow))) continue;
    tries += 1;
    if (hold === undefined || slow.atNs - hold.atNs > RELEASE_NS || areAlike([slow.waitNs, ageOf(hold)])) continue;
    const moments = momentsOf(others.filter(({ atNs }) => atNs > sinceNs));
    all.push({ hold, slow, chance: Math.min(1, ((moments / share) * (slow.atNs - hold.atNs)) / silenceNs) });
  }
  const [first, ...others] = withoutUnsure(all);
  if (first === undefined) return null;
  const releases: HeldUp['releases'] = [first, ...others];
  const chance = chanceOfMore(releases.length, tries * Math.max(...releases.map((one) => one.chance)));
  if (chance > MAX_CHANCE) return null;
  const waited = [...late.values()].filter(({ endNs, atNs }) =>
    releases.some(({ hold }) => hold.openedNs <= endNs && endNs < hold.atNs && hold.atNs <= atNs),
  );
  return isProven(releases, waited) ? { releases, waited, chance } : null;
}

/** One request that is answered when one connection ends may be a coincidence, whatever chance says. */
function isProven(releases: readonly Release[], waited: readonly SlowExchange[]): boolean {
  if (releases.length > 1) return true;
  const begun = waited.map(({ endNs }) => endNs).sort((one, other) => one - other);
  return begun.filter((ns, at) => at === 0 || ns - (begun[at - 1] ?? ns) > RELEASE_NS / 2).length >= MIN_APART;
}

function ageOf({ sinceNs, atNs }: Hold): number {
  return atNs - sinceNs;
}

/** Whether times are the same, as a timer takes them. */
function areAlike(times: readonly number[]): boolean {
  return Math.max(...times) - Math.min(...times) <= TIMED_SHARE * Math.max(...times);
}

/** The first of its connection: what comes on one that has a worker waits for nobody else. */
function isLate({ how, request, resent, isClean, waitNs }: SlowExchange): boolean {
  return how === 'answered' && request?.isFirst === true && !resent && isClean && waitNs >= SLOW_NS;
}

/** Somebody who came later, by a connection of its own, was answered sooner: there was a worker. */
function overtakes(other: LoggedExchange, { endNs, atNs }: SlowExchange): boolean {
  return other.index === 0 && other.startNs > endNs && other.endNs < atNs;
}

/** How many times idle connections ended: a client that leaves ends all of its own at once. */
function momentsOf(holds: readonly Hold[]): number {
  return holds.filter(({ atNs }, at) => at === 0 || atNs - (holds[at - 1]?.atNs ?? 0) > RELEASE_NS).length;
}

/** Those that servers ended of themselves count only where a timer did, and the requests waited for no timer. */
function withoutUnsure(releases: readonly Release[]): readonly Release[] {
  const timed = releases.filter(({ hold }) => hold.endedBy === 'server');
  const isTimer = timed.length >= MIN_TIMED && areAlike(timed.map(({ hold }) => ageOf(hold)));
  const isSure = isTimer && !areAlike(timed.map(({ slow }) => slow.waitNs));
  return isSure ? releases : releases.filter(({ hold }) => hold.endedBy !== 'server');
}
