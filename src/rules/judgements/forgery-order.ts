/** F1 to F4: whether the reset's place, among sequence numbers and in time, can be its sender's. */
import type { CloseSegment } from '../../facts/close.js';
import { OPPOSITE } from '../../facts/endpoint.js';
import { TCP_OPTION } from '../../facts/segment-evidence.js';
import { ACK } from '../../facts/tcp-flags.js';
import { farRoundTripNs, nearSideOf } from './capture-point.js';
import {
  type ForgeryContext,
  type ForgeryInput,
  type ForgeryTest,
  NOT_APPLICABLE,
  nowhere,
  type Outcome,
  onReset,
  type TestResult,
  type TestWeight,
} from './forgery-test.js';

/** A genuine stateless answer comes one round trip after what it answers; two leave room for a slow one. */
const STATELESS_SLACK = 2;
/** An acknowledgement may wait this long for data to go with (Windows: 200 ms; Linux: 40 ms; RFC 9293 §3.8.6.3 allows 500). */
const DELAYED_ACK_NS = 500_000_000;

/** F1: behind what its sender had already sent, and no unanswered segment of the other side that it could answer. */
export function staleSequence(reset: CloseSegment, input: ForgeryInput, context: ForgeryContext): Outcome {
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
  if (isNextOfItsSocket(reset)) return { result: 'negative', found: sequence, expected: 0 };
  return { result: 'positive', found: sequence, expected: 0 };
}

/**
 * The next packet of its sender's socket, as far as that shows: it goes on with the run of its IP IDs, which its kernel
 * keeps, and bears timestamps, which only a socket has. What changed its sequence number stands on the way: netfilter's SYNPROXY gives an abort of the server
 * the number behind its own SYN-ACK, which the client ignores (nf_synproxy_core.c, TCP_CONNTRACK_CLOSE).
 */
function isNextOfItsSocket({ flags, options, ipId, senderIpId }: CloseSegment): boolean {
  if ((flags & ACK) === 0 || (options & TCP_OPTION.timestamps) === 0) return false;
  return ipId !== null && ipId > 0 && senderIpId !== null && ipId === ((senderIpId + 1) & 0xffff);
}

/** F2: from the far side, sooner than the event it reacts to can have reached that side. */
export function fasterThanRoundTrip(input: ForgeryInput, context: ForgeryContext): ForgeryTest {
  const near = nearSideOf(context.point);
  const roundTrip = shortestRoundTripNs(input, context);
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

/** The way to the server and back is the same for all its handshakes; one that met a busy host says more than it takes. */
function shortestRoundTripNs(input: ForgeryInput, { point, roundTripNs }: ForgeryContext): number | null {
  const own = farRoundTripNs(input.handshake, point);
  return own === null || point !== 'client' || roundTripNs === null ? own : Math.min(own, roundTripNs);
}

/**
 * Whether a reset in the server's name can only be a reaction to the request: it acknowledges it, or
 * nothing else is near enough. A bare one may answer an earlier segment, which carried the same
 * acknowledgement: that of the server's last bytes, or of its SYN-ACK. It cannot where so much time has
 * passed that the answer would have come, or so little that the server cannot have that segment either.
 */
function reactsToRequest(reset: CloseSegment, { server, handshake }: ForgeryInput, roundTrip: number): boolean {
  if ((reset.flags & ACK) !== 0) return reset.deltaAcknowledgement === 0;
  const { lastPayloadNs } = server;
  // The client can have acknowledged the server's last bytes no sooner than they came by.
  const since = lastPayloadNs ?? handshake.ackNs;
  if (since === null || since > reset.atNs) return false;
  const delayed = lastPayloadNs === null ? 0 : DELAYED_ACK_NS;
  const sinceAck = reset.atNs - since;
  return sinceAck > delayed + STATELESS_SLACK * roundTrip || sinceAck * 2 < roundTrip;
}

/** F3: both sides at once, and in the same hand. */
export function bothAtOnce(input: ForgeryInput, context: ForgeryContext): ForgeryTest {
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
export function lifeAfterDeath(reset: CloseSegment, input: ForgeryInput, context: ForgeryContext): Outcome {
  // A reset that overtook earlier segments of its sender is followed by them.
  const overtook = (reset.deltaSequence ?? 1) > 0 || input[reset.from].outOfOrder > 0 || input.guards.clockStepped;
  if (overtook || !context.oneOrder) return NOT_APPLICABLE;
  return reset.lifeAfter === null ? { result: 'negative' } : { result: 'positive', found: reset.lifeAfter };
}
