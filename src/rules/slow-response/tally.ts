/** What the rule keeps of a run: plain data whose merge is associative and commutative. */
import type { Connection } from '../../facts/connection.js';
import { takenLate } from '../judgements/taken-late.js';
import { laterOf, type Moment } from '../tally/earliest.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { addToSample, isSampled, mergeSample, type Sample, sample } from '../tally/sample.js';
import { type Hold, holdOf } from './hold.js';
import type { SlowExchange } from './slow-exchange.js';

/** Slow exchanges looked at one by one, of all servers: enough to tell long polls, time-outs and both legs. */
const MAX_SAMPLED = 1024;
const MAX_PENDING = 256;
/** Connection attempts without an answer kept. */
const MAX_UNANSWERED = 256;
/** Idle connections kept. */
const MAX_HOLDS = 1024;

/** A server that could not be reached: from the first SYN to the last, or where what it was asked came to nothing. */
export interface UnansweredAttempt extends Moment {
  readonly lastNs: number;
}

/** The rule's tally. */
export interface SlowResponseTally {
  /** All slow exchanges, kept or not. */
  count: number;
  readonly sampled: Sample<SlowExchange>;
  /** Requests that were not answered when the capture ended: slow only where somebody in front gave up. */
  readonly pending: Sample<SlowExchange>;
  readonly unanswered: Sample<UnansweredAttempt>;
  /** Connections whose first request was taken only when it was sent again: their server had no room for them. */
  readonly takenLate: PerServer<{ count: number }>;
  /** Connections on which nothing was asked for a while. */
  readonly holds: Sample<Hold>;
  /** Of servers whose TLS no key opens. */
  readonly sealed: PerServer<SealedAnswers>;
}

/** How a server answers in TLS without keys. */
export interface SealedAnswers {
  turns: number;
  /** Answered within PROMPT_ANSWER_NS, and the last of them. */
  prompt: number;
  lastPrompt: Moment | null;
}

/** Nothing seen yet. */
export function newTally(): SlowResponseTally {
  return {
    count: 0,
    sampled: sample(MAX_SAMPLED),
    pending: sample(MAX_PENDING),
    unanswered: sample(MAX_UNANSWERED),
    takenLate: perServer(),
    holds: sample(MAX_HOLDS),
    sealed: perServer(),
  };
}

/** Counts a slow exchange, and keeps it as far as there is room. */
export function noteSlow(tally: SlowResponseTally, slow: SlowExchange): void {
  if (slow.how === 'pending') {
    addToSample(tally.pending, slow);
    return;
  }
  tally.count += 1;
  addToSample(tally.sampled, slow);
}

/** Keeps a connection attempt that was not answered: a gateway that says 504 for its sake waits for no server's work. */
export function noteUnanswered(connection: Connection, tally: SlowResponseTally): void {
  const { client, server, firstPacket: packet, startNs: atNs, endNs: lastNs } = connection;
  if (server.packets > 0 || client.payloadBytes > 0 || !isSampled(tally.unanswered, packet)) return;
  addToSample(tally.unanswered, { atNs, packet, lastNs });
}

/** Keeps a request that was sent again and never acknowledged: whoever says 504 for its sake waits for no server's work, either. */
export function noteUndelivered(connection: Connection, tally: SlowResponseTally): void {
  const { repeated } = connection.client;
  if (repeated === null || repeated.acknowledged || !isSampled(tally.unanswered, repeated.firstPacket)) return;
  const { firstPacket: packet, firstNs } = repeated;
  // It goes on being sent when nobody waits for it any more.
  addToSample(tally.unanswered, { atNs: firstNs, packet, lastNs: firstNs });
}

/** Keeps a connection on which nothing was asked for a while. */
export function noteHold(connection: Connection, tally: SlowResponseTally): void {
  const hold = holdOf(connection);
  if (hold !== null) addToSample(tally.holds, hold);
}

/** Counts a connection whose first request was taken late. */
export function noteTakenLate(connection: Connection, tally: SlowResponseTally): void {
  if (takenLate(connection) === null) return;
  const known = tallyOf(tally.takenLate, connection.server.endpoint, none);
  if (known !== null) known.count += 1;
}

function none(): { count: number } {
  return { count: 0 };
}

/** Counts how promptly a server answers where no key opens its TLS. */
export function noteSealed({ tls, server }: Connection, tally: SlowResponseTally): void {
  const turns = tls?.turns ?? null;
  if (turns === null || turns.wentOn.client > 0 || turns.wentOn.server > 0) return;
  const known = tallyOf(tally.sealed, server.endpoint, noAnswers);
  const answered = turns.count - (turns.last.answer === null ? 1 : 0);
  if (known !== null) addAnswers(known, { ...turns, count: answered });
}

function noAnswers(): SealedAnswers {
  return { turns: 0, prompt: 0, lastPrompt: null };
}

function addAnswers(
  into: SealedAnswers,
  from: { readonly count: number; readonly prompt: number; readonly lastPrompt: Moment | null },
): void {
  into.turns += from.count;
  into.prompt += from.prompt;
  into.lastPrompt = laterOf(into.lastPrompt, from.lastPrompt);
}

/** Adds all of `from`. */
export function mergeTally(into: SlowResponseTally, from: SlowResponseTally): void {
  into.count += from.count;
  mergeSample(into.sampled, from.sampled);
  mergeSample(into.pending, from.pending);
  mergeSample(into.unanswered, from.unanswered);
  mergeSample(into.holds, from.holds);
  mergePerServer(into.takenLate, from.takenLate, none, (whole, part) => {
    whole.count += part.count;
  });
  mergePerServer(into.sealed, from.sealed, noAnswers, (whole, part) =>
    addAnswers(whole, { count: part.turns, prompt: part.prompt, lastPrompt: part.lastPrompt }),
  );
}
