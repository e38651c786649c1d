/** What the rule keeps of a run: plain data whose merge is associative and commutative. */
import type { PacketReference } from '../../facts/packet-reference.js';
import type { CutResponse } from '../judgements/cut-response.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import {
  addUnanswered,
  mergeUnanswered,
  newUnanswered,
  type Unanswered,
  type UnansweredFigures,
} from '../tally/unanswered.js';
import type { Incident } from './incident.js';

/** Servers with incidents. */
const MAX_FAILING_SERVERS = 256;
/** Incidents of one server that count only by what else is known, kept in full until it is. */
const MAX_KEPT = 32;
/** Answers that ended before their end: what a proxy met behind is looked for among so many. */
const MAX_CUT = 256;

/** What is kept of each incident beside the earliest ones in full. */
interface Figures extends UnansweredFigures {
  /** HTTP/2: those of further requests. */
  readonly furtherKeys: readonly number[];
}

/** One server's incidents, health checks left out. */
export interface Failures extends Unanswered<Incident, Figures> {
  /** Requests that had no answer: in HTTP/2 one end takes several. */
  lostRequests: number;
  /** Those ends that were HTTP/2's. */
  overH2: number;
  /** The fewest steps that any of them loses. */
  steps: number;
}

/** An answer that was cut: by what, and to which request. */
export interface CutAnswer extends Moment {
  readonly stream: number;
  readonly requestPacket: PacketReference;
}

/** The rule's tally. */
export interface EmptyResponseTally {
  readonly failing: PerServer<Failures>;
  /** On connections that had been idle: not counted, unless the end of a process took them. */
  readonly afterIdle: PerServer<Earliest<Incident>>;
  /** In TLS of which its port alone says that it is HTTP: not counted, unless a proxy in front answered for them. */
  readonly unsaid: PerServer<Earliest<Incident>>;
  readonly cut: Earliest<CutAnswer>;
  /** All incidents that count; those of servers that found no room too. */
  incidents: number;
}

/** Nothing seen yet. */
export function newTally(): EmptyResponseTally {
  return {
    failing: perServer(MAX_FAILING_SERVERS),
    afterIdle: perServer(MAX_FAILING_SERVERS),
    unsaid: perServer(MAX_FAILING_SERVERS),
    cut: earliest(MAX_CUT),
    incidents: 0,
  };
}

/** Adds all of `from`. */
export function mergeTally(into: EmptyResponseTally, from: EmptyResponseTally): void {
  mergePerServer(into.failing, from.failing, newFailures, mergeFailures);
  mergePerServer(into.afterIdle, from.afterIdle, newKept, mergeEarliest);
  mergePerServer(into.unsaid, from.unsaid, newKept, mergeEarliest);
  mergeEarliest(into.cut, from.cut);
  into.incidents += from.incidents;
}

/** Counts an incident, and keeps it where there is room. */
export function noteIncident(incident: Incident, tally: EmptyResponseTally): void {
  if (incident.isUnsaid || incident.isAfterIdle) {
    // An idle connection of what may be no HTTP is nobody's loss.
    if (incident.isUnsaid && incident.isAfterIdle) return;
    const kept = tallyOf(incident.isUnsaid ? tally.unsaid : tally.afterIdle, incident.server, newKept);
    if (kept !== null) addEarliest(kept, incident);
    return;
  }
  tally.incidents += 1;
  const failures = tallyOf(tally.failing, incident.server, newFailures);
  if (failures !== null) addIncident(failures, incident);
}

/** Keeps an answer that was cut: it may be what a proxy met behind. */
export function noteCut({ packet, atNs, stream, requestPacket }: CutResponse, { cut }: EmptyResponseTally): void {
  addEarliest(cut, { packet, atNs, stream, requestPacket });
}

/** One server's incidents, and those of `others` that the end of its process took. */
export function withOthers(failures: Failures | null, others: readonly Incident[]): Failures {
  const all = newFailures();
  if (failures !== null) mergeFailures(all, failures);
  for (const incident of others) addIncident(all, incident);
  return all;
}

function newKept(): Earliest<Incident> {
  return earliest(MAX_KEPT);
}

function addIncident(failures: Failures, incident: Incident): void {
  if (incident.isHealthCheck) {
    failures.healthChecks += 1;
    return;
  }
  const { atNs, packet, stream, delayNs, key, attributes, isHungUp, further } = incident;
  failures.lostRequests += incident.lostRequests;
  if (incident.request.h2Stream !== null) failures.overH2 += 1;
  failures.steps = Math.min(failures.steps, incident.steps);
  const figures = { packet, atNs, stream, delayNs, key, furtherKeys: further.map((one) => one.key) };
  addUnanswered(failures, { incident, figures, attributes, isHungUp });
}

function newFailures(): Failures {
  return { ...newUnanswered(), steps: 2, lostRequests: 0, overH2: 0 };
}

function mergeFailures(into: Failures, from: Failures): void {
  mergeUnanswered(into, from);
  into.lostRequests += from.lostRequests;
  into.overH2 += from.overH2;
  into.steps = Math.min(into.steps, from.steps);
}
