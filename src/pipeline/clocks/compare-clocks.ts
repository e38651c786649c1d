/**
 * takes: captures of a run, before they are read. gives: how far their clocks are apart, so that they are read as if
 * by one. may: look into the captures. may not: guess.
 *
 * Two captures that hold packets of the same connections tell it by those (packet-bounds.ts). What those leave
 * apart is tried by requests that a proxy handed on (request-bounds.ts). A clock that may go like the one it is
 * compared with is left alone, and so is one of which nothing is known. The clock kept to is that of the capture
 * that was named first, among those that can be compared.
 */
import type { BegunCapture, ComparedClock, Instant } from '../../capture/clock.js';
import type { ClockFacts } from '../../facts/capture.js';
import type { Bounds } from './bounds.js';
import { type ClockGroup, clockGroups, laterSightings, sightingsOfMoments } from './clock-groups.js';
import { type ClockLine, clockLine, MAX_CROSSED_NS, mayAgree } from './clock-line.js';
import { type ExchangeAhead, exchangesAhead } from './exchanges-ahead.js';
import type { Looking } from './look-ahead.js';
import { packetBounds } from './packet-bounds.js';
import { requestBounds } from './request-bounds.js';

const SECOND_NS = 1_000_000_000;

/** How the clocks of two groups differ: that of `to` is ahead. */
interface Difference {
  readonly from: number;
  readonly to: number;
  /** `null`: they may go alike. */
  readonly line: ClockLine | null;
  readonly by: ClockFacts['by'];
  readonly count: number;
}

/** A group whose clock is known by that of the first of its kind. */
interface Placed {
  /** The group whose clock is kept to. */
  readonly root: number;
  /** `null`: its times stand. */
  readonly line: ClockLine | null;
  readonly difference: Difference | null;
}

/** What is known of the clocks, by `captureIndex`. */
export async function compareClocks(
  captures: readonly BegunCapture[],
  options: Omit<Looking, 'origin'> & { readonly keyLogs: readonly string[] },
): Promise<readonly ComparedClock[]> {
  const origin = { seconds: Math.min(...captures.map(({ seconds }) => seconds)), nanoseconds: 0 };
  const looking = { ...options, origin };
  const groups = await clockGroups(captures, looking);
  if (groups.length < 2) return comparedOf(groups, [], origin);
  const [known, differences] = await comparedByPackets(groups, looking);
  const placed = placedBy(groups.length, [], differences);
  const isLong = differences.length > 0 && groups.some(({ isMore }) => isMore);
  const followed = isLong
    ? placedBy(groups.length, [], withDrift(differences, await inMoments(known, placed, looking)))
    : placed;
  return comparedOf(
    groups,
    areApart(followed) ? await placedByRequests(groups, followed, looking, options.keyLogs) : followed,
    origin,
  );
}

/** Compares by the beginnings of captures, and what they could not be compared by further on; gives the groups with all that was seen. */
async function comparedByPackets(
  groups: readonly ClockGroup[],
  looking: Looking,
): Promise<[readonly ClockGroup[], readonly Difference[]]> {
  const differences = byPackets(groups);
  const placed = placedBy(groups.length, [], differences);
  if (!areApart(placed) || !groups.some(({ isMore }) => isMore)) return [groups, differences];
  const through = await lookedThrough(groups, placed, looking);
  return [through, byPackets(through)];
}

/** Groups with what they saw in moments all along. */
async function inMoments(
  groups: readonly ClockGroup[],
  placed: readonly Placed[],
  looking: Looking,
): Promise<readonly ClockGroup[]> {
  const all: ClockGroup[] = [];
  for (const [index, group] of groups.entries()) {
    const { line = null } = placed[index] ?? {};
    const moments = await sightingsOfMoments(group, (atNs) => (line === null ? 0 : aheadByOwn(line, atNs)), looking);
    all.push({ ...group, sightings: [...group.sightings, moments] });
  }
  return all;
}

/** Differences as the captures in all of their length show them, where these agree upon one. */
function withDrift(differences: readonly Difference[], groups: readonly ClockGroup[]): readonly Difference[] {
  const inFull = byPackets(groups);
  return differences.map((one) => inFull.find(({ from, to }) => from === one.from && to === one.to) ?? one);
}

function areApart(placed: readonly Placed[]): boolean {
  return placed.some(({ root }) => root !== 0);
}

/** Groups with what they saw further on of what those began with that they could not be compared with. */
async function lookedThrough(
  groups: readonly ClockGroup[],
  placed: readonly Placed[],
  looking: Looking,
): Promise<ClockGroup[]> {
  const through: ClockGroup[] = [];
  for (const [index, group] of groups.entries()) {
    const begun = groups
      .filter((_, other) => placed[other]?.root !== placed[index]?.root)
      .flatMap(({ sightings }) => sightings);
    const isWanted = (key: number): boolean => begun.some(({ places }) => places.has(key));
    const later = group.isMore ? [await laterSightings(group, isWanted, looking)] : [];
    through.push({ ...group, sightings: [...group.sightings, ...later] });
  }
  return through;
}

function byPackets(groups: readonly ClockGroup[]): Difference[] {
  return pairsOf(groups.length).flatMap(([from, to]) => {
    const found = (groups[from]?.sightings ?? []).flatMap((a) =>
      (groups[to]?.sightings ?? []).map((b) => packetBounds(a, b)).filter((one) => one !== null),
    );
    const bounds = {
      atMost: found.flatMap((one) => one.bounds.atMost),
      atLeast: found.flatMap((one) => one.bounds.atLeast),
    };
    const count = found.reduce((sum, one) => sum + one.count, 0);
    return count === 0 ? [] : differenceOf(from, to, bounds, 'packets', count);
  });
}

async function placedByRequests(
  groups: readonly ClockGroup[],
  placed: readonly Placed[],
  looking: Looking,
  keyLogs: readonly string[],
): Promise<readonly Placed[]> {
  const exchanges: (readonly ExchangeAhead[])[] = [];
  for (const [index, group] of groups.entries()) {
    const { line = null } = placed[index] ?? {};
    const found = await exchangesAhead(group, looking, keyLogs);
    // Each capture counts its streams from 0.
    exchanges.push(
      found.map((exchange) => ({ ...setBack(exchange, line), stream: exchange.stream * groups.length + index })),
    );
  }
  const differences = pairsOf(groups.length)
    .filter(([from, to]) => placed[from]?.root !== placed[to]?.root)
    .flatMap(([from, to]) => {
      const found = requestBounds(exchanges[from] ?? [], exchanges[to] ?? []);
      return found === null ? [] : differenceOf(from, to, found.bounds, 'requests', found.count);
    });
  return placedBy(groups.length, placed, differences);
}

function differenceOf(from: number, to: number, bounds: Bounds, by: Difference['by'], count: number): Difference[] {
  if (mayAgree(bounds)) return [{ from, to, line: null, by, count }];
  const line = clockLine(bounds, by === 'packets' ? MAX_CROSSED_NS : undefined);
  return line === null ? [] : [{ from, to, line, by, count }];
}

/** Places each group by the differences, those of most weight first, beside what was placed before. */
function placedBy(groups: number, before: readonly Placed[], differences: readonly Difference[]): readonly Placed[] {
  const placed = Array.from({ length: groups }, (_, root) => before[root] ?? { root, line: null, difference: null });
  for (const difference of differences.toSorted((one, other) => other.count - one.count)) {
    const [from, to] = [placed[difference.from], placed[difference.to]];
    if (from === undefined || to === undefined || from.root === to.root) continue;
    // All that go by the later root go by the earlier one now.
    const isForward = from.root < to.root;
    const [kept, moved] = isForward ? [from, to] : [to, from];
    const step = isForward ? difference.line : inverse(difference.line);
    const line = sum(sum(kept.line, step), inverse(moved.line));
    for (const [index, one] of placed.entries()) {
      if (one.root !== moved.root) continue;
      const isOwn = one.difference === null;
      placed[index] = { root: kept.root, line: sum(line, one.line), difference: isOwn ? difference : one.difference };
    }
  }
  return placed;
}

function comparedOf(groups: readonly ClockGroup[], placed: readonly Placed[], origin: Instant): ComparedClock[] {
  const compared: ComparedClock[] = [];
  for (const [index, { captures }] of groups.entries()) {
    const { root = index, line = null, difference = null } = placed[index] ?? {};
    const timedBy = firstOf(groups[root]?.captures ?? captures);
    const clock: ClockFacts | null =
      line === null || difference === null
        ? null
        : {
            reference: timedBy,
            first: firstOf(captures),
            ...momentOf(line, origin),
            drift: line.drift,
            by: difference.by,
            count: difference.count,
            withinNs: line.withinNs,
          };
    for (const { captureIndex } of captures) compared[captureIndex] = { clock, timedBy };
  }
  return compared;
}

/** What the line says at a whole second by the clock that it is of. */
function momentOf(line: ClockLine, origin: Instant): Pick<ClockFacts, MomentFields> {
  const sinceSeconds = origin.seconds + Math.floor((line.sinceNs + line.aheadNs) / SECOND_NS);
  const sinceNs = (sinceSeconds - origin.seconds) * SECOND_NS - line.aheadNs;
  const aheadNs = Math.round(aheadAt(line, sinceNs));
  const aheadSeconds = Math.floor(aheadNs / SECOND_NS);
  return { sinceSeconds, aheadSeconds, aheadNanoseconds: aheadNs - aheadSeconds * SECOND_NS };
}

type MomentFields = 'sinceSeconds' | 'aheadSeconds' | 'aheadNanoseconds';

function firstOf(captures: readonly BegunCapture[]): number {
  return Math.min(...captures.map(({ captureIndex }) => captureIndex));
}

function setBack(exchange: ExchangeAhead, line: ClockLine | null): ExchangeAhead {
  if (line === null) return exchange;
  const { startNs, endNs } = exchange;
  return { ...exchange, startNs: startNs - aheadByOwn(line, startNs), endNs: endNs - aheadByOwn(line, endNs) };
}

/** How far the clock is ahead at a time by itself, nanoseconds. */
function aheadByOwn(line: ClockLine, atNs: number): number {
  return aheadAt(line, atNs - line.aheadNs);
}

/** How far the clock is ahead at a time by the clock that is kept to, nanoseconds. */
function aheadAt({ aheadNs, drift, sinceNs }: ClockLine, atNs: number): number {
  return aheadNs + drift * (atNs - sinceNs);
}

/** How far a clock is ahead in all: by `other` of a second clock, which by `one` is ahead of the one that is kept to. */
function sum(one: ClockLine | null, other: ClockLine | null): ClockLine | null {
  if (one === null || other === null) return one ?? other;
  return {
    aheadNs: one.aheadNs + aheadAt(other, one.sinceNs + one.aheadNs),
    drift: one.drift + other.drift,
    sinceNs: one.sinceNs,
    withinNs: one.withinNs + other.withinNs,
  };
}

/** The same seen from the other clock, and by its times. */
function inverse(line: ClockLine | null): ClockLine | null {
  return line && { ...line, aheadNs: -line.aheadNs, drift: -line.drift, sinceNs: line.sinceNs + line.aheadNs };
}

/** Each two of so many. */
function pairsOf(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, from) =>
    Array.from({ length: count - from - 1 }, (_, step) => [from, from + step + 1] as const),
  ).flat();
}
