/** One server's closes without an answer, with how it fared itself: with others, behind it, and in front. */
import type { Endpoint } from '../../facts/endpoint.js';
import { STATUS } from '../../facts/status.js';
import { answeredAlike } from '../judgements/answered-alike.js';
import { metMeanwhile, overAt, unmetMeanwhile } from '../judgements/behind.js';
import { discriminatingAttribute } from '../judgements/discriminating-attribute.js';
import { toldAtOnce, toldOfEach } from '../judgements/front-failures.js';
import { headerWanted } from '../judgements/header-wanted.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import { ONE_MOMENT_NS, REFUSED_WITHIN_NS, REORDERED_NS } from '../judgements/moments.js';
import { endedTogether } from '../judgements/one-moment.js';
import { answeredRetryOf, countRetries, retryOutcome } from '../judgements/retries.js';
import { spokenOtherwise } from '../judgements/spoken-otherwise.js';
import { timeWindow } from '../judgements/time-window.js';
import { CLUSTER_SHARE, CLUSTER_SIZE } from '../judgements/timer-window.js';
import { triesOf } from '../observation/logged-exchange.js';
import { baselineOf, type Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { type Activity, nextActivity, SOON_NS } from '../tally/activity.js';
import type { Moment } from '../tally/earliest.js';
import { answeredSample } from '../tally/server-baseline.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Case, FaredBehind } from './case.js';
import type { Incident } from './incident.js';
import type { CutAnswer, Failures } from './tally.js';

/** Who looks at its workers once a second (gunicorn) ends them up to so much later than set; beside ten seconds and more that is no chance. */
const LOOKS_EVERY_NS = 1_050_000_000;

const LOOKED_AT_FROM_NS = 10_000_000_000;

/** Two requests in progress, each acknowledged and of another age, are lost at one moment by no timer of theirs. */
const FEWEST_IN_WORK = 2;

/** What a proxy in front told its clients for incidents in TLS without keys: 502, as soon as the server had closed. */
export function toldFor(incidents: readonly Incident[], { servers }: Conclusion): GatewayFailure[] {
  const failures = servers.gatewayFailures().filter(({ status }) => status === STATUS.badGateway);
  return toldAtOnce(failures, incidents.filter(({ key }) => key === null).map(attemptOf));
}

function attemptOf({ request, atNs: endNs, server }: Incident) {
  return { beginNs: request.startNs, endNs, server };
}

/** The case of one server; see the head of this file. */
export function caseOf(
  failures: Failures,
  cut: readonly CutAnswer[],
  endpoint: Endpoint,
  conclusion: Conclusion,
  leftOut: number,
): Case | null {
  const { captures, observation } = conclusion;
  const baseline = baselineOf(observation, endpoint);
  const incidents = failures.earliest.items;
  const [first] = incidents;
  // Who is spoken to in the wrong way hangs up on everybody who does so: protocol-mismatch tells it.
  const isSpokenOtherwise =
    failures.hungUp === failures.count && spokenOtherwise(baseline.spoken, endpoint, 'clear') !== null;
  if (first === undefined) return null;
  const unmet = unmetOf(incidents, endpoint, observation);
  if (isSpokenOtherwise && unmet === null) return null;
  const figures = failures.figures.items;
  const followed = figures.flatMap(({ key, furtherKeys, stream, atNs, packet }) =>
    (key === null ? [] : [key, ...furtherKeys]).map((one) => {
      const tries = triesOf(observation.exchanges, one);
      const outcome = retryOutcome(tries, stream, atNs, observation.endNs);
      return { failed: packet, outcome, retry: answeredRetryOf(tries, stream, atNs) };
    }),
  );
  const atOnce = figures.filter(({ atNs }) => Math.abs(atNs - first.atNs) <= ONE_MOMENT_NS).length;
  const { lowestDelayNs: lowest, highestDelayNs: highest, count, shared } = failures;
  const { activity } = baseline;
  const told = toldFor(incidents, conclusion);
  return {
    incidents,
    first,
    occurrences: count,
    lostRequests: failures.lostRequests,
    isAllH2: failures.overH2 === count,
    healthChecks: failures.healthChecks,
    droppedPackets: captures.reduce((sum, { droppedPackets }) => sum + (droppedPackets ?? 0), 0),
    leftOut,
    delay: { lowest, highest },
    // What was sent together and ends together is equally old without any timer.
    delaysCluster: count >= CLUSTER_SIZE && atOnce < count && lowest >= SOON_NS && agree(lowest, highest),
    atOnce,
    together: endedTogether(figures, endpoint, conclusion, FEWEST_IN_WORK),
    attribute: shared === null ? null : discriminatingAttribute(shared, count, first.atNs, answeredSample(baseline)),
    window: timeWindow(count, first.atNs, failures.lastNs, baseline.answeredAt),
    server: {
      connections: baseline.connections,
      answered: baseline.answered,
      acceptAfter: nextActivity(activity, 'accept', first.atNs, SOON_NS),
      answerAfter: nextActivity(activity, 'answer', first.atNs, SOON_NS),
      refusedNext: refusedNext(activity, first.atNs),
      sameRequestAnswered: answeredAlike(first.request, baseline),
      largestHeadBytes: baseline.largestHeadBytes,
    },
    behind: behindOf(first, cut, endpoint, observation) ?? unmet,
    header: headerWanted(baseline.spoken, failures.hungUp === failures.count),
    retries: countRetries(followed),
    told,
    toldOf: toldOfEach(told, incidents.map(attemptOf)),
  };
}

/** Whether delays between these two are one timer's. */
function agree(lowest: number, highest: number): boolean {
  const spread = highest - lowest;
  if (spread <= CLUSTER_SHARE * highest) return true;
  const wholeNs = Math.floor(lowest / 1e9) * 1e9;
  return lowest >= LOOKED_AT_FROM_NS && highest <= wholeNs + LOOKS_EVERY_NS;
}

/** The refusal that is the server's next sign, soon enough to be of the same end; `null`: there is none, or it went on before. */
function refusedNext(activity: Activity, atNs: number): Moment | null {
  const refusal = nextActivity(activity, 'refusal', atNs, REFUSED_WITHIN_NS);
  if (refusal === null) return null;
  const untilNs = refusal.atNs - atNs;
  const wentOn = nextActivity(activity, 'accept', atNs, untilNs) ?? nextActivity(activity, 'answer', atNs, untilNs);
  return wentOn === null ? refusal : null;
}

/** What failed behind of the first, where at each a connection of the server's own did not come about, also before its request. */
function unmetOf(incidents: readonly Incident[], server: Endpoint, observation: Observation): FaredBehind | null {
  const failed = incidents.map(({ client, request, waitNs, atNs: endNs }) =>
    unmetMeanwhile({ client, server, startNs: request.startNs - (waitNs ?? 0), endNs }, observation),
  );
  const [first] = failed;
  return first == null || failed.includes(null) ? null : { failed: first, answered: null, isCut: false };
}

/** How the server fared behind between the request and its FIN: under its address, or else by the legs of the request. */
function behindOf(
  incident: Incident,
  cut: readonly CutAnswer[],
  server: Endpoint,
  observation: Observation,
): FaredBehind | null {
  const { client, request, atNs: endNs } = incident;
  const leg = legBehind(incident, cut, observation);
  const met = metMeanwhile({ client, server, startNs: request.startNs, endNs }, observation);
  // What became of the request itself is surer than how its address fared; and an answer that was cut is one all the same to who counts answers.
  return met === null || (leg !== null && leg.failed !== null) ? leg : { ...met, isCut: false };
}

/** What became of the request behind; `null`: it is not known to have gone on. */
function legBehind(
  { stream, index, atNs: closedNs }: Incident,
  cut: readonly CutAnswer[],
  observation: Observation,
): FaredBehind | null {
  const last = index === null ? undefined : legPairsOf(observation).backsOf({ stream, index }).at(-1);
  if (last === undefined) return null;
  if (last.status === null) return { failed: overAt(last), answered: null, isCut: false };
  const end = cut.find((one) => one.stream === last.stream && one.requestPacket === last.packet);
  return end !== undefined && end.atNs <= closedNs + REORDERED_NS
    ? { failed: end, answered: null, isCut: true }
    : { failed: null, answered: null, isCut: false };
}
