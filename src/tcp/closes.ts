/**
 * The FINs and RSTs of a connection, and what followed them: whether the other side's kernel received a FIN,
 * and whether the apparent sender of a FIN or RST kept sending.
 */
import { LIFE_AFTER_NS, MAX_CLOSE_SEGMENTS } from '../facts/close.js';
import type { Side } from '../facts/endpoint.js';
import type { SegmentView } from '../net/segment.js';
import type { CloseDraft } from './drafts.js';

/** The empty list of an open connection. All connections share it, so nothing is ever added to it. */
const NONE: CloseDraft[] = [];

/** See the head of this file. One for each connection object, reset for the next connection. */
export class Closes {
  /** The first {@link MAX_CLOSE_SEGMENTS} FINs and RSTs. */
  kept: CloseDraft[] = NONE;
  count = 0;

  reset(): void {
    this.kept = NONE;
    this.count = 0;
  }

  /** Whether no further FIN or RST is kept. */
  get isFull(): boolean {
    return this.kept.length >= MAX_CLOSE_SEGMENTS;
  }

  /** Keeps a FIN or RST; not called when full. */
  add(draft: CloseDraft): void {
    const { kept } = this;
    // Most connections have two; an array that grows by `push` makes room for seventeen.
    if (kept.length === 0) this.kept = [draft];
    else if (kept.length === 1) this.kept = [kept[0], draft];
    else kept.push(draft);
  }

  /** Replaces a draft with one from another capture of the same packet that shows more. */
  replace(draft: CloseDraft, by: CloseDraft): void {
    this.kept[this.kept.indexOf(draft)] = by;
  }

  /** The other side acknowledged everything from `from` up to `offset`: its kernel has the FINs below it. */
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

  /** `from` sends on after a FIN or RST in its name; captured at the same point as the last of these. */
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
