/**
 * A server that stands still: for a while it answers nobody, though it has requests which it answers
 * at once at other times. Then those who leave do not leave at will, whatever their patience.
 *
 * What waits by design is told from it so: the very same requests were answered before or after, and each time
 * far sooner; they are several different ones; and new connections wait as well, while a poll's first
 * question is answered at once. Where each question has a connection of its own, as behind most proxies, or all
 * share one, a poll's next follows as soon as the last was answered: such are not counted.
 */
import type { Endpoint } from '../../facts/endpoint.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Observation } from '../observation/observation.js';
import type { Moment } from '../tally/earliest.js';
import { answersOfServer } from './server-answers.js';

/** A request that had no answer. */
export interface UnansweredRequest {
  /** judgements/leg-pairing. */
  readonly key: number;
  /** The first of its connection; `null`: in HTTP/2, where one connection has them all. */
  readonly isFirst: boolean | null;
  readonly startNs: number;
  /** When its client left, or the capture ended. */
  readonly untilNs: number;
}

/** See the head of this file. */
export interface Standstill {
  /** Its last answer before; `null`: none was seen. */
  readonly before: Moment | null;
  /** Its first answer behind it; `null`: none was seen. */
  readonly after: Moment | null;
  /** The longest that it takes for the same requests at other times. */
  readonly usualNs: number;
}

/** A request has waited in vain from so long on, and this many times as long as the same ever took. */
const MIN_WAIT_NS = 1_000_000_000;
const TIMES_LONGER = 5;
/** So many of them, of so many different ones, and on so many new connections; in HTTP/2 of more different ones. */
const MIN_REQUESTS = 3;
const MIN_KEYS = 2;
const MIN_FIRST = 2;
const MIN_STREAM_KEYS = 3;
/** What is asked again so soon after the same was answered may be a poll's next question: the answer's way to its client and back. */
const ASKED_AGAIN_NS = 500_000_000;

/** When a server stood still, in order of time. Nothing is said where not all that it answered is kept. */
export function standstillsOf(
  server: Endpoint,
  waiting: readonly UnansweredRequest[],
  observation: Observation,
): readonly Standstill[] {
  if (observation.exchanges.level > 0) return [];
  const waits = waiting.filter(({ startNs, untilNs }) => untilNs - startNs >= MIN_WAIT_NS);
  if (waits.length < MIN_REQUESTS) return [];
  const answers = answersOfServer(server, observation);
  const groups = new Map<number, UnansweredRequest[]>();
  for (const one of waits) {
    const at = lastBefore(answers, one.startNs);
    const after = answers[at + 1] ?? null;
    if (after !== null && one.untilNs > after.endNs) continue;
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [one]);
    else group.push(one);
  }
  return [...groups]
    .sort(([one], [other]) => one - other)
    .flatMap(([at, held]) => {
      const [before, after] = [momentOf(answers[at]), momentOf(answers[at + 1])];
      const usualNs = held.length < MIN_REQUESTS ? null : usualOf(held, answers, { before, after });
      return usualNs === null ? [] : [{ before, after, usualNs }];
    });
}

/** The place of the last answer that is not later; -1: there is none. */
function lastBefore(answers: readonly LoggedExchange[], atNs: number): number {
  let [low, high] = [0, answers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((answers[middle]?.endNs ?? 0) <= atNs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Whether a request was held up by it. */
export function isHeldBy({ startNs, untilNs }: UnansweredRequest, { before, after }: Standstill): boolean {
  return (
    startNs >= (before?.atNs ?? startNs) && untilNs <= (after?.atNs ?? untilNs) && untilNs - startNs >= MIN_WAIT_NS
  );
}

/** The longest that answers to those among them took that are always answered far sooner; `null`: they are too few. */
function usualOf(
  held: readonly UnansweredRequest[],
  answers: readonly LoggedExchange[],
  { before, after }: Pick<Standstill, 'before' | 'after'>,
): number | null {
  const longest = new Map<number, number>();
  for (const { key, startNs, endNs } of answers) {
    // Who was patient is answered at last, as late as it stood still.
    if (startNs >= (before?.atNs ?? startNs) && startNs <= (after?.atNs ?? startNs)) continue;
    longest.set(key, Math.max(longest.get(key) ?? 0, endNs - startNs));
  }
  const known = held.filter(({ key, startNs, untilNs }) => {
    const usualNs = longest.get(key);
    return usualNs !== undefined && untilNs - startNs >= TIMES_LONGER * usualNs && !isAskedAgain(key, startNs, answers);
  });
  const keys = new Set(known.map(({ key }) => key)).size;
  const first = known.filter(({ isFirst }) => isFirst === true).length;
  const areStreams = known.every(({ isFirst }) => isFirst === null);
  if (known.length < MIN_REQUESTS || keys < (areStreams ? MIN_STREAM_KEYS : MIN_KEYS)) return null;
  if (!areStreams && first < MIN_FIRST) return null;
  return Math.max(...known.map(({ key }) => longest.get(key) ?? 0));
}

/** Whether the same was answered just before. */
function isAskedAgain(key: number, startNs: number, answers: readonly LoggedExchange[]): boolean {
  for (let at = lastBefore(answers, startNs); at >= 0; at -= 1) {
    const before = answers[at];
    if (before === undefined || startNs - before.endNs > ASKED_AGAIN_NS) return false;
    if (before.key === key) return true;
  }
  return false;
}

function momentOf(one: LoggedExchange | undefined): Moment | null {
  return one === undefined ? null : { atNs: one.endNs, packet: one.answerPacket ?? one.packet };
}
