/**
 * When a server accepted, answered, refused or was under strain: enough to ask of any moment what
 * came next, in constant memory.
 *
 * Time is cut into equal buckets, and each keeps the first and the last moment of each kind. When
 * there are more than {@link MAX_BUCKETS}, buckets become twice as wide. What is found is true;
 * in wide buckets a nearer moment may have been forgotten.
 */
import type { Moment } from './earliest.js';

/** What a server was seen doing. `strain`: a SYN to it had to be repeated. */
const ACTIVITIES = ['accept', 'answer', 'refusal', 'strain'] as const;
export type ActivityKind = (typeof ACTIVITIES)[number];
/** Where a kind's numbers begin in a bucket; looked up for each answer of a server. */
const FIELD_OF: Readonly<Record<ActivityKind, number>> = { accept: 0, answer: 4, refusal: 8, strain: 12 };

/** Buckets per server: an hour in buckets of sixteen seconds, the first quarter of a second in those of a millisecond. */
export const MAX_BUCKETS = 256;
/** Width at first, nanoseconds: nothing nearer to an incident says more. */
const FIRST_WIDTH_NS = 1_000_000;
/** Per kind: time and packet of the first moment, then of the last. */
const FIELDS = 4;

export interface Activity {
  widthNs: number;
  size: number;
  /** By bucket number: {@link FIELDS} numbers for each of {@link ACTIVITIES}; packet -1: none. */
  buckets: Record<number, number[]>;
}

/** Nothing seen yet. */
export function activity(): Activity {
  return { widthNs: FIRST_WIDTH_NS, size: 0, buckets: {} };
}

/** The server did this at `atNs`, as `packet` shows. */
export function noteActivity(into: Activity, kind: ActivityKind, atNs: number, packet: number): void {
  const index = Math.floor(atNs / into.widthNs);
  let bucket = into.buckets[index];
  if (bucket === undefined) {
    bucket = new Array<number>(ACTIVITIES.length * FIELDS).fill(-1);
    into.buckets[index] = bucket;
    into.size += 1;
  }
  noteIn(bucket, FIELD_OF[kind], atNs, packet);
  while (into.size > MAX_BUCKETS) widen(into);
}

/** Adds all of `from`. */
export function mergeActivity(into: Activity, from: Activity): void {
  while (into.widthNs < from.widthNs) widen(into);
  for (const bucket of Object.values(from.buckets))
    for (const [at, kind] of ACTIVITIES.entries())
      for (const field of [at * FIELDS, at * FIELDS + 2]) {
        const packet = bucket[field + 1] ?? -1;
        if (packet >= 0) noteActivity(into, kind, bucket[field] ?? 0, packet);
      }
}

/** The first moment of this kind known after `atNs` and at most `withinNs` later; `null` when none is known. */
export function nextActivity(from: Activity, kind: ActivityKind, atNs: number, withinNs: number): Moment | null {
  let next: Moment | null = null;
  const field = FIELD_OF[kind];
  const end = Math.floor((atNs + withinNs) / from.widthNs);
  for (let index = Math.floor(atNs / from.widthNs); index <= end && next === null; index += 1) {
    const bucket = from.buckets[index];
    if (bucket === undefined) continue;
    for (const at of [field, field + 2]) {
      const momentNs = bucket[at] ?? 0;
      const packet = bucket[at + 1] ?? -1;
      if (packet < 0 || momentNs <= atNs || momentNs > atNs + withinNs) continue;
      if (next === null || momentNs < next.atNs) next = { atNs: momentNs, packet };
    }
  }
  return next;
}

function noteIn(bucket: number[], field: number, atNs: number, packet: number): void {
  const firstNs = bucket[field] ?? 0;
  const firstPacket = bucket[field + 1] ?? -1;
  if (firstPacket < 0 || atNs < firstNs || (atNs === firstNs && packet < firstPacket)) {
    bucket[field] = atNs;
    bucket[field + 1] = packet;
  }
  const lastNs = bucket[field + 2] ?? 0;
  const lastPacket = bucket[field + 3] ?? -1;
  if (lastPacket < 0 || atNs > lastNs || (atNs === lastNs && packet > lastPacket)) {
    bucket[field + 2] = atNs;
    bucket[field + 3] = packet;
  }
}

function widen(into: Activity): void {
  const narrow = into.buckets;
  into.widthNs *= 2;
  into.size = 0;
  into.buckets = {};
  for (const bucket of Object.values(narrow))
    for (const [at, kind] of ACTIVITIES.entries())
      for (const field of [at * FIELDS, at * FIELDS + 2]) {
        const packet = bucket[field + 1] ?? -1;
        if (packet >= 0) noteActivity(into, kind, bucket[field] ?? 0, packet);
      }
}
