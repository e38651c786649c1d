/**
 * When a server accepted, answered, refused or was under strain: enough to ask of any moment what
 * came next, in constant memory.
 *
 * Time is cut into equal buckets, and each keeps the first and the last moment of each kind. When
 * there are more than {@link MAX_BUCKETS}, buckets become twice as wide. What is found is true;
 * in wide buckets a nearer moment may have been forgotten.
 *
 * Buckets stand in order of time. What a connection shows one after the other falls into the same
 * bucket or the next, so that is where noting looks first.
 */
import type { Moment } from './earliest.js';

/** What a server was seen doing. `strain`: a SYN to it had to be repeated. */
export type ActivityKind = 'accept' | 'answer' | 'refusal' | 'strain';
/** Numbers of one bucket, and of half a kind's. */
const WIDTH = 16;
const MOMENT = 2;

/** What follows within a second says something of the moment before (docs/rules/rst-after-request.md). */
export const SOON_NS = 1_000_000_000;

/** Buckets per server: an hour in buckets of sixteen seconds, the first quarter of a second in those of a millisecond. */
export const MAX_BUCKETS = 256;
/** Width at first, nanoseconds: nothing nearer to an incident says more. */
const FIRST_WIDTH_NS = 1_000_000;

/** Plain data; see the head of this file. */
export interface Activity {
  widthNs: number;
  /** Which stretches of time have a bucket, ascending. */
  stretches: number[];
  /** The buckets' numbers, {@link WIDTH} for each, in the same order. */
  moments: number[];
}

/** Nothing seen yet. */
export function activity(): Activity {
  return { widthNs: FIRST_WIDTH_NS, stretches: [], moments: [] };
}

/**
 * The server did this at `atNs`, as `packet` shows. Gives the bucket in which that stands: what comes
 * soon after is found from there (`near`) at once.
 */
export function noteActivity(into: Activity, kind: ActivityKind, atNs: number, packet: number, near = -1): number {
  const stretch = Math.floor(atNs / into.widthNs);
  const at = bucketNear(into, stretch, near);
  noteIn(into.moments, at * WIDTH + fieldOf(kind), atNs, packet);
  if (into.stretches.length <= MAX_BUCKETS) return at;
  while (into.stretches.length > MAX_BUCKETS) widen(into);
  return -1;
}

/** Adds all of `from`. */
export function mergeActivity(into: Activity, from: Activity): void {
  while (into.widthNs < from.widthNs) widen(into);
  addAll(into, from.moments);
  while (into.stretches.length > MAX_BUCKETS) widen(into);
}

/** The first moment of this kind known after `atNs` and at most `withinNs` later; `null` when none is known. */
export function nextActivity(from: Activity, kind: ActivityKind, atNs: number, withinNs: number): Moment | null {
  const { stretches, moments, widthNs } = from;
  const field = fieldOf(kind);
  const end = Math.floor((atNs + withinNs) / widthNs);
  for (let at = firstFrom(stretches, Math.floor(atNs / widthNs)); at < stretches.length; at += 1) {
    if ((stretches[at] ?? 0) > end) return null;
    for (const place of [at * WIDTH + field, at * WIDTH + field + MOMENT]) {
      const momentNs = moments[place] ?? 0;
      const packet = moments[place + 1] ?? -1;
      if (packet >= 0 && momentNs > atNs && momentNs <= atNs + withinNs) return { atNs: momentNs, packet };
    }
  }
  return null;
}

/** The last moment of this kind; `null` when there was none. */
export function lastActivity({ stretches, moments }: Activity, kind: ActivityKind): Moment | null {
  for (let at = stretches.length - 1; at >= 0; at -= 1) {
    const place = at * WIDTH + fieldOf(kind) + MOMENT;
    const packet = moments[place + 1] ?? -1;
    if (packet >= 0) return { atNs: moments[place] ?? 0, packet };
  }
  return null;
}

/** Where a kind's numbers begin in a bucket: time and packet of the first moment, then of the last; packet -1: none. */
function fieldOf(kind: ActivityKind): number {
  switch (kind) {
    case 'accept':
      return 0;
    case 'answer':
      return 4;
    case 'refusal':
      return 8;
    case 'strain':
      return 12;
    default: {
      const never: never = kind;
      return never;
    }
  }
}

function noteIn(moments: number[], place: number, atNs: number, packet: number): void {
  const firstNs = moments[place] ?? 0;
  const firstPacket = moments[place + 1] ?? -1;
  if (firstPacket < 0 || atNs < firstNs || (atNs === firstNs && packet < firstPacket)) {
    moments[place] = atNs;
    moments[place + 1] = packet;
  }
  const lastNs = moments[place + 2] ?? 0;
  const lastPacket = moments[place + 3] ?? -1;
  if (lastPacket < 0 || atNs > lastNs || (atNs === lastNs && packet > lastPacket)) {
    moments[place + 2] = atNs;
    moments[place + 3] = packet;
  }
}

/** The bucket of a stretch: `near`, the one behind it, the last one, or wherever it stands. */
function bucketNear(into: Activity, stretch: number, near: number): number {
  const { stretches } = into;
  if (near >= 0) {
    if (stretches[near] === stretch) return near;
    if (stretches[near + 1] === stretch) return near + 1;
  }
  const last = stretches.length - 1;
  return last >= 0 && stretches[last] === stretch ? last : bucketOf(into, stretch);
}

/** Where the bucket of a stretch stands, made when there was none. */
function bucketOf(into: Activity, stretch: number): number {
  const { stretches, moments } = into;
  const last = stretches.at(-1);
  if (last === undefined || last < stretch) {
    stretches.push(stretch);
    for (let at = 0; at < WIDTH; at += 1) moments.push(-1);
    return stretches.length - 1;
  }
  const at = firstFrom(stretches, stretch);
  if (stretches[at] === stretch) return at;
  stretches.splice(at, 0, stretch);
  moments.splice(at * WIDTH, 0, ...EMPTY);
  return at;
}

const EMPTY: readonly number[] = new Array<number>(WIDTH).fill(-1);

/** Where the first stretch that is no earlier than this stands. */
function firstFrom(stretches: readonly number[], stretch: number): number {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle] ?? 0) < stretch) low = middle + 1;
    else high = middle;
  }
  return low;
}

function widen(into: Activity): void {
  const { moments } = into;
  into.widthNs *= 2;
  into.stretches = [];
  into.moments = [];
  addAll(into, moments);
}

/** Notes all moments of buckets, however many buckets that makes. */
function addAll(into: Activity, moments: readonly number[]): void {
  for (let place = 0; place < moments.length; place += MOMENT) {
    const packet = moments[place + 1] ?? -1;
    if (packet < 0) continue;
    const atNs = moments[place] ?? 0;
    const bucket = bucketOf(into, Math.floor(atNs / into.widthNs));
    noteIn(into.moments, bucket * WIDTH + (place & (WIDTH - 4)), atNs, packet);
  }
}
