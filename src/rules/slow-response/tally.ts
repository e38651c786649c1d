/** What the rule keeps of a run: plain data whose merge is associative and commutative. */
import type { Connection } from '../../facts/connection.js';
import type { Moment } from '../tally/earliest.js';
import { addToSample, isSampled, mergeSample, type Sample, sample } from '../tally/sample.js';
import type { SlowExchange } from './incident.js';

/** Slow exchanges looked at one by one, of all servers: enough to tell long polls, time-outs and both legs. */
const MAX_SAMPLED = 1024;
/** Connection attempts without an answer kept. */
const MAX_UNANSWERED = 256;

/** A server that could not be reached: from the first SYN to the last, or where what it was asked came to nothing. */
interface UnansweredAttempt extends Moment {
  readonly lastNs: number;
}

/** The rule's tally. */
export interface SlowResponseTally {
  /** All slow exchanges, kept or not. */
  count: number;
  readonly sampled: Sample<SlowExchange>;
  readonly unanswered: Sample<UnansweredAttempt>;
}

/** Nothing seen yet. */
export function newTally(): SlowResponseTally {
  return { count: 0, sampled: sample(MAX_SAMPLED), unanswered: sample(MAX_UNANSWERED) };
}

/** Counts a slow exchange, and keeps it as far as there is room. */
export function noteSlow(tally: SlowResponseTally, slow: SlowExchange): void {
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

/** Adds all of `from`. */
export function mergeTally(into: SlowResponseTally, from: SlowResponseTally): void {
  into.count += from.count;
  mergeSample(into.sampled, from.sampled);
  mergeSample(into.unanswered, from.unanswered);
}
