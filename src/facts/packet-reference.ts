/**
 * Which packet of which capture: one number, so that the per-packet path carries no objects.
 *
 * The capture's index stands above bit 40, the packet's number (`frame.number`, 1-based within
 * its capture) below it. In a run over one capture the reference *is* the packet number. A double
 * holds 53 bits exactly, so this allows 8,192 captures of a trillion packets each.
 */
export type PacketReference = number;

/** Distance between the references of equal packet numbers in neighbouring captures. */
export const CAPTURE_STRIDE = 2 ** 40;

/** The 0-based index of the capture that holds the packet. */
export function captureIndexOf(reference: PacketReference): number {
  return Math.floor(reference / CAPTURE_STRIDE);
}

/** Whether two packets are of one capture. */
export function isSameCapture(one: PacketReference, other: PacketReference): boolean {
  // Asked for each packet; in a run over one capture without a division.
  if (one < CAPTURE_STRIDE && other < CAPTURE_STRIDE) return true;
  return captureIndexOf(one) === captureIndexOf(other);
}

/** The packet's number in its capture: Wireshark's `frame.number`, 1-based. */
export function packetNumberOf(reference: PacketReference): number {
  return reference % CAPTURE_STRIDE;
}
