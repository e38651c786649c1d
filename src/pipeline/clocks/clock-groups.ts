/**
 * Which captures were taken by one clock: the files of a ring, which bear one name but for figures, follow one
 * another and have no packet in common. All others are held to have a clock each.
 */
import path from 'node:path';
import type { BegunCapture } from '../../capture/clock.js';
import { PacketDecoder } from '../../net/decoder.js';
import { type Looking, lookAhead } from './look-ahead.js';
import { packetBounds } from './packet-bounds.js';
import { Sightings } from './sightings.js';

const SECOND_NS = 1_000_000_000;
/** The last packets of one file and the first of the next may be out of order by this much. */
const SLACK_NS = 10_000_000;

/** Bytes that are looked through for segments that another capture began with: some tenths of a second's work. */
export const SCANNED_BYTES = 64 * 1024 * 1024;
/** So many of them tell all there is to be told. */
const ENOUGH = 16_384;

/** Moments, and how often there is one: so that drift does not put them out of step in hours, and few packets are in them. */
const MOMENT_NS = 100_000_000;
const MOMENT_EVERY_NS = 10_000_000_000;

/** Captures of one clock, in order of time. */
export interface ClockGroup {
  readonly captures: readonly BegunCapture[];
  /** What those of them saw that were looked at. */
  readonly sightings: readonly Sightings[];
  /** There is more of them than was looked at. */
  readonly isMore: boolean;
}

/** Clocks that are compared, each with each: of more, the first; what further captures saw is not looked at. */
const MAX_CLOCKS = 16;

/** The groups, in the order in which the first of each was named. */
export async function clockGroups(captures: readonly BegunCapture[], looking: Looking): Promise<ClockGroup[]> {
  const groups: ClockGroup[] = [];
  // Each list gives a group at least, that of its first capture: lists behind so many give none of the first.
  for (const alike of alikeByName(captures).slice(0, MAX_CLOCKS)) {
    const { looked, isMore } = await sightingsOf(alike, looking);
    const all = [...looked.values()];
    if (isRing(all) && (await endsBeforeNext(alike, looking)))
      groups.push({ captures: alike, sightings: all.map(({ sightings }) => sightings), isMore });
    else
      for (const capture of alike) {
        const { sightings = null } = looked.get(capture.captureIndex) ?? {};
        groups.push({ captures: [capture], sightings: sightings === null ? [] : [sightings], isMore });
      }
  }
  const firstOf = (group: ClockGroup): number => Math.min(...group.captures.map(({ captureIndex }) => captureIndex));
  const first = groups.sort((one, other) => firstOf(one) - firstOf(other)).slice(0, MAX_CLOCKS);
  const all: ClockGroup[] = [];
  for (const group of first) all.push(group.sightings.length > 0 ? group : await lookedAt(group, looking));
  return all;
}

/** A group of one capture that was not among those of its name that were looked at. */
async function lookedAt({ captures }: ClockGroup, looking: Looking): Promise<ClockGroup> {
  const { looked, isMore } = await sightingsOf(captures, looking);
  return { captures, sightings: [...looked.values()].map(({ sightings }) => sightings), isMore };
}

/** What a group's captures saw further on of segments that are known: for those that began at different times. */
export async function laterSightings(
  { captures }: ClockGroup,
  isWanted: (key: number) => boolean,
  looking: Looking,
): Promise<Sightings> {
  const later = new Sightings(isWanted);
  const isEnough = (): boolean => later.places.size >= ENOUGH;
  const decoder = decoderInto(() => later);
  await lookAhead(captures, { ...looking, bytes: SCANNED_BYTES, isEnough }, (packet) => decoder.decode(packet));
  return later;
}

/**
 * What a group's captures saw in all of their length, in moments that are the same for all groups: for clocks that
 * drift apart. Packets between the moments are not taken apart.
 *
 * @param aheadAt How far the group's clock is ahead, as far as that is known already.
 */
export async function sightingsOfMoments(
  { captures, sightings }: ClockGroup,
  aheadAt: (atNs: number) => number,
  looking: Looking,
): Promise<Sightings> {
  // What was seen at the beginning is known.
  const moments = new Sightings((key) => !sightings.some(({ places }) => places.has(key)));
  const decoder = decoderInto(() => moments);
  const all = { ...looking, bytes: Number.POSITIVE_INFINITY, files: Number.POSITIVE_INFINITY };
  await lookAhead(captures, all, (packet) => {
    const atNs = packet.atNs - aheadAt(packet.atNs);
    if (atNs - Math.floor(atNs / MOMENT_EVERY_NS) * MOMENT_EVERY_NS < MOMENT_NS) decoder.decode(packet);
  });
  return moments;
}

/** Captures whose names differ in figures alone, each list in order of time. */
function alikeByName(captures: readonly BegunCapture[]): BegunCapture[][] {
  const byName = new Map<string, BegunCapture[]>();
  for (const capture of captures) {
    const { dir, base } = path.parse(capture.file);
    const name = path.join(dir, base.replace(/\d+/g, ''));
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [capture]);
    else known.push(capture);
  }
  for (const alike of byName.values())
    alike.sort((one, other) => one.seconds - other.seconds || one.nanoseconds - other.nanoseconds);
  return [...byName.values()];
}

interface LookedAt {
  readonly sightings: Sightings;
  firstNs: number;
  lastNs: number;
}

async function sightingsOf(
  captures: readonly BegunCapture[],
  looking: Looking,
): Promise<{ readonly looked: ReadonlyMap<number, LookedAt>; readonly isMore: boolean }> {
  const looked = new Map<number, LookedAt>();
  let current: LookedAt | null = null;
  const decoder = decoderInto(() => current?.sightings ?? null);
  const isMore = await lookAhead(captures, looking, (packet) => {
    current = looked.get(packet.captureIndex) ?? null;
    if (current === null) {
      current = { sightings: new Sightings(), firstNs: packet.atNs, lastNs: packet.atNs };
      looked.set(packet.captureIndex, current);
    }
    if (packet.atNs > current.lastNs) current.lastNs = packet.atNs;
    decoder.decode(packet);
  });
  return { looked, isMore };
}

function decoderInto(sightings: () => Sightings | null): PacketDecoder {
  return new PacketDecoder({
    segment: (segment) => sightings()?.note(segment),
    quoted: () => undefined,
    name: () => undefined,
    presence: () => undefined,
    quicInitial: () => undefined,
  });
}

/** Whether captures, in order of time, follow one another and have nothing in common, as far as they were looked at. */
function isRing(looked: readonly LookedAt[]): boolean {
  return looked.every((one, index) => {
    const next = looked[index + 1];
    if (next === undefined) return true;
    return next.firstNs >= one.lastNs - SLACK_NS && packetBounds(one.sightings, next.sightings) === null;
  });
}

/**
 * Whether the first capture ends before the second begins: of long ones only the beginnings were looked at, which
 * follow one another also where computers were captured from different moments on. Only times are read.
 */
async function endsBeforeNext([first, second]: readonly BegunCapture[], looking: Looking): Promise<boolean> {
  if (first === undefined || second === undefined) return true;
  const untilNs =
    (second.seconds - looking.origin.seconds) * SECOND_NS +
    (second.nanoseconds - looking.origin.nanoseconds) +
    SLACK_NS;
  let goesOn = false;
  const whole = { ...looking, bytes: Number.POSITIVE_INFINITY, isEnough: () => goesOn };
  await lookAhead([first], whole, ({ atNs }) => {
    goesOn ||= atNs > untilNs;
  });
  return !goesOn;
}
