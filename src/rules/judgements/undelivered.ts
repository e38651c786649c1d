/**
 * Bytes that were sent and did not arrive. As the receiver's end of the path shows it: later ones came,
 * these did not, and the receiver never acknowledged them; what only the capture lost is acknowledged.
 * As the sender's end shows it: sent again and again, and never acknowledged.
 */
import { type Connection, LARGE_SEGMENT, type Unreachable } from '../../facts/connection.js';
import { OPPOSITE, type Side } from '../../facts/endpoint.js';
import type { RequestMessage } from '../../facts/exchange.js';
import type { Moment } from '../tally/earliest.js';
import { silenceIsUnsayable } from './capture-guards.js';
import { SHORTEST_WAY_TIMER_NS } from './idleness.js';

/** How many bytes of `side` lie in holes that the other side never acknowledged; 0: none. */
export function undeliveredBytesOf(connection: Connection, side: Side): number {
  const own = connection[side];
  const missing = own.lostBytes - own.snappedBytes;
  if (missing <= 0 || own.nextSequence === null || connection.guards.midStream) return 0;
  const acknowledged = connection[OPPOSITE[side]].highestAcknowledged;
  // Behind what is acknowledged stand the holes and what was seen behind them.
  return acknowledged !== null && own.nextSequence - acknowledged > missing ? missing : 0;
}

/**
 * Repetitions that are time-outs: so many, over so long. Each waits twice as long as the one before (RFC 6298 §5.5),
 * 0.2, 0.4 and 0.8 s at least; copies within milliseconds are none.
 */
export const MIN_TIMES = 3;
export const MIN_REPEATED_NS = 500_000_000;

/** A request that was sent again and again, and that nobody acknowledged. */
export interface Undelivered {
  readonly request: RequestMessage;
  /** The first of its connection. */
  readonly isFirst: boolean;
  /** How often it was sent again. */
  readonly times: number;
  /** Its first repetition, and its last. */
  readonly first: Moment;
  readonly last: Moment;
  /** How often the server sent its SYN-ACK again: not even the ACK of the handshake had come to it, or it had no room for the connection. */
  readonly waitsForAck: number;
  /** The ICMP error that came back for it; `null`: none was captured. */
  readonly refusal: (Moment & Pick<Unreachable, 'sender' | 'type' | 'code'>) | null;
}

/**
 * The request of an HTTP/1 connection that was swallowed on its way, or by its server's host; `null`: none was,
 * it cannot be told, or another rule's signature tells more: too large a segment (mtu-blackhole), a connection
 * that was forgotten while it was idle (idle-drop).
 */
export function undeliveredRequestOf(connection: Connection): Undelivered | null {
  const { client, server, goesOn, handshake, exchanges, idlePeriods, close } = connection;
  const { repeated } = client;
  if (repeated === null || repeated.acknowledged || goesOn || repeated.times < MIN_TIMES) return null;
  if (repeated.longest >= LARGE_SEGMENT || repeated.lastNs - repeated.firstNs < MIN_REPEATED_NS) return null;
  const exchange = exchanges.find(({ response }) => response === null);
  if (exchange?.request == null || exchange.interim.length > 0 || repeated.firstNs < exchange.request.startNs)
    return null;
  if (silenceIsUnsayable(connection, { deltaSequence: 0 }) !== null) return null;
  // Whatever the server says afterwards, it says without it; a reset says more (rst-after-request).
  if ((server.lastPayloadNs ?? 0) > repeated.firstNs || close.segments.some(({ kind }) => kind === 'rst')) return null;
  const { request, index } = exchange;
  if (idlePeriods.some(({ startNs, durationNs }) => isPauseBefore(startNs, durationNs, request.startNs))) return null;
  const error = connection.unreachables.find(
    ({ quoted, mtu, atNs }) => quoted === 'client' && mtu === null && atNs >= request.startNs,
  );
  return {
    ...{ request, isFirst: index === 0, times: repeated.times, waitsForAck: handshake.synAckRetransmissions },
    first: { packet: repeated.firstPacket, atNs: repeated.firstNs },
    last: { packet: repeated.lastPacket, atNs: repeated.lastNs },
    refusal: error ?? null,
  };
}

/** Whether a pause in which a device forgets a connection ended with what began at this time. */
function isPauseBefore(startNs: number, durationNs: number, atNs: number): boolean {
  return (
    durationNs >= SHORTEST_WAY_TIMER_NS && startNs + durationNs <= atNs && startNs + durationNs + MIN_REPEATED_NS > atNs
  );
}
