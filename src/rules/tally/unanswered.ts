/** Requests that a server did not answer and that are of one kind: counted, and what they have in common. */
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { type Attributes, sharedAttributes } from '../judgements/discriminating-attribute.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from './earliest.js';
import { addToSample, mergeSample, type Sample, sample } from './sample.js';

/** Requests whose figures and retries are looked at one by one. */
const MAX_FIGURES = 64;

/** What is kept of each request beside the earliest ones in full. */
export interface UnansweredFigures extends Moment {
  readonly stream: number;
  readonly delayNs: number;
  /** Key in the log of exchanges; `null` in TLS. */
  readonly key: number | null;
}

/** Plain data whose merge is associative and commutative. */
export interface Unanswered<Incident extends Moment, Figures extends UnansweredFigures> {
  count: number;
  /** Those that met the first request of a connection in clear (judgements/spoken-otherwise). */
  hungUp: number;
  healthChecks: number;
  lastNs: number;
  /** From the request to what came in place of an answer. */
  lowestDelayNs: number;
  highestDelayNs: number;
  /** What all requests have in common; `null`: none could be read. */
  shared: Attributes | null;
  readonly earliest: Earliest<Incident>;
  readonly figures: Sample<Figures>;
}

/** None yet. */
export function newUnanswered<Incident extends Moment, Figures extends UnansweredFigures>(): Unanswered<
  Incident,
  Figures
> {
  return {
    count: 0,
    hungUp: 0,
    healthChecks: 0,
    lastNs: Number.NEGATIVE_INFINITY,
    lowestDelayNs: Number.POSITIVE_INFINITY,
    highestDelayNs: Number.NEGATIVE_INFINITY,
    shared: null,
    earliest: earliest(MAX_EVIDENCE),
    figures: sample(MAX_FIGURES),
  };
}

/** One request that was not answered. */
interface UnansweredRequest<Incident, Figures> {
  readonly incident: Incident;
  readonly figures: Figures;
  /** Of the request; `null`: it could not be read. */
  readonly attributes: Attributes | null;
  readonly isHungUp: boolean;
}

/** Counts one, and keeps it where there is room; health checks are the caller's to count. */
export function addUnanswered<Incident extends Moment, Figures extends UnansweredFigures>(
  into: Unanswered<Incident, Figures>,
  { incident, figures, attributes, isHungUp }: UnansweredRequest<Incident, Figures>,
): void {
  into.count += 1;
  if (isHungUp) into.hungUp += 1;
  into.lastNs = Math.max(into.lastNs, figures.atNs);
  into.lowestDelayNs = Math.min(into.lowestDelayNs, figures.delayNs);
  into.highestDelayNs = Math.max(into.highestDelayNs, figures.delayNs);
  share(into, attributes);
  addEarliest(into.earliest, incident);
  addToSample(into.figures, figures);
}

/** Adds all of `from`. */
export function mergeUnanswered<Incident extends Moment, Figures extends UnansweredFigures>(
  into: Unanswered<Incident, Figures>,
  from: Unanswered<Incident, Figures>,
): void {
  into.count += from.count;
  into.hungUp += from.hungUp;
  into.healthChecks += from.healthChecks;
  into.lastNs = Math.max(into.lastNs, from.lastNs);
  into.lowestDelayNs = Math.min(into.lowestDelayNs, from.lowestDelayNs);
  into.highestDelayNs = Math.max(into.highestDelayNs, from.highestDelayNs);
  share(into, from.shared);
  mergeEarliest(into.earliest, from.earliest);
  mergeSample(into.figures, from.figures);
}

function share(into: { shared: Attributes | null }, attributes: Attributes | null): void {
  if (attributes !== null) into.shared = into.shared === null ? attributes : sharedAttributes(into.shared, attributes);
}
