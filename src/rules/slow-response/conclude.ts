/** What the run as a whole says: which waits are slowness, whose it is, and how sure that is. */
import type { EvidencePacket, RawFinding, Subject } from '../../facts/finding.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { isSameCapture } from '../../facts/packet-reference.js';
import { PROMPT_ANSWER_NS } from '../../facts/tls.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { compareText } from '../../text/order.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { isPassedOn } from '../judgements/front-answers.js';
import { SEALED_TEXT, turnText } from '../judgements/sealed-turn.js';
import { estimateTimer } from '../judgements/timer-estimate.js';
import type { Conclusion } from '../rule.js';
import { percentileOf } from '../tally/log-histogram.js';
import type { Case, SlowResponseFacts } from './case.js';
import { CAUSES } from './causes.js';
import { endsAtTimer, SLOW_NS, type SlowExchange } from './incident.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { SealedAnswers, SlowResponseTally, UnansweredAttempt } from './tally.js';

/** So many late answers are no accident, and so many that agree no chance. */
const MANY = 3;
/** An answer is late when it takes so many times the server's median. */
const TIMES_MEDIAN = 5;
/** An answer this late is near what most clients and proxies put up with. */
const VERY_LATE_NS = 10_000_000_000;
/** Waits of one path that differ by no more than this share are a poll's, not a load's. */
const POLL_SHARE = 0.05;
/** Both legs of a request begin and end this close together, beside what lies between them. */
const LEG_SKEW_NS = 100_000_000;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: SlowResponseTally, conclusion: Conclusion): RawFinding[] {
  const unreached = tally.unanswered.items;
  const all = tally.sampled.items
    .filter((slow) => slow.how !== 'gateway-timeout' || !unreached.some((attempt) => liesWithin(attempt, slow)))
    .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  const unjudged = tally.count - tally.sampled.items.length;
  const servers = new Map<string, SlowExchange[]>();
  for (const slow of all) {
    const key = endpointText(slow.server);
    const known = servers.get(key);
    if (known === undefined) servers.set(key, [slow]);
    else known.push(slow);
  }
  return [...servers]
    .sort(([one], [other]) => compareText(one, other))
    .flatMap(([, slow]) => {
      const subject = caseOf(slow, all, { unjudged, sealed: tally.sealed }, conclusion);
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

function caseOf(
  ofServer: readonly SlowExchange[],
  all: readonly SlowExchange[],
  { unjudged, sealed }: { readonly unjudged: number; readonly sealed: SlowResponseTally['sealed'] },
  { servers, observation }: Conclusion,
): Case | null {
  const [any] = ofServer;
  if (any === undefined) return null;
  const known = servers.known(any.server);
  const usual =
    known?.firstBytes == null
      ? usualOfSealed(sealed.table.entries[endpointText(any.server)]?.tally ?? null)
      : {
          medianNs: percentileOf(known.firstBytes, 0.5),
          answers: known.firstBytes.count,
          lastAnswer: known.lastAnswer,
        };
  const { medianNs } = usual;
  const own = ofServer.filter((slow) => !all.some((other) => isBehind(other, slow)));
  const late = lateAnswers(own, medianNs).filter((slow) => !isPassedOn(slow, observation));
  const left = own.filter(({ how }) => how === 'abandoned');
  const timer = estimateTimer(
    left.map(({ waitNs, atNs }) => ({ ageNs: waitNs, atNs })),
    0,
  );
  const agree = timer?.pattern === 'timer' && timer.agreeing >= MANY ? timer : null;
  const abandoned = left.filter(
    (slow) =>
      (endsAtTimer(slow) && !slow.isVague) || (agree !== null && slow.waitNs >= (agree.seconds ?? 0) * 1e9 * 0.98),
  );
  const timedOut = own.filter(({ how }) => how === 'gateway-timeout');
  const slow = own.filter((one) => late.includes(one) || abandoned.includes(one) || timedOut.includes(one));
  const [first] = slow;
  if (first === undefined) return null;
  return {
    slow,
    first,
    abandoned,
    gatewayTimeouts: timedOut.length,
    answered: late.length,
    toldInFront: all.filter((front) => front.how === 'gateway-timeout' && slow.some((one) => isBehind(one, front))),
    timer: estimateTimer(
      abandoned.map(({ waitNs, atNs }) => ({ ageNs: waitNs, atNs })),
      0,
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

/** Whether `one` is what a request waited for: the same, on a leg behind. */
function isBehind(one: SlowExchange, front: SlowExchange): boolean {
  return (
    one.request !== null &&
    one.request.key === front.request?.key &&
    one.stream !== front.stream &&
    (one.startNs > front.startNs || (one.startNs === front.startNs && one.firstPacket > front.firstPacket)) &&
    one.atNs <= front.atNs + LEG_SKEW_NS &&
    one.waitNs + LEG_SKEW_NS + (one.startNs - front.startNs) >= front.waitNs &&
    endpointText(one.server) !== endpointText(front.server)
  );
}

function findingOf(subject: Case, conclusion: Conclusion): RawFinding {
  const { slow, first, abandoned, gatewayTimeouts } = subject;
  const who = subjectOf(first.server, conclusion);
  const hypotheses = weigh(CAUSES, subject);
  const failed = abandoned.length + gatewayTimeouts;
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
      severity: failed > 0 ? 'critical' : slow.some(isVeryLate) ? 'warning' : 'notice',
      // That a client which left at a round second did so by a timer, one alone does not prove.
      sure:
        failed > 0 && (gatewayTimeouts > 0 || abandoned.length >= MANY || subject.toldInFront.length > 0)
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

/** Without keys a long wait may be one that was asked for. */
function isVeryLate({ waitNs, request }: SlowExchange): boolean {
  return waitNs >= VERY_LATE_NS && request !== null;
}

function titleOf({ abandoned, gatewayTimeouts, timer }: Case, who: Subject): string {
  const name = subjectText(who);
  if (abandoned.length > 0) {
    const after = timer?.seconds == null ? '' : ` after ${secondsText(timer.seconds)}`;
    return `${name} has not answered when its client gives up${after}`;
  }
  if (gatewayTimeouts > 0) return `${name} answers 504: what it asks takes too long`;
  return `${name} takes far longer for some answers than it usually does`;
}

function sentencesOf(subject: Case, who: Subject): string[] {
  const { abandoned, gatewayTimeouts, answered, slow, toldInFront, timer, medianNs, answers, unjudged } = subject;
  const sentences: string[] = [];
  const name = endpointText(who);
  const waits = (of: readonly SlowExchange[]): string =>
    spreadText(Math.min(...of.map(({ waitNs }) => waitNs)), Math.max(...of.map(({ waitNs }) => waitNs)));
  if (abandoned.length > 0)
    sentences.push(
      `${manyText(abandoned.length, 'request')} to ${name} had no byte of an answer after ${waits(abandoned)}, when ${abandoned.length === 1 ? 'its client' : 'the client'} closed.`,
    );
  if (timer !== null && timer.seconds !== null && timer.agreeing >= MANY)
    sentences.push(
      `${timer.agreeing} of ${timer.samples} agree: a time-out of ${secondsText(timer.seconds)} on the client’s side.`,
    );
  const [told] = toldInFront;
  if (told !== undefined)
    sentences.push(
      `${endpointText(told.server)} in front answered ${manyText(toldInFront.length, 'of them', 'of them')} 504 (${packetText(told.packet)}).`,
    );
  if (gatewayTimeouts > 0) {
    const timedOut = slow.filter(({ how }) => how === 'gateway-timeout');
    sentences.push(
      `${manyText(gatewayTimeouts, 'request was', 'requests were')} answered 504 by ${name} after ${waits(timedOut)}: what it asked did not answer in time, or it could not reach it.`,
    );
  }
  if (answered > 0) {
    const late = slow.filter(({ how }) => how === 'answered');
    sentences.push(`${manyText(answered, 'answer')} of ${name} took ${waits(late)}.`);
  }
  if (medianNs !== null && answers > slow.length - abandoned.length)
    sentences.push(`Half of the ${manyText(answers, 'answer')} of ${name} took ${durationText(medianNs)} or less.`);
  if (slow.some(({ request }) => request === null)) sentences.push(SEALED_TEXT);
  if (unjudged > 0)
    sentences.push(
      `${manyText(unjudged, 'further slow exchange')} of the run ${unjudged === 1 ? 'is' : 'are'} not looked at one by one.`,
    );
  return sentences;
}

function packetsOf(one: SlowExchange, { toldInFront }: Case, reveal: boolean): EvidencePacket[] {
  const { firstPacket, lastPacket, startNs, endNs, packet, atNs, how, status, waitNs, request } = one;
  const asked = request === null ? turnText(one) : requestText(request, reveal);
  const packets: EvidencePacket[] = [{ packet: firstPacket, atNs: startNs, note: asked }];
  if (lastPacket !== firstPacket) packets.push({ packet: lastPacket, atNs: endNs, note: 'last byte of the request' });
  packets.push({
    packet,
    atNs,
    note:
      how === 'abandoned'
        ? `the client gives up ${durationText(waitNs)} after its request; no byte of an answer`
        : `${status ?? 'data of the server'} comes ${durationText(waitNs)} after the request`,
  });
  for (const front of toldInFront)
    if (isBehind(one, front))
      packets.push({ packet: front.packet, atNs: front.atNs, note: '504 for the client in front', elsewhere: true });
  return packets;
}

function factsOf({
  slow,
  abandoned,
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
