/**
 * What requests that a proxy handed on say of the clocks of two captures, one in front of it and one behind: a
 * request comes in before it is handed on, and its answer goes out after that from behind. Each pair of equal
 * requests that may be such legs allows the clocks an interval; where the intervals of most requests meet in one
 * place, and nowhere else, that is the difference (Marzullo's algorithm, as in RFC 5905 §11.2.1).
 *
 * Requests that come again and again fit in many places: each weighs one, shared among the places where it fits.
 */
import { isSaid, mayBeLegs } from '../../rules/judgements/leg-pairing.js';
import type { Bound, Bounds } from './bounds.js';
import type { ExchangeAhead } from './exchanges-ahead.js';

/** Fewer requests that agree may do so by chance. */
const MIN_REQUESTS = 3;
/** Of the requests that have an equal in the other capture so many must fit in one place. */
const MOST = 2 / 3;
/** Where one capture began later or ended sooner, so many of those during which both went on. */
const MIN_REQUESTS_OF_PART = 6;
const MOST_OF_PART = 0.9;
/** Nowhere else may they weigh more than this, as a share of what they weigh there. */
const MAX_ELSEWHERE = 1 / 2;
/** Where nearly all of many fit, and this much less elsewhere, it is no other place either. */
const MANY = 10;
const NEARLY_ALL = 0.95;
const MAX_ELSEWHERE_OF_ALL = 3 / 4;
/** So likely, at most, may it be that as many meet somewhere by chance. */
const MAX_CHANCE = 1e-4;
/** Requests that come more often than this tell nothing, and more requests than this no more. */
const MAX_ALIKE = 32;
const MAX_REQUESTS = 4096;
/** Clocks that drift apart bring intervals out of place: so much of the time between them. */
const DRIFT_SHARE = 100e-6;

/** A pair that may be legs, and how far the clock behind the proxy may be ahead of that in front of it then. */
interface Candidate {
  readonly front: ExchangeAhead;
  readonly back: ExchangeAhead;
  readonly leastNs: number;
  readonly mostNs: number;
  /** What the request weighs in this place. */
  readonly weight: number;
}

/** A place where intervals meet. */
interface Place {
  readonly atNs: number;
  readonly weight: number;
}

/** From the first request of a capture to its last. */
interface Period {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Pairs that meet in one place: each request that was handed on, with that which came in. */
interface Fit {
  readonly legs: readonly Candidate[];
  readonly count: number;
}

/** Bounds of how far the clock of the second captures is ahead of the first's, and by how many requests; `null`: it cannot be told. */
export function requestBounds(
  first: readonly ExchangeAhead[],
  second: readonly ExchangeAhead[],
): { readonly bounds: Bounds; readonly count: number } | null {
  const behind = fitOf(first, second);
  const inFront = fitOf(second, first);
  const [fewer, more] = (behind?.count ?? 0) < (inFront?.count ?? 0) ? [behind, inFront] : [inFront, behind];
  // Which of the two is in front of the proxy is told by whose requests fit.
  if (more === null || (fewer !== null && fewer.count > MAX_ELSEWHERE * more.count)) return null;
  const { legs, count } = more;
  const most = legs.map(({ front, mostNs }) => ({ atNs: front.startNs, aheadNs: mostNs }));
  const least = legs.map(({ front, leastNs }) => ({ atNs: front.startNs, aheadNs: leastNs }));
  const bounds = { atMost: most, atLeast: least };
  return { bounds: more === inFront ? opposite(bounds) : bounds, count };
}

/** The same by the other clock. */
function opposite({ atMost, atLeast }: Bounds): Bounds {
  const turned = ({ atNs, aheadNs }: Bound): Bound => ({ atNs: atNs + aheadNs, aheadNs: -aheadNs });
  return { atMost: atLeast.map(turned), atLeast: atMost.map(turned) };
}

function fitOf(fronts: readonly ExchangeAhead[], backs: readonly ExchangeAhead[]): Fit | null {
  for (const keyOf of [({ key }: ExchangeAhead) => key, ({ looseKey }: ExchangeAhead) => looseKey]) {
    const candidates = candidatesOf(fronts, backs, keyOf);
    const period = periodOf(fronts);
    const fit =
      fitting(candidates, period, 0) ?? fitting(candidates, period, DRIFT_SHARE * (period.toNs - period.fromNs));
    if (fit !== null) return fit;
  }
  return null;
}

/** The pairs that meet in one place, each interval being so much longer at both ends. */
function fitting(candidates: readonly Candidate[], fronts: Period, slackNs: number): Fit | null {
  const best = fullest(candidates, slackNs);
  if (best === null) return null;
  const isIn = ({ leastNs, mostNs }: Candidate): boolean =>
    leastNs - slackNs <= best.atNs && best.atNs <= mostNs + slackNs;
  const found = candidates.filter(isIn);
  const count = requestsOf(found);
  const requests = requestsOf(candidates);
  // Of what the other capture was not there for nothing is known.
  const during = requestsOf(candidates.filter(({ back }) => isDuring(back.startNs - best.atNs, fronts)));
  const areEnough =
    (count >= MIN_REQUESTS && count >= MOST * requests) ||
    (count >= MIN_REQUESTS_OF_PART && count >= MOST_OF_PART * during);
  if (!areEnough || isChance(found, candidates, slackNs)) return null;
  const others = candidates.filter((candidate) => !isIn(candidate));
  const isNearlyAll = requests >= MANY && count >= NEARLY_ALL * requests;
  const maxElsewhere = isNearlyAll ? MAX_ELSEWHERE_OF_ALL : MAX_ELSEWHERE;
  if ((fullest(others, slackNs)?.weight ?? 0) > maxElsewhere * best.weight) return null;
  if (slackNs === 0) return { legs: found, count };
  // Of requests alike at one time nobody knows which was handed on as which: their intervals need not meet.
  const legs = alone(found);
  return legs.length < MIN_REQUESTS ? null : { legs, count };
}

/**
 * Whether these may meet somewhere by chance: each by how much of the time in which it could lie its intervals
 * fill, and as many as there are ways to choose them, and places.
 */
function isChance(found: readonly Candidate[], all: readonly Candidate[], slackNs: number): boolean {
  const filled = new Map<ExchangeAhead, number>();
  const roomNs = 2 * spanOf(all);
  for (const { back, leastNs, mostNs } of all)
    filled.set(back, (filled.get(back) ?? 0) + (mostNs - leastNs + 2 * slackNs) / roomNs);
  const fitting = new Set(found.map(({ back }) => back));
  let chance = Math.log(all.length);
  for (const back of fitting) chance += Math.log(Math.min(1, filled.get(back) ?? 1));
  for (let rest = filled.size - fitting.size; rest > 0; rest -= 1) chance += Math.log((fitting.size + rest) / rest);
  // Requests of one moment leave no room to tell.
  return !(roomNs > 0 && chance <= Math.log(MAX_CHANCE));
}

function requestsOf(candidates: readonly Candidate[]): number {
  return new Set(candidates.map(({ back }) => back)).size;
}

/** Those of which neither has another partner among these. */
function alone(found: readonly Candidate[]): Candidate[] {
  const partners = new Map<ExchangeAhead, number>();
  for (const one of found.flatMap(({ back, front }) => [back, front])) partners.set(one, (partners.get(one) ?? 0) + 1);
  return found.filter(({ back, front }) => partners.get(back) === 1 && partners.get(front) === 1);
}

function candidatesOf(
  fronts: readonly ExchangeAhead[],
  backs: readonly ExchangeAhead[],
  keyOf: (exchange: ExchangeAhead) => number,
): Candidate[] {
  const byKey = new Map<number, ExchangeAhead[]>();
  for (const front of fronts) {
    const alike = byKey.get(keyOf(front));
    if (alike === undefined) byKey.set(keyOf(front), [front]);
    else alike.push(front);
  }
  return backs.slice(0, MAX_REQUESTS).flatMap((back) => {
    const alike = byKey.get(keyOf(back)) ?? [];
    if (alike.length > MAX_ALIKE) return [];
    const served = alike
      .filter((front) => isAnsweredAlike(back, front) && mayBeLegs(back, front))
      .map((front) => ({
        ...{ front, back },
        leastNs: back.endNs - front.endNs,
        mostNs: back.startNs - front.startNs,
      }))
      .filter(({ leastNs, mostNs }) => leastNs <= mostNs);
    const said = served.filter(({ front }) => isSaid(back, front));
    const likely = said.length > 0 ? said : served;
    return likely.map((pair) => ({ ...pair, weight: 1 / likely.length }));
  });
}

function isAnsweredAlike(back: ExchangeAhead, front: ExchangeAhead): boolean {
  return back.status !== null && back.status === front.status;
}

/** Where the intervals weigh most together, in the middle of that; of equals the first. `null`: there are none. */
function fullest(candidates: readonly Candidate[], slackNs: number): Place | null {
  const ends = candidates
    .flatMap(({ leastNs, mostNs, weight }) => [
      { atNs: leastNs - slackNs, weight },
      { atNs: mostNs + slackNs, weight: -weight },
    ])
    .sort((one, other) => one.atNs - other.atNs || other.weight - one.weight);
  let weight = 0;
  let best: Place | null = null;
  for (const [index, end] of ends.entries()) {
    weight += end.weight;
    const next = ends[index + 1];
    if (next !== undefined && weight > (best?.weight ?? 0)) best = { atNs: (end.atNs + next.atNs) / 2, weight };
  }
  return best;
}

function spanOf(candidates: readonly Candidate[]): number {
  const { fromNs, toNs } = periodOf(candidates.map(({ front }) => front));
  return Math.max(0, toNs - fromNs);
}

function periodOf(exchanges: readonly ExchangeAhead[]): Period {
  let [fromNs, toNs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { startNs } of exchanges) [fromNs, toNs] = [Math.min(fromNs, startNs), Math.max(toNs, startNs)];
  return { fromNs, toNs };
}

function isDuring(atNs: number, { fromNs, toNs }: Period): boolean {
  return fromNs <= atNs && atNs <= toNs;
}
