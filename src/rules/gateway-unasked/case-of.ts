/**
 * Which of a server's answers 502, 503 and 504 it gave without asking anybody, and in which manner.
 *
 * That nobody was asked can be said only of a gateway both of whose legs are captured: of the requests that it answered
 * otherwise nearly all must have theirs behind. A failed request must be one whose like is asked for at other times; it
 * must have no leg of its own, and from the addresses from which the gateway asks nothing may have come meanwhile that
 * could be that leg and was not understood.
 */
import type { Endpoint } from '../../facts/endpoint.js';
import { SIGNIFICANCE } from '../judgements/chance.js';
import { type LegPairs, legPairsOf } from '../judgements/leg-pairing.js';
import { estimateTimer } from '../judgements/timer-estimate.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Conclusion } from '../rule.js';
import type { Moment } from '../tally/earliest.js';
import type { Case, Manner, Trouble } from './case.js';
import { type Asked, failedText, type Gateway, gatewayOf, wantedOf } from './gateway.js';
import { attemptsUntil, type ErrorAnswer, type UnaskedTally } from './tally.js';

/** Fewer are told by nobody as a state of the gateway. */
const MIN_ANSWERS = 3;
/** Who is answered later than this waited for something; what takes less takes no server. */
const AT_ONCE_NS = 100_000_000;
/** What a gateway does before it puts a request into its queue, and after it took it out. */
const HANDLING_NS = 20_000_000;
/** Places behind that stand free between two requests, of the time that it waited. */
const FREE_SHARE = 0.1;
/** A check or a request that failed so long before is why nobody is asked. */
const TROUBLE_WITHIN_NS = 5_000_000_000;

/** What its answers of each manner come to. */
export function casesOf(
  endpoint: Endpoint,
  answers: readonly ErrorAnswer[],
  tally: UnaskedTally,
  conclusion: Conclusion,
): Case[] {
  if (answers.length < MIN_ANSWERS) return [];
  const pairs = legPairsOf(conclusion.observation);
  const gateway = gatewayOf(endpoint, pairs, conclusion, tally.attempts);
  if (gateway === null) return [];
  const unasked = answers.filter((answer) => isUnasked(answer, gateway, pairs, tally));
  const atOnce = unasked.filter(({ atNs, requestNs }) => atNs - requestNs < AT_ONCE_NS);
  const inPhases = answersInPhases(atOnce, gateway, unasked.length);
  const others = atOnce.filter((one) => !inPhases.includes(one));
  const queued = unasked.filter((one) => !atOnce.includes(one) && isQueued(one, gateway));
  const askedLate = lateAskOf(gateway);
  // Of nginx's page alone it is known that none of a server is behind it: other pages it may hand on from one.
  const limited = others.filter(({ isLimitPage }) => isLimitPage);
  const caseIn = (manner: Manner, of: readonly ErrorAnswer[]) => caseOf(manner, of, gateway, askedLate, tally);
  return [
    ...(askedLate === null ? [] : caseIn('queue', queued)),
    ...caseIn('phase', inPhases),
    ...caseIn('among', limited),
  ];
}

/** A cache keeps a server's own failure as well, and answers with it again (nginx: `proxy_cache_valid any`); HAProxy's keeps none. */
function mayBeCached({ product, isLimitPage, requestNs }: ErrorAnswer, saidAt: number | undefined): boolean {
  return product !== 'haproxy' && !isLimitPage && saidAt !== undefined && saidAt <= requestNs;
}

/**
 * Captures of two hosts neither begin nor end together, in one file or in two: what one shows alone may have its leg
 * where the other was not yet, or no more.
 */
function isLookedFor({ requestNs, atNs, isLimitPage }: ErrorAnswer, { seenBehind, failed }: Gateway): boolean {
  // A page that nginx shows of itself alone needs no looking for, unless another nginx behind may have shown it.
  if (isLimitPage && failed.size === 0) return true;
  return requestNs >= seenBehind.fromNs && atNs <= seenBehind.untilNs;
}

/** Neither a leg behind, nor anything that may be one. */
function isUnasked(answer: ErrorAnswer, gateway: Gateway, pairs: LegPairs, tally: UnaskedTally): boolean {
  const { requestNs, atNs, status } = answer;
  if (!isLookedFor(answer, gateway)) return false;
  const { others, addresses, wanted, failed } = gateway;
  const front = pairs.exchangeOf(answer);
  if (front === null || pairs.backsOf(front).length > 0) return false;
  // What is never asked for where the capture looks may go elsewhere always: to PHP-FPM over a Unix socket.
  if (!wanted.has(wantedOf(front)) || mayBeCached(answer, failed.get(failedText(front, status)))) return false;
  const isMeanwhile = (startNs: number): boolean => startNs >= requestNs && startNs <= atNs;
  if (others.some((one) => isMeanwhile(one.startNs) && (one.key === front.key || !isAnswered(one)))) return false;
  return [...addresses].every((address) => {
    const of = attemptsUntil(tally, address, atNs);
    return of !== null && !of.some((attempt) => attempt.atNs <= atNs && attempt.endNs >= requestNs);
  });
}

function isAnswered({ status }: LoggedExchange): boolean {
  return status !== null && status < 500;
}

/** As many as ever were in progress behind for as long as it waited. */
function isQueued({ requestNs, atNs }: ErrorAnswer, { inProgress }: Gateway): boolean {
  const [from, to] = [requestNs + HANDLING_NS, atNs - HANDLING_NS];
  return from < to && inProgress.belowMostNs(from, to) <= Math.max(HANDLING_NS, FREE_SHARE * (to - from));
}

/** Those that stand together in time, with nobody asked between them, more of them than chance puts there. */
function answersInPhases(atOnce: readonly ErrorAnswer[], { asked, clients }: Gateway, unasked: number): ErrorAnswer[] {
  const total = unasked + asked.length;
  const share = unasked / total;
  const runs: ErrorAnswer[][] = [];
  let next = 0;
  let run: ErrorAnswer[] = [];
  for (const answer of [...atOnce].sort((one, other) => one.requestNs - other.requestNs || one.packet - other.packet)) {
    const before = next;
    while ((asked[next]?.startNs ?? Number.POSITIVE_INFINITY) < answer.requestNs) next += 1;
    if (next > before || run.length === 0) {
      run = [];
      runs.push(run);
    }
    run.push(answer);
  }
  // A gateway may send all requests of some clients where the capture does not look (by address, by cookie).
  const areSome = (one: readonly ErrorAnswer[]): boolean => one.some(({ client }) => clients.has(client.address));
  return runs.flatMap((one) =>
    one.length >= MIN_ANSWERS && total * share ** one.length < SIGNIFICANCE && areSome(one) ? one : [],
  );
}

/** The first request that waited before it was asked for. */
function lateAskOf({ asked }: Gateway): Case['askedLate'] {
  const late = asked.find(({ front, startNs }) => startNs - front.startNs >= AT_ONCE_NS);
  return late === undefined ? null : { ...momentOf(late), waitNs: late.startNs - late.front.startNs };
}

function momentOf({ backs, startNs }: Asked): Moment {
  return { packet: backs[0]?.packet ?? 0, atNs: startNs };
}

function caseOf(
  manner: Manner,
  answers: readonly ErrorAnswer[],
  gateway: Gateway,
  askedLate: Case['askedLate'],
  tally: UnaskedTally,
): Case[] {
  const { asked, inProgress } = gateway;
  const inTime = [...answers].sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  const [first] = inTime;
  const [firstAsked] = asked;
  const last = inTime.at(-1);
  if (first === undefined || last === undefined || firstAsked === undefined || inTime.length < MIN_ANSWERS) return [];
  const waits = inTime.map(({ atNs, requestNs }) => atNs - requestNs);
  const meanwhile = asked.find(({ startNs }) => startNs > first.requestNs && startNs < last.atNs);
  const again = asked.find(({ startNs }) => startNs > first.atNs);
  const trouble = manner === 'phase' ? troubleBefore(first, gateway, tally) : null;
  const products = new Set(inTime.map(({ product }) => product));
  return [
    {
      manner,
      answers: inTime,
      first,
      asked: asked.length,
      firstAsked: momentOf(firstAsked),
      askedMeanwhile: meanwhile === undefined ? null : momentOf(meanwhile),
      trouble,
      askedAgain: again === undefined ? null : momentOf(again),
      pauseNs: again === undefined ? null : again.startNs - (trouble?.atNs ?? first.requestNs),
      mostInProgress: inProgress.most,
      askedLate,
      minWaitNs: Math.min(...waits),
      maxWaitNs: Math.max(...waits),
      queueSeconds:
        manner === 'queue'
          ? (estimateTimer(
              inTime.map(({ atNs, requestNs }) => ({ ageNs: atNs - requestNs, atNs })),
              0,
            )?.seconds ?? null)
          : null,
      product: products.size === 1 ? first.product : null,
    },
  ];
}

/** The last thing behind the gateway that failed before an answer: a request, a check, or a connection. */
function troubleBefore({ requestNs }: ErrorAnswer, gateway: Gateway, { attempts }: UnaskedTally): Trouble | null {
  // A leg without an answer whose client got none either, or got one all the same, was not captured to its end.
  const asked = gateway.asked.flatMap(({ front, backs }) =>
    backs.filter(({ status }) => (status ?? front.status ?? 0) >= 500),
  );
  const repeated = repeatedKeys(gateway.others);
  const failed = [...asked, ...gateway.others.filter((one) => isFailedCheck(one, repeated))].map(
    ({ answerPacket, packet, endNs, server }) => ({ packet: answerPacket ?? packet, atNs: endNs, server }),
  );
  const unmet = [...gateway.addresses].flatMap((address) =>
    (attempts.entries[address]?.earliest.items ?? [])
      .filter(({ isUnmet }) => isUnmet)
      .map(({ packet, atNs, server }): Trouble => ({ packet, atNs, server })),
  );
  return [...failed, ...unmet]
    .filter(({ atNs }) => atNs <= requestNs && requestNs - atNs <= TROUBLE_WITHIN_NS)
    .reduce<Trouble | null>((latest, one) => (latest === null || one.atNs > latest.atNs ? one : latest), null);
}

/** A server error; or a refusal of what is asked for again and again, as a health check is. */
function isFailedCheck({ status, key }: LoggedExchange, repeated: ReadonlySet<number>): boolean {
  return status !== null && status >= 400 && (status >= 500 || repeated.has(key));
}

/** What is asked for more than once among them. */
function repeatedKeys(exchanges: readonly LoggedExchange[]): ReadonlySet<number> {
  const seen = new Set<number>();
  const repeated = new Set<number>();
  for (const { key } of exchanges) (seen.has(key) ? repeated : seen).add(key);
  return repeated;
}
