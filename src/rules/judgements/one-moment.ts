/**
 * Whether a request was lost at the moment at which its server ended other connections too, as the end
 * of a process ends all that it has: those with a request in progress, and those that waited for one.
 *
 * What looks alike is asked first. A time-out ends connections of one age (since their last word, or
 * since they were opened), and of any age above its own where the server looks for them in turns. Who
 * looks for idle ones in turns, or has too many, ends some at one moment again and again, and loses no
 * request by it. A balancer hands on what ended behind it. And on a busy server, ends that have nothing
 * to do with each other fall together by chance.
 */

import type { Endpoint } from '../../facts/endpoint.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { baselineOf, type Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import type { Moment } from '../tally/earliest.js';
import {
  areMoreNear,
  type Ending,
  endingsNear,
  endingsOfClient,
  STRETCH_NS,
  shareKept,
  stretchesOfServer,
} from '../tally/endings.js';
import { chanceOfMore, SIGNIFICANCE } from './chance.js';
import { ONE_MOMENT_NS, REORDERED_NS } from './moments.js';

/** Fewer connections than these ended together are no sign of a process (docs/judging.md). */
const MIN_CONNECTIONS = 3;
/** Timers of servers are seconds long, and fire late by little: ages this near to each other are one timer's. */
const TIMER_NS = 1_000_000_000;
const ALIKE_NS = 50_000_000;
const ALIKE_SHARE = 0.03;
/** Timers of one length fire this much apart from what they should. */
const JITTER_NS = 2_000_000;
/** A limit on a connection's age is set in halves of a second or in whole ones, and comes late by no more than this. */
const HALF_A_SECOND_NS = 500_000_000;
const LATE_NS = 50_000_000;

/** Why connections that ended at one moment say nothing of their server's process. */
export type Doubt =
  /** All had been silent for equally long, or all that were idle. */
  | 'one-age'
  /** All had been silent for so long that who looks in turns for what is silent ends them, whatever their age. */
  | 'one-look'
  /** They were opened as far apart as they ended. */
  | 'one-opening'
  /** The server does so at other times, and loses no request by it; or ends so many that it may be chance. */
  | 'usual'
  /** It was a client of others that ended its connections at that moment. */
  | 'handed-on';

/** Connections that ended at one moment, a lost request's among them. */
export interface OneMoment {
  /** As many as are known one by one; there were more where `isMore`. */
  readonly connections: number;
  readonly isMore: boolean;
  /** Those of them that had a request in progress. */
  readonly inWork: number;
  /** The first and the last end. */
  readonly first: PacketReference;
  readonly last: PacketReference;
  readonly spreadNs: number;
  /** How old the requests in progress were, and for how long the others had waited; `null`: there were none. */
  readonly work: Range | null;
  readonly idle: Range | null;
  /** All spoke TLS, and none was told of the end by an alert. */
  readonly isTls: boolean;
  /** `null`: it is the end of a process. */
  readonly doubt: Doubt | null;
}

interface Range {
  readonly lowest: number;
  readonly highest: number;
}

/** A connection that ended then; `isTls` is `null` where that is not known. */
type Ended = Omit<Ending, 'client' | 'isOwn' | 'isTls'> & { readonly isTls: boolean | null };

/** A request that was lost with its connection. */
export interface LostAt {
  readonly packet: PacketReference;
  readonly atNs: number;
  /** How long it had waited. */
  readonly delayNs: number;
}

/** See {@link endedTogether}. */
export interface EndedTogether {
  /** The earliest that says something, or else the earliest that does not. */
  readonly moment: OneMoment;
  /** Lost requests that were looked at, and those of them that such a moment ended. */
  readonly looked: number;
  readonly lost: number;
  /** The moment says something, and as much of at least half of the lost requests. */
  readonly isProcessEnd: boolean;
}

/** What the run as a whole shows. */
type Known = Pick<Conclusion, 'observation' | 'servers'>;

/** What is known of a server's other ends. */
interface Others {
  readonly stretches: readonly (readonly Ended[])[];
  /** Of connections that it had made itself. */
  readonly asClient: readonly Moment[];
  /** For how long it is known, as far as its ends are kept. */
  readonly spanNs: number;
  /** The longest idle time after which it still answered; 0: none is known. */
  readonly longestAnsweredNs: number;
}

/**
 * See the head of this file; `null`: nothing ended together with any lost request.
 *
 * @param fewestInWork So many that had a request in progress are enough, without any that was idle.
 */
export function endedTogether(
  lost: readonly LostAt[],
  server: Endpoint,
  known: Known,
  fewestInWork = MIN_CONNECTIONS,
): EndedTogether | null {
  const moments = momentsOf(lost, server, known, fewestInWork).map(({ moment }) => moment);
  const telling = moments.filter(({ doubt }) => doubt === null);
  const [moment] = [...telling, ...moments];
  if (moment === undefined) return null;
  const isProcessEnd = telling.length > 0 && 2 * telling.length >= lost.length;
  return { moment, looked: lost.length, lost: telling.length, isProcessEnd };
}

/** Those of lost requests that the end of their server's process has taken, and nothing else that looks like it. */
export function lostWithProcess<T extends LostAt>(lost: readonly T[], server: Endpoint, known: Known): T[] {
  return momentsOf(lost, server, known, MIN_CONNECTIONS).flatMap(({ one, moment }) =>
    moment.doubt === null ? [one] : [],
  );
}

/** In order of time, the lost requests with which others ended, and the moment of each. */
function momentsOf<T extends LostAt>(
  lost: readonly T[],
  server: Endpoint,
  { observation, servers }: Known,
  fewestInWork: number,
): { readonly one: T; readonly moment: OneMoment }[] {
  const found = lost
    .map((one) => ({
      one,
      group: groupOf(one, lost, server, observation),
      isMore: areMoreNear(observation.endings, server, one.atNs),
    }))
    .filter(
      ({ group }) => group.length >= MIN_CONNECTIONS || group.filter(({ inWork }) => inWork).length >= fewestInWork,
    )
    .sort((former, latter) => former.one.atNs - latter.one.atNs || former.one.packet - latter.one.packet);
  if (found.length === 0) return [];
  const others = othersOf(lost, server, observation, servers.idlenessOf(server).longestAnsweredNs);
  return found.map(({ one, group, isMore }) => ({ one, moment: momentOf(group, isMore, others) }));
}

/** All that ended with a lost request, in order of time. */
function groupOf({ atNs }: LostAt, lost: readonly LostAt[], server: Endpoint, { endings }: Observation): Ended[] {
  const near: Ended[] = endingsNear(endings, server, atNs);
  for (const one of lost)
    if (Math.abs(one.atNs - atNs) <= ONE_MOMENT_NS && !near.some(({ packet }) => packet === one.packet))
      near.push(endingOf(one));
  return near.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
}

/** A connection that was to end with its answer (`Connection: close`): its end is none without a word, its loss is. */
function endingOf({ packet, atNs, delayNs }: LostAt): Ended {
  return { packet, atNs, ageNs: delayNs, openedNs: null, inWork: true, isTls: null };
}

function othersOf(
  lost: readonly LostAt[],
  server: Endpoint,
  observation: Observation,
  longestAnsweredNs: number,
): Others {
  const { endings, endNs } = observation;
  const { widthNs, stretches } = baselineOf(observation, server).activity;
  const spanNs = Math.max(endNs - (stretches[0] ?? 0) * widthNs, STRETCH_NS);
  const ended = stretchesOfServer(endings, server);
  const known = new Set(ended.flatMap((stretch) => stretch.map(({ packet }) => packet)));
  return {
    stretches: [...ended, ...lost.filter(({ packet }) => !known.has(packet)).map((one) => [endingOf(one)])],
    asClient: endingsOfClient(endings, server.address),
    spanNs: spanNs * shareKept(endings),
    longestAnsweredNs,
  };
}

function momentOf(group: readonly Ended[], isMore: boolean, others: Others): OneMoment {
  const [first, last] = [group[0], group.at(-1)];
  const spreadNs = (last?.atNs ?? 0) - (first?.atNs ?? 0);
  const working = group.filter(({ inWork }) => inWork);
  const idle = group.filter(({ inWork }) => !inWork);
  return {
    connections: group.length,
    isMore,
    inWork: working.length,
    first: first?.packet ?? 0,
    last: last?.packet ?? 0,
    spreadNs,
    work: rangeOf(working.map(({ ageNs }) => ageNs)),
    idle: rangeOf(idle.map(({ ageNs }) => ageNs)),
    isTls: group.some(({ isTls }) => isTls === true) && group.every(({ isTls }) => isTls !== false),
    doubt: doubtOf(group, spreadNs, others),
  };
}

function doubtOf(group: readonly Ended[], spreadNs: number, others: Others): Doubt | null {
  const ages = differentAges(withoutExpired(group, others));
  if (ages < 2) return 'one-age';
  if (mayBeTimer(group, others)) return 'one-look';
  if (wereOpenedAsTheyEnded(group, spreadNs)) return 'one-opening';
  if (isHandedOn(group, others)) return 'handed-on';
  return isUsual(group, spreadNs, ages, others) ? 'usual' : null;
}

/** Without the idle ones, where a timer may have ended them all. */
function withoutExpired(group: readonly Ended[], others: Others): readonly Ended[] {
  const idle = group.filter(({ inWork }) => !inWork);
  return mayBeTimer(idle, others) && differentAges(idle) === 1 ? group.filter(({ inWork }) => inWork) : group;
}

/** Whether all were silent for as long as timers are, and longer than the server is known to bear. */
function mayBeTimer(group: readonly Ended[], { longestAnsweredNs }: Others): boolean {
  const shortestNs = Math.min(...group.map(({ ageNs }) => ageNs));
  return shortestNs >= TIMER_NS && shortestNs > longestAnsweredNs;
}

/** How many ages there are, those counted as one that are no more apart than one timer's. */
function differentAges(group: readonly Ended[]): number {
  const ages = group.map(({ ageNs }) => ageNs).sort((one, other) => one - other);
  let [count, from] = [0, Number.NEGATIVE_INFINITY];
  for (const age of ages) {
    if (age - from <= Math.max(ALIKE_NS, ALIKE_SHARE * age)) continue;
    count += 1;
    from = age;
  }
  return count;
}

/** Whether their lives were as equal as timers of one length make them, and of a length that somebody sets: a limit on a connection's age does the same. */
function wereOpenedAsTheyEnded(group: readonly Ended[], spreadNs: number): boolean {
  const lives: number[] = [];
  for (const { atNs, openedNs } of group) {
    if (openedNs === null) return false;
    lives.push(atNs - openedNs);
  }
  const shortest = Math.min(...lives);
  const isSettable = shortest >= TIMER_NS && (shortest + JITTER_NS) % HALF_A_SECOND_NS <= LATE_NS;
  return isSettable && Math.max(...lives) - shortest <= Math.max(spreadNs, JITTER_NS);
}

/** Whether connections that the server itself had made to others were ended at that moment, before any of these. */
function isHandedOn([first]: readonly Ended[], { asClient }: Others): boolean {
  if (first === undefined) return false;
  return asClient.some(({ atNs }) => atNs >= first.atNs - ONE_MOMENT_NS && atNs <= first.atNs + REORDERED_NS);
}

/** Whether the server does so without losing a request, or ends so many connections that chance would do as much. */
function isUsual(group: readonly Ended[], spreadNs: number, ages: number, { stretches, spanNs }: Others): boolean {
  const own = new Set(group.map(({ packet }) => packet));
  const rest = stretches
    .map((stretch) => stretch.filter(({ packet }) => !own.has(packet)))
    .filter((stretch) => stretch.length > 0);
  const alike = rest.filter((stretch) => stretch.every(({ inWork }) => !inWork) && differentAges(stretch) > 1);
  if ((alike.length * 2 * STRETCH_NS) / spanNs >= SIGNIFICANCE) return true;
  const expected = ((rest.length + 1) / spanNs) * Math.max(2 * spreadNs, JITTER_NS);
  return chanceOfMore(ages - 1, expected) >= SIGNIFICANCE;
}

function rangeOf(figures: readonly number[]): Range | null {
  return figures.length === 0 ? null : { lowest: Math.min(...figures), highest: Math.max(...figures) };
}
