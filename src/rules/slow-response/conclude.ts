/** What the run as a whole says: which waits are slowness, whose it is, and how sure that is. */
import { MAX_EVIDENCE, type RawFinding } from '../../facts/finding.js';
import { isSameCapture } from '../../facts/packet-reference.js';
import { endpointText } from '../../text/address.js';
import { compareText } from '../../text/order.js';
import { weigh } from '../argument/cause.js';
import { findingOn, subjectOf } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { type Case, MANY, type SlowResponseFacts } from './case.js';
import { caseOf } from './case-of.js';
import { CAUSES } from './causes.js';
import { givenUpOf } from './given-up.js';
import { legsOf } from './legs.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { SlowExchange } from './slow-exchange.js';
import type { SlowResponseTally, UnansweredAttempt } from './tally.js';
import { packetsOf, sentencesOf, titleOf } from './wording.js';

/** An answer this late is near what most clients and proxies put up with. */
const VERY_LATE_NS = 10_000_000_000;
/** The shortest time-out that people commonly set. */
const FAILED_NS = 5_000_000_000;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: SlowResponseTally, conclusion: Conclusion): RawFinding[] {
  const unreached = tally.unanswered.items;
  const pending = tally.pending.items.map((one) => stillWaiting(one, conclusion));
  const sampled = [...tally.sampled.items, ...pending].sort(
    (one, other) => one.atNs - other.atNs || one.packet - other.packet,
  );
  const undelivered = sampled.filter(({ how }) => how === 'undelivered');
  const isBehind = legsOf(sampled);
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
  const givenUp = new Set(
    [...servers.values()].flatMap((slow) => givenUpOf(slow, all, isBehind, conclusion.observation)),
  );
  return [...servers]
    .sort(([one], [other]) => compareText(one, other))
    .flatMap(([, slow]) => {
      const subject = caseOf(slow, all, givenUp, { unjudged, tally, isBehind }, conclusion);
      return subject === null ? [] : [findingOf(subject, conclusion)];
    });
}

/** A request without an answer, as long as it is known to have waited: captures may end at different times. */
function stillWaiting(pending: SlowExchange, { captures, observation }: Conclusion): SlowExchange {
  return captures.length > 1 ? pending : { ...pending, waitNs: Math.max(0, observation.endNs - pending.endNs) };
}

/** Packets have their order also where the clock ticks slowly, or is set. */
function liesWithin({ atNs, lastNs, packet }: UnansweredAttempt, slow: SlowExchange): boolean {
  const { firstPacket, packet: answer } = slow;
  if (atNs >= slow.startNs && lastNs <= slow.atNs) return true;
  const isOneCapture = isSameCapture(packet, firstPacket) && isSameCapture(packet, answer);
  return isOneCapture && packet > firstPacket && packet < answer;
}

function findingOf(subject: Case, conclusion: Conclusion): RawFinding {
  const { slow, first, abandoned, gatewayTimeouts } = subject;
  const who = subjectOf(first.server, conclusion);
  const hypotheses = weigh(CAUSES, subject);
  // A single request that vanishes may be its client's own way: laptops change networks.
  const areMany = subject.undelivered.length >= MANY;
  const vanished =
    (areMany && subject.undelivered.some(isGivenUp)) || isToldInFront(subject) ? subject.undelivered.length : 0;
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
      severity:
        failed > 0
          ? 'critical'
          : areMany ||
              slow.some(isVeryLate) ||
              isMissedAlone(subject) ||
              subject.standstill !== null ||
              subject.heldUp !== null
            ? 'warning'
            : 'notice',
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

/** Whoever waits for an answer that long, or has left, has failed; before, what was lost may yet arrive when it is sent again. */
function isGivenUp({ waitNs, undelivered }: SlowExchange): boolean {
  return waitNs >= FAILED_NS || undelivered?.clientClosed === true;
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
