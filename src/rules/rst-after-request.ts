/**
 * The server answers a request with RST and not one byte of a response (RFC 9293 §3.5.2).
 *
 * The reset is easy to see; the question is who wrote it. What a single connection shows is
 * decided when it ends: the signature (incident.ts), the reset's shape and the forgery tests.
 * Incidents of one server that agree in all of it are counted together as a *class*. What needs
 * other connections (capture point, what the server did next, what answered requests have that
 * failed ones lack, retries) is decided once, at the end, from tallies that do not depend on the
 * order of reading. Classes with the same writer are one finding: a forged reset and an abort at
 * one server are two.
 */
import type { Connection } from '../facts/connection.js';
import type { Endpoint } from '../facts/endpoint.js';
import { CONFIDENCES, type Confidence, MAX_EVIDENCE, type RawFinding, type Severity } from '../facts/finding.js';
import { guardSteps, lowered, silenceIsUnsayable } from './judgements/capture-guards.js';
import { decideCapturePoint, farRoundTripNs } from './judgements/capture-point.js';
import {
  type Attributes,
  attributesOf,
  discriminatingAttribute,
  sharedAttributes,
} from './judgements/discriminating-attribute.js';
import {
  type ForgeryContext,
  type ForgeryInput,
  forgerPlace,
  forgeryTests,
  forgeryVerdict,
  hopsOf,
} from './judgements/forgery.js';
import { isHealthCheck } from './judgements/health-check.js';
import { type ResetShape, resetShapeOf } from './judgements/reset-shape.js';
import { retryOutcome } from './judgements/retries.js';
import {
  type Case,
  type ResetKind,
  type RstAfterRequestFacts,
  SOON_NS,
  type Spread,
} from './rst-after-request/case.js';
import { hypothesesOf } from './rst-after-request/causes.js';
import { type Incident, incidentOf, type LostRequest } from './rst-after-request/incident.js';
import { META } from './rst-after-request/meta.js';
import { remediesOf } from './rst-after-request/remedies.js';
import { testText } from './rst-after-request/test-text.js';
import { evidenceOf, summaryOf, titleOf } from './rst-after-request/wording.js';
import { type Conclusion, defineRule } from './rule.js';
import { observeRequests, observeServer } from './server-observation.js';
import { nextActivity } from './tally/activity.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from './tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, mergeEarliest } from './tally/earliest.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from './tally/per-server.js';
import { rankOfText } from './tally/rank.js';
import { mergeRequests, type RecentRequests, recentRequests, requestKey, triesOf } from './tally/recent-requests.js';
import { addToSample, mergeSample, type Sample, sample } from './tally/sample.js';
import { mergeBaseline, type ServerBaseline, serverBaseline } from './tally/server-baseline.js';

/** Servers with incidents, and classes of incidents at one server: each holds up to MAX_EVIDENCE incidents of some kilobytes. */
const MAX_FAILING_SERVERS = 256;
const MAX_CLASSES = 8;
/** Incidents of a class whose figures and retries are looked at one by one. */
const MAX_FIGURES = 64;
/** A timer fires late by little: delays this close together, in parts of their median, are one timer's (rules.md §0.5). */
const CLUSTER_SHARE = 0.03;
/** Incidents that make a cluster. */
const CLUSTER_SIZE = 3;
/** As many equal incidents raise a confidence that a capture guard lowered (rules.md §0.7). */
const MANY = 5;

/** What is kept of each incident in a class, beside its earliest ones in full. */
interface Figures {
  readonly packet: number;
  readonly atNs: number;
  readonly stream: number;
  readonly delayNs: number;
  readonly ageNs: number | null;
  /** Key among the recent requests; `null` in TLS. */
  readonly key: number | null;
}

/** Incidents of one server that agree in everything that a single connection can say of them. */
interface IncidentClass {
  readonly shape: ResetShape;
  readonly encrypted: boolean;
  readonly steps: number;
  count: number;
  healthChecks: number;
  lastNs: number;
  lowestDelayNs: number;
  highestDelayNs: number;
  shared: Attributes | null;
  readonly earliest: Earliest<Incident>;
  readonly figures: Sample<Figures>;
}

/** One server's incidents, by class. */
interface ServerFailures {
  /** All of them; those of classes that found no room too. */
  incidents: number;
  readonly classes: BoundedTable<IncidentClass>;
}

/** The rule's tally: plain data. */
export interface RstAfterRequestTally {
  readonly servers: PerServer<ServerBaseline>;
  readonly failing: PerServer<ServerFailures>;
  readonly requests: RecentRequests;
}

/** See the head of this file. */
export const rstAfterRequest = defineRule<RstAfterRequestTally>({
  meta: META,
  tally: () => ({ servers: perServer(), failing: perServer(MAX_FAILING_SERVERS), requests: recentRequests() }),
  inspect(connection, tally) {
    const baseline = tallyOf(tally.servers, connection.server.endpoint, serverBaseline);
    if (baseline !== null) observeServer(connection, baseline);
    observeRequests(connection, tally.requests);
    const incident = incidentOf(connection);
    if (incident === null || silenceIsUnsayable(connection, incident.serverReset) !== null) return;
    const failures = tallyOf(tally.failing, connection.server.endpoint, newFailures);
    if (failures === null) return;
    failures.incidents += 1;
    note(incident, connection, failures.classes);
  },
  merge(into, from) {
    mergePerServer(into.servers, from.servers, serverBaseline, mergeBaseline);
    mergePerServer(into.failing, from.failing, newFailures, mergeFailures);
    mergeRequests(into.requests, from.requests);
  },
  conclude(tally, conclusion) {
    return serversOf(tally.failing).flatMap(({ endpoint, tally: failures }) =>
      concludeServer(endpoint, failures, tally, conclusion),
    );
  },
});

function newFailures(): ServerFailures {
  return { incidents: 0, classes: boundedTable(MAX_CLASSES) };
}

function note(incident: Incident, connection: Connection, classes: BoundedTable<IncidentClass>): void {
  const shape = resetShapeOf(incident.serverReset);
  // Where nobody knows how long a fresh connection had been idle at the server, it may have been given up there.
  const waited = incident.ageNs !== null && incident.ageNs >= SOON_NS ? 1 : 0;
  const steps = Math.min(guardSteps(incident) + waited, CONFIDENCES.length - 1);
  const known = entryOf(classes, classKey(incident, shape, steps), () =>
    newClass(shape, incident.request === null, steps),
  );
  if (known === null) return;
  const request = connection.exchanges.find(
    (exchange) => exchange.request?.firstPacket === incident.request?.firstPacket,
  )?.request;
  const { address } = connection.client.endpoint;
  known.count += 1;
  known.lastNs = Math.max(known.lastNs, incident.atNs);
  known.lowestDelayNs = Math.min(known.lowestDelayNs, incident.delayNs);
  known.highestDelayNs = Math.max(known.highestDelayNs, incident.delayNs);
  if (request != null) {
    if (isHealthCheck(request)) known.healthChecks += 1;
    const attributes = attributesOf(request, address, incident.requestIsFirst);
    known.shared = known.shared === null ? attributes : sharedAttributes(known.shared, attributes);
  }
  addEarliest(known.earliest, incident);
  addToSample(known.figures, {
    packet: incident.packet,
    atNs: incident.atNs,
    stream: incident.stream,
    delayNs: incident.delayNs,
    ageNs: incident.ageNs,
    key: request == null ? null : requestKey(rankOfText(address), request),
  });
}

/** Everything that decides what an incident is, wherever the capture will turn out to have been taken. */
function classKey(incident: Incident, shape: ResetShape, steps: number): string {
  const input = forgeryInput(incident);
  const parts = [shape, incident.request === null ? 'encrypted' : 'plain', `${steps}`];
  for (const point of ['server', 'client', 'unknown'] as const)
    for (const test of forgeryTests(input, { ...NO_CONTEXT, point }))
      if (test.result === 'positive') parts.push(`${test.id}@${point}`);
  return parts.join(' ');
}

const NO_CONTEXT: ForgeryContext = {
  point: 'unknown',
  refusalTtls: [],
  macs: [],
  fastestAnswerNs: null,
  sameElsewhere: null,
};

function newClass(shape: ResetShape, encrypted: boolean, steps: number): IncidentClass {
  return {
    shape,
    encrypted,
    steps,
    count: 0,
    healthChecks: 0,
    lastNs: Number.NEGATIVE_INFINITY,
    lowestDelayNs: Number.POSITIVE_INFINITY,
    highestDelayNs: Number.NEGATIVE_INFINITY,
    shared: null,
    earliest: earliest(MAX_EVIDENCE),
    figures: sample(MAX_FIGURES),
  };
}

function mergeFailures(into: ServerFailures, from: ServerFailures): void {
  into.incidents += from.incidents;
  mergeTable(into.classes, from.classes, (part) => newClass(part.shape, part.encrypted, part.steps), mergeClass);
}

function mergeClass(into: IncidentClass, from: IncidentClass): void {
  into.count += from.count;
  into.healthChecks += from.healthChecks;
  into.lastNs = Math.max(into.lastNs, from.lastNs);
  into.lowestDelayNs = Math.min(into.lowestDelayNs, from.lowestDelayNs);
  into.highestDelayNs = Math.max(into.highestDelayNs, from.highestDelayNs);
  if (from.shared !== null)
    into.shared = into.shared === null ? from.shared : sharedAttributes(into.shared, from.shared);
  mergeEarliest(into.earliest, from.earliest);
  mergeSample(into.figures, from.figures);
}

function forgeryInput(incident: Incident): ForgeryInput {
  const { resets, client, server, handshake, guards, request, requestIsFirst, outstandingNs } = incident;
  return {
    resets,
    client,
    server,
    handshake,
    guards,
    request: { startNs: request?.startNs ?? outstandingNs, isFirst: requestIsFirst },
  };
}

/** A class with what the whole run says of its writer. */
interface JudgedClass {
  readonly incidents: IncidentClass;
  readonly first: Incident;
  readonly kind: ResetKind;
  readonly tests: ReturnType<typeof forgeryTests>;
  readonly verdict: ReturnType<typeof forgeryVerdict>;
  readonly confidence: Confidence;
}

function concludeServer(
  endpoint: Endpoint,
  { incidents, classes }: ServerFailures,
  tally: RstAfterRequestTally,
  conclusion: Conclusion,
): RawFinding[] {
  const baseline =
    serversOf(tally.servers).find(({ endpoint: other }) => sameEndpoint(other, endpoint))?.tally ?? serverBaseline();
  const context: Omit<ForgeryContext, 'sameElsewhere'> = {
    point: decideCapturePoint(baseline.votes),
    refusalTtls: baseline.refusalTtls,
    macs: baseline.macs,
    fastestAnswerNs: baseline.fastestAnswerNs,
  };
  const judged = Object.entries(classes.entries)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, incidents]) => judge(incidents, context, endpoint, tally))
    // What betrays another hand in TLS is worth telling; a plain reset there may have met anything.
    .filter(({ incidents, verdict }) => !incidents.encrypted || verdict !== 'none');
  const counted = Object.values(classes.entries).reduce((sum, { count }) => sum + count, 0);
  const findings: RawFinding[] = [];
  for (const kind of ['forged', 'application-abort', 'stateless-reply', 'unattributed'] as const) {
    const group = judged.filter((one) => one.kind === kind).sort(mostTellingFirst);
    const [telling] = group;
    if (telling === undefined) continue;
    const subject = {
      ...caseOf(telling, group, baseline, context.point, tally.requests),
      uncounted: incidents - counted,
    };
    findings.push(findingOf(subject, group, endpoint, conclusion));
  }
  return findings;
}

function judge(
  incidents: IncidentClass,
  context: Omit<ForgeryContext, 'sameElsewhere'>,
  endpoint: Endpoint,
  tally: RstAfterRequestTally,
): JudgedClass[] {
  const [first] = incidents.earliest.items;
  if (first === undefined) return [];
  const tests = forgeryTests(forgeryInput(first), { ...context, sameElsewhere: sameElsewhere(first, endpoint, tally) });
  const verdict = forgeryVerdict(tests);
  const sure: Confidence = verdict === 'likely' || incidents.encrypted ? 'likely' : 'certain';
  const low = lowered(sure, incidents.steps);
  const confidence = low === 'possible' && incidents.count >= MANY ? 'likely' : low;
  return [{ incidents, first, tests, verdict, kind: kindOf(incidents.shape, verdict), confidence }];
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
function sameElsewhere(first: Incident, endpoint: Endpoint, tally: RstAfterRequestTally): boolean | null {
  const hops = hopsOf(first.server.ttl);
  let others = false;
  for (const { endpoint: other, tally: failures } of serversOf(tally.failing)) {
    if (other.address === endpoint.address) continue;
    for (const { earliest: kept } of Object.values(failures.classes.entries)) {
      const [theirs] = kept.items;
      if (theirs === undefined) continue;
      others = true;
      const theirHops = hopsOf(theirs.server.ttl);
      const isElsewhere = hops !== null && theirHops !== null && hops !== theirHops;
      if (isElsewhere && first.serverReset.ttl >= 0 && theirs.serverReset.ttl === first.serverReset.ttl) return true;
    }
  }
  return others ? false : null;
}

function caseOf(
  { incidents: { shape }, first, kind, tests, verdict }: JudgedClass,
  group: readonly JudgedClass[],
  baseline: ServerBaseline,
  capturePoint: Case['capturePoint'],
  requests: RecentRequests,
): Omit<Case, 'uncounted'> {
  const kept = earliest<Incident>(MAX_EVIDENCE);
  const figures: Figures[] = [];
  let shared: Attributes | null = null;
  let [occurrences, healthChecks] = [0, 0];
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { incidents } of group) {
    mergeEarliest(kept, incidents.earliest);
    figures.push(...incidents.figures.items);
    occurrences += incidents.count;
    healthChecks += incidents.healthChecks;
    lowest = Math.min(lowest, incidents.lowestDelayNs);
    highest = Math.max(highest, incidents.highestDelayNs);
    if (incidents.shared !== null)
      shared = shared === null ? incidents.shared : sharedAttributes(shared, incidents.shared);
  }
  const delays = figures.map(({ delayNs }) => delayNs);
  const ages = figures.flatMap(({ ageNs }) => (ageNs === null ? [] : [ageNs]));
  const firstNs = kept.items[0]?.atNs ?? first.atNs;
  const outcomes = figures.map(({ key, stream, atNs }) =>
    retryOutcome(key === null ? null : triesOf(requests, key), stream, atNs),
  );
  const countOf = (outcome: (typeof outcomes)[number]): number => outcomes.filter((one) => one === outcome).length;
  return {
    kind,
    shape,
    incident: first,
    incidents: kept.items,
    occurrences,
    healthChecks,
    capturePoint,
    verdict,
    tests,
    place: verdict === 'none' ? 'unknown' : forgerPlace(forgeryInput(first), tests, capturePoint, first.requestBytes),
    delay: { ...spreadOf(delays), lowest, highest },
    age: ages.length > 0 ? spreadOf(ages) : null,
    delaysCluster: isCluster(delays),
    agesCluster: ages.length === figures.length && isCluster(ages),
    attribute: shared === null ? null : discriminatingAttribute(shared, occurrences, firstNs, baseline.sample.items),
    server: surroundings(first, baseline),
    retries: {
      judged: outcomes.length - countOf('unknown'),
      answered: countOf('answered'),
      failedAgain: countOf('failed-again'),
      notRetried: countOf('not-retried'),
    },
  };
}

/** What the server did around an incident. */
function surroundings(first: Incident, baseline: ServerBaseline): Case['server'] {
  const { activity } = baseline;
  return {
    connections: baseline.connections,
    answered: baseline.answered,
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
  for (const { attributes, atNs, packet, status } of baseline.sample.items) {
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
  const hypotheses = hypothesesOf(subject);
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
    evidence: subject.incidents.map((incident) => evidenceOf(incident, reveal)),
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
    requestBytes: incident.requestBytes,
    encrypted: incident.request === null,
    affectedConnections: subject.occurrences,
    connectionsOfServer: server.connections,
    answeredRequestsOfServer: server.answered,
    uncountedIncidents: subject.uncounted,
    healthChecks: subject.healthChecks,
    retriesJudged: retries.judged,
    retriedAndAnswered: retries.answered,
    retriedInVain: retries.failedAgain,
    notRetried: retries.notRetried,
    attribute: subject.attribute,
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

function sameEndpoint(one: Endpoint, other: Endpoint): boolean {
  return one.address === other.address && one.port === other.port;
}
