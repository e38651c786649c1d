import type { ConversationDetail, PacketDetail } from '../../facts/packet-detail.js';
import { isSameCapture } from '../../facts/packet-reference.js';

/** A connection of a ladder, between two of its lifelines: indices of them. */
export interface Leg {
  readonly detail: ConversationDetail;
  readonly client: number;
  readonly server: number;
}

/** A packet, and whose it is. */
export interface LegPacket {
  readonly packet: PacketDetail;
  readonly leg: Leg;
}

/** Both legs' packets in one order: by number in one capture, else by time; each leg keeps its own. */
export function inOrder([one = [], other = []]: readonly (readonly LegPacket[])[]): readonly LegPacket[] {
  if (other.length === 0) return one;
  const merged: LegPacket[] = [];
  let at = 0;
  for (const next of other) {
    for (; at < one.length; at += 1) {
      const before = one[at];
      if (before === undefined || !isEarlier(before.packet, next.packet)) break;
      merged.push(before);
    }
    merged.push(next);
  }
  return [...merged, ...one.slice(at)];
}

function isEarlier(one: PacketDetail, other: PacketDetail): boolean {
  return isSameCapture(one.packet, other.packet) ? one.packet < other.packet : one.atNs < other.atNs;
}
