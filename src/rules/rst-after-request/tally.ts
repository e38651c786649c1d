/**
 * What the rule keeps of a run: plain data whose merge is associative and commutative.
 *
 * What a single connection shows of an incident is decided when it ends. Incidents of one server
 * that agree in all of it are counted together as a *class*; the earliest of each class are kept
 * whole. Incidents that find no room are counted by what is missing: the total less those kept.
 */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { CONFIDENCES, MAX_EVIDENCE } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { guardSteps } from '../judgements/capture-guards.js';
import { type Attributes, attributesOf, sharedAttributes } from '../judgements/discriminating-attribute.js';
import { positiveTests } from '../judgements/forgery.js';
import type { ForgeryInput } from '../judgements/forgery-test.js';
import { isHealthCheck } from '../judgements/health-check.js';
import type { IdleClose } from '../judgements/idle-timeout.js';
import { type ResetShape, resetShapeOf } from '../judgements/reset-shape.js';
import { hangUpIn } from '../judgements/spoken-otherwise.js';
import { requestKey } from '../observation/request-key.js';
import { SOON_NS } from '../tally/activity.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, mergeEarliest } from '../tally/earliest.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from '../tally/per-server.js';
import { rankOfText } from '../tally/rank.js';
import { addToSample, mergeSample, type Sample, sample } from '../tally/sample.js';
import { countAt, mergeTimeCounts, type TimeCounts, timeCounts } from '../tally/time-counts.js';
import type { Incident, Outstanding } from './incident.js';

/** Servers with incidents, and classes of incidents at one server: each holds up to MAX_EVIDENCE incidents of some kilobytes. */
export const MAX_FAILING_SERVERS = 256;
const MAX_CLASSES = 8;
/** Incidents of a class whose figures and retries are looked at one by one. */
const MAX_FIGURES = 64;
/** Values of reset requests that are counted apart, per class: enough for every client behind a load balancer or proxy. */
const MAX_AFFECTED = 96;
/** What tells who is concerned. */
const AFFECTED_ATTRIBUTES = ['client-address', 'x-forwarded-for', 'path'] as const;

/** What is kept of each incident in a class, beside its earliest ones in full. */
export interface Figures {
  readonly packet: number;
  readonly atNs: number;
  readonly stream: number;
  readonly delayNs: number;
  readonly ageNs: number | null;
  /** The idle time that the reset ended; `null`: the connection had not been idle. */
  readonly idle: IdleClose | null;
  /** Key in the log of exchanges; `null` in TLS. */
  readonly key: number | null;
}

/** How many reset requests have a value of an attribute. */
export interface AffectedCount {
  readonly attribute: string;
  readonly value: string;
  failed: number;
}

/** Incidents of one server that agree in everything that a single connection can say of them. */
export interface IncidentClass {
  readonly shape: ResetShape;
  readonly outstanding: Outstanding;
  /** On connections that had been idle. */
  readonly isAfterIdle: boolean;
  readonly steps: number;
  count: number;
  /** Those that met the first request of a connection in clear (judgements/spoken-otherwise). */
  hungUp: number;
  lostRequests: number;
  readonly failedAt: TimeCounts;
  /** Reset requests by attribute and value. */
  readonly affected: BoundedTable<AffectedCount>;
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

/** Incidents of one sort, by server. */
interface Failing {
  /** All of them; those at servers that found no room too. */
  incidents: number;
  readonly servers: PerServer<ServerFailures>;
}

/** The rule's tally: plain data. */
export interface RstAfterRequestTally {
  /** Resets of what is known, or likely, to be a request. */
  readonly requests: Failing;
  /** Resets in TLS that met nobody knows what, kept apart: most of them mean nothing, and must not take the room of the others. */
  readonly encrypted: Failing;
}

/** Nothing seen yet. */
export function newTally(): RstAfterRequestTally {
  return {
    requests: { incidents: 0, servers: perServer(MAX_FAILING_SERVERS) },
    encrypted: { incidents: 0, servers: perServer(MAX_FAILING_SERVERS) },
  };
}

/** Adds all of `from`. */
export function mergeTally(into: RstAfterRequestTally, from: RstAfterRequestTally): void {
  for (const sort of ['requests', 'encrypted'] as const) {
    into[sort].incidents += from[sort].incidents;
    mergePerServer(into[sort].servers, from[sort].servers, newFailures, mergeFailures);
  }
}

/** Counts an incident, and keeps it where there is room. */
export function noteIncident(incident: Incident, connection: Connection, tally: RstAfterRequestTally): void {
  const failing = incident.outstanding === 'unknown-bytes' ? tally.encrypted : tally.requests;
  failing.incidents += 1;
  const failures = tallyOf(failing.servers, connection.server.endpoint, newFailures);
  if (failures === null) return;
  failures.incidents += 1;
  note(incident, connection, failures.classes);
}

/** A server with incidents of either sort. */
export interface FailingServer {
  readonly endpoint: Endpoint;
  readonly incidents: number;
  /** In an order that does not depend on who came first. */
  readonly classes: readonly IncidentClass[];
}

/** All servers with incidents that were kept, ordered by endpoint. */
export function failingServers(tally: RstAfterRequestTally): FailingServer[] {
  const found = new Map<string, FailingServer>();
  for (const { servers } of [tally.requests, tally.encrypted])
    for (const { endpoint, tally: failures } of serversOf(servers)) {
      const key = endpointText(endpoint);
      const known = found.get(key);
      const classes = Object.entries(failures.classes.entries)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([, incidents]) => incidents);
      found.set(key, {
        endpoint,
        incidents: (known?.incidents ?? 0) + failures.incidents,
        classes: [...(known?.classes ?? []), ...classes],
      });
    }
  return [...found.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, server]) => server);
}

/** Incidents at servers that found no room: told, since nothing else of them is. */
export function incidentsLeftOut({ requests, encrypted }: RstAfterRequestTally): number {
  let left = 0;
  for (const { incidents, servers } of [requests, encrypted]) {
    left += incidents;
    for (const { tally } of serversOf(servers)) left -= tally.incidents;
  }
  return left;
}

/** What the forgery tests look at, of an incident. */
export function forgeryInput(incident: Incident): ForgeryInput {
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

function newFailures(): ServerFailures {
  return { incidents: 0, classes: boundedTable(MAX_CLASSES) };
}

function note(incident: Incident, connection: Connection, classes: BoundedTable<IncidentClass>): void {
  const shape = resetShapeOf(incident.serverReset);
  // Where nobody knows how long a fresh connection had been idle at the server, it may have been given up there.
  const waited = incident.isAfterIdle || (incident.ageNs !== null && incident.ageNs >= SOON_NS) ? 1 : 0;
  // What needs no answer at once (a WebSocket's message, a poll) may stand for long; encrypted it looks the same.
  const lingered = incident.outstanding === 'application-data' && incident.delayNs >= SOON_NS ? 1 : 0;
  const steps = Math.min(guardSteps(incident) + waited + lingered, CONFIDENCES.length - 1);
  const known = entryOf(classes, classKey(incident, shape, steps), () => newClass({ ...incident, shape, steps }));
  if (known === null) return;
  const request = connection.exchanges.find(
    (exchange) => exchange.request?.firstPacket === incident.request?.firstPacket,
  )?.request;
  const { address } = connection.client.endpoint;
  known.count += 1;
  if (hangUpIn(connection)?.on === 'clear') known.hungUp += 1;
  known.lostRequests += incident.lostRequests;
  countAt(known.failedAt, incident.atNs, incident.lostRequests);
  known.lastNs = Math.max(known.lastNs, incident.atNs);
  known.lowestDelayNs = Math.min(known.lowestDelayNs, incident.delayNs);
  known.highestDelayNs = Math.max(known.highestDelayNs, incident.delayNs);
  if (request != null) {
    if (isHealthCheck(request)) known.healthChecks += 1;
    const attributes = attributesOf(request, address, incident.requestIsFirst);
    noteAffected(known, attributes);
    known.shared = known.shared === null ? attributes : sharedAttributes(known.shared, attributes);
  } else noteAffected(known, { 'client-address': address });
  addEarliest(known.earliest, incident);
  addToSample(known.figures, {
    packet: incident.packet,
    atNs: incident.atNs,
    stream: incident.stream,
    delayNs: incident.delayNs,
    ageNs: incident.ageNs,
    idle: idleOf(incident, connection),
    key: request == null ? null : requestKey(rankOfText(address), request),
  });
}

/** As keepalive-race counts it: from the last payload before to the close. */
function idleOf({ isAfterIdle, pauseNs, request, serverReset }: Incident, connection: Connection): IdleClose | null {
  if (!isAfterIdle || pauseNs === null || request === null) return null;
  const { atNs, packet } = serverReset;
  const at = connection.exchanges.findIndex((exchange) => exchange.request?.firstPacket === request.firstPacket);
  return {
    idleNs: atNs - (request.startNs - pauseNs),
    atNs,
    packet,
    stream: connection.stream,
    requests: connection.exchangeOffset + Math.max(0, at),
  };
}

function noteAffected(into: IncidentClass, attributes: Attributes): void {
  for (const attribute of AFFECTED_ATTRIBUTES) {
    const value = attributes[attribute];
    if (value === undefined) continue;
    const counted = entryOf(into.affected, `${attribute} ${value}`, () => ({ attribute, value, failed: 0 }));
    if (counted !== null) counted.failed += 1;
  }
}

/** Everything that decides what an incident is, wherever the capture will turn out to have been taken. */
function classKey(incident: Incident, shape: ResetShape, steps: number): string {
  const parts = [shape, incident.outstanding, `${steps}`, incident.mayRefuseHandshake];
  if (incident.isAfterIdle) parts.push('after idle');
  if (incident.captures.length > 1) parts.push('several captures');
  parts.push(...positiveTests(forgeryInput(incident)));
  return parts.join(' ');
}

function newClass({
  shape,
  outstanding,
  isAfterIdle,
  steps,
}: Pick<IncidentClass, 'shape' | 'outstanding' | 'isAfterIdle' | 'steps'>): IncidentClass {
  return {
    shape,
    outstanding,
    isAfterIdle,
    steps,
    count: 0,
    hungUp: 0,
    lostRequests: 0,
    failedAt: timeCounts(),
    affected: boundedTable(MAX_AFFECTED),
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
  mergeTable(into.classes, from.classes, newClass, mergeClass);
}

function mergeClass(into: IncidentClass, from: IncidentClass): void {
  into.count += from.count;
  into.hungUp += from.hungUp;
  into.lostRequests += from.lostRequests;
  mergeTimeCounts(into.failedAt, from.failedAt);
  mergeTable(
    into.affected,
    from.affected,
    ({ attribute, value }) => ({ attribute, value, failed: 0 }),
    (whole, part) => {
      whole.failed += part.failed;
    },
  );
  into.healthChecks += from.healthChecks;
  into.lastNs = Math.max(into.lastNs, from.lastNs);
  into.lowestDelayNs = Math.min(into.lowestDelayNs, from.lowestDelayNs);
  into.highestDelayNs = Math.max(into.highestDelayNs, from.highestDelayNs);
  if (from.shared !== null)
    into.shared = into.shared === null ? from.shared : sharedAttributes(into.shared, from.shared);
  mergeEarliest(into.earliest, from.earliest);
  mergeSample(into.figures, from.figures);
}
