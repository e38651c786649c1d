/** Who wrote the resets of a class, how sure that is, and which of two classes tells more. */
import type { CaptureFacts } from '../../facts/capture.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { CONFIDENCES, type Confidence } from '../../facts/finding.js';
import { bypassOf, MANY_ELSEWHERE } from '../judgements/bypassed.js';
import { lowered, raised } from '../judgements/capture-guards.js';
import { type Attributes, sharedAttributes } from '../judgements/discriminating-attribute.js';
import { forgeryTests, forgeryVerdict } from '../judgements/forgery.js';
import type { ForgeryContext } from '../judgements/forgery-test.js';
import { hopsOf } from '../judgements/hops.js';
import { isIdleExpiry } from '../judgements/idle-expiry.js';
import type { ResetShape } from '../judgements/reset-shape.js';
import { MANY_TAKEN, takenMeanwhile } from '../judgements/taken-meanwhile.js';
import type { Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import type { ResetKind } from './case.js';
import type { Incident } from './incident.js';
import { forgeryInput, type IncidentClass } from './incident-class.js';
import type { FailingServer } from './tally.js';

/** A class with what the whole run says of its writer. */
export interface JudgedClass {
  readonly incidents: IncidentClass;
  readonly first: Incident;
  readonly kind: ResetKind | 'bypassed';
  readonly tests: ReturnType<typeof forgeryTests>;
  readonly verdict: ReturnType<typeof forgeryVerdict>;
  readonly confidence: Confidence;
}

/** What holds for every server of the run. */
export interface Run {
  readonly observation: Observation;
  readonly failing: readonly FailingServer[];
  readonly leftOut: number;
  readonly droppedPackets: number;
  readonly captures: readonly CaptureFacts[];
  readonly servers: Conclusion['servers'];
  /** One more packet may be missing anywhere. */
  readonly losesPackets: boolean;
}

/** What the run says of a class of incidents; none where nothing of it was kept. */
export function judge(
  incidents: IncidentClass,
  context: Omit<ForgeryContext, 'sameElsewhere' | 'oneOrder'>,
  endpoint: Endpoint,
  { failing, captures }: Run,
): JudgedClass[] {
  const [first] = incidents.earliest.items;
  if (first === undefined) return [];
  const oneOrder = incidents.earliest.items.every(
    (one) => !one.guards.severalPoints && isOneOrder(one.captures, captures),
  );
  const tests = forgeryTests(forgeryInput(first), {
    ...context,
    sameElsewhere: sameElsewhere(first, endpoint, failing),
    oneOrder,
  });
  const verdict = forgeryVerdict(tests);
  // Where captures have no order in common, what goes by order cannot say that another hand wrote them.
  const isForeign = verdict === 'certain' || (!oneOrder && isOfOtherTtl(first));
  const kind = isForeign && wasBypassed(first, incidents.count) ? 'bypassed' : kindOf(incidents.shape, verdict);
  const isSure = verdict !== 'likely' && incidents.outstanding === 'request';
  const sure: Confidence = isSure ? 'certain' : 'likely';
  const low = lowered(sure, incidents.steps + (context.captureDrops ? 1 : 0));
  // Of what was not captured nobody knows that it was a request, however often it came.
  const isUncaptured = incidents.outstanding === 'uncaptured-bytes';
  // Nor whether another rule tells it, where what would say so is not known.
  const isUnclear = isUncaptured || (verdict === 'none' && first.refusesHandshake !== null);
  const confidence = isUnclear ? 'possible' : raised(low, incidents.count);
  return [{ incidents, first, tests, verdict, kind, confidence }];
}

/** A reset for each segment of the client, the bare ACK of the handshake too, and a server that got none of them. */
function wasBypassed(incident: Incident, count: number): boolean {
  const { handshake, request, requestIsFirst } = incident;
  const hadBareAck = handshake.ackNs !== null && request !== null && handshake.ackNs < request.startNs;
  const isWhole = requestIsFirst && hadBareAck && request.firstPacket === request.lastPacket;
  const bypass = isWhole ? bypassOf(incident) : null;
  return bypass === 'sure' || (bypass === 'elsewhere' && count >= MANY_ELSEWHERE);
}

/** Resets of the same server whose story ended with the capture are of the hand that wrote those told in full. */
export function inTheSameHand(judged: readonly JudgedClass[]): JudgedClass[] {
  const hands = new Set(judged.filter(({ kind }) => kind === 'bypassed').map(({ first }) => handOf(first)));
  return judged.map((one) =>
    one.kind === 'stateless-reply' && isOfOtherTtl(one.first) && hands.has(handOf(one.first))
      ? { ...one, kind: 'bypassed' }
      : one,
  );
}

/**
 * Bare resets that could be the server's own are of the hand that wrote those which cannot, where they
 * look the same and meet the same requests: such as a block list goes by, and nobody else's.
 */
export function withTheForged(
  judged: readonly JudgedClass[],
  meetsTheSame: (shared: Attributes, one: IncidentClass, other: IncidentClass) => boolean,
): JudgedClass[] {
  const proven = judged.filter(({ kind, incidents }) => kind === 'forged' && incidents.shared !== null);
  return judged.map((one) => {
    const isOfTheirs = proven.some(
      ({ first, incidents }) =>
        looksOf(first) === looksOf(one.first) &&
        incidents.shared !== null &&
        one.incidents.shared !== null &&
        meetsTheSame(sharedAttributes(incidents.shared, one.incidents.shared), incidents, one.incidents),
    );
    return one.kind === 'stateless-reply' && isOfTheirs ? { ...one, kind: 'forged' } : one;
  });
}

function looksOf({ serverReset: { ttl, flags, window, options } }: Incident): string {
  return [ttl, flags, window, options].join(' ');
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
  const all = indices.map((index) => captures[index]);
  return all.every((one, at) => all.slice(at + 1).every((other) => areInTurn(one, other)));
}

/** Whether two captures are by one clock, and one begins when the other has ended. */
function areInTurn(one: CaptureFacts | undefined, other: CaptureFacts | undefined): boolean {
  if (one === undefined || other === undefined || one.clock?.first !== other.clock?.first) return false;
  const [startNs, endNs] = [one.startEpochNs, one.endEpochNs];
  const [otherStartNs, otherEndNs] = [other.startEpochNs, other.endEpochNs];
  if (startNs === null || endNs === null || otherStartNs === null || otherEndNs === null) return false;
  return endNs <= otherStartNs || otherEndNs <= startNs;
}

function kindOf(shape: ResetShape, verdict: JudgedClass['verdict']): ResetKind {
  if (verdict !== 'none') return 'forged';
  return shape === 'B' ? 'application-abort' : shape === 'A' ? 'stateless-reply' : 'unattributed';
}

/** Those that show by themselves whose they are first; of them the surest, then the most frequent, then the earliest. */
export function mostTellingFirst(one: JudgedClass, other: JudgedClass): number {
  const shown = Number(one.verdict === 'none') - Number(other.verdict === 'none');
  if (shown !== 0) return shown;
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

/**
 * Without those whose handshake's own ACK the server's kernel reset, where it took others meanwhile
 * (accept-queue-overflow), where something on the way is known to do so (asymmetric-path), or where the
 * request itself may be what was reset, and what the capture lacks.
 */
export function withoutOverflow(
  judged: readonly JudgedClass[],
  endpoint: Endpoint,
  { servers, losesPackets }: Run,
): JudgedClass[] {
  const refused = judged.filter(({ first }) => first.refusesHandshake === 'sure');
  const known = refused.length === 0 ? null : servers.known(endpoint);
  if (known === null) return [...judged];
  const count = refused.reduce((sum, { incidents }) => sum + incidents.count, 0);
  const firstNs = Math.min(...refused.map(({ first }) => first.atNs));
  const lastNs = Math.max(...refused.map(({ incidents }) => incidents.lastNs));
  const isTold =
    losesPackets ||
    judged.some(({ kind }) => kind === 'bypassed') ||
    takenMeanwhile(known, count, firstNs, lastNs) >= MANY_TAKEN;
  return isTold ? judged.filter((one) => !refused.includes(one)) : [...judged];
}

/** Without the aborts that come when the server's idle timer does: they are keepalive-race's. */
export function withoutExpiries(
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
  return isIdleExpiry(resets, closes, longestAnsweredNs, true) ? classes.filter((one) => !isAbort(one)) : classes;
}
