/** Incidents of one server that a single connection each can tell no difference between. */
import type { Connection } from '../../facts/connection.js';
import { CONFIDENCES } from '../../facts/finding.js';
import { guardSteps } from '../judgements/capture-guards.js';
import { type Attributes, attributesOf } from '../judgements/discriminating-attribute.js';
import { positiveTests } from '../judgements/forgery.js';
import type { ForgeryInput } from '../judgements/forgery-test.js';
import { isHealthCheck } from '../judgements/health-check.js';
import type { IdleClose } from '../judgements/idle-timeout.js';
import { type ResetShape, resetShapeIn } from '../judgements/reset-shape.js';
import { hangUpIn } from '../judgements/spoken-otherwise.js';
import { requestKey } from '../observation/request-key.js';
import { SOON_NS } from '../tally/activity.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { rankOfText } from '../tally/rank.js';
import { countAt, mergeTimeCounts, type TimeCounts, timeCounts } from '../tally/time-counts.js';
import {
  addUnanswered,
  mergeUnanswered,
  newUnanswered,
  type Unanswered,
  type UnansweredFigures,
} from '../tally/unanswered.js';
import { otherSourceOf } from './forgotten.js';
import type { Incident, Outstanding } from './incident.js';

/** Values of reset requests that are counted apart, per class: enough for every client behind a load balancer or proxy. */
const MAX_AFFECTED = 96;
/** What tells who is concerned. */
const AFFECTED_ATTRIBUTES = ['client-address', 'x-forwarded-for', 'path'] as const;

/** What is kept of each incident in a class, beside its earliest ones in full. */
export interface Figures extends UnansweredFigures {
  readonly ageNs: number | null;
  /** The idle time that the reset ended; `null`: the connection had not been idle. */
  readonly idle: IdleClose | null;
}

/** How many reset requests have a value of an attribute. */
export interface AffectedCount {
  readonly attribute: string;
  readonly value: string;
  failed: number;
}

/** Incidents of one server that agree in everything that a single connection can say of them. */
export interface IncidentClass extends Unanswered<Incident, Figures> {
  readonly shape: ResetShape;
  readonly outstanding: Outstanding;
  /** On connections that had been idle. */
  readonly isAfterIdle: boolean;
  /** What their resets have for a link-layer source where that tells of something on the way (forgotten.ts). */
  readonly otherSource: number | null;
  readonly steps: number;
  lostRequests: number;
  readonly failedAt: TimeCounts;
  /** Reset requests by attribute and value. */
  readonly affected: BoundedTable<AffectedCount>;
}

/** Counts an incident in its class; where that finds no room, nowhere. */
export function noteInClass(incident: Incident, connection: Connection, classes: BoundedTable<IncidentClass>): void {
  const shape = resetShapeIn(incident.serverReset, connection.handshake.timestampsNegotiated);
  // Where nobody knows how long a fresh connection had been idle at the server, it may have been given up there.
  const waited = incident.isAfterIdle || (incident.ageNs !== null && incident.ageNs >= SOON_NS) ? 1 : 0;
  // What needs no answer at once (a WebSocket's message, a poll) may stand for long; encrypted it looks the same.
  const lingered = incident.outstanding === 'application-data' && incident.delayNs >= SOON_NS ? 1 : 0;
  const steps = Math.min(guardSteps(incident) + waited + lingered, CONFIDENCES.length - 1);
  const otherSource = otherSourceOf(incident);
  const known = entryOf(classes, classKey(incident, shape, steps, otherSource), () =>
    newClass({ ...incident, shape, steps, otherSource }),
  );
  if (known === null) return;
  const request = connection.exchanges.find(
    (exchange) => exchange.request?.firstPacket === incident.request?.firstPacket,
  )?.request;
  const { address } = connection.client.endpoint;
  const attributes = request == null ? null : attributesOf(request, address, incident.requestIsFirst);
  addUnanswered(known, {
    incident,
    attributes,
    isHungUp: hangUpIn(connection)?.on === (connection.protocol === 'h2' ? 'http2' : 'clear'),
    figures: {
      packet: incident.packet,
      atNs: incident.atNs,
      stream: incident.stream,
      delayNs: incident.delayNs,
      ageNs: incident.ageNs,
      idle: idleOf(incident, connection),
      key: request == null ? null : requestKey(rankOfText(address), request),
    },
  });
  if (request != null && isHealthCheck(request)) known.healthChecks += 1;
  known.lostRequests += incident.lostRequests;
  countAt(known.failedAt, incident.atNs, incident.lostRequests);
  noteAffected(known, attributes ?? { 'client-address': address });
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
function classKey(incident: Incident, shape: ResetShape, steps: number, otherSource: number | null): string {
  const parts = [shape, incident.outstanding, `${steps}`, `${incident.refusesHandshake}`];
  if (incident.isAfterIdle) parts.push('after idle');
  if (otherSource !== null) parts.push(`from ${otherSource}`);
  if (incident.guards.severalPoints || incident.captures.length > 1) parts.push('several captures');
  parts.push(...positiveTests(forgeryInput(incident)));
  return parts.join(' ');
}

/** A class without incidents, of this kind. */
export function newClass({
  shape,
  outstanding,
  isAfterIdle,
  otherSource,
  steps,
}: Pick<IncidentClass, 'shape' | 'outstanding' | 'isAfterIdle' | 'otherSource' | 'steps'>): IncidentClass {
  return {
    ...newUnanswered(),
    shape,
    outstanding,
    isAfterIdle,
    otherSource,
    steps,
    lostRequests: 0,
    failedAt: timeCounts(),
    affected: boundedTable(MAX_AFFECTED),
  };
}

/** Adds all of `from`, which is of the same kind. */
export function mergeClass(into: IncidentClass, from: IncidentClass): void {
  mergeUnanswered(into, from);
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
