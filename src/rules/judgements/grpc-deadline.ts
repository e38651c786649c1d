/**
 * A gRPC call that reached its deadline unanswered: the client says in `grpc-timeout` how long it
 * waits, and resets the stream then (gRPC over HTTP/2, "Requests"). Its caller sees DEADLINE_EXCEEDED.
 */
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import { H2_ERROR, type StreamReset } from '../../facts/h2.js';
import { streamingOf } from './streaming.js';

/** Nanoseconds of the units of `grpc-timeout`. */
const UNITS: Readonly<Record<string, number>> = { H: 3.6e12, M: 6e10, S: 1e9, m: 1e6, u: 1e3, n: 1 };
/** Implementations round what they send up, by 1 % and more, and timers fire late. */
const EARLY_SHARE = 0.05;
const LATE_SHARE = 0.02;
const LATE_NS = 50_000_000;

/** See the head of this file. */
export interface MissedDeadline {
  readonly request: RequestMessage;
  readonly reset: StreamReset;
  /** The field's value as sent. */
  readonly declared: string;
}

/** The deadline that a call reached without a byte of an answer; `null`: it had none, or ended otherwise. */
export function missedDeadlineOf(exchange: Exchange): MissedDeadline | null {
  const { request, response, interim, h2 } = exchange;
  const reset = h2?.reset ?? null;
  // Who has not sent all of its request, or asks for a stream of events, may wait by design.
  if (request === null || reset === null || response !== null || interim.length > 0 || !request.complete) return null;
  if (reset.by !== 'client' || reset.code !== H2_ERROR.cancel || streamingOf(exchange) !== 'grpc') return null;
  const declared = deadlineReached(request, reset.atNs);
  return declared === null ? null : { request, reset, declared };
}

/** The deadline that a call's client had declared, as sent, where it came at `atNs`; `null`: none did. */
export function deadlineReached({ fields, startNs }: RequestMessage, atNs: number): string | null {
  const declared = fields.find(({ name }) => name === 'grpc-timeout')?.value;
  const deadlineNs = declared === undefined ? null : nanosecondsOf(declared);
  if (declared === undefined || deadlineNs === null) return null;
  const waitedNs = atNs - startNs;
  const isReached = waitedNs >= deadlineNs * (1 - EARLY_SHARE) && waitedNs <= deadlineNs * (1 + LATE_SHARE) + LATE_NS;
  return isReached ? declared : null;
}

function nanosecondsOf(value: string): number | null {
  const unit = UNITS[value.slice(-1)];
  return unit !== undefined && /^\d{1,8}.$/.test(value) ? Number(value.slice(0, -1)) * unit : null;
}
