/** What the run as a whole says: one finding per server that closed without an answer. */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Confidence, RawFinding, Remedy, Severity } from '../../facts/finding.js';
import { STATUS } from '../../facts/status.js';
import { endpointText } from '../../text/address.js';
import { weigh } from '../argument/cause.js';
import { windowFacts } from '../argument/window-text.js';
import { answeredAlike } from '../judgements/answered-alike.js';
import { metMeanwhile, overAt, unmetMeanwhile } from '../judgements/behind.js';
import { lowered, raised } from '../judgements/capture-guards.js';
import { discriminatingAttribute } from '../judgements/discriminating-attribute.js';
import { toldAtOnce, toldOfEach } from '../judgements/front-failures.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import { ONE_MOMENT_NS, REFUSED_WITHIN_NS, REORDERED_NS } from '../judgements/moments.js';
import { endedTogether, lostWithProcess } from '../judgements/one-moment.js';
import { answeredRetryOf, countRetries, retryOutcome } from '../judgements/retries.js';
import { spokenOtherwise } from '../judgements/spoken-otherwise.js';
import { timeWindow } from '../judgements/time-window.js';
import { CLUSTER_SHARE, CLUSTER_SIZE } from '../judgements/timer-window.js';
import { triesOf } from '../observation/logged-exchange.js';
import { baselineOf, type Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { type Activity, nextActivity, SOON_NS } from '../tally/activity.js';
import type { Moment } from '../tally/earliest.js';
import { serversOf } from '../tally/per-server.js';
import { answeredSample } from '../tally/server-baseline.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Case, EmptyResponseFacts, FaredBehind } from './case.js';
import { CAUSES } from './causes.js';
import type { Incident } from './incident.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import { type CutAnswer, type EmptyResponseTally, type Failures, withOthers } from './tally.js';
import { evidenceOf, summaryOf, titleOf } from './wording.js';

/** Who looks at its workers once a second (gunicorn) ends them up to so much later than set; beside ten seconds and more that is no chance. */
const LOOKS_EVERY_NS = 1_050_000_000;
const LOOKED_AT_FROM_NS = 10_000_000_000;
/** Two requests in progress, each acknowledged and of another age, are lost at one moment by no timer of theirs. */
const FEWEST_IN_WORK = 2;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: EmptyResponseTally, conclusion: Conclusion): RawFinding[] {
  const known = serversOf(tally.failing).reduce((sum, one) => sum + one.tally.count + one.tally.healthChecks, 0);
  return failingOf(tally, conclusion).flatMap(({ endpoint, failures }, at) => {
    const subject = caseOf(failures, tally.cut.items, endpoint, conclusion, at === 0 ? tally.incidents - known : 0);
    return subject === null ? [] : [findingOf(subject, failures, endpoint, conclusion)];
  });
}

/** The servers, and what they failed in: on connections that had been idle, only what the end of a process took. */
function failingOf({ failing, afterIdle, unsaid }: EmptyResponseTally, conclusion: Conclusion) {
  const names = new Map(
    [...serversOf(failing), ...serversOf(afterIdle), ...serversOf(unsaid)].map((one) => [
      endpointText(one.endpoint),
      one,
    ]),
  );
  return [...names]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { endpoint }]) => {
      const waited = afterIdle.table.entries[name]?.tally.items ?? [];
      const failures = failing.table.entries[name]?.tally ?? null;
      const answered = (unsaid.table.entries[name]?.tally.items ?? []).filter(
        (one) => toldFor([one], conclusion).length > 0,
      );
      const others = [...lostWithProcess(waited, endpoint, conclusion), ...answered];
      return { endpoint, failures: withOthers(failures, others) };
    })
    .filter(({ failures }) => failures.count > 0);
}

/** What a proxy in front told its clients for incidents in TLS without keys: 502, as soon as the server had closed. */
function toldFor(incidents: readonly Incident[], { servers }: Conclusion): GatewayFailure[] {
  const failures = servers.gatewayFailures().filter(({ status }) => status === STATUS.badGateway);
  return toldAtOnce(failures, incidents.filter(({ key }) => key === null).map(attemptOf));
}

function attemptOf({ request, atNs: endNs, server }: Incident) {
  return { beginNs: request.startNs, endNs, server };
}

function caseOf(
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

function findingOf(subject: Case, failures: Failures, endpoint: Endpoint, { names, reveal }: Conclusion): RawFinding {
  const who = { ...endpoint, name: names.namesOf(endpoint.address, endpoint.port)[0] ?? null };
  const hypotheses = weigh(CAUSES, subject);
  const remedies: Remedy[] = remediesOf(subject, hypotheses);
  return {
    rule: META.id,
    severity: severityOf(subject),
    confidence: confidenceOf(subject, failures.steps),
    title: titleOf(subject, who),
    summary: summaryOf(subject, who),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: subject.first.atNs,
    lastSeenNs: failures.lastNs,
    facts: { ...factsOf(subject) },
    evidence: subject.incidents.map((incident, at) =>
      evidenceOf(incident, subject.retries, subject.toldOf[at] ?? null, reveal),
    ),
    hypotheses,
    remedies,
    references: META.references,
  };
}

/** Critical unless each request that could be followed was sent again and answered. */
function severityOf({ retries }: Case): Severity {
  return retries.judged > 0 && retries.answered === retries.judged ? 'warning' : 'critical';
}

function confidenceOf({ droppedPackets, occurrences }: Case, steps: number): Confidence {
  const low = lowered('certain', steps + (droppedPackets > 0 ? 1 : 0));
  return raised(low, occurrences);
}

function factsOf(subject: Case): EmptyResponseFacts {
  const { delay, server, retries } = subject;
  return {
    minDelayNs: delay.lowest,
    maxDelayNs: delay.highest,
    lostRequests: subject.lostRequests,
    delaysCluster: subject.delaysCluster,
    onNewConnections: subject.incidents.filter(({ isFirst }) => isFirst).length,
    closedAtOnce: subject.atOnce,
    connectionsOfServer: server.connections,
    answeredRequestsOfServer: server.answered,
    healthChecks: subject.healthChecks,
    incidentsAtUncountedServers: subject.leftOut,
    retriesJudged: retries.judged,
    retriedAndAnswered: retries.answered,
    retriedInVain: retries.failedAgain,
    notRetried: retries.notRetried,
    timeWindow: windowFacts(subject.window),
    attribute: subject.attribute,
  };
}
