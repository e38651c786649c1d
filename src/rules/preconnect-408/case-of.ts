/** What one server gave up on, sorted by how telling it is, without the probes of monitors and scanners. */
import type { Endpoint } from '../../facts/endpoint.js';
import { answeredRetryOf, retryOutcome } from '../judgements/retries.js';
import { checkedAtOnce, estimateTimer, type TimerEstimate } from '../judgements/timer-estimate.js';
import { type Try, triesOf } from '../observation/logged-exchange.js';
import { baselineOf, type Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { lastActivity } from '../tally/activity.js';
import type { ServerBaseline } from '../tally/server-baseline.js';
import type { Case, LateOutcome } from './case.js';
import type { Farewell, Incident, Waiting } from './incident.js';
import {
  type ClientTally,
  type Preconnect408Tally,
  type ServerTally,
  type Sort,
  type SortTally,
  visitorOf,
} from './tally.js';

/** Silent closes of one age that make a time-out of it. */
const MIN_ALIKE = 3;

/** A retry as soon as this is the client's own: neither a person nor a back-off is as fast. */
const OWN_RETRY_NS = 250_000_000;

/** A monitor knocks at a fixed period: intervals that differ by no more than this share. */
const PERIOD_SHARE = 0.05;

/** Sorts from the most to the least telling. */
const SORTS: readonly Sort[] = [
  'unused status late',
  'half status late',
  'kept-alive status late',
  'unused silent late',
  'unused shape late',
  'unused status',
  'half status',
  'kept-alive status',
  'half silent',
  'unused shape',
  'unused silent',
];

type Sorts = ReadonlyMap<Sort, readonly SortTally[]>;

/** The case of one server; see the head of this file. */
export function caseOf(
  server: ServerTally,
  endpoint: Endpoint,
  tally: Preconnect408Tally,
  { captures, observation }: Conclusion,
): Case | null {
  const baseline = baselineOf(observation, endpoint);
  const { kept, probes } = withoutProbes(server, tally);
  const sorts = told(bySort(kept), server, baseline);
  const incidents = SORTS.flatMap((sort) => incidentsOf(sorts.get(sort) ?? [])).map((one) => waited(one, baseline));
  const [first] = incidents;
  if (first === undefined) return null;
  const late = incidents.filter((one) => one.late !== null);
  const uses = late.flatMap(({ late: use, atNs, ageNs }) => (use === null ? [] : [use.atNs - atNs + ageNs]));
  const outcomes: Record<LateOutcome, number> = {
    'at-once': 0,
    answered: 0,
    'failed-again': 0,
    'not-retried': 0,
    unknown: 0,
  };
  const followed = late.map((one) => followedLate(one, observation));
  for (const { outcome } of followed) outcomes[outcome] += 1;
  const lastNs = Math.max(...incidents.map(({ atNs }) => atNs));
  const lastAnswer = lastActivity(baseline.activity, 'answer');
  return {
    incidents,
    occurrences: total(sorts, () => true),
    counts: {
      unused: countsOf(sorts, 'unused'),
      half: countsOf(sorts, 'half'),
      'kept-alive': countsOf(sorts, 'kept-alive'),
    },
    estimate: estimateTimer(
      incidents.filter(({ measures }) => measures),
      server.longestWait?.waitNs ?? 0,
    ),
    late: total(sorts, (sort) => sort.endsWith(' late')),
    crossed: late.filter((one) => one.late?.crossed === true).length,
    outcomes,
    mended: followed
      .flatMap(({ failed, retry }) => (retry === null ? [] : [{ failed, retry }]))
      .sort((one, other) => one.retry.startNs - other.retry.startNs || one.retry.packet - other.retry.packet),
    latestUseNs: uses.length === 0 ? null : Math.max(...uses),
    connections: baseline.connections,
    closedByClient: server.closedByClient,
    lostOnPath: server.lostOnPath,
    firstLost: server.firstLost,
    longestWait: server.longestWait,
    answerAfter: lastAnswer !== null && lastAnswer.atNs > lastNs ? lastAnswer : null,
    probes,
    uncounted: server.incidents - Object.values(server.clients.entries).reduce((sum, one) => sum + all(one.tally), 0),
    droppedPackets: captures.reduce((sum, { droppedPackets }) => sum + (droppedPackets ?? 0), 0),
  };
}

/** Leaves out the unused connections of clients that never ask and knock everywhere, or at a fixed period (docs/judging.md). */
function withoutProbes(server: ServerTally, tally: Preconnect408Tally): { kept: ClientTally[]; probes: number } {
  const kept: ClientTally[] = [];
  let probes = 0;
  for (const { address, tally: client } of Object.values(server.clients.entries)) {
    const visitor = visitorOf(tally, address);
    const sorts: Partial<Record<Sort, SortTally>> = {};
    for (const [sort, entry] of Object.entries(client.sorts) as [Sort, SortTally][]) {
      const isUnused = sort.startsWith('unused ') && !sort.endsWith(' late');
      const isProbe =
        isUnused && (visitor === 'scans' || (visitor === 'asks-nothing' && isPeriodic(entry.earliest.items)));
      if (isProbe) probes += entry.count;
      else sorts[sort] = entry;
    }
    kept.push({ sorts });
  }
  return { kept, probes };
}

function isPeriodic(incidents: readonly Incident[]): boolean {
  const times = incidents.map(({ atNs, ageNs }) => atNs - ageNs).sort((one, other) => one - other);
  const steps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
  return steps.length >= 2 && Math.max(...steps) - Math.min(...steps) <= PERIOD_SHARE * Math.max(...steps);
}

function bySort(clients: readonly ClientTally[]): Map<Sort, SortTally[]> {
  const found = new Map<Sort, SortTally[]>();
  for (const { sorts } of clients)
    for (const [sort, entry] of Object.entries(sorts) as [Sort, SortTally][])
      found.set(sort, [...(found.get(sort) ?? []), entry]);
  return found;
}

/**
 * What is worth telling. A 408, half a request cut off and a request that came too late speak for
 * themselves; unused connections that end in silence (or, in TLS without keys, with a record that
 * may be a 408) do only where three share an age, and the server is known to speak HTTP.
 */
function told(sorts: Map<Sort, SortTally[]>, server: ServerTally, baseline: ServerBaseline): Sorts {
  const quiet: readonly Sort[] = ['unused silent', 'unused shape', 'unused shape late'];
  const speaking = [...sorts.keys()].filter((sort) => !quiet.includes(sort));
  const silent = quiet.flatMap((sort) => incidentsOf(sorts.get(sort) ?? []));
  const all = estimateOf([...sorts.values()].flatMap(incidentsOf), server, baseline);
  const isMassClose = checkedAtOnce(silent) > 0 && !speaking.some((sort) => sort.includes(' status'));
  const isTimer = all !== null && (all.pattern === 'timer' || all.pattern === 'interval-check') && !isMassClose;
  const isEnough = speaking.length > 0 ? isTimer : isTimer && all.agreeing >= MIN_ALIKE;
  if (isEnough && (baseline.http > 0 || speaking.length > 0)) return sorts;
  for (const sort of quiet) sorts.delete(sort);
  return sorts;
}

/** The earliest of one sort, of all clients. */
function incidentsOf(entries: readonly SortTally[]): Incident[] {
  return entries
    .flatMap(({ earliest }) => earliest.items)
    .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
}

/** With the age that it had at the server. The idle time of a connection that had served has no way to it. */
function waited(incident: Incident, { roundTripNs }: ServerBaseline): Incident {
  if (incident.waiting === 'kept-alive') return incident;
  return { ...incident, ageNs: Math.max(0, incident.ageNs - (roundTripNs ?? 0)) };
}

function estimateOf(
  incidents: readonly Incident[],
  server: ServerTally,
  baseline: ServerBaseline,
): TimerEstimate | null {
  return estimateTimer(
    incidents.filter(({ measures }) => measures).map((one) => waited(one, baseline)),
    server.longestWait?.waitNs ?? 0,
  );
}

/** What became of a request that came too late, and the try that was answered in its place. */
function followedLate(
  { late, stream }: Incident,
  { exchanges, endNs }: Observation,
): { readonly failed: number; readonly outcome: LateOutcome; readonly retry: Try | null } {
  if (late === null || late.key === null) return { failed: late?.packet ?? 0, outcome: 'unknown', retry: null };
  const { atNs, packet: failed, key } = late;
  const tries = triesOf(exchanges, key);
  const outcome = retryOutcome(tries, stream, atNs, endNs);
  if (outcome !== 'answered') return { failed, outcome, retry: null };
  const retry = answeredRetryOf(tries, stream, atNs);
  return { failed, outcome: retry !== null && retry.startNs - atNs <= OWN_RETRY_NS ? 'at-once' : 'answered', retry };
}

function total(sorts: Sorts, isWanted: (sort: Sort) => boolean): number {
  let sum = 0;
  for (const [sort, entries] of sorts) if (isWanted(sort)) for (const { count } of entries) sum += count;
  return sum;
}

function all({ sorts }: ClientTally): number {
  return Object.values(sorts).reduce((sum, { count }) => sum + count, 0);
}

function countsOf(sorts: Sorts, waiting: Waiting): Record<Farewell, number> {
  const count = (farewell: Farewell) =>
    total(sorts, (sort) => sort === `${waiting} ${farewell}` || sort === `${waiting} ${farewell} late`);
  return { status: count('status'), shape: count('shape'), silent: count('silent') };
}
