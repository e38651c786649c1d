/**
 * The FINs and RSTs of a connection, and what came of them: whether the other side's kernel has a FIN, and
 * whether the side in whose name one was sent goes on.
 */
import { LIFE_AFTER_NS, MAX_CLOSE_SEGMENTS } from '../facts/close.js';
import type { Side } from '../facts/endpoint.js';
import type { SegmentView } from '../net/segment.js';
import type { CloseDraft } from './drafts.js';

/** What a connection has while it is open; shared by all, so nothing is ever added to it. */
const NONE: CloseDraft[] = [];

/** See the head of this file. One for each connection, begun anew with the next. */
export class Closes {
  /** The first {@link MAX_CLOSE_SEGMENTS}. */
  kept: CloseDraft[] = NONE;
  count = 0;

  reset(): void {
    this.kept = NONE;
    this.count = 0;
  }

  /** No more are kept. */
  get isFull(): boolean {
    return this.kept.length >= MAX_CLOSE_SEGMENTS;
  }

  /** Keeps one; not called when full. */
  add(draft: CloseDraft): void {
    const { kept } = this;
    // Two are the rule; an array that grows makes room for seventeen.
    if (kept.length === 0) this.kept = [draft];
    else if (kept.length === 1) this.kept = [kept[0], draft];
    else kept.push(draft);
  }

  /** Another capture of a packet tells more of it. */
  replace(draft: CloseDraft, by: CloseDraft): void {
    this.kept[this.kept.indexOf(draft)] = by;
  }

  /** An acknowledgement of the other side's covers the FINs of `from` up to an offset: its kernel has them. */
  acknowledged(from: Side, offset: number, { packet, atNs }: SegmentView): void {
    const { kept } = this;
    for (let at = 0; at < kept.length; at += 1) {
      const close = kept[at];
      if (
        close.kind === 'fin' &&
        close.from === from &&
        close.acknowledgedPacket === null &&
        offset > close.sequence + close.payloadLength
      ) {
        close.acknowledgedPacket = packet;
        close.acknowledgedNs = atNs;
      }
    }
  }

  /** `from` goes on after a FIN or RST in its name, captured where its last one was. */
  lifeAfter(from: Side, { packet, atNs }: SegmentView): void {
    const { kept } = this;
    for (let at = 0; at < kept.length; at += 1) {
      const close = kept[at];
      if (close.from === from && close.lifeAfter === null && atNs - close.atNs > LIFE_AFTER_NS) {
        close.lifeAfter = packet;
        close.lifeAfterNs = atNs;
      }
    }
  }
}
