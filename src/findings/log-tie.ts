/**
 * Which failing lines of a log are which connections of the capture.
 *
 * A line and a failure may be one where addresses, ports, target and status allow it. The clocks
 * differ by one offset: that of the pairs whose client port leaves no choice; without such pairs the
 * one that makes most pairs fit, if no other makes as many. Then each line takes the failure that
 * lies nearest, each failure once.
 */
import type { Finding } from '../facts/finding.js';
import type { LogLine } from '../log/log-line.js';
import { hasDate } from '../text/instant.js';
import { countText } from '../text/size.js';
import type { Occurrence, Occurrences } from './log-occurrences.js';

/** What was read of a log: its failing lines, the first of them. */
export interface LogRead {
  readonly file: string;
  readonly lines: number;
  readonly unreadable: number;
  readonly failing: number;
  readonly kept: readonly { readonly number: number; readonly line: LogLine }[];
}

/** A failing line and its place. */
export interface PlacedLine {
  readonly file: number;
  readonly number: number;
  readonly line: LogLine;
}

/** By what a line was tied: an endpoint with its port, an address alone, or, where the log names none, time. */
type TiedBy = 'client' | 'server' | 'address' | 'time';

/** See the head of this file. */
export interface LogTie {
  readonly files: readonly Omit<LogRead, 'kept'>[];
  /** Clock of the logs less that of the capture; `null`: could not be told, and nothing is tied. */
  readonly offsetNs: bigint | null;
  readonly tied: readonly (PlacedLine & { readonly stream: number; readonly by: TiedBy })[];
  readonly withoutConnection: readonly PlacedLine[];
  readonly resetsWithoutLine: readonly Occurrence[];
  /** Failing lines and failures beyond what is kept. */
  readonly notCompared: number;
}

interface Pair {
  readonly line: number;
  readonly occurrence: number;
  readonly by: TiedBy;
  readonly differenceNs: bigint;
}

/** Pairs that are weighed: beyond it a log without ports fits everything. */
const MAX_PAIRS = 500_000;
/** What passes between a packet and the line about it, beside the log's own precision. */
const SLACK_NS = 100_000_000n;

/** Clocks that a lone pair without a client's port may show to differ by this much; more is another failure. */
const MAX_LONE_OFFSET_NS = 60_000_000_000n;

/** Ties the logs to the failures; `originEpochNs` is the time of the capture's first packet. */
export function tieLogs(logs: readonly LogRead[], failures: Occurrences, originEpochNs: bigint): LogTie {
  const lines = logs.flatMap(({ kept }, file) => kept.map(({ number, line }) => ({ file, number, line })));
  const occurrences = failures.sorted();
  const pairs = pairsOf(lines, occurrences, originEpochNs);
  const precision = lines.reduce((most, { line }) => Math.max(most, line.precisionNs), 0);
  const toleranceNs = BigInt(precision) + SLACK_NS;
  const offsetNs = certainOffset(pairs) ?? likeliestOffset(pairs, toleranceNs, hasDate(originEpochNs));
  const lineTaken = new Set<number>();
  const occurrenceTaken = new Set<number>();
  const tied: (PlacedLine & { stream: number; by: TiedBy })[] = [];
  if (offsetNs !== null) {
    const near = pairs.filter(({ differenceNs }) => distance(differenceNs, offsetNs) <= toleranceNs);
    near.sort((one, other) => Number(distance(one.differenceNs, offsetNs) - distance(other.differenceNs, offsetNs)));
    for (const { line, occurrence, by } of near) {
      const placed = lines[line];
      const stream = occurrences[occurrence]?.stream;
      if (placed === undefined || stream === undefined) continue;
      if (lineTaken.has(line) || occurrenceTaken.has(occurrence)) continue;
      lineTaken.add(line);
      occurrenceTaken.add(occurrence);
      tied.push({ ...placed, stream, by });
    }
  }
  tied.sort((one, other) => one.file - other.file || one.number - other.number);
  return {
    files: logs.map(({ kept: _, ...file }) => file),
    offsetNs,
    tied,
    withoutConnection: lines.filter((_, index) => !lineTaken.has(index)),
    resetsWithoutLine: occurrences.filter(
      ({ wasReset, status }, index) => wasReset && status === null && !occurrenceTaken.has(index),
    ),
    notCompared: failures.omitted + logs.reduce((sum, { failing, kept }) => sum + failing - kept.length, 0),
  };
}

function pairsOf(lines: readonly PlacedLine[], occurrences: readonly Occurrence[], origin: bigint): Pair[] {
  const pairs: Pair[] = [];
  for (const [index, { line }] of lines.entries()) {
    for (const [place, occurrence] of occurrences.entries()) {
      const by = mayBe(line, occurrence);
      if (by === null) continue;
      const differenceNs = line.endNs - (origin + BigInt(Math.round(occurrence.endNs)));
      pairs.push({ line: index, occurrence: place, by, differenceNs });
      if (pairs.length === MAX_PAIRS) return pairs;
    }
  }
  return pairs;
}

/** By what a line may be a failure; `null`: it is another. */
function mayBe(line: LogLine, { client, server, status, target }: Occurrence): TiedBy | null {
  const named = line.client ?? line.server;
  if (named === null) return (line.unanswered ? null : line.status) === status ? 'time' : null;
  if (target !== null && line.target !== null && !line.target.endsWith(target)) return null;
  const isBack = line.server !== null && line.server.address === server.address && line.server.port === server.port;
  if (isBack) return line.targetStatus === status ? 'server' : null;
  // To the client the logger may have sent nothing, whatever status it wrote.
  if (line.client?.address !== client.address || (status !== null && status !== line.status)) return null;
  if (line.client.port === null) return 'address';
  return line.client.port === client.port ? 'client' : null;
}

/** The median of the pairs that a client's port leaves no choice; `null`: there are none. */
function certainOffset(pairs: readonly Pair[]): bigint | null {
  const byPort = pairs.filter(({ by }) => by === 'client');
  const uses = (of: 'line' | 'occurrence') => {
    const counts = new Map<number, number>();
    for (const pair of byPort) counts.set(pair[of], (counts.get(pair[of]) ?? 0) + 1);
    return counts;
  };
  const [ofLine, ofOccurrence] = [uses('line'), uses('occurrence')];
  const certain = byPort.filter(({ line, occurrence }) => ofLine.get(line) === 1 && ofOccurrence.get(occurrence) === 1);
  return median(certain.map(({ differenceNs }) => differenceNs));
}

/** The offset that makes most pairs fit; `null`: others make as many, or one pair alone says that dated clocks lie far apart. */
function likeliestOffset(pairs: readonly Pair[], toleranceNs: bigint, isDated: boolean): bigint | null {
  const sorted = pairs.toSorted((one, other) => Number(one.differenceNs - other.differenceNs));
  let best: { readonly count: number; readonly at: bigint } | null = null;
  let isShared = false;
  let start = 0;
  const lines = new Map<number, number>();
  const occurrences = new Map<number, number>();
  for (const [end, pair] of sorted.entries()) {
    count(lines, pair.line, 1);
    count(occurrences, pair.occurrence, 1);
    let first = sorted[start] ?? pair;
    while (pair.differenceNs - first.differenceNs > toleranceNs) {
      count(lines, first.line, -1);
      count(occurrences, first.occurrence, -1);
      start += 1;
      first = sorted[start] ?? pair;
    }
    const fitting = Math.min(lines.size, occurrences.size);
    const at = sorted[(start + end) >> 1]?.differenceNs ?? pair.differenceNs;
    if (best === null || fitting > best.count) [best, isShared] = [{ count: fitting, at }, false];
    else if (fitting === best.count && distance(at, best.at) > toleranceNs) isShared = true;
  }
  if (best === null || isShared) return null;
  return best.count === 1 && isDated && distance(best.at, 0n) > MAX_LONE_OFFSET_NS ? null : best.at;
}

function count(counts: Map<number, number>, key: number, by: number): void {
  const sum = (counts.get(key) ?? 0) + by;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}

function median(values: readonly bigint[]): bigint | null {
  return values.toSorted((one, other) => Number(one - other))[values.length >> 1] ?? null;
}

function distance(one: bigint, other: bigint): bigint {
  return one > other ? one - other : other - one;
}

/** What a line says went wrong, as people quote it: `502 -`, `504 504`, `SH--`. */
export function outcomeText({ format, status, targetStatus, unanswered, flags }: LogLine): string {
  const isTold = format === 'alb' || (format === 'fields' && flags === null && (targetStatus !== null || unanswered));
  if (isTold) return `${status ?? '-'} ${targetStatus ?? '-'}`;
  return [status, flags].filter((word) => word !== null).join(' ');
}

/** The findings, each with a word on the lines of the log that are its connections. */
export function witnessed(findings: readonly Finding[], { tied }: LogTie): readonly Finding[] {
  return findings.map((finding) => {
    const streams = new Set(finding.evidence.map(({ stream }) => stream));
    const lines = tied.filter(({ stream }) => streams.has(stream));
    if (lines.length === 0) return finding;
    const outcomes = [...new Set(lines.map(({ line }) => outcomeText(line)))].slice(0, 3).map((each) => `"${each}"`);
    const connections = new Set(lines.map(({ stream }) => stream)).size;
    const these = `${countText(lines.length)} log line${lines.length === 1 ? '' : 's'} with ${outcomes.join(', ')}`;
    const those = `${countText(connections)} of its connections`;
    return { ...finding, summary: `${finding.summary} ${these} ${lines.length === 1 ? 'is' : 'are'} ${those}.` };
  });
}
