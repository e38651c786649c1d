/** What the rule keeps of a run: plain data whose merge is associative and commutative. */
import type { Connection } from '../../facts/connection.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { type Attributes, sharedAttributes } from '../judgements/discriminating-attribute.js';
import { type Activity, activity, mergeActivity, noteActivity } from '../tally/activity.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, mergeEarliest } from '../tally/earliest.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { mergeRequests, type RecentRequests, recentRequests } from '../tally/recent-requests.js';
import { addToSample, mergeSample, type Sample, sample } from '../tally/sample.js';
import { mergeBaseline, type ServerBaseline, serverBaseline } from '../tally/server-baseline.js';
import type { Incident } from './incident.js';

/** Servers with incidents, and incidents of one whose figures and retries are looked at one by one. */
const MAX_FAILING_SERVERS = 256;
const MAX_FIGURES = 64;
/** Addresses of which it is known how they fared as clients. */
const MAX_CLIENTS = 1024;

/** What is kept of each incident beside the earliest ones in full. */
export interface Figures {
  readonly packet: number;
  readonly atNs: number;
  readonly stream: number;
  readonly delayNs: number;
  readonly key: number;
}

/** One server's incidents, health checks left out. */
export interface Failures {
  count: number;
  healthChecks: number;
  lastNs: number;
  /** The fewest steps that any of them loses. */
  steps: number;
  lowestDelayNs: number;
  highestDelayNs: number;
  shared: Attributes | null;
  readonly earliest: Earliest<Incident>;
  readonly figures: Sample<Figures>;
}

/** The rule's tally. */
export interface EmptyResponseTally {
  readonly servers: PerServer<ServerBaseline>;
  readonly failing: PerServer<Failures>;
  /** All incidents; those of servers that found no room too. */
  incidents: number;
  /** What addresses met as clients: `answer`, and `refusal` for whatever failed there. A proxy is a client too. */
  readonly clients: BoundedTable<Activity>;
  readonly recent: RecentRequests;
  /** The latest packet of any connection, nanoseconds. */
  endNs: number;
}

/** Nothing seen yet. */
export function newTally(): EmptyResponseTally {
  return {
    servers: perServer(),
    failing: perServer(MAX_FAILING_SERVERS),
    incidents: 0,
    clients: boundedTable(MAX_CLIENTS),
    recent: recentRequests(),
    endNs: Number.NEGATIVE_INFINITY,
  };
}

/** Adds all of `from`. */
export function mergeTally(into: EmptyResponseTally, from: EmptyResponseTally): void {
  mergePerServer(into.servers, from.servers, serverBaseline, mergeBaseline);
  mergePerServer(into.failing, from.failing, newFailures, mergeFailures);
  mergeTable(into.clients, from.clients, activity, mergeActivity);
  mergeRequests(into.recent, from.recent);
  into.incidents += from.incidents;
  into.endNs = Math.max(into.endNs, from.endNs);
}

/** Counts an incident, and keeps it where there is room. */
export function noteIncident(incident: Incident, tally: EmptyResponseTally): void {
  tally.incidents += 1;
  const failures = tallyOf(tally.failing, incident.server, newFailures);
  if (failures === null) return;
  if (incident.isHealthCheck) {
    failures.healthChecks += 1;
    return;
  }
  const { atNs, packet, stream, delayNs, key, attributes } = incident;
  failures.count += 1;
  failures.lastNs = Math.max(failures.lastNs, atNs);
  failures.steps = Math.min(failures.steps, incident.steps);
  failures.lowestDelayNs = Math.min(failures.lowestDelayNs, delayNs);
  failures.highestDelayNs = Math.max(failures.highestDelayNs, delayNs);
  failures.shared = failures.shared === null ? attributes : sharedAttributes(failures.shared, attributes);
  addEarliest(failures.earliest, incident);
  addToSample(failures.figures, { packet, atNs, stream, delayNs, key });
}

/** Enters how a connection went for its client, which may be the proxy that another waits for. */
export function noteClient(connection: Connection, tally: EmptyResponseTally): void {
  const { client, exchanges, close, handshake } = connection;
  const fared = entryOf(tally.clients, client.endpoint.address, activity);
  if (fared === null) return;
  if (handshake.syn !== null && handshake.synAck === null)
    noteActivity(fared, 'refusal', handshake.syn.atNs, handshake.syn.packet);
  let isUnanswered = false;
  for (const { request, response } of exchanges) {
    if (request !== null && response !== null) noteActivity(fared, 'answer', response.startNs, response.firstPacket);
    if (request !== null && (response === null || !response.complete)) isUnanswered = true;
  }
  const [first] = close.segments;
  if (isUnanswered && first !== undefined) noteActivity(fared, 'refusal', first.atNs, first.packet);
}

function newFailures(): Failures {
  return {
    count: 0,
    healthChecks: 0,
    lastNs: Number.NEGATIVE_INFINITY,
    steps: 2,
    lowestDelayNs: Number.POSITIVE_INFINITY,
    highestDelayNs: Number.NEGATIVE_INFINITY,
    shared: null,
    earliest: earliest(MAX_EVIDENCE),
    figures: sample(MAX_FIGURES),
  };
}

function mergeFailures(into: Failures, from: Failures): void {
  into.count += from.count;
  into.healthChecks += from.healthChecks;
  into.lastNs = Math.max(into.lastNs, from.lastNs);
  into.steps = Math.min(into.steps, from.steps);
  into.lowestDelayNs = Math.min(into.lowestDelayNs, from.lowestDelayNs);
  into.highestDelayNs = Math.max(into.highestDelayNs, from.highestDelayNs);
  if (from.shared !== null)
    into.shared = into.shared === null ? from.shared : sharedAttributes(into.shared, from.shared);
  mergeEarliest(into.earliest, from.earliest);
  mergeSample(into.figures, from.figures);
}
