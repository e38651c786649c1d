/**
 * What the run as a whole says of the incidents: who wrote the resets, in which cases, with what
 * confidence. Classes of one server with the same writer are one finding: a forged reset and an
 * abort at one server are two.
 */
import type { CaptureFacts } from '../../facts/capture.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { CONFIDENCES, type Confidence, MAX_EVIDENCE, type RawFinding, type Severity } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { weigh } from '../argument/cause.js';
import { bypassOf } from '../judgements/bypassed.js';
import { lowered } from '../judgements/capture-guards.js';
import { losesPackets } from '../judgements/capture-loss.js';
import { decideCapturePoint, farRoundTripNs } from '../judgements/capture-point.js';
import {
  type Attributes,
  attributesOf,
  discriminatingAttribute,
  sharedAttributes,
} from '../judgements/discriminating-attribute.js';
import { type ForgeryContext, forgerPlace, forgeryTests, forgeryVerdict, hopsOf } from '../judgements/forgery.js';
import { isIdleExpiry } from '../judgements/idle-expiry.js';
import { endedTogether } from '../judgements/one-moment.js';
import type { ResetShape } from '../judgements/reset-shape.js';
import { answeredRetryOf, countRetries, retryOutcome } from '../judgements/retries.js';
import { spokenOtherwise } from '../judgements/spoken-otherwise.js';
import { timeWindow } from '../judgements/time-window.js';
import { triesOf } from '../observation/exchange-log.js';
import { baselineOf, type Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { nextActivity } from '../tally/activity.js';
import { earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { answeredSample, type ServerBaseline } from '../tally/server-baseline.js';
import { mergeTimeCounts, stretchesOf, timeCounts } from '../tally/time-counts.js';
import {
  type Case,
  type CaseAttribute,
  type CaseRefusals,
  MAX_STRETCHES_TOLD,
  type ResetKind,
  type RstAfterRequestFacts,
  SOON_NS,
  type Spread,
} from './case.js';
import { CAUSES } from './causes.js';
import { windowFacts } from './figures.js';
import type { Incident, LostRequest } from './incident.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import {
  type FailingServer,
  type Figures,
  failingServers,
  forgeryInput,
  type IncidentClass,
  incidentsLeftOut,
  type RstAfterRequestTally,
} from './tally.js';
import { testText } from './test-text.js';
import { evidenceOf, summaryOf, titleOf } from './wording.js';

/** A timer fires late by little: delays this close together, in parts of their median, are one timer's (rules.md §0.5). */
const CLUSTER_SHARE = 0.03;
/** Incidents that make a cluster. */
const CLUSTER_SIZE = 3;
/** As many equal incidents raise a confidence that a capture guard lowered (rules.md §0.7). */
const MANY = 5;

/** A class with what the whole run says of its writer. */
interface JudgedClass {
  readonly incidents: IncidentClass;
  readonly first: Incident;
  readonly kind: ResetKind | 'bypassed';
  readonly tests: ReturnType<typeof forgeryTests>;
  readonly verdict: ReturnType<typeof forgeryVerdict>;
  readonly confidence: Confidence;
}

/** What holds for every server of the run. */
interface Run {
  readonly observation: Observation;
  readonly failing: readonly FailingServer[];
  readonly leftOut: number;
  readonly droppedPackets: number;
  readonly captures: readonly CaptureFacts[];
  readonly servers: Conclusion['servers'];
  /** One more packet may be missing anywhere. */
  readonly losesPackets: boolean;
}

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: RstAfterRequestTally, conclusion: Conclusion): RawFinding[] {
  const run: Run = {
    observation: conclusion.observation,
    failing: failingServers(tally),
    leftOut: incidentsLeftOut(tally),
    droppedPackets: conclusion.captures.reduce((sum, { droppedPackets }) => sum + (droppedPackets ?? 0), 0),
    captures: conclusion.captures,
    servers: conclusion.servers,
    losesPackets: losesPackets(conclusion),
  };
  return run.failing
    .flatMap((server) => casesOf(server, run))
    .map(({ subject, group, endpoint }, at) =>
      findingOf({ ...subject, tellsLeftOut: at === 0 }, group, endpoint, conclusion),
    );
}

/** One finding in the making. */
interface Found {
  readonly subject: Omit<Case, 'tellsLeftOut'>;
  readonly group: readonly JudgedClass[];
  readonly endpoint: Endpoint;
}

function casesOf({ endpoint, incidents, classes: all }: FailingServer, run: Run): Found[] {
  // That no FIN ended the idle time before is what tells a reset from keepalive-race's.
  const sure = run.losesPackets ? all.filter(({ isAfterIdle }) => !isAfterIdle) : all;
  const classes = withoutExpiries(sure, endpoint, run);
  const baseline = baselineOf(run.observation, endpoint);
  const context: Omit<ForgeryContext, 'sameElsewhere' | 'oneOrder'> = {
    point: decideCapturePoint(baseline.votes),
    refusalTtls: baseline.refusalTtls,
    macs: baseline.macs,
    fastestAnswerNs: baseline.fastestAnswerNs,
    captureDrops: run.droppedPackets > 0,
  };
  const isSpokenOtherwise = spokenOtherwise(baseline.spoken, endpoint, 'clear') !== null;
  const judged = inTheSameHand(
    classes
      .flatMap((one) => judge(one, context, endpoint, run))
      // Who is spoken to in the wrong way hangs up on everybody who does so: protocol-mismatch tells it.
      .filter(({ verdict, incidents: { hungUp, count } }) => verdict !== 'none' || !isSpokenOtherwise || hungUp < count)
      // What betrays another hand is worth telling; a plain reset of unknown bytes may have met anything.
      .filter((one) => one.incidents.outstanding !== 'unknown-bytes' || one.verdict !== 'none'),
  );
  const uncounted = incidents - all.reduce((sum, { count }) => sum + count, 0);
  const found: Found[] = [];
  // Those that went astray are told by asymmetric-path.
  for (const kind of ['forged', 'application-abort', 'stateless-reply', 'unattributed'] as const) {
    const group = judged.filter((one) => one.kind === kind).sort(mostTellingFirst);
    const [telling] = group;
    if (telling === undefined) continue;
    const subject = { ...caseOf(telling, kind, group, baseline, context.point, run), uncounted };
    found.push({ subject, group, endpoint });
  }
  return found;
}

/** Without the aborts that come when the server's idle timer does: they are keepalive-race's. */
function withoutExpiries(
  classes: readonly IncidentClass[],
  endpoint: Endpoint,
  { servers }: Run,
): readonly IncidentClass[] {
  const isAbort = ({ isAfterIdle, shape }: IncidentClass): boolean => isAfterIdle && shape === 'B';
  const resets = classes
    .filter(isAbort)
    .flatMap(({ figures }) => figures.items.flatMap(({ idle }) => (idle === null ? [] : [idle])));
  if (resets.length === 0) return classes;
  const { closes, longestAnsweredNs } = servers.idlenessOf(endpoint);
  return isIdleExpiry(resets, closes, longestAnsweredNs) ? classes.filter((one) => !isAbort(one)) : classes;
}

function judge(
  incidents: IncidentClass,
  context: Omit<ForgeryContext, 'sameElsewhere' | 'oneOrder'>,
  endpoint: Endpoint,
  { failing, captures }: Run,
): JudgedClass[] {
  const [first] = incidents.earliest.items;
  if (first === undefined) return [];
  const tests = forgeryTests(forgeryInput(first), {
    ...context,
    sameElsewhere: sameElsewhere(first, endpoint, failing),
    oneOrder: incidents.earliest.items.every((one) => isOneOrder(one.captures, captures)),
  });
  const verdict = forgeryVerdict(tests);
  const kind = verdict === 'certain' && wasBypassed(first) ? 'bypassed' : kindOf(incidents.shape, verdict);
  const isSure = verdict !== 'likely' && incidents.outstanding === 'request';
  const sure: Confidence = isSure ? 'certain' : 'likely';
  const low = lowered(sure, incidents.steps + (context.captureDrops ? 1 : 0));
  // Of what was not captured nobody knows that it was a request, however often it came.
  const isUncaptured = incidents.outstanding === 'uncaptured-bytes';
  const confidence = isUncaptured ? 'possible' : low === 'possible' && incidents.count >= MANY ? 'likely' : low;
  return [{ incidents, first, tests, verdict, kind, confidence }];
}

/** A reset for each segment of the client, the bare ACK of the handshake too, and a server that got none of them. */
function wasBypassed(incident: Incident): boolean {
  const { handshake, request, requestIsFirst } = incident;
  const hadBareAck = handshake.ackNs !== null && request !== null && handshake.ackNs < request.startNs;
  const isWhole = requestIsFirst && hadBareAck && request.firstPacket === request.lastPacket;
  return isWhole && bypassOf(incident) === 'sure';
}

/** Resets of the same server whose story ended with the capture are of the hand that wrote those told in full. */
function inTheSameHand(judged: readonly JudgedClass[]): JudgedClass[] {
  const hands = new Set(judged.filter(({ kind }) => kind === 'bypassed').map(({ first }) => handOf(first)));
  return judged.map((one) =>
    one.kind === 'stateless-reply' && isOfOtherTtl(one.first) && hands.has(handOf(one.first))
      ? { ...one, kind: 'bypassed' }
      : one,
  );
}

function isOfOtherTtl({ serverReset, server }: Incident): boolean {
  return serverReset.ttl !== null && server.ttl !== null && serverReset.ttl !== server.ttl;
}

function handOf({ serverReset, resets }: Incident): string {
  const { ttl, flags, window, options, sequence } = serverReset;
  const isRepeated = resets.filter(({ from }) => from === 'server').length > 1;
  return [ttl, flags, window, options, sequence, isRepeated].join(' ');
}

/**
 * Whether packets of these captures share a clock and an order: those of one do, and so do those of
 * a ring, each of whose files begins when the one before has ended. Captures taken at once do not.
 */
function isOneOrder(indices: readonly number[], captures: readonly CaptureFacts[]): boolean {
  if (indices.length < 2) return true;
  const periods = indices.map((index) => captures[index]).map((one) => [one?.startEpochNs, one?.endEpochNs] as const);
  return periods.every(([startNs, endNs], at) =>
    periods.every(([otherStartNs, otherEndNs], other) => {
      if (startNs == null || endNs == null || otherStartNs == null || otherEndNs == null) return false;
      return other <= at || endNs <= otherStartNs || otherEndNs <= startNs;
    }),
  );
}

function kindOf(shape: ResetShape, verdict: JudgedClass['verdict']): ResetKind {
  if (verdict !== 'none') return 'forged';
  return shape === 'B' ? 'application-abort' : shape === 'A' ? 'stateless-reply' : 'unattributed';
}

function mostTellingFirst(one: JudgedClass, other: JudgedClass): number {
  const sure = CONFIDENCES.indexOf(one.confidence) - CONFIDENCES.indexOf(other.confidence);
  const byCount = other.incidents.count - one.incidents.count;
  return sure || byCount || one.first.atNs - other.first.atNs || one.first.packet - other.first.packet;
}

/** Whether another server, at another distance, is reset with the same TTL; `null`: no other is. */
function sameElsewhere(first: Incident, endpoint: Endpoint, failing: readonly FailingServer[]): boolean | null {
  const hops = hopsOf(first.server.ttl);
  let others = false;
  for (const { endpoint: other, classes } of failing) {
    if (other.address === endpoint.address) continue;
    for (const { earliest: kept } of classes) {
      const [theirs] = kept.items;
      if (theirs === undefined) continue;
      others = true;
      const theirHops = hopsOf(theirs.server.ttl);
      const isElsewhere = hops !== null && theirHops !== null && hops !== theirHops;
      if (isElsewhere && first.serverReset.ttl !== null && theirs.serverReset.ttl === first.serverReset.ttl)
        return true;
    }
  }
  return others ? false : null;
}

function caseOf(
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
  let [occurrences, healthChecks, lostRequests] = [0, 0, 0];
  const failedAt = timeCounts();
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { incidents } of group) {
    mergeEarliest(kept, incidents.earliest);
    figures.push(...incidents.figures.items);
    occurrences += incidents.count;
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
  const here = endpointText(first.server.endpoint);
  const attribute =
    shared === null ? null : discriminatingAttribute(shared, occurrences, firstNs, answeredSample(baseline), lastNs);
  return {
    kind,
    shape,
    incident: first,
    incidents: kept.items,
    occurrences,
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
    // A process that ends aborts its sockets; another hand's resets are not its end.
    together: kind === 'application-abort' ? endedTogether(figures, first.server.endpoint, run) : null,
    attribute,
    ...affectedBy(group, baseline),
    refusals: attribute === null ? null : refusalsOf(attribute, firstNs, baseline),
    lostRequests,
    stretches: stretchesOf(failedAt, baseline.answeredAt, MAX_STRETCHES_TOLD),
    window: timeWindow(occurrences, firstNs, lastNs, baseline.answeredAt),
    server: surroundings(first, baseline),
    retries: {
      ...retries,
      elsewhere: retries.mended.filter(({ retry }) => endpointText(retry.server) !== here).length,
    },
  };
}

/** Values told of each attribute; more are no answer to who is concerned. */
const MAX_TOLD = 5;

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
function refusalsOf({ name, value }: CaseAttribute, firstNs: number, baseline: ServerBaseline): CaseRefusals | null {
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
    sameRequestAnswered: first.request === null ? null : sameRequest(first.request, baseline),
  };
}

/** The earliest answer known to a request of the same method and path. */
function sameRequest(lost: LostRequest, baseline: ServerBaseline): Case['server']['sameRequestAnswered'] {
  const asked = attributesOf({ ...lost, fields: [] }, '', false);
  let same: Case['server']['sameRequestAnswered'] = null;
  for (const { attributes, atNs, packet, status } of answeredSample(baseline)) {
    const { method, path } = attributes;
    if (method !== asked.method || path !== asked.path || status >= 400) continue;
    if (same === null || atNs < same.atNs) same = { atNs, packet, status };
  }
  return same;
}

function findingOf(
  subject: Case,
  group: readonly JudgedClass[],
  endpoint: Endpoint,
  conclusion: Conclusion,
): RawFinding {
  const { names, reveal } = conclusion;
  const who = { ...endpoint, name: names.namesOf(endpoint.address, endpoint.port)[0] ?? null };
  const hypotheses = weigh(CAUSES, subject);
  const [first] = subject.incidents;
  return {
    rule: META.id,
    severity: severityOf(subject),
    confidence: group[0]?.confidence ?? 'possible',
    title: titleOf(subject, who),
    summary: summaryOf(subject, who),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: first?.atNs ?? subject.incident.atNs,
    lastSeenNs: Math.max(...group.map(({ incidents }) => incidents.lastNs)),
    facts: { ...factsOf(subject) },
    evidence: subject.incidents.map((incident) => evidenceOf(incident, subject.retries, reveal)),
    hypotheses,
    remedies: remediesOf(subject, hypotheses),
    references: META.references,
  };
}

/** Critical unless each request that could be followed was sent again and answered, or all were health checks. */
function severityOf({ retries, occurrences, healthChecks }: Case): Severity {
  if (healthChecks === occurrences) return 'warning';
  return retries.judged > 0 && retries.answered === retries.judged ? 'warning' : 'critical';
}

function factsOf(subject: Case): RstAfterRequestFacts {
  const { incident, delay, retries, server } = subject;
  return {
    kind: subject.kind,
    resetShape: subject.shape,
    forged: subject.verdict,
    forgedWhere: subject.verdict === 'none' ? null : subject.place,
    forgeryTests: subject.tests.map((test) => ({
      id: test.id,
      result: test.result,
      weight: test.weight,
      because: testText(test, subject),
    })),
    capturePoint: subject.capturePoint,
    farRoundTripNs: farRoundTripNs(incident.handshake, subject.capturePoint),
    minResetDelayNs: delay.lowest,
    medianResetDelayNs: delay.median,
    maxResetDelayNs: delay.highest,
    fastestAnswerNs: server.fastestAnswerNs,
    connectionAgeNs: incident.ageNs,
    requestBytes: incident.requestSpan === null ? null : incident.requestSpan.end - incident.requestSpan.start,
    encrypted: incident.request === null && incident.outstanding !== 'uncaptured-bytes',
    outstanding: incident.outstanding,
    affectedConnections: subject.occurrences,
    connectionsOfServer: server.connections,
    lostRequests: subject.lostRequests,
    answeredRequestsOfServer: server.answered,
    byTime: subject.stretches.map(({ fromNs, widthNs, failed, answered }) => ({
      fromSeconds: fromNs / 1e9,
      seconds: widthNs / 1e9,
      failed,
      answered,
    })),
    timeWindow: windowFacts(subject.window),
    affected: subject.affected,
    answeredSampled: server.sampled,
    affectedClients: subject.clients,
    abandonedByClients: server.abandoned,
    uncountedIncidents: subject.uncounted,
    incidentsAtUncountedServers: subject.leftOut,
    healthChecks: subject.healthChecks,
    retriesJudged: retries.judged,
    retriedAndAnswered: retries.answered,
    retriedInVain: retries.failedAgain,
    notRetried: retries.notRetried,
    retriedElsewhere: retries.elsewhere,
    attribute: subject.attribute === null ? null : attributeFacts(subject.attribute),
  };
}

function attributeFacts({ answeredPacket: _, ...figures }: CaseAttribute): RstAfterRequestFacts['attribute'] {
  return figures;
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
