/** The requests that a server lost: those that a mass close or an idle time-out explains told apart, and their fate. */
import { CONFIDENCES, type Confidence, MAX_EVIDENCE } from '../../facts/finding.js';
import { lowered, raised } from '../judgements/capture-guards.js';
import { isGatewayError } from '../judgements/gateway-error.js';
import { isCoarseExpiry, isIdleExpiry } from '../judgements/idle-expiry.js';
import type { IdleClose } from '../judgements/idle-timeout.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import { answeredRetryOf, countRetries, type RetryOutcome, retryAmongRoutine } from '../judgements/retries.js';
import { triesOf } from '../observation/logged-exchange.js';
import type { Observation } from '../observation/observation.js';
import { earliest, mergeEarliest } from '../tally/earliest.js';
import type { Case, FrontFailure, RaceKind } from './case.js';
import type { Incident } from './incident.js';
import type { MassCloses } from './mass-closes.js';
import type { Figures, IncidentClass, ServerRaces } from './tally.js';

/** A front answers its client soon after the back has failed, where it does not try again. */
const FRONT_WITHIN_NS = 1_000_000_000;

/** A class without what mass closes ended, or with nothing else: those are a restart's or a reload's losses. */
interface Losses {
  readonly incidents: IncidentClass;
  readonly count: number;
  /** When the last of them was lost. */
  readonly lastNs: number;
  readonly kept: readonly Incident[];
  readonly figures: readonly Figures[];
}

/** A class less what ended in them. */
export function withoutMass(incidents: IncidentClass, { packets }: MassCloses): Losses {
  const figures = incidents.figures.items.filter(({ closePacket }) => !packets.has(closePacket));
  const kept = incidents.earliest.items.filter(({ close }) => !packets.has(close.packet));
  const ended = incidents.figures.items.length - figures.length;
  return {
    incidents,
    figures,
    kept,
    lastNs: incidents.lastNs,
    count: incidents.isSudden ? 0 : incidents.count - ended,
  };
}

/** What ended in them alone, as far as it is looked at one by one. */
export function inMass(incidents: IncidentClass, { packets }: MassCloses): Losses {
  const figures = incidents.figures.items.filter(({ closePacket }) => packets.has(closePacket));
  const kept = incidents.earliest.items.filter(({ close }) => packets.has(close.packet));
  return { incidents, figures, kept, lastNs: Math.max(...figures.map(({ atNs }) => atNs)), count: figures.length };
}

/** The server's kernel had the request: that its timer ran out is shown by the time alone. */
export function isAtExpiry({ sort }: IncidentClass): boolean {
  return sort === 'abort' || sort === 'expiry';
}

/** Whether closes upon requests come when the idle timer does. */
export function isExpiry(incidents: IncidentClass, races: ServerRaces): boolean {
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

/** All losses of a server, and what became of the requests: sent again, or told to a client in front. */
export function lossesOf(lost: readonly Losses[], observation: Observation, droppedPackets: number, inReload: boolean) {
  const kept = earliest<Incident>(MAX_EVIDENCE);
  const figures: Figures[] = [];
  const sorts = { race: 0, stalePool: 0, abort: 0, expiry: 0 };
  let [occurrences, encrypted, healthChecks] = [0, 0, 0];
  let lastNs = Number.NEGATIVE_INFINITY;
  for (const { incidents, count, lastNs: last, kept: items, figures: own } of lost) {
    mergeEarliest(kept, { limit: MAX_EVIDENCE, items: [...items] });
    figures.push(...own);
    occurrences += count;
    sorts[incidents.sort === 'stale-pool' ? 'stalePool' : incidents.sort] += count;
    if (incidents.isEncrypted) encrypted += count;
    healthChecks += incidents.healthChecks;
    lastNs = Math.max(lastNs, last);
  }
  const fronts = figures
    .flatMap((each) => {
      const front = frontFailureOf(each, observation);
      return front === null ? [] : [{ lost: each.packet, front }];
    })
    .sort((one, other) => one.front.endNs - other.front.endNs || one.lost - other.lost);
  // Where the front's client was told of the failure, the front had not sent the request again.
  const given = new Set(fronts.map(({ lost: packet }) => packet));
  const followed = figures.map(({ key, stream, failedNs, packet, isIdempotent }) => {
    const tries = key === null ? null : triesOf(observation.exchanges, key);
    const outcome: RetryOutcome = given.has(packet)
      ? 'not-retried'
      : retryAmongRoutine(tries, stream, failedNs, observation.endNs, isIdempotent);
    return { failed: packet, outcome, retry: answeredRetryOf(tries, stream, failedNs) };
  });
  const reuses = figures.map(({ reuseNs }) => reuseNs);
  return {
    kind: kindOf(sorts, inReload),
    confidence: confidenceOf(lost, droppedPackets),
    incidents: kept.items,
    occurrences,
    sorts,
    encrypted,
    healthChecks,
    lastNs,
    lostReuse: reuses.length === 0 ? null : { lowest: Math.min(...reuses), highest: Math.max(...reuses) },
    requestsBefore: figures.map(({ requestsBefore }) => requestsBefore),
    idempotent: figures.filter(({ isIdempotent }) => isIdempotent).length,
    figures: figures.length,
    retries: countRetries(followed),
    fronts,
  };
}

function kindOf({ race, stalePool, abort, expiry }: Case['sorts'], inReload: boolean): RaceKind {
  if (inReload) return 'reload';
  return stalePool > race + abort + expiry ? 'stale-pool' : 'race';
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
