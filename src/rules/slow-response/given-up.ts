/** Which requests that their clients gave up were given up by a time-out, and not at will. */
import { toldInFrontOf } from '../judgements/front-answers.js';
import { type Patience, patiencesOf } from '../judgements/patience.js';
import { isHeldBy, type Standstill, standstillsOf } from '../judgements/standstill.js';
import { estimateTimer, type GivenUp, givenUpOnce, type TimerEstimate } from '../judgements/timer-estimate.js';
import { patienceWidth } from '../judgements/timer-window.js';
import type { Observation } from '../observation/observation.js';
import { MANY } from './case.js';
import type { IsBehind } from './legs.js';
import { endsAtTimer, SLOW_NS, type SlowExchange } from './slow-exchange.js';

/** Where so many leave at no common time-out for each that does, that one may have done so by chance. */
const AT_WILL = 3;
/** So few that agree must be more than two thirds of all. */
const FEW = 4;
/** A timer fires late, and may seem early by this share. */
const NOT_BEFORE = 0.98;

/** Whether so many agree that chance hardly makes them: three among five who leave at will do so by chance. */
function areAgreed({ agreeing, samples }: TimerEstimate): boolean {
  return agreeing >= MANY && (agreeing > FEW || 3 * agreeing > 2 * samples);
}

/** Those of one server: at a common time-out, one that many agree on, or one that was told in front. */
export function givenUpOf(
  ofServer: readonly SlowExchange[],
  all: readonly SlowExchange[],
  isBehind: IsBehind,
  observation: Observation,
): SlowExchange[] {
  const abandoned = ofServer.filter(({ how }) => how === 'abandoned');
  // Calls are none to learn a time-out from: streams of them end as their clients like.
  const left = abandoned.filter(({ isGrpc }) => !isGrpc);
  const timer = estimateTimer(waitsOf(left), 0, patienceWidth);
  const agree =
    timer?.pattern === 'timer' && areAgreed(timer)
      ? (timer.seconds ?? 0) * 1e9
      : (severalTimersOf(left)[0]?.lowestNs ?? Number.POSITIVE_INFINITY);
  const atTimer = left.filter((slow) => endsAtTimer(slow) && slow.deadline === null && !slow.isVague).length;
  // Of many who leave at will one in ten does so at a time that somebody may have set.
  const areAtWill = atTimer < MANY && left.length - atTimer >= AT_WILL * atTimer;
  const standstills = standstillsIn(ofServer, observation);
  const atTimeOut = (slow: SlowExchange): boolean =>
    standstills.some((standstill) => isHeldIn(slow, standstill)) ||
    (endsAtTimer(slow) && !slow.isVague && !(areAtWill && slow.deadline === null)) ||
    slow.waitNs >= agree * NOT_BEFORE;
  return abandoned.filter(
    (slow) =>
      (!slow.isGrpc && atTimeOut(slow)) ||
      all.some((front) => front.how === 'gateway-timeout' && isBehind(slow, front)) ||
      // Others than 504 for it: Apache says 502, lighttpd 500.
      toldInFrontOf(slow, observation) !== null,
  );
}

/** When their server stood still, while requests that had arrived waited. */
export function standstillsIn(ofServer: readonly SlowExchange[], observation: Observation): readonly Standstill[] {
  const [any] = ofServer;
  const waiting = ofServer.flatMap((slow) => unansweredOf(slow) ?? []);
  return any === undefined ? [] : standstillsOf(any.server, waiting, observation);
}

/** Whether a request waited in vain in such a time. */
export function isHeldIn(slow: SlowExchange, standstill: Standstill): boolean {
  const waiting = unansweredOf(slow);
  return waiting !== null && isHeldBy(waiting, standstill);
}

function unansweredOf({ how, acknowledged, unheard, isGrpc, request, startNs, endNs, waitNs }: SlowExchange) {
  if (isGrpc) return null;
  if (request === null || !(how === 'abandoned' || how === 'pending') || !acknowledged || unheard !== null) return null;
  return { key: request.key, isFirst: request.isFirst, startNs, untilNs: endNs + waitNs };
}

/** The time-outs of several programs, where waits agree on no single one. */
export function severalTimersOf(left: readonly SlowExchange[]): readonly Patience[] {
  return patiencesOf(waitsOf(left), SLOW_NS);
}

/** How long each waited. */
export function waitsOf(left: readonly SlowExchange[]): GivenUp[] {
  return givenUpOnce(left.map(({ stream, atNs, waitNs: ageNs }) => ({ stream, atNs, ageNs })));
}
