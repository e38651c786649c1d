/** Moments at which a server closed several connections that no timer of its ends together: a reload, or a restart. */
import { type IdleClose, MASS_CLOSE_NS, MASS_CLOSES, withoutMassCloses } from '../judgements/idle-timeout.js';
import type { SuddenClose } from '../judgements/sudden-close.js';
import type { ServerRaces } from './tally.js';

/** So long before and after such a moment a server closes no connection in the midst of work: one that does so all the time is not reloaded. */
const QUIET_NS = 1_000_000_000;
/** A server that let a pause pass so many times as long as that before a close has not closed for it. */
const LONGER_PAUSE = 1.5;

/** The closes of such moments. */
export interface MassCloses {
  /** Their FINs or RSTs. */
  readonly packets: ReadonlySet<number>;
  readonly first: IdleClose | null;
}

/** Which closes of a server those are. */
export function massClosesOf({
  closes,
  sudden,
  longest,
}: Pick<ServerRaces, 'closes' | 'sudden' | 'longest'>): MassCloses {
  const alone = new Set(withoutMassCloses(closes.items));
  const mass = [
    ...closes.items.filter((close) => !alone.has(close)),
    ...suddenMoments(sudden.items, longest[0]?.idleNs ?? 0),
  ].sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return { packets: new Set(mass.map(({ packet }) => packet)), first: mass[0] ?? null };
}

/** Those in the midst of work that stand together, and far from all others. */
function suddenMoments(closes: readonly SuddenClose[], longestIdleNs: number): SuddenClose[] {
  const groups: SuddenClose[][] = [];
  for (const close of closes) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && close.atNs - last.atNs < QUIET_NS) group.push(close);
    else groups.push([close]);
  }
  return groups.filter((group) => isOneMoment(group) && !hasTimer(group, longestIdleNs) && !hasLimit(group)).flat();
}

function isOneMoment(group: readonly SuddenClose[]): boolean {
  const [first] = group;
  const last = group.at(-1);
  if (first === undefined || last === undefined || group.length < MASS_CLOSES) return false;
  return last.atNs - first.atNs <= MASS_CLOSE_NS;
}

/** Whether they may have been closed for their idleness, short as it was: no longer one was let pass. */
function hasTimer(group: readonly SuddenClose[], longestIdleNs: number): boolean {
  const longestNs = Math.max(longestIdleNs, ...group.map(({ longestPauseNs }) => longestPauseNs));
  return longestNs <= LONGER_PAUSE * Math.min(...group.map(({ idleNs }) => idleNs));
}

/** Whether each had carried as many requests as the others. */
function hasLimit(group: readonly SuddenClose[]): boolean {
  return group.every(({ requests }) => requests === group[0]?.requests);
}
