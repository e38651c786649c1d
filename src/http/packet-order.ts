import { CAPTURE_STRIDE, type PacketReference } from '../facts/packet-reference.js';

/**
 * Was packet A captured before packet B? By number within one capture, where a clock may step; by
 * time between captures, which is how they are put in one order.
 */
export function isEarlier(packetA: PacketReference, atA: number, packetB: PacketReference, atB: number): boolean {
  const apart = packetA - packetB;
  // Packet numbers stay far below half a stride, so that this tells one capture from two.
  if (apart > -CAPTURE_STRIDE / 2 && apart < CAPTURE_STRIDE / 2) return apart < 0;
  return atA < atB;
}
