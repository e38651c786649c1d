/** Whether times of two packets can be held against each other: they are of one capture, or of captures whose clocks were compared. */
import type { CaptureFacts } from '../../facts/capture.js';
import { captureIndexOf, isSameCapture, type PacketReference } from '../../facts/packet-reference.js';

/** See the head of this file. */
export function isOneClock(one: PacketReference, other: PacketReference, captures: readonly CaptureFacts[]): boolean {
  if (isSameCapture(one, other)) return true;
  const [timedBy, otherTimedBy] = [one, other].map((packet) => captures[captureIndexOf(packet)]?.timedBy ?? null);
  return timedBy !== null && timedBy === otherTimedBy;
}
