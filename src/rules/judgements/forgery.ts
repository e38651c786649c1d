/**
 * Whether a reset was written by its sender: nine tests, F1 to F9 (rules.md, rst-after-request).
 *
 * Each looks for something that the kernel in whose name the reset speaks cannot have done. A test
 * says `not-applicable` when what it needs was not seen, and `negative` when a genuine reset would
 * look just so. Naive tests raise many false alarms, so each one names what excuses it.
 */
import type { CloseSegment } from '../../facts/close.js';
import type { Connection, SideFacts } from '../../facts/connection.js';
import { OPPOSITE, type Side } from '../../facts/endpoint.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { type CapturePoint, farRoundTripNs, nearSideOf } from './capture-point.js';

type TestResult = 'positive' | 'negative' | 'not-applicable';
type TestWeight = 'decisive' | 'strong' | 'medium';

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
  /** Its fastest answer to a request, nanoseconds; `null`: none seen. */
  readonly fastestAnswerNs: number | null;
  /** Whether resets at other servers are of the same hand; `null`: no other server has any. */
  readonly sameElsewhere: boolean | null;
  /** Packets were dropped while capturing: what seems unexplained may not have been seen. */
  readonly captureDrops: boolean;
  /** The packets share a clock and an order: those of two captures taken at once do not (F1 to F4). */
  readonly oneOrder: boolean;
}

/** Relative sequence numbers of a request: its first byte, and what follows its last. */
export interface RequestSpan {
  readonly start: number;
  readonly end: number;
}

/** How sure it is that somebody else wrote the resets. */
export type ForgeryVerdict = 'certain' | 'likely' | 'none';

/** Where the writer sits. */
export type ForgerPlace = 'inline-on-host' | 'inline-mid-path' | 'passive-sensor' | 'unknown';

/** Resets as far apart as this may be two events; a burst is written at once. */
const BURST_NS = 10_000_000;
/** A genuine stateless answer comes one round trip after what it answers; two leave room for a slow one. */
const STATELESS_SLACK = 2;
const ACK = 16;

/** All nine tests of one incident, in order. */
export function forgeryTests(input: ForgeryInput, context: ForgeryContext): ForgeryTest[] {
  return [
    first(input, (reset) => staleSequence(reset, input, context), 'F1', 'decisive'),
    fasterThanRoundTrip(input, context),
    bothAtOnce(input, context),
    first(input, (reset) => lifeAfterDeath(reset, input, context), 'F4', 'decisive'),
    first(input, (reset) => hopCount(reset, input, context), 'F5', 'strong'),
    first(input, (reset) => linkSource(reset, input, context), 'F6', 'decisive'),
    first(input, copiedFields, 'F7', 'medium'),
    burst(input, context),
    sameHandElsewhere(context),
  ];
}

/** Nothing is known of the server, and the capture may have been taken there. */
const atPoint = (point: CapturePoint): ForgeryContext => ({
  point,
  refusalTtls: [],
  macs: [],
  fastestAnswerNs: null,
  sameElsewhere: null,
  captureDrops: false,
  oneOrder: true,
});
const ELSEWHERE = [
  ['server', atPoint('server')],
  ['client', atPoint('client')],
] as const;
const NOWHERE_KNOWN = atPoint('unknown');
/** Tests that depend on where the capture was taken; the others are asked once for all places. */
const BY_PLACE: Partial<Record<ForgeryTestId, typeof bothAtOnce>> = { F2: fasterThanRoundTrip, F3: bothAtOnce };

/**
 * What is positive of an incident wherever the capture will turn out to have been taken, nothing being
 * known of its server: words like `F1@server`, those of one place together.
 */
export function positiveTests(input: ForgeryInput): string[] {
  const words: string[] = [];
  const tests = forgeryTests(input, NOWHERE_KNOWN);
  for (const [place, context] of ELSEWHERE)
    for (const { id, result } of tests)
      if ((BY_PLACE[id]?.(input, context).result ?? result) === 'positive') words.push(`${id}@${place}`);
  for (const { id, result } of tests) if (result === 'positive') words.push(`${id}@unknown`);
  return words;
}

/** Any decisive test makes it certain; one strong and another besides make it likely. */
export function forgeryVerdict(tests: readonly ForgeryTest[]): ForgeryVerdict {
  const positive = tests.filter((test) => test.result === 'positive');
  if (positive.some((test) => test.weight === 'decisive')) return 'certain';
  return positive.some((test) => test.weight === 'strong') && positive.length > 1 ? 'likely' : 'none';
}

/**
 * Where the writer of forged resets sits. A reset whose sequence number is the start of the request
 * only works on a receiver that never got the request: its writer swallowed it (rules.md §0.4/4).
 */
export function forgerPlace(
  input: ForgeryInput,
  tests: readonly ForgeryTest[],
  point: CapturePoint,
  span: RequestSpan | null,
): ForgerPlace {
  const isPositive = (id: ForgeryTestId): boolean => tests.some((test) => test.id === id && test.result === 'positive');
  const byClient = input.resets.find((reset) => reset.from === 'client');
  const swallowed =
    span !== null && byClient?.deltaSequence != null && byClient.deltaSequence < 0 && byClient.sequence === span.start;
  const end = span?.end ?? input.client.nextSequence;
  const wasHeard = input.server.highestAcknowledged !== null && end !== null && input.server.highestAcknowledged >= end;
  if (stillWaits(input) && !swallowed) return isPositive('F5') ? 'inline-mid-path' : 'unknown';
  if (isPositive('F4') || (wasHeard && !swallowed)) return 'passive-sensor';
  if (!swallowed || wasHeard) return 'unknown';
  if (isPositive('F5')) return 'inline-mid-path';
  return nearSideOf(point) === null && point !== 'loopback' ? 'unknown' : 'inline-on-host';
}

/** The server sends its SYN-ACK again: neither the ACK nor the request has come to it. RFC 9293 §3.10.7.4. */
export function stillWaits({ handshake, server }: Pick<ForgeryInput, 'handshake' | 'server'>): boolean {
  return handshake.synAckRetransmissions > 0 && server.payloadBytes === 0 && (server.highestAcknowledged ?? 0) <= 1;
}

/** Hops from the sender, by the initial TTL that its system must have used; `null` when the TTL was not seen. */
export function hopsOf(ttl: number | null): number | null {
  if (ttl === null) return null;
  for (const initial of [32, 64, 128]) if (ttl <= initial) return initial - ttl;
  return 255 - ttl;
}

interface Outcome {
  readonly result: TestResult;
  readonly found?: number;
  readonly expected?: number;
}
const NOT_APPLICABLE: Outcome = { result: 'not-applicable' };

/** What is built for every reset of a flood of them is built field by field: spreading objects costs many times as much. */
function nowhere(id: ForgeryTestId, weight: TestWeight, result: TestResult): ForgeryTest {
  return { id, result, weight, packet: null, from: null, found: null, expected: null };
}

function onReset(
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
function first(
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

/** F1: behind what its sender had already sent, and no unanswered segment of the other side that it could answer. */
function staleSequence(reset: CloseSegment, input: ForgeryInput, context: ForgeryContext): Outcome {
  const { guards } = input;
  const sender = input[reset.from];
  const other = input[OPPOSITE[reset.from]];
  const sequence = reset.deltaSequence;
  // Ahead of its sender: bytes were lost to the capture, or the reset overtook them. No test holds.
  if (!context.oneOrder || sequence === null || sequence > 0 || sender.plainSegments === 0) return NOT_APPLICABLE;
  if (sequence === 0) return { result: 'negative', found: 0, expected: 0 };
  if (reset.answers !== null) return { result: 'negative', found: sequence, expected: 0 };
  // What it may answer was forgotten: more stood unanswered than is remembered.
  if (reset.answersUnknown) return NOT_APPLICABLE;
  const mayBeExcused =
    context.captureDrops || guards.oneSided || guards.midStream || other.lostBytes > 0 || sender.outOfOrder > 0;
  if (mayBeExcused) return NOT_APPLICABLE;
  // An abort states the sender's own position: BSD's goes back with a retransmission, Linux's with a shrunken window.
  const statesPosition = (reset.flags & ACK) !== 0;
  if (statesPosition && (sender.retransmissions > 0 || other.zeroWindows > 0)) return NOT_APPLICABLE;
  return { result: 'positive', found: sequence, expected: 0 };
}

/** F2: from the far side, sooner than the event it reacts to can have reached that side. */
function fasterThanRoundTrip(input: ForgeryInput, context: ForgeryContext): ForgeryTest {
  const near = nearSideOf(context.point);
  const roundTrip = farRoundTripNs(input.handshake, context.point);
  const { guards } = input;
  const far = near === null ? undefined : input.resets.find((reset) => reset.from === OPPOSITE[near]);
  if (near === null || roundTrip === null || far === undefined || far.sincePeerNs === null)
    return nowhere('F2', 'decisive', 'not-applicable');
  if (!context.oneOrder || guards.clockStepped || context.captureDrops || (far.deltaSequence ?? 1) > 0)
    return nowhere('F2', 'decisive', 'not-applicable');
  const { sincePeerNs } = far;
  const judged = (result: TestResult, weight: TestWeight = 'decisive') =>
    onReset('F2', weight, result, far, sincePeerNs, roundTrip);
  const tooFast = sincePeerNs * 2 < roundTrip;
  if (!tooFast || sincePeerNs < 0) return judged('negative');
  // An answer to an earlier segment may arrive at any time; so may an abort by the far side's own timer.
  if ((far.deltaSequence ?? 0) < 0)
    return far.answers === null && far.answersUnknown
      ? nowhere('F2', 'decisive', 'not-applicable')
      : judged(far.answers === null ? 'positive' : 'negative');
  if (near === 'server' || !reactsToRequest(far, input, roundTrip)) return judged('negative');
  const sinceRequest = far.atNs - input.request.startNs;
  if (sinceRequest * 2 >= roundTrip) return judged('negative');
  // A handshake through a slow path makes the round trip look long: a faster answer shows that it is not.
  const { fastestAnswerNs } = context;
  if (fastestAnswerNs !== null && fastestAnswerNs <= sinceRequest * 2) return judged('negative');
  return judged('positive', fastestAnswerNs === null ? 'strong' : 'decisive');
}

/** Whether a reset in the server's name can only be a reaction to the request: it acknowledges it, or nothing else is near enough. */
function reactsToRequest(reset: CloseSegment, input: ForgeryInput, roundTrip: number): boolean {
  if ((reset.flags & ACK) !== 0) return reset.deltaAcknowledgement === 0;
  const { ackNs } = input.handshake;
  return input.request.isFirst && ackNs !== null && reset.atNs - ackNs > STATELESS_SLACK * roundTrip;
}

/** F3: both sides at once, and in the same hand. */
function bothAtOnce(input: ForgeryInput, context: ForgeryContext): ForgeryTest {
  const byServer = input.resets.find((reset) => reset.from === 'server');
  const byClient = input.resets.find((reset) => reset.from === 'client');
  const roundTrip = farRoundTripNs(input.handshake, context.point);
  if (
    byServer === undefined ||
    byClient === undefined ||
    roundTrip === null ||
    input.guards.clockStepped ||
    !context.oneOrder
  )
    return nowhere('F3', 'strong', 'not-applicable');
  const apart = Math.abs(byServer.atNs - byClient.atNs);
  const later = byServer.atNs > byClient.atNs ? byServer : byClient;
  const sameHand =
    byServer.flags === byClient.flags &&
    byServer.window === byClient.window &&
    byServer.options === byClient.options &&
    (byServer.ttl === null || byClient.ttl === null || byServer.ttl === byClient.ttl) &&
    (byServer.ipId === null || byClient.ipId === null || Math.abs(byServer.ipId - byClient.ipId) <= 1);
  // A sender may abort by itself at any time: then its sequence number is its own, and so is its answer's.
  const mayAnswer = byClient.answers !== null || ((byClient.deltaSequence ?? 0) < 0 && byClient.answersUnknown);
  const excused = mayAnswer && byServer.answers === null;
  const isOneHand = apart * 2 < roundTrip && sameHand && !excused;
  return onReset('F3', 'strong', isOneHand ? 'positive' : 'negative', later, apart, roundTrip);
}

/** F4: its sender went on as if nothing had happened (facts/close: more than a millisecond later). */
function lifeAfterDeath(reset: CloseSegment, input: ForgeryInput, context: ForgeryContext): Outcome {
  // A reset that overtook earlier segments of its sender is followed by them.
  const overtook = (reset.deltaSequence ?? 1) > 0 || input[reset.from].outOfOrder > 0 || input.guards.clockStepped;
  if (overtook || !context.oneOrder) return NOT_APPLICABLE;
  return reset.lifeAfter === null ? { result: 'negative' } : { result: 'positive', found: reset.lifeAfter };
}

/**
 * F5: from another distance than its sender's other segments, or begun with another TTL than they
 * were, which none of its sender's other resets has.
 */
function hopCount(reset: CloseSegment, input: ForgeryInput, context: ForgeryContext): Outcome {
  const sender = input[reset.from];
  const hops = hopsOf(reset.ttl);
  const usual = hopsOf(sender.ttl);
  if (hops === null || usual === null || reset.ttl === null || sender.ttl === null || sender.ttlVaries)
    return NOT_APPLICABLE;
  const isOwn = reset.from === 'server' && context.refusalTtls.includes(reset.ttl);
  const isElsewhere = Math.abs(hops - usual) >= 2 || reset.ttl + hops !== sender.ttl + usual;
  return {
    result: isElsewhere && !isOwn ? 'positive' : 'negative',
    found: reset.ttl,
    expected: isOwn ? reset.ttl : sender.ttl,
  };
}

/** F6: another link-layer source than its sender's other segments, or leaving the host that it should be coming to. */
function linkSource(reset: CloseSegment, input: ForgeryInput, context: ForgeryContext): Outcome {
  const sender = input[reset.from];
  const isLocal = input.client.endpoint.address === input.server.endpoint.address || context.point === 'loopback';
  if (!isLocal && sender.direction === 'inbound' && reset.direction !== null && sender.duplicates === 0)
    if (reset.direction === 'outbound') return { result: 'positive' };
  if (reset.mac === null || sender.mac === null || sender.macVaries)
    return reset.direction !== null && sender.direction !== null ? { result: 'negative' } : NOT_APPLICABLE;
  const isOtherGateway = reset.from === 'server' && context.macs.includes(reset.mac);
  if (reset.mac === sender.mac || isOtherGateway || sender.duplicates > 0)
    return { result: 'negative', found: reset.mac, expected: sender.mac };
  return { result: 'positive', found: reset.mac, expected: sender.mac };
}

/** F7: fields taken over from the segment that set it off. A genuine stateless reset has 0 in both. */
function copiedFields(reset: CloseSegment): Outcome {
  if (reset.peerWindow === null) return NOT_APPLICABLE;
  const { ipId, peerIpId } = reset;
  if (ipId !== null && ipId !== 0 && ipId === peerIpId) return { result: 'positive', found: ipId, expected: 0 };
  // With ACK the window is the socket's own, and two Linux sockets often have the same one.
  const isBare = (reset.flags & ACK) === 0;
  if (isBare && reset.window !== 0 && reset.window === reset.peerWindow)
    return { result: 'positive', found: reset.window, expected: 0 };
  // The IP ID that is not the one copied; `null` where the capture says none.
  return ipId === null ? { result: 'negative' } : { result: 'negative', found: ipId };
}

/** F8: several at once with growing sequence numbers: whoever does not know the position guesses it. */
function burst(input: ForgeryInput, { captureDrops }: ForgeryContext): ForgeryTest {
  const unseen = input.guards.oneSided || captureDrops;
  let told = nowhere('F8', 'strong', 'not-applicable');
  for (const [at, reset] of input.resets.entries())
    for (const later of input.resets.slice(at + 1)) {
      if (later.from !== reset.from || later.atNs - reset.atNs > BURST_NS || unseen) continue;
      const guessed =
        (later.sequence > reset.sequence && (later.deltaSequence ?? 0) > 0 && input[reset.from].lostBytes === 0) ||
        (later.acknowledgement !== reset.acknowledgement && (later.deltaAcknowledgement ?? 0) > 0);
      const result = guessed ? 'positive' : 'negative';
      told = onReset('F8', 'strong', result, later, later.sequence - reset.sequence, 0);
      if (guessed) return told;
    }
  return told;
}

/** F9: resets at other servers that the same hand wrote. */
function sameHandElsewhere({ sameElsewhere }: ForgeryContext): ForgeryTest {
  return nowhere('F9', 'medium', sameElsewhere === null ? 'not-applicable' : sameElsewhere ? 'positive' : 'negative');
}
