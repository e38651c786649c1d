/** Which of a server's slow exchanges are told of it, and what is found out of them. */
import { PROMPT_ANSWER_NS } from '../../facts/tls.js';
import { endpointText } from '../../text/address.js';
import { discriminatingAttribute, sharedAttributes } from '../judgements/discriminating-attribute.js';
import { isPassedOn } from '../judgements/front-answers.js';
import { answersOfServer } from '../judgements/server-answers.js';
import type { Standstill } from '../judgements/standstill.js';
import { estimateTimer } from '../judgements/timer-estimate.js';
import { patienceWidth } from '../judgements/timer-window.js';
import { baselineOf } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { percentileOf } from '../tally/log-histogram.js';
import { answeredSample, type ServerBaseline } from '../tally/server-baseline.js';
import { type Case, MANY } from './case.js';
import { isHeldIn, severalTimersOf, standstillsIn, waitsOf } from './given-up.js';
import { type HeldUp, heldUpOf } from './held-up.js';
import type { Hold } from './hold.js';
import type { IsBehind } from './legs.js';
import { SLOW_NS, type SlowExchange } from './slow-exchange.js';
import type { SealedAnswers, SlowResponseTally } from './tally.js';

/** An answer is late when it takes so many times the server's median. */
const TIMES_MEDIAN = 5;
/** Waits of one path that differ by no more than this share are a poll's, not a load's. */
const POLL_SHARE = 0.05;

/** A server that keeps somebody waiting for so long when the capture ends may be said to stand still. */
const STUCK_NS = 5_000_000_000;

/** What the slow exchanges of one server come to; `null`: none of them is to be told of it. */
export function caseOf(
  ofServer: readonly SlowExchange[],
  all: readonly SlowExchange[],
  givenUp: ReadonlySet<SlowExchange>,
  {
    unjudged,
    tally,
    isBehind,
  }: { readonly unjudged: number; readonly tally: SlowResponseTally; readonly isBehind: IsBehind },
  { servers, observation }: Conclusion,
): Case | null {
  const [any] = ofServer;
  if (any === undefined) return null;
  const name = endpointText(any.server);
  const known = servers.known(any.server);
  const usual =
    known?.firstBytes == null
      ? usualOfSealed(tally.sealed.table.entries[name]?.tally ?? null)
      : {
          medianNs: percentileOf(known.firstBytes, 0.5),
          answers: known.firstBytes.count,
          lastAnswer: known.lastAnswer,
        };
  const { medianNs } = usual;
  const own = ofServer.filter((slow) => !all.some((other) => isBehind(other, slow)));
  const left = [...givenUp];
  const lateInFront = own.filter(
    (slow) =>
      ((slow.how === 'answered' || slow.how === 'pending') && left.some((front) => isBehind(slow, front))) ||
      // A proxy that looks at its timers late (lighttpd) has the answer, and says 504 all the same.
      (slow.how === 'answered' && all.some((front) => front.how === 'gateway-timeout' && isBehind(slow, front))),
  );
  const [standstill = null] = standstillsIn(own, observation);
  const stuck = standstill === null ? [] : stuckIn(own, standstill);
  const pending = own.filter((slow) => slow.how === 'pending' && (lateInFront.includes(slow) || stuck.includes(slow)));
  const holds = holdsOf(any, tally);
  const lateByItself = [...lateInFront, ...lateAnswers(own, medianNs)];
  const held = heldUpIn(own, holds, tally, observation);
  // Of many that are late some come when an idle connection ends.
  const isMost = held !== null && 2 * held.waited.length > new Set([...lateByItself, ...held.waited]).size;
  const heldUp = isMost ? held : null;
  const late = [...new Set([...lateByItself, ...(heldUp?.waited ?? [])])]
    .filter((slow) => !pending.includes(slow))
    .filter((slow) => !isPassedOn(slow, observation));
  const abandoned = own.filter((slow) => givenUp.has(slow));
  const timedOut = own.filter(({ how }) => how === 'gateway-timeout');
  const undelivered = withoutFullQueue(
    own.filter(({ how }) => how === 'undelivered'),
    tally.takenLate.table.entries[name]?.tally.count ?? 0,
  );
  const slow = own
    .filter((one) => [late, abandoned, timedOut, undelivered, pending].some((of) => of.includes(one)))
    .map((one) => (lateInFront.includes(one) && one.how === 'pending' ? waitedUntil(one, left, isBehind) : one));
  const [first] = slow;
  if (first === undefined) return null;
  const inFront = all.filter((front) => slow.some((one) => isBehind(one, front)));
  const leftInFront = inFront.filter(
    (front) => front.how === 'abandoned' && (undelivered.length > 0 || givenUp.has(front)),
  );
  const leaving = abandoned.length > 0 ? abandoned : leftInFront.filter((front) => givenUp.has(front));
  return {
    slow,
    first,
    abandoned,
    undelivered,
    pending,
    attribute: attributeOf(undelivered, baselineOf(observation, first.server)),
    gatewayTimeouts: timedOut.length,
    answered: late.length,
    toldInFront: inFront.filter(({ how }) => how === 'gateway-timeout'),
    leftInFront,
    isBehind,
    timer: estimateTimer(waitsOf(leaving), 0, patienceWidth),
    timers: severalTimersOf(leaving),
    standstill,
    heldUp,
    idleBeside: holds.find(({ sinceNs, atNs }) => sinceNs <= first.endNs && first.endNs < atNs) ?? null,
    holdsAreAll: tally.holds.items.length < tally.holds.limit,
    ...usual,
    unjudged,
  };
}

/** Idle connections of a server, in order of their end. */
function holdsOf(any: SlowExchange, { holds }: SlowResponseTally): readonly Hold[] {
  const name = endpointText(any.server);
  return holds.items
    .filter(({ server }) => endpointText(server) === name)
    .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
}

function heldUpIn(
  own: readonly SlowExchange[],
  holds: readonly Hold[],
  tally: SlowResponseTally,
  observation: Conclusion['observation'],
): HeldUp | null {
  const [any] = own;
  const ended = holds.filter(({ endedBy }) => endedBy !== null);
  // Where not all answers are kept nobody knows when it was silent.
  if (any === undefined || ended.length === 0 || observation.exchanges.level > 0) return null;
  const share = (tally.holds.ceiling + 1) / 2 ** 32;
  return heldUpOf(own, answersOfServer(any.server, observation), { ended, share: Math.min(1, share) });
}

/** Where no key opens its TLS: that half of its answers come within a bound, or nothing. */
function usualOfSealed(answers: SealedAnswers | null): Pick<Case, 'medianNs' | 'answers' | 'lastAnswer'> {
  const { turns = 0, prompt = 0, lastPrompt = null } = answers ?? {};
  return { medianNs: 2 * prompt > turns ? PROMPT_ANSWER_NS : null, answers: turns, lastAnswer: lastPrompt };
}

/** Answers late for this server, polls left out. */
function lateAnswers(own: readonly SlowExchange[], medianNs: number | null): readonly SlowExchange[] {
  if (medianNs === null) return [];
  const least = Math.max(SLOW_NS, TIMES_MEDIAN * medianNs);
  const answered = own.filter(({ how, waitNs }) => how === 'answered' && waitNs >= least);
  const late = answered.filter(({ request, waitNs: own }) => {
    if (request === null) return answered.filter(({ waitNs }) => isNear(waitNs, own)).length < MANY;
    const waits = answered.filter((other) => other.request?.path === request.path).map(({ waitNs }) => waitNs);
    return waits.length < MANY || Math.max(...waits) - Math.min(...waits) > POLL_SHARE * Math.max(...waits);
  });
  return late.length >= MANY ? late : [];
}

/** Of two polls without keys nobody knows whether they ask for the same: that they take the same time must do. */
function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= POLL_SHARE * Math.max(one, other);
}

/** Those that wait in vain for their server when the capture ends, where it has answered nobody for long. */
function stuckIn(own: readonly SlowExchange[], standstill: Standstill): readonly SlowExchange[] {
  if (standstill.after !== null) return [];
  const waiting = own.filter((slow) => slow.how === 'pending' && isHeldIn(slow, standstill));
  return waiting.some(({ waitNs }) => waitNs >= STUCK_NS) ? waiting : [];
}

/** A request without an answer, as long as it was waited for in front. */
function waitedUntil(pending: SlowExchange, left: readonly SlowExchange[], isBehind: IsBehind): SlowExchange {
  const fronts = left.filter((front) => isBehind(pending, front));
  return { ...pending, waitNs: Math.max(...fronts.map(({ atNs }) => atNs)) - pending.endNs };
}

/** What requests that were not delivered share, and answered ones lack. */
function attributeOf(undelivered: readonly SlowExchange[], baseline: ServerBaseline): Case['attribute'] {
  const [first, ...others] = undelivered.flatMap(({ startNs, undelivered: one }) =>
    one === null ? [] : [{ startNs, attributes: one.attributes }],
  );
  if (first === undefined) return null;
  const shared = others.reduce((common, { attributes }) => sharedAttributes(common, attributes), first.attributes);
  return discriminatingAttribute(shared, undelivered.length, first.startNs, answeredSample(baseline));
}

/** SYN-ACKs sent again, 1, 2 and 4 s apart (RFC 6298 §5.5): a queue that is full for a moment has room before. */
const MIN_WAITS = 3;

/**
 * A server that sends its SYN-ACK again may have no room for the connection yet (accept-queue-overflow), unless that
 * lasts. Nor may one that took as many first requests late, and would have taken these behind the capture's end.
 */
function withoutFullQueue(undelivered: readonly SlowExchange[], takenLate: number): SlowExchange[] {
  const waits = undelivered.map((one) => one.undelivered?.waitsForAck ?? 0);
  const lasts = waits.some((times) => times >= MIN_WAITS);
  const ofQueue = undelivered.filter((one) => one.undelivered?.isFirst === true);
  const isQueueFull = takenLate > 0 && takenLate >= ofQueue.length;
  return undelivered.filter((one, at) => (lasts || waits[at] === 0) && !(isQueueFull && ofQueue.includes(one)));
}
