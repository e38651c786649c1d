import { type SegmentEvidence, TCP_OPTION } from '../../facts/segment-evidence.js';
import { ACK } from '../../facts/tcp-flags.js';

const RST = 4;

/**
 * Who on a host writes such a reset (measured on Linux; RFC 9293 §3.5.2 gives A and A0 their fields).
 *
 * `A`: the kernel answers a segment for which it has no socket, or netfilter's REJECT does; bare,
 * window 0, no options. `A0`: the kernel answers a SYN to a closed port. `B`: a socket is aborted;
 * with ACK and the current window. `other`: another system, or another writer.
 */
export type ResetShape = 'A' | 'A0' | 'B' | 'other';

/** The shape of a reset. A window of 0 and missing options prove nothing by themselves: shape A has both. */
export function resetShapeOf(reset: SegmentEvidence): ResetShape {
  if ((reset.flags & RST) === 0) return 'other';
  if ((reset.flags & ACK) === 0) return reset.window === 0 && reset.options === 0 ? 'A' : 'other';
  if (reset.window > 0) return 'B';
  return reset.sequence <= 0 && reset.options === 0 ? 'A0' : 'other';
}

/**
 * The shape of a reset in a connection: a socket that is aborted sends what its connection has agreed on, timestamps
 * too (RFC 7323 §3.2; Linux). Without them it is another system's, or another writer's.
 */
export function resetShapeIn(reset: SegmentEvidence, timestampsNegotiated: boolean): ResetShape {
  const shape = resetShapeOf(reset);
  const lacksTimestamps = timestampsNegotiated && (reset.options & TCP_OPTION.timestamps) === 0;
  return shape === 'B' && lacksTimestamps ? 'other' : shape;
}
