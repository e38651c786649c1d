/** What a finding is argued from: the incidents of one kind at one server, beside all that the server did. */
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { answeredAlike } from '../judgements/answered-alike.js';
import {
  type Attributes,
  type DiscriminatingAttribute,
  discriminatingAttribute,
  sharedAttributes,
} from '../judgements/discriminating-attribute.js';
import { forgerPlace } from '../judgements/forger-place.js';
import { headerWanted } from '../judgements/header-wanted.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import { endedTogether } from '../judgements/one-moment.js';
import { answeredRetryOf, countRetries, retryOutcome } from '../judgements/retries.js';
import { timeWindow } from '../judgements/time-window.js';
import { CLUSTER_SHARE, CLUSTER_SIZE } from '../judgements/timer-window.js';
import { triesOf } from '../observation/logged-exchange.js';
import { nextActivity, SOON_NS } from '../tally/activity.js';
import { earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { answeredSample, type ServerBaseline } from '../tally/server-baseline.js';
import { mergeTimeCounts, stretchesOf, timeCounts } from '../tally/time-counts.js';
import { type Case, type CaseRefusals, MAX_STRETCHES_TOLD, type ResetKind, type Spread } from './case.js';
import type { Incident } from './incident.js';
import { type Figures, forgeryInput } from './incident-class.js';
import type { JudgedClass, Run } from './judged-class.js';

/** Values told of each attribute; more are no answer to who is concerned. */
const MAX_TOLD = 5;

/** The case of a server and a kind of reset: all that its causes are weighed by. */
export function caseOf(
  { incidents: { shape }, first, tests, verdict }: JudgedClass,
  kind: ResetKind,
  group: readonly JudgedClass[],
  baseline: ServerBaseline,
  capturePoint: Case['capturePoint'],
  run: Run,
): Omit<Case, 'uncounted' | 'tellsLeftOut'> {
  const { observation, leftOut, droppedPackets } = run;
  const kept = earliest<Incident>(MAX_EVIDENCE);
  const figures: Figures[] = [];
  let shared: Attributes | null = null;
  let [occurrences, proven, healthChecks, lostRequests] = [0, 0, 0, 0];
  const failedAt = timeCounts();
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { incidents, verdict: own } of group) {
    mergeEarliest(kept, incidents.earliest);
    figures.push(...incidents.figures.items);
    occurrences += incidents.count;
    if (own !== 'none') proven += incidents.count;
    healthChecks += incidents.healthChecks;
    lostRequests += incidents.lostRequests;
    mergeTimeCounts(failedAt, incidents.failedAt);
    lowest = Math.min(lowest, incidents.lowestDelayNs);
    highest = Math.max(highest, incidents.highestDelayNs);
    if (incidents.shared !== null)
      shared = shared === null ? incidents.shared : sharedAttributes(shared, incidents.shared);
  }
  const delays = figures.map(({ delayNs }) => delayNs);
  const idles = figures.flatMap(({ idle }) => (idle === null ? [] : [idle.idleNs]));
  const ages = figures.flatMap(({ ageNs }) => (ageNs === null ? [] : [ageNs]));
  const firstNs = kept.items[0]?.atNs ?? first.atNs;
  const lastNs = Math.max(...group.map(({ incidents }) => incidents.lastNs));
  const followed = figures.map(({ key, stream, atNs, packet }) => {
    const tries = key === null ? null : triesOf(observation.exchanges, key);
    const outcome = retryOutcome(tries, stream, atNs, observation.endNs);
    return { failed: packet, outcome, retry: answeredRetryOf(tries, stream, atNs) };
  });
  const retries = countRetries(followed);
  // A process that ends aborts its sockets; another hand's resets are not its end.
  const together = kind === 'application-abort' ? endedTogether(figures, first.server.endpoint, run) : null;
  const here = endpointText(first.server.endpoint);
  const attribute =
    shared === null ? null : discriminatingAttribute(shared, occurrences, firstNs, answeredSample(baseline), lastNs);
  return {
    kind,
    shape,
    incident: first,
    incidents: kept.items,
    occurrences,
    proven,
    leftOut,
    droppedPackets,
    healthChecks,
    capturePoint,
    verdict,
    tests,
    place: verdict === 'none' ? 'unknown' : forgerPlace(forgeryInput(first), tests, capturePoint, first.requestSpan),
    delay: { ...spreadOf(delays), lowest, highest },
    age: ages.length > 0 ? spreadOf(ages) : null,
    idleBefore: idles.length > 0 ? spreadOf(idles) : null,
    afterIdle: group.reduce((sum, { incidents }) => sum + (incidents.isAfterIdle ? incidents.count : 0), 0),
    delaysCluster: isCluster(delays),
    agesCluster: ages.length === figures.length && isCluster(ages),
    lateTimer: lateTimerOf(
      kept.items.filter(({ atNs }) => Math.abs(atNs - first.atNs) <= ONE_MOMENT_NS),
      together?.moment.idle?.lowest ?? null,
      run.servers.idlenessOf(first.server.endpoint).longestAnsweredNs,
    ),
    together,
    attribute,
    ...affectedBy(group, baseline),
    refusals: attribute === null ? null : refusalsOf(attribute, firstNs, baseline),
    lostRequests,
    header: headerWanted(
      baseline.spoken,
      group.every(({ incidents }) => incidents.hungUp === incidents.count),
    ),
    stretches: stretchesOf(failedAt, baseline.answeredAt, MAX_STRETCHES_TOLD),
    window: timeWindow(occurrences, firstNs, lastNs, baseline.answeredAt),
    server: surroundings(first, baseline),
    retries: {
      ...retries,
      elsewhere: retries.mended.filter(({ retry }) => endpointText(retry.server) !== here).length,
    },
  };
}

/** See {@link Case.lateTimer}; `shortestNs`: of the connections without a request that ended with them. */
function lateTimerOf(
  incidents: readonly Incident[],
  shortestNs: number | null,
  longestAnsweredNs: number,
): Spread | null {
  const idles = incidents.flatMap(({ pauseNs, delayNs }) => (pauseNs === null ? [] : [pauseNs + delayNs]));
  const shortest = Math.min(...idles, shortestNs ?? Number.POSITIVE_INFINITY);
  if (idles.length === 0 || idles.length < incidents.length) return null;
  return shortest >= SOON_NS && shortest > longestAnsweredNs ? spreadOf(idles) : null;
}

/** Who asked, and how others with the same value fared. */
function affectedBy(group: readonly JudgedClass[], baseline: ServerBaseline): Pick<Case, 'affected' | 'clients'> {
  const counts = new Map<string, { attribute: string; value: string; failed: number }>();
  let isWhole = true;
  for (const { incidents } of group) {
    isWhole = isWhole && incidents.affected.last === null;
    for (const [key, { attribute, value, failed }] of Object.entries(incidents.affected.entries))
      counts.set(key, { attribute, value, failed: failed + (counts.get(key)?.failed ?? 0) });
  }
  const all = [...counts].sort(
    ([one, { failed }], [other, { failed: otherFailed }]) => otherFailed - failed || (one < other ? -1 : 1),
  );
  const answers = answeredSample(baseline);
  const affected = ['client-address', 'x-forwarded-for', 'path'].flatMap((attribute) =>
    all
      .filter(([, counted]) => counted.attribute === attribute)
      .slice(0, MAX_TOLD)
      .map(([, { value, failed }]) => ({
        attribute,
        value,
        failed,
        answered: answers.filter(({ attributes }) => attributes[attribute] === value).length,
      })),
  );
  const clients = all.filter(([, { attribute }]) => attribute === 'client-address').length;
  return { affected, clients: isWhole ? clients : null };
}

/** Connection attempts of the one client concerned that were refused after its first reset, while others were accepted. */
function refusalsOf(
  { name, value }: DiscriminatingAttribute,
  firstNs: number,
  baseline: ServerBaseline,
): CaseRefusals | null {
  if (name !== 'client-address') return null;
  const its = baseline.clients.entries[value];
  if (its === undefined || its.firstRefusal === null || its.firstRefusal.atNs < firstNs) return null;
  const { firstRefusal, lastAccept, refused } = its;
  if (lastAccept !== null && lastAccept.atNs >= firstNs) return null;
  let other: Moment | null = null;
  for (const [client, { lastAccept: accepted }] of Object.entries(baseline.clients.entries))
    if (client !== value && accepted !== null && accepted.atNs >= firstRefusal.atNs)
      if (other === null || accepted.atNs < other.atNs) other = accepted;
  return other === null
    ? null
    : { client: value, count: refused, first: firstRefusal.packet, otherAccepted: other.packet };
}

/** What the server did around an incident. */
function surroundings(first: Incident, baseline: ServerBaseline): Case['server'] {
  const { activity } = baseline;
  return {
    connections: baseline.connections,
    answered: baseline.answered,
    sampled: baseline.sample.items.length,
    abandoned: baseline.abandoned,
    fastestAnswerNs: baseline.fastestAnswerNs,
    badRequest: baseline.badRequest,
    acceptAfter: nextActivity(activity, 'accept', first.atNs, SOON_NS),
    answerAfter: nextActivity(activity, 'answer', first.atNs, SOON_NS),
    refusalAfter: nextActivity(activity, 'refusal', first.atNs, SOON_NS),
    strainNear: nextActivity(activity, 'strain', first.atNs - SOON_NS, 2 * SOON_NS),
    sameRequestAnswered: first.request === null ? null : answeredAlike(first.request, baseline),
  };
}

function spreadOf(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((one, other) => one - other);
  const last = sorted.length - 1;
  return { lowest: sorted[0] ?? 0, median: sorted[Math.floor(last / 2)] ?? 0, highest: sorted[last] ?? 0 };
}

/** Whether all lie close to their median, and that is long enough for a timer. */
function isCluster(figures: readonly number[]): boolean {
  const { lowest, median, highest } = spreadOf(figures);
  return figures.length >= CLUSTER_SIZE && median >= SOON_NS && highest - lowest <= CLUSTER_SHARE * median;
}
