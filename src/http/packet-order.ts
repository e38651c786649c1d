import { CLOCK_STEP_NS } from '../facts/capture.js';
import { CAPTURE_STRIDE, type PacketReference } from '../facts/packet-reference.js';

/**
 * Was packet A captured before packet B? By number within one capture, where a clock may step, unless
 * their times lie so little the other way that two queues of the capture overtook one another; by time
 * between captures, which is how they are put in one order.
 */
export function isEarlier(packetA: PacketReference, atA: number, packetB: PacketReference, atB: number): boolean {
  const apart = packetA - packetB;
  // Packet numbers stay far below half a stride, so that this tells one capture from two.
  if (apart <= -CAPTURE_STRIDE / 2 || apart >= CAPTURE_STRIDE / 2) return atA < atB;
  const overtakenNs = apart < 0 ? atA - atB : atB - atA;
  const isOvertaken = overtakenNs > 0 && overtakenNs <= CLOCK_STEP_NS;
  return apart < 0 !== isOvertaken;
}
