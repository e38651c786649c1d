/** What the run as a whole says: which waits are slowness, whose it is, and how sure that is. */
import type { RawFinding } from '../../facts/finding.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { isSameCapture } from '../../facts/packet-reference.js';
import { PROMPT_ANSWER_NS } from '../../facts/tls.js';
import { endpointText } from '../../text/address.js';
import { compareText } from '../../text/order.js';
import { weigh } from '../argument/cause.js';
import { findingOn, subjectOf } from '../argument/finding.js';
import { discriminatingAttribute, sharedAttributes } from '../judgements/discriminating-attribute.js';
import { isPassedOn, toldInFrontOf } from '../judgements/front-answers.js';
import { estimateTimer } from '../judgements/timer-estimate.js';
import { patienceWidth } from '../judgements/timer-window.js';
import { baselineOf } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { percentileOf } from '../tally/log-histogram.js';
import { answeredSample, type ServerBaseline } from '../tally/server-baseline.js';
import type { Case, SlowResponseFacts } from './case.js';
import { CAUSES } from './causes.js';
import { isBehind } from './legs.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import { endsAtTimer, SLOW_NS, type SlowExchange } from './slow-exchange.js';
import type { SealedAnswers, SlowResponseTally, UnansweredAttempt } from './tally.js';
import { packetsOf, sentencesOf, titleOf } from './texts.js';

/** So many late answers are no accident, and so many that agree no chance. */
const MANY = 3;
/** Where so many leave at no common time-out for each that does, that one may have done so by chance. */
const AT_WILL = 3;
/** An answer is late when it takes so many times the server's median. */
const TIMES_MEDIAN = 5;
/** An answer this late is near what most clients and proxies put up with. */
const VERY_LATE_NS = 10_000_000_000;
/** Waits of one path that differ by no more than this share are a poll's, not a load's. */
const POLL_SHARE = 0.05;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: SlowResponseTally, conclusion: Conclusion): RawFinding[] {
  const unreached = tally.unanswered.items;
  const sampled = [...tally.sampled.items, ...tally.pending.items].sort(
    (one, other) => one.atNs - other.atNs || one.packet - other.packet,
  );
  const undelivered = sampled.filter(({ how }) => how === 'undelivered');
  const all = sampled.filter(
    (slow) =>
      slow.how !== 'gateway-timeout' ||
      undelivered.some((one) => isBehind(one, slow)) ||
      !unreached.some((attempt) => liesWithin(attempt, slow)),
  );
  const unjudged = tally.count - tally.sampled.items.length;
  const servers = new Map<string, SlowExchange[]>();
  for (const slow of all) {
    const key = endpointText(slow.server);
    const known = servers.get(key);
    if (known === undefined) servers.set(key, [slow]);
    else known.push(slow);
  }
  const givenUp = new Set([...servers.values()].flatMap((slow) => givenUpOf(slow, all, conclusion)));
  return [...servers]
    .sort(([one], [other]) => compareText(one, other))
    .flatMap(([, slow]) => {
      const subject = caseOf(slow, all, givenUp, { unjudged, tally }, conclusion);
      return subject === null ? [] : [findingOf(subject, conclusion)];
    });
}

/** Packets have their order also where the clock ticks slowly, or is set. */
function liesWithin({ atNs, lastNs, packet }: UnansweredAttempt, slow: SlowExchange): boolean {
  const { firstPacket, packet: answer } = slow;
  if (atNs >= slow.startNs && lastNs <= slow.atNs) return true;
  const isOneCapture = isSameCapture(packet, firstPacket) && isSameCapture(packet, answer);
  return isOneCapture && packet > firstPacket && packet < answer;
}

/** Requests to one server that were given up by a time-out, and not at will: a common one, one that many agree on, or one that was told in front. */
function givenUpOf(
  ofServer: readonly SlowExchange[],
  all: readonly SlowExchange[],
  { observation }: Conclusion,
): SlowExchange[] {
  const left = ofServer.filter(({ how }) => how === 'abandoned');
  const timer = estimateTimer(
    left.map(({ waitNs, atNs }) => ({ ageNs: waitNs, atNs })),
    0,
    patienceWidth,
  );
  const agree = timer?.pattern === 'timer' && timer.agreeing >= MANY ? timer : null;
  const atTimer = left.filter((slow) => endsAtTimer(slow) && slow.deadline === null && !slow.isVague).length;
  // Of many who leave at will one in ten does so at a time that somebody may have set.
  const areAtWill = atTimer < MANY && left.length - atTimer >= AT_WILL * atTimer;
  return left.filter(
    (slow) =>
      (endsAtTimer(slow) && !slow.isVague && !(areAtWill && slow.deadline === null)) ||
      (agree !== null && slow.waitNs >= (agree.seconds ?? 0) * 1e9 * 0.98) ||
      all.some((front) => front.how === 'gateway-timeout' && isBehind(slow, front)) ||
      // Others than 504 for it: Apache says 502, lighttpd 500.
      toldInFrontOf(slow, observation) !== null,
  );
}

function caseOf(
  ofServer: readonly SlowExchange[],
  all: readonly SlowExchange[],
  givenUp: ReadonlySet<SlowExchange>,
  { unjudged, tally }: { readonly unjudged: number; readonly tally: SlowResponseTally },
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
  const pending = lateInFront.filter(({ how }) => how === 'pending');
  const late = [...new Set([...lateInFront, ...lateAnswers(own, medianNs)])]
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
    .map((one) => (one.how === 'pending' ? waitedUntil(one, left) : one));
  const [first] = slow;
  if (first === undefined) return null;
  const inFront = all.filter((front) => slow.some((one) => isBehind(one, front)));
  const leftInFront = inFront.filter(
    (front) => front.how === 'abandoned' && (undelivered.length > 0 || givenUp.has(front)),
  );
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
    timer: estimateTimer(
      (abandoned.length > 0 ? abandoned : leftInFront.filter((front) => givenUp.has(front))).map(
        ({ waitNs, atNs }) => ({ ageNs: waitNs, atNs }),
      ),
      0,
      patienceWidth,
    ),
    ...usual,
    unjudged,
  };
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

/** A request without an answer, as long as it was waited for in front. */
function waitedUntil(pending: SlowExchange, left: readonly SlowExchange[]): SlowExchange {
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

function findingOf(subject: Case, conclusion: Conclusion): RawFinding {
  const { slow, first, abandoned, gatewayTimeouts } = subject;
  const who = subjectOf(first.server, conclusion);
  const hypotheses = weigh(CAUSES, subject);
  // A single request that vanishes may be its client's own way: laptops change networks.
  const vanished = subject.undelivered.length >= MANY || isToldInFront(subject) ? subject.undelivered.length : 0;
  const failed =
    abandoned.length + gatewayTimeouts + vanished + subject.leftInFront.length + subject.toldInFront.length;
  const steps = Math.min(...slow.map((one) => one.steps));
  return findingOn(
    META,
    {
      endpoint: first.server,
      count: slow.length,
      lastNs: Math.max(...slow.map(({ atNs }) => atNs)),
      steps,
      earliest: { limit: MAX_EVIDENCE, items: slow.slice(0, MAX_EVIDENCE) },
      items: slow.slice(0, MAX_EVIDENCE),
      first,
    },
    conclusion,
    who,
    {
      severity: failed > 0 ? 'critical' : slow.some(isVeryLate) || isMissedAlone(subject) ? 'warning' : 'notice',
      // That a client which left at a round second did so by a timer, one alone does not prove.
      sure:
        failed > 0 &&
        (gatewayTimeouts > 0 ||
          Math.max(abandoned.length, subject.undelivered.length) >= MANY ||
          isToldInFront(subject))
          ? 'certain'
          : 'likely',
      title: titleOf(subject, who),
      sentences: sentencesOf(subject, who),
      facts: { ...factsOf(subject) },
      hypotheses,
      remedies: remediesOf(subject),
    },
    (one) => packetsOf(one, subject, conclusion.reveal),
  );
}

function isToldInFront({ toldInFront, leftInFront }: Case): boolean {
  return toldInFront.length + leftInFront.length > 0;
}

/** It was not delivered while the server answered others: the way to it was open. */
function isMissedAlone({ undelivered: [lost], lastAnswer }: Case): boolean {
  return lost !== undefined && lastAnswer !== null && lastAnswer.atNs > lost.startNs;
}

/** Without keys a long wait may be one that was asked for. */
function isVeryLate({ how, waitNs, request }: SlowExchange): boolean {
  return how !== 'undelivered' && waitNs >= VERY_LATE_NS && request !== null;
}

function factsOf({
  slow,
  abandoned,
  undelivered,
  gatewayTimeouts,
  answered,
  toldInFront,
  medianNs,
  answers,
  timer,
}: Case): SlowResponseFacts {
  const waits = slow.map(({ waitNs }) => waitNs);
  return {
    abandoned: abandoned.length,
    undelivered: undelivered.length,
    gatewayTimeouts,
    answeredLate: answered,
    toldInFront: toldInFront.length,
    minWaitNs: Math.min(...waits),
    maxWaitNs: Math.max(...waits),
    medianAnswerNs: medianNs,
    answersOfServer: answers,
    clientTimeoutSeconds: timer?.seconds ?? null,
    clientTimeoutSamples: timer?.agreeing ?? 0,
  };
}
