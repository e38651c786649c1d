/**
 * Where a run stood in its captures every few ten thousand packets, so that any stretch of it can be
 * read again without all that came before.
 *
 * Each turn says for each capture where its next packet stands, or that it was not begun, or over.
 * All that came before a turn was handed out before all that came after it, whatever the captures'
 * clocks say: so a stretch begins at the last turn before its first packet.
 */
import { captureIndexOf, type PacketReference, packetNumberOf } from '../facts/packet-reference.js';
import type { LanePlace } from './place.js';

/** See the head of this file. */
export class CaptureIndex {
  private readonly turns: (readonly LanePlace[])[] = [];

  /** Takes down where the captures stand: by `captureIndex`. */
  note(places: readonly LanePlace[]): void {
    this.turns.push(places);
  }

  /** Where each capture is to be read from so that none of the packets is missed; `unread`: from its beginning, `done`: not at all. One that is not named: from its beginning. */
  placesFor(first: readonly PacketReference[], last: readonly PacketReference[]): readonly LanePlace[] {
    const begin = this.turns.findLast((places) => !first.some((packet) => isPast(places, packet))) ?? [];
    const end = this.turns.find((places) => last.every((packet) => isPast(places, packet)));
    if (end === undefined) return begin;
    return end.map((place, index) => (place === 'unread' ? 'done' : (begin[index] ?? 'unread')));
  }
}

/** Whether a packet had been handed out at a turn, for certain: the one that stands next may have been. */
function isPast(places: readonly LanePlace[], packet: PacketReference): boolean {
  const place = places[captureIndexOf(packet)] ?? 'unread';
  if (place === 'unread') return false;
  return place === 'done' || place.number > packetNumberOf(packet);
}
