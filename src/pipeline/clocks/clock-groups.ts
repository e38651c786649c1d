/**
 * Which captures were taken by one clock: the files of a ring, which bear one name but for figures, follow one
 * another and have no packet in common. All others are held to have a clock each.
 */
import path from 'node:path';
import type { BegunCapture } from '../../capture/clock.js';
import { PacketDecoder } from '../../net/decoder.js';
import type { PacketSink } from '../../net/segment.js';
import { type Looking, lookAhead } from './look-ahead.js';
import { packetBounds } from './packet-bounds.js';
import { Sightings } from './sightings.js';

/** The last packets of one file and the first of the next may be out of order by this much. */
const SLACK_NS = 10_000_000;

/** Captures of one clock, in order of time. */
export interface ClockGroup {
  readonly captures: readonly BegunCapture[];
  /** What those of them saw that were looked at. */
  readonly sightings: readonly Sightings[];
}

/** The groups, in the order in which the first of each was named. */
export async function clockGroups(captures: readonly BegunCapture[], looking: Looking): Promise<ClockGroup[]> {
  const groups: ClockGroup[] = [];
  for (const alike of alikeByName(captures)) {
    const looked = await sightingsOf(alike, looking);
    const sightings = looked.map((one) => one.sightings);
    if (isRing(looked)) groups.push({ captures: alike, sightings });
    else
      for (const [index, capture] of alike.entries())
        groups.push({ captures: [capture], sightings: sightings.slice(index, index + 1) });
  }
  const firstOf = (group: ClockGroup): number => Math.min(...group.captures.map(({ captureIndex }) => captureIndex));
  return groups.sort((one, other) => firstOf(one) - firstOf(other));
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

async function sightingsOf(captures: readonly BegunCapture[], looking: Looking): Promise<LookedAt[]> {
  const looked = new Map<number, LookedAt>();
  let current: LookedAt | null = null;
  const sink: PacketSink = {
    segment: (segment) => current?.sightings.note(segment),
    quoted: () => undefined,
    name: () => undefined,
    presence: () => undefined,
    quicInitial: () => undefined,
  };
  const decoder = new PacketDecoder(sink);
  await lookAhead(captures, looking, (packet) => {
    current = looked.get(packet.captureIndex) ?? null;
    if (current === null) {
      current = { sightings: new Sightings(), firstNs: packet.atNs, lastNs: packet.atNs };
      looked.set(packet.captureIndex, current);
    }
    if (packet.atNs > current.lastNs) current.lastNs = packet.atNs;
    decoder.decode(packet);
  });
  return [...looked.values()];
}

/** Whether captures, in order of time, follow one another and have nothing in common. */
function isRing(looked: readonly LookedAt[]): boolean {
  return looked.every((one, index) => {
    const next = looked[index + 1];
    if (next === undefined) return true;
    return next.firstNs >= one.lastNs - SLACK_NS && packetBounds(one.sightings, next.sightings) === null;
  });
}
