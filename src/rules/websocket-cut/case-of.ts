/**
 * What a server's cut WebSockets have in common.
 *
 * A process that ends takes all that it has along: different ages, one moment. A limit on how long one may last ends
 * each at the same age, whenever it began. A timer for silence is websocket-idle-close's, and is left to it; so is a
 * server that looks in turns for what is silent. A proxy hands on what ended behind it: that is told of the server
 * behind alone.
 */
import { chanceOfMore, SIGNIFICANCE } from '../judgements/chance.js';
import { ONE_MOMENT_NS, REORDERED_NS } from '../judgements/moments.js';
import { estimateTimer } from '../judgements/timer-estimate.js';
import type { WebSocketCut } from '../judgements/websocket-end.js';
import { type KeyedLegs, legBehind, legInFront } from '../tally/keyed-legs.js';
import type { Case, Pattern } from './case.js';
import { areGoodbyes, mayBeGoodbye } from './goodbye.js';
import { type Cut, isAmidFrames } from './incident.js';
import type { Opened, ServerTally } from './tally.js';

/** So many that agree are no chance (docs/judging.md). */
const MIN_ALIKE = 3;
/** Ages this near to each other are one timer's. */
const ALIKE_NS = 250_000_000;
const ALIKE_SHARE = 0.03;
/** Nobody limits a WebSocket to less, and whoever has nothing more to say is done sooner. */
const MIN_AGE_NS = 1_000_000_000;
/** A client that comes back for the one that it lost does so within this. */
const COMES_BACK_NS = 60_000_000_000;

/** The cuts of a server that it did not only hand on. */
export interface OwnCuts {
  readonly cuts: readonly Cut[];
  /** The legs behind that it ended too. */
  readonly backs: Case['backs'];
  /** The legs in front of those that a proxy handed on. */
  readonly fronts: Case['fronts'];
}

/** See {@link OwnCuts}. */
export function ownCutsOf(server: ServerTally, legs: KeyedLegs<WebSocketCut>): OwnCuts {
  const cuts: Cut[] = [];
  const backs: { cut: Cut; back: WebSocketCut }[] = [];
  const fronts: { cut: Cut; front: WebSocketCut }[] = [];
  for (const cut of server.cuts.earliest.items) {
    const back = legBehind(legs, cut.key, cut);
    if (back?.by === 'server' && back.atNs <= cut.atNs + REORDERED_NS) continue;
    cuts.push(cut);
    if (back?.by === 'client') backs.push({ cut, back });
    const front = legInFront(legs, cut.key, cut);
    if (front?.by === 'server' && front.atNs >= cut.atNs - REORDERED_NS) fronts.push({ cut, front });
  }
  return { cuts, backs, fronts };
}

/**
 * What is argued of a server; `null`: nothing is.
 *
 * @param ofAddress The cuts of all ports of its address, in order of time: one process may have several.
 * @param spanNs How long the run lasts.
 */
export function caseOf(
  server: ServerTally,
  { cuts: all, backs, fronts }: OwnCuts,
  ofAddress: readonly Cut[],
  spanNs: number,
): Case | null {
  const make = (pattern: Pattern, cuts: readonly Cut[], more: Partial<Case> = {}): Case | null => {
    const [first] = cuts;
    return first === undefined
      ? null
      : {
          pattern,
          cuts,
          first,
          together: cuts,
          moments: 1,
          webSockets: server.webSockets,
          ageSeconds: null,
          backs: backs.filter(({ cut }) => cuts.includes(cut)),
          fronts: fronts.filter(({ cut }) => cuts.includes(cut)),
          amid: cuts.find(isAmidFrames) ?? null,
          back: comingsBack(cuts, server),
          ...more,
        };
  };
  const moments = momentsOf(ofAddress, server, spanNs).filter((group) => group.some((cut) => all.includes(cut)));
  const [together] = moments;
  if (together !== undefined) {
    const cuts = all.filter((cut) => moments.some((group) => group.includes(cut)));
    return make('one-moment', cuts, { together, moments: moments.length });
  }
  const aged = oneAgeOf(all, server);
  if (aged !== null) {
    const subject = make('one-age', aged.cuts, { ageSeconds: aged.seconds });
    // As many frames each, and nobody comes back: the application had no more to say, and hung up.
    const isDone = new Set(aged.cuts.map(({ serverFrames }) => serverFrames)).size === 1;
    return isDone && subject?.back.length === 0 ? null : subject;
  }
  const own = backs.map(({ cut }) => cut).filter((cut) => isAmidFrames(cut) && !mayBeGoodbye(cut));
  return make('one-by-one', own);
}

/** Groups of cuts that ended at one moment and have no age in common. */
function momentsOf(all: readonly Cut[], server: ServerTally, spanNs: number): Cut[][] {
  const groups: Cut[][] = [];
  for (const cut of all) {
    const [last] = groups.slice(-1);
    const [first] = last ?? [];
    if (last !== undefined && first !== undefined && cut.atNs - first.atNs <= ONE_MOMENT_NS) last.push(cut);
    else groups.push([cut]);
  }
  return groups.filter((group) => {
    if (group.length < MIN_ALIKE || areGoodbyes(group)) return false;
    if (differentAges(group.map(({ ageNs }) => ageNs)) < 2) return false;
    const shortestIdleNs = Math.min(...group.map(({ idleNs }) => idleNs));
    // Who looks in turns for what is silent ends some at one moment too, whatever their age.
    if (!group.some(isAmidFrames) && shortestIdleNs > server.longestSurvivedNs) return false;
    const expected = ((all.length - group.length + 1) / Math.max(spanNs, 1)) * 2 * ONE_MOMENT_NS;
    return chanceOfMore(group.length - 1, expected) < SIGNIFICANCE;
  });
}

/** Those that ended at the age that most have in common. */
function oneAgeOf(
  all: readonly Cut[],
  server: ServerTally,
): { readonly cuts: readonly Cut[]; readonly seconds: number } | null {
  const ages = estimateTimer(all, server.longestLifeNs);
  if (ages?.pattern !== 'timer' || ages.seconds === null || ages.agreeing < MIN_ALIKE) return null;
  const edgeNs = ages.seconds * 1e9;
  if (edgeNs < MIN_AGE_NS) return null;
  // Silent for as long each: a timer for silence.
  const silent = all.filter((cut) => !isAmidFrames(cut)).map((cut) => ({ ageNs: cut.idleNs, atNs: cut.atNs }));
  if ((estimateTimer(silent, server.longestSurvivedNs)?.agreeing ?? 0) >= MIN_ALIKE) return null;
  const cuts = all.filter(({ ageNs }) => Math.abs(ageNs - edgeNs) <= Math.max(ALIKE_NS, ALIKE_SHARE * edgeNs));
  if (cuts.length < MIN_ALIKE || areGoodbyes(cuts)) return null;
  return { cuts, seconds: ages.seconds };
}

/** How many ages there are, those counted as one that are no more apart than one timer's. */
function differentAges(lengths: readonly number[]): number {
  const ages = [...lengths].sort((one, other) => one - other);
  let [count, from] = [0, Number.NEGATIVE_INFINITY];
  for (const age of ages) {
    if (age - from <= Math.max(ONE_MOMENT_NS, ALIKE_SHARE * age)) continue;
    count += 1;
    from = age;
  }
  return count;
}

/** For each client that opened another, the first that it opened behind the cut. */
function comingsBack(cuts: readonly Cut[], { opened }: ServerTally): Case['back'] {
  const told = new Set<Opened>();
  return cuts.flatMap((cut) => {
    const again = opened.items.find(
      (one) =>
        !told.has(one) &&
        one.client === cut.client.address &&
        one.atNs > cut.atNs &&
        one.atNs - cut.atNs <= COMES_BACK_NS,
    );
    if (again === undefined) return [];
    told.add(again);
    return [{ cut, opened: again }];
  });
}
