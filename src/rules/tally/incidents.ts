/** Incidents of one sort at one server: all are counted, the earliest kept whole; plain data. */
import type { Endpoint } from '../../facts/endpoint.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from './earliest.js';

/** What all incidents have. */
export interface Incident extends Moment {
  readonly stream: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** Steps that the capture's guards take from the confidence. */
  readonly steps: number;
}

/** See the head of this file. */
export interface Incidents<T extends Incident> {
  count: number;
  lastNs: number;
  /** The fewest steps that any of them loses. */
  steps: number;
  readonly earliest: Earliest<T>;
}

/** None yet. */
export function incidents<T extends Incident>(limit = MAX_EVIDENCE): Incidents<T> {
  return { count: 0, lastNs: Number.NEGATIVE_INFINITY, steps: Number.POSITIVE_INFINITY, earliest: earliest(limit) };
}

/** Counts one, and keeps it if it is among the earliest. */
export function noteIncident<T extends Incident>(into: Incidents<T>, incident: T): void {
  into.count += 1;
  if (incident.atNs > into.lastNs) into.lastNs = incident.atNs;
  if (incident.steps < into.steps) into.steps = incident.steps;
  addEarliest(into.earliest, incident);
}

/** Adds all of `from`. */
export function mergeIncidents<T extends Incident>(into: Incidents<T>, from: Incidents<T>): void {
  into.count += from.count;
  into.lastNs = Math.max(into.lastNs, from.lastNs);
  into.steps = Math.min(into.steps, from.steps);
  mergeEarliest(into.earliest, from.earliest);
}
