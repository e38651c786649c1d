/** The requests of one server that clients gave up, but for those that are told of another server or by another rule. */
import { endpointText } from '../../text/address.js';
import { toldInFrontOf } from '../judgements/front-answers.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import { PASSED_ON_NS } from '../judgements/moments.js';
import { patiencesOf } from '../judgements/patience.js';
import { isHeldBy, type Standstill, standstillsOf } from '../judgements/standstill.js';
import { estimateTimer, givenUpOnce } from '../judgements/timer-estimate.js';
import { patienceWidth } from '../judgements/timer-window.js';
import type { Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { onlyOf, type ServerOccurrences } from '../tally/occurrences.js';
import type { Case } from './causes.js';
import { type Abort, SLOW_NS } from './incident.js';

/** From so many that agree on, slow-response tells of a time-out. */
const MANY = 3;

/** Without those that are told of another server, or by another rule. */
export function withoutTold(
  one: ServerOccurrences<Abort>,
  all: readonly Abort[],
  { observation }: Conclusion,
): ServerOccurrences<Abort> | null {
  const told = one.items.filter((abort) => isToldElsewhere(abort, all, observation));
  const own = one.items.filter((abort) => !told.includes(abort) && !isByTimerOf(told, abort));
  if (areByTimers(own)) return null;
  const waiting = one.items.flatMap((abort) => unansweredOf(abort) ?? []);
  const standstills = standstillsOf(one.endpoint, waiting, observation);
  return onlyOf(
    one,
    own.filter((abort) => !standstills.some((standstill) => isHeldIn(abort, standstill))),
  );
}

/** Whether its client waited as long as for several others of which it, a proxy, told its own clients a failure: its timer ended this one, too. */
function isByTimerOf(told: readonly Abort[], { amidAnswer, waitedNs, client }: Abort): boolean {
  if (amidAnswer || waitedNs < SLOW_NS) return false;
  const width = patienceWidth(waitedNs);
  const alike = told.filter(
    (one) => !one.amidAnswer && one.client.address === client.address && Math.abs(one.waitedNs - waitedNs) <= width,
  );
  return alike.length >= MANY - 1;
}

/** Whether all of them waited for a second and more, and agree: on a time-out for slowness, or on several. */
function areByTimers(items: readonly Abort[]): boolean {
  if (items.some(({ amidAnswer }) => amidAnswer)) return false;
  // As slow-response counts them, which is to tell of them then.
  const waits = givenUpOnce(items.map(({ stream, atNs, waitedNs: ageNs }) => ({ stream, atNs, ageNs })));
  const timer = estimateTimer(waits, 0, patienceWidth);
  if (timer === null || timer.lowestNs < SLOW_NS) return false;
  return (timer.seconds !== null && timer.agreeing >= MANY) || patiencesOf(waits, SLOW_NS).length > 0;
}

function isHeldIn(abort: Abort, standstill: Standstill): boolean {
  const waiting = unansweredOf(abort);
  return waiting !== null && isHeldBy(waiting, standstill);
}

/** One that waited for an answer, as far as it is known to have arrived: a server that stood still is slow-response's. */
function unansweredOf({ amidAnswer, delivery, how, request, requestNs: startNs, atNs: untilNs }: Abort) {
  if (amidAnswer || delivery !== 'arrived' || request === null) return null;
  return { key: request.key, isFirst: how === 'cancel' ? null : request.index === 0, startNs, untilNs };
}

/**
 * Where a client in front was answered with an error no user left: the proxy's timer ran out (slow-response). An
 * answer that stopped on the leg behind stopped there.
 */
function isToldElsewhere(abort: Abort, all: readonly Abort[], observation: Observation): boolean {
  const { stream, requestPacket: firstPacket, amidAnswer, waitedNs, stall } = abort;
  if (amidAnswer)
    return stall !== null && all.some((behind) => behind.stall !== null && isPassedOn(behind, abort, observation));
  return waitedNs >= SLOW_NS && toldInFrontOf({ stream, firstPacket }, observation) !== null;
}

/** Whether the same request was given up on both legs, this one behind and that in front. */
function isPassedOn(behind: Abort, front: Abort, observation: Observation): boolean {
  return (
    behind.request !== null &&
    front.request !== null &&
    behind.request.key === front.request.key &&
    endpointText(behind.server) !== endpointText(front.server) &&
    front.requestNs <= behind.requestNs &&
    behind.requestNs <= front.atNs &&
    front.atNs <= behind.atNs &&
    behind.atNs - front.atNs <= PASSED_ON_NS &&
    legPairsOf(observation).mayServe(
      { stream: front.stream, index: front.request.index },
      { stream: behind.stream, index: behind.request.index },
    )
  );
}

/**
 * The first that was left in front as well. Of several requests for the same, those of a proxy's own may lie in the
 * time of one of its clients' too: whoever passes on to this server is not passed on to by it.
 */
function inFrontOf(items: readonly Abort[], all: readonly Abort[], observation: Observation): Case['inFront'] {
  for (const behind of items) {
    const front = all.find(
      (one) => isPassedOn(behind, one, observation) && !items.some((other) => isPassedOn(one, other, observation)),
    );
    if (front !== undefined) return { front, behind };
  }
  return null;
}

/** The case of one server; see the head of this file. */
export function caseOf(
  { items, first, count }: ServerOccurrences<Abort>,
  all: readonly Abort[],
  observation: Observation,
): Case {
  const waiting = items.filter(({ amidAnswer }) => !amidAnswer);
  const timer = estimateTimer(
    waiting.map(({ waitedNs, atNs }) => ({ ageNs: waitedNs, atNs })),
    0,
    patienceWidth,
  );
  const stalled = items.filter(({ stall }) => stall !== null);
  return { aborts: items, first, count, timer, stalled, inFront: inFrontOf(items, all, observation) };
}
