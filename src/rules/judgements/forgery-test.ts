/** A test of whether a reset was written by its sender (forgery.ts): what it is given, and what it gives. */
import type { CloseSegment } from '../../facts/close.js';
import type { Connection, SideFacts } from '../../facts/connection.js';
import type { Side } from '../../facts/endpoint.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { CapturePoint } from './capture-point.js';

/** `not-applicable`: what it needs was not seen; `negative`: a genuine reset would look just so. */
export type TestResult = 'positive' | 'negative' | 'not-applicable';
/** What a positive one proves: alone that the reset is forged, with another besides, or a little (forgery.ts). */
export type TestWeight = 'decisive' | 'strong' | 'medium';

/** The tests in order: what each asks. */
const FORGERY_TESTS = {
  F1: 'stale-sequence',
  F2: 'faster-than-round-trip',
  F3: 'both-sides-at-once',
  F4: 'life-after-death',
  F5: 'hop-count',
  F6: 'link-layer-source',
  F7: 'copied-fields',
  F8: 'burst-of-sequences',
  F9: 'same-hand-at-other-servers',
} as const;
/** The name of a test. */
export type ForgeryTestId = keyof typeof FORGERY_TESTS;

/** The outcome of one test. */
export interface ForgeryTest {
  readonly id: ForgeryTestId;
  readonly result: TestResult;
  readonly weight: TestWeight;
  /** The reset that it was found on, or failed to be; `null` when not applicable. */
  readonly packet: PacketReference | null;
  readonly from: Side | null;
  /** The figure found and the one to be expected, in the test's own unit (bytes, nanoseconds, hops, IDs). */
  readonly found: number | null;
  readonly expected: number | null;
}

/** What the tests look at: a connection without what was said in it, and the request's place in time. */
export interface ForgeryInput {
  readonly resets: readonly CloseSegment[];
  readonly client: SideFacts;
  readonly server: SideFacts;
  readonly handshake: Connection['handshake'];
  readonly guards: Connection['guards'];
  readonly request: { readonly startNs: number; readonly isFirst: boolean };
}

/** What other connections of the server say. */
export interface ForgeryContext {
  readonly point: CapturePoint;
  /** TTLs of the server's resets that nobody disputes: refusals of a SYN, and those behind its answers. */
  readonly refusalTtls: readonly number[];
  /** Link-layer sources that its ordinary segments came from. */
  readonly macs: readonly number[];
  /** The shortest round trip to it that any handshake showed, nanoseconds; `null`: none seen. */
  readonly roundTripNs: number | null;
  /** Its fastest answer to a request, nanoseconds; `null`: none seen. */
  readonly fastestAnswerNs: number | null;
  /** Whether resets at other servers are of the same hand; `null`: no other server has any. */
  readonly sameElsewhere: boolean | null;
  /** Packets were dropped while capturing: what seems unexplained may not have been seen. */
  readonly captureDrops: boolean;
  /** The packets share a clock and an order: those of two captures taken at once do not (F1 to F4). */
  readonly oneOrder: boolean;
}

/** The outcome on one reset, with figures as in {@link ForgeryTest}. */
export interface Outcome {
  readonly result: TestResult;
  readonly found?: number;
  readonly expected?: number;
}
/** What it needs was not seen. */
export const NOT_APPLICABLE: Outcome = { result: 'not-applicable' };

/** A test that no reset tells for: not applicable, or not about one. Built field by field, for a flood of resets: spreading costs many times as much. */
export function nowhere(id: ForgeryTestId, weight: TestWeight, result: TestResult): ForgeryTest {
  return { id, result, weight, packet: null, from: null, found: null, expected: null };
}

/** What a test found on a reset; figures as in {@link ForgeryTest}. */
export function onReset(
  id: ForgeryTestId,
  weight: TestWeight,
  result: TestResult,
  { packet, from }: CloseSegment,
  found: number | null,
  expected: number | null,
): ForgeryTest {
  return { id, result, weight, packet, from, found, expected };
}

/** A test on each reset: the first positive one tells; else a negative one, if any. */
export function onEachReset(
  input: ForgeryInput,
  test: (reset: CloseSegment, input: ForgeryInput) => Outcome,
  id: ForgeryTestId,
  weight: TestWeight,
): ForgeryTest {
  let told = nowhere(id, weight, 'not-applicable');
  for (const reset of input.resets) {
    const outcome = test(reset, input);
    if (outcome.result === 'not-applicable') continue;
    if (outcome.result === 'negative' && told.result !== 'not-applicable') continue;
    told = onReset(id, weight, outcome.result, reset, outcome.found ?? null, outcome.expected ?? null);
    if (outcome.result === 'positive') return told;
  }
  return told;
}
