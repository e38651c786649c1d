/**
 * What the run as a whole says of each server: its idle time-out, which losses that explains, what
 * became of the lost requests at the front, and whether a loss is to come.
 */
import type { Endpoint } from '../../facts/endpoint.js';
import { CONFIDENCES, type Confidence, MAX_EVIDENCE, type RawFinding, type Severity } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { weigh } from '../argument/cause.js';
import { lowered, raised } from '../judgements/capture-guards.js';
import { decideCapturePoint } from '../judgements/capture-point.js';
import { isGatewayError } from '../judgements/gateway-error.js';
import type { AnsweredReuse } from '../judgements/idle-close.js';
import { idleTimeOf, isCoarseExpiry, isIdleExpiry } from '../judgements/idle-expiry.js';
import { type IdleClose, withoutMassCloses } from '../judgements/idle-timeout.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import {
  answeredRetryOf,
  countRetries,
  NO_RETRIES,
  type RetryOutcome,
  retryAmongRoutine,
} from '../judgements/retries.js';
import { triesOf } from '../observation/logged-exchange.js';
import { baselineOf, type Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { earliest, mergeEarliest } from '../tally/earliest.js';
import type { Case, FrontFailure, KeepaliveRaceFacts, Timeout } from './case.js';
import { CAUSES } from './causes.js';
import type { Incident } from './incident.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import { type Figures, type IncidentClass, type KeepaliveRaceTally, racingServers, type ServerRaces } from './tally.js';
import { evidenceOf, summaryOf, titleOf } from './wording.js';

/** A request so shortly before the time-out, in parts of it and at least so long, will miss it one day. */
const NEAR_MISS_SHARE = 0.05;
const NEAR_MISS_NS = 200_000_000;
/** But never more than this part of the time-out. */
const NEAR_MOST = 0.2;
/** A front answers its client soon after the back has failed, where it does not try again. */
const FRONT_WITHIN_NS = 1_000_000_000;
/** So many near misses are a habit. */
const HABIT = 3;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: KeepaliveRaceTally, conclusion: Conclusion): RawFinding[] {
  const droppedPackets = conclusion.captures.reduce((sum, { droppedPackets: count }) => sum + (count ?? 0), 0);
  return racingServers(tally).flatMap(({ endpoint, races }) => {
    const subject = caseOf(endpoint, races, tally, conclusion.observation, droppedPackets);
    return subject === null ? [] : [findingOf(subject, conclusion)];
  });
}

function caseOf(
  endpoint: Endpoint,
  races: ServerRaces,
  tally: KeepaliveRaceTally,
  observation: Observation,
  droppedPackets: number,
): Case | null {
  const baseline = baselineOf(observation, endpoint);
  const longestAnswered = races.longest[0] ?? null;
  const timeout = timeoutOf(races.closes.items, longestAnswered);
  const inMass = massClosed(races.closes.items);
  const classes = Object.entries(races.classes.entries)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, each]) => each)
    .filter((each) => !isAtExpiry(each) || isExpiry(each, races))
    .map((each) => withoutMass(each, inMass));
  const lost = classes.filter(({ count }) => count > 0);
  const nearMisses = nearMissesOf(races.longest, timeout);
  const shared = {
    endpoint,
    connections: baseline.connections,
    capturePoint: decideCapturePoint(baseline.votes),
    timeout,
    clientTimeout: clientTimeoutOf(races, tally),
    announced: announcedOf(races),
    software: races.software.items[0] ?? null,
    reuses: races.reuses,
    longestAnswered,
    nearMisses,
    massClose: inMass.first === null ? null : { packet: inMass.first.packet, count: inMass.packets.size },
    droppedPackets,
  };
  if (lost.length > 0) return { ...shared, ...lossesOf(lost, observation, droppedPackets) };
  return predicted(shared, observation);
}

/** The closes of several connections at one moment, which no idle timer of theirs explains. */
interface MassCloses {
  readonly packets: ReadonlySet<number>;
  readonly first: IdleClose | null;
}

function massClosed(closes: readonly IdleClose[]): MassCloses {
  const alone = new Set(withoutMassCloses(closes));
  const mass = closes.filter((close) => !alone.has(close));
  return { packets: new Set(mass.map(({ packet }) => packet)), first: mass[0] ?? null };
}

/** A class without what a mass close ended: those are a restart's or a reload's losses. */
interface Losses {
  readonly incidents: IncidentClass;
  readonly count: number;
  readonly kept: readonly Incident[];
  readonly figures: readonly Figures[];
  readonly inMass: number;
}

function withoutMass(incidents: IncidentClass, { packets }: MassCloses): Losses & { readonly sort: string } {
  const figures = incidents.figures.items.filter(({ closePacket }) => !packets.has(closePacket));
  const inMass = incidents.figures.items.length - figures.length;
  const kept = incidents.earliest.items.filter(({ close }) => !packets.has(close.packet));
  return { sort: incidents.sort, incidents, figures, kept, inMass, count: incidents.count - inMass };
}

/** The server's kernel had the request: that its timer ran out is shown by the time alone. */
function isAtExpiry({ sort }: IncidentClass): boolean {
  return sort === 'abort' || sort === 'expiry';
}

/** Whether closes upon requests come when the idle timer does. */
function isExpiry(incidents: IncidentClass, races: ServerRaces): boolean {
  const own = incidents.figures.items.map(
    ({ idleNs, closedNs, closePacket, stream, requestsBefore }): IdleClose => ({
      idleNs,
      atNs: closedNs,
      packet: closePacket,
      stream,
      requests: requestsBefore,
    }),
  );
  const longestNs = races.longest[0]?.idleNs ?? 0;
  if (isIdleExpiry(own, races.closes.items, longestNs, incidents.sort === 'abort')) return true;
  return incidents.sort === 'expiry' && isCoarseExpiry(own, races.closes.items, longestNs);
}

function timeoutOf(closes: readonly IdleClose[], longest: AnsweredReuse | null): Timeout | null {
  const [first] = closes;
  const known = idleTimeOf(closes, longest?.idleNs ?? 0);
  if (first === undefined || known === null) return null;
  const { packet, atNs, stream } = first;
  return { ...known, packet, atNs, stream };
}

/** How long the clients that use this server's idle connections again keep them, where they were seen to close any. */
function clientTimeoutOf(races: ServerRaces, tally: KeepaliveRaceTally): Timeout | null {
  let longest: Timeout | null = null;
  for (const address of clientsOf(races)) {
    const closes = tally.clients.entries[address]?.items ?? [];
    const own = timeoutOf(closes, null);
    if (own?.isEstimate === true && (longest === null || own.seconds > longest.seconds)) longest = own;
  }
  return longest;
}

function clientsOf(races: ServerRaces): string[] {
  const lost = Object.values(races.classes.entries).flatMap(({ earliest: kept }) =>
    kept.items.map(({ client }) => client.address),
  );
  return [...new Set([...Object.keys(races.clients.entries), ...lost])].sort();
}

function announcedOf({ announced }: ServerRaces): Case['announced'] {
  const [said] = announced.items;
  const seconds = /(?:^|[\s,;])timeout=(\d{1,6})(?:$|[\s,;])/i.exec(said?.value ?? '')?.[1];
  return said === undefined || seconds === undefined ? null : { ...said, seconds: Number(seconds) };
}

function nearMissesOf(longest: readonly AnsweredReuse[], timeout: Timeout | null): AnsweredReuse[] {
  if (timeout === null || !timeout.isEstimate) return [];
  const timeoutNs = timeout.seconds * 1e9;
  const nearNs = Math.min(NEAR_MOST * timeoutNs, Math.max(NEAR_MISS_SHARE * timeoutNs, NEAR_MISS_NS));
  return longest.filter(({ idleNs }) => idleNs >= timeoutNs - nearNs);
}

function lossesOf(lost: readonly Losses[], observation: Observation, droppedPackets: number) {
  const kept = earliest<Incident>(MAX_EVIDENCE);
  const figures: Figures[] = [];
  const sorts = { race: 0, stalePool: 0, abort: 0, expiry: 0 };
  let [occurrences, encrypted, healthChecks, inMassCloses] = [0, 0, 0, 0];
  let lastNs = Number.NEGATIVE_INFINITY;
  for (const { incidents, count, kept: items, figures: own, inMass } of lost) {
    mergeEarliest(kept, { limit: MAX_EVIDENCE, items: [...items] });
    figures.push(...own);
    occurrences += count;
    inMassCloses += inMass;
    sorts[incidents.sort === 'stale-pool' ? 'stalePool' : incidents.sort] += count;
    if (incidents.isEncrypted) encrypted += count;
    healthChecks += incidents.healthChecks;
    lastNs = Math.max(lastNs, incidents.lastNs);
  }
  const fronts = figures
    .flatMap((each) => {
      const front = frontFailureOf(each, observation);
      return front === null ? [] : [{ lost: each.packet, front }];
    })
    .sort((one, other) => one.front.endNs - other.front.endNs || one.lost - other.lost);
  // Where the front's client was told of the failure, the front had not sent the request again.
  const given = new Set(fronts.map(({ lost: packet }) => packet));
  const followed = figures.map(({ key, stream, failedNs, packet }) => {
    const tries = key === null ? null : triesOf(observation.exchanges, key);
    const outcome: RetryOutcome = given.has(packet)
      ? 'not-retried'
      : retryAmongRoutine(tries, stream, failedNs, observation.endNs);
    return { failed: packet, outcome, retry: answeredRetryOf(tries, stream, failedNs) };
  });
  const reuses = figures.map(({ reuseNs }) => reuseNs);
  return {
    kind: sorts.stalePool > sorts.race + sorts.abort + sorts.expiry ? ('stale-pool' as const) : ('race' as const),
    confidence: confidenceOf(lost, droppedPackets),
    incidents: kept.items,
    occurrences,
    sorts,
    encrypted,
    healthChecks,
    lastNs,
    inMassCloses,
    lostReuse: reuses.length === 0 ? null : { lowest: Math.min(...reuses), highest: Math.max(...reuses) },
    requestsBefore: figures.map(({ requestsBefore }) => requestsBefore),
    idempotent: figures.filter(({ isIdempotent }) => isIdempotent).length,
    figures: figures.length,
    retries: countRetries(followed),
    fronts,
  };
}

/** What the client of the proxy saw, where both legs are in the capture and the proxy told it of the failure. */
function frontFailureOf({ stream, index, failedNs }: Figures, observation: Observation): FrontFailure | null {
  if (index === null) return null;
  const front = legPairsOf(observation).frontOf({ stream, index });
  if (front === null || front.answerPacket === null) return null;
  const { status, endNs, server, answerPacket: packet } = front;
  if (endNs < failedNs || endNs - failedNs > FRONT_WITHIN_NS) return null;
  return status === null || isGatewayError(status) ? { packet, endNs, server, status } : null;
}

/** The surest class speaks. Arithmetic makes a crossing certain; that a close is the timer's, its time makes likely. */
function confidenceOf(lost: readonly Losses[], droppedPackets: number): Confidence {
  const each = lost.map(({ incidents, count }) => {
    const sure: Confidence = isAtExpiry(incidents) || incidents.isEncrypted ? 'likely' : 'certain';
    const low = lowered(sure, incidents.steps + (droppedPackets > 0 ? 1 : 0));
    return raised(low, count);
  });
  return CONFIDENCES.find((confidence) => each.includes(confidence)) ?? 'possible';
}

type Shared = Omit<Case, keyof ReturnType<typeof lossesOf>>;

/** No request was lost yet, and one will be: clients use connections up to shortly before the server gives them up. */
function predicted(shared: Shared, { endNs }: Observation): Case | null {
  const { timeout, nearMisses, droppedPackets } = shared;
  if (timeout === null || nearMisses.length === 0) return null;
  const sure: Confidence = nearMisses.length >= HABIT ? 'likely' : 'possible';
  return {
    ...shared,
    kind: 'predicted',
    confidence: lowered(sure, droppedPackets > 0 ? 1 : 0),
    incidents: [],
    occurrences: nearMisses.length,
    sorts: { race: 0, stalePool: 0, abort: 0, expiry: 0 },
    encrypted: 0,
    healthChecks: 0,
    lastNs: Math.min(endNs, Math.max(...nearMisses.map(({ atNs }) => atNs))),
    inMassCloses: 0,
    lostReuse: null,
    requestsBefore: [],
    idempotent: 0,
    figures: 0,
    retries: NO_RETRIES,
    fronts: [],
  };
}

function findingOf(subject: Case, { names, reveal }: Conclusion): RawFinding {
  const { endpoint } = subject;
  const who = { ...endpoint, name: names.namesOf(endpoint.address, endpoint.port)[0] ?? null };
  const near = [...subject.nearMisses].sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return {
    rule: META.id,
    severity: severityOf(subject),
    confidence: subject.confidence,
    title: titleOf(subject, who),
    summary: summaryOf(subject, who),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: subject.incidents[0]?.atNs ?? near[0]?.atNs ?? subject.lastNs,
    lastSeenNs: subject.lastNs,
    facts: { ...factsOf(subject) },
    evidence: evidenceOf(subject, near, reveal),
    hypotheses: weigh(CAUSES, subject),
    remedies: remediesOf(subject),
    references: META.references,
  };
}

/** Critical unless each lost request was seen sent again and answered, or nothing but data in TLS or health checks was lost. */
function severityOf({ kind, retries, occurrences, healthChecks, encrypted, figures }: Case): Severity {
  if (kind === 'predicted' || healthChecks === occurrences || encrypted === occurrences) return 'warning';
  return retries.answered === figures ? 'warning' : 'critical';
}

function factsOf(subject: Case): KeepaliveRaceFacts {
  const { sorts, timeout, clientTimeout, announced, lostReuse, longestAnswered, retries } = subject;
  const fronts = new Map<string, KeepaliveRaceFacts['frontFailures'][number]>();
  for (const { front } of subject.fronts) {
    const key = `${endpointText(front.server)} ${front.status}`;
    fronts.set(key, { ...front.server, status: front.status, count: (fronts.get(key)?.count ?? 0) + 1 });
  }
  return {
    kind: subject.kind,
    capturePoint: subject.capturePoint,
    lostRequests: subject.incidents.length === 0 ? 0 : subject.occurrences,
    crossedTheClose: sorts.race,
    sentAfterTheCloseWasKnown: sorts.stalePool,
    abortedAtExpiry: sorts.abort,
    closedAtExpiry: sorts.expiry,
    encrypted: subject.encrypted,
    idempotentShare: subject.figures === 0 ? null : subject.idempotent / subject.figures,
    idleTimeoutSeconds: timeout?.seconds ?? null,
    idleTimeoutSamples: timeout?.samples ?? 0,
    announcedTimeoutSeconds: announced?.seconds ?? null,
    clientIdleTimeoutSeconds: clientTimeout?.seconds ?? null,
    clientIdleTimeoutSamples: clientTimeout?.samples ?? 0,
    shortestLostReuseSeconds: lostReuse === null ? null : lostReuse.lowest / 1e9,
    longestLostReuseSeconds: lostReuse === null ? null : lostReuse.highest / 1e9,
    longestAnsweredReuseSeconds: longestAnswered === null ? null : longestAnswered.idleNs / 1e9,
    answeredReuses: subject.reuses,
    nearMisses: subject.nearMisses.length,
    lostInMassCloses: subject.inMassCloses,
    connectionsOfServer: subject.connections,
    healthChecks: subject.healthChecks,
    retriesJudged: retries.judged,
    retriedAndAnswered: retries.answered,
    retriedInVain: retries.failedAgain,
    notRetried: retries.notRetried,
    frontFailures: [...fronts.values()],
  };
}
