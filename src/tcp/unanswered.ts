/**
 * The segments of one side that the other has not answered yet. A genuine reset may answer one of
 * them: a kernel that resets statelessly copies the reset's sequence number from the acknowledgement
 * of the segment it answers (RFC 9293 §3.5.2).
 *
 * Segments with the same acknowledgement form one group. A burst from the other side draws as many
 * different ACKs before any of them is answered. Beyond {@link MAX_GROUPS}, the earliest group is
 * forgotten; a reset that matches no group then proves nothing.
 */

/** Groups remembered: an initial window of ten segments and some. RFC 6928. */
export const MAX_GROUPS = 16;

/** Numbers per group: acknowledgement, offset after its last byte, packet. */
const WIDTH = 3;

/** The segments of one direction that no acknowledgement has answered; see the head of this file. */
export class Unanswered {
  /** Whether an unanswered group was forgotten. */
  overflowed = false;
  /** The groups side by side, the earliest first. Grows as the connection needs. */
  private readonly groups: number[] = [];
  private count = 0;

  /** A segment was sent, with its acknowledgement and the offset after its last byte. */
  add(acknowledgement: number, end: number, packet: number): void {
    const { groups } = this;
    let at = (this.count - 1) * WIDTH;
    if (this.count === 0 || groups[at] !== acknowledgement) {
      if (this.count === MAX_GROUPS) {
        groups.copyWithin(0, WIDTH, this.count * WIDTH);
        this.overflowed = true;
        this.count -= 1;
      }
      at = this.count * WIDTH;
      this.count += 1;
    }
    groups[at] = acknowledgement;
    groups[at + 1] = end;
    groups[at + 2] = packet;
  }

  /** The other side sent a segment, not a reset, that acknowledges everything before `offset`. */
  answered(offset: number): void {
    const { groups } = this;
    let left = 0;
    for (let at = 0; at < this.count * WIDTH; at += WIDTH) {
      if (groups[at + 1] <= offset) continue;
      groups[left] = groups[at];
      groups[left + 1] = groups[at + 1];
      groups[left + 2] = groups[at + 2];
      left += WIDTH;
    }
    this.count = left / WIDTH;
    if (left === 0) this.overflowed = false;
  }

  /** The packet of an unanswered segment whose acknowledgement is `offset`; -1: there is none. */
  packetWith(offset: number): number {
    if (offset < 0) return -1;
    for (let at = (this.count - 1) * WIDTH; at >= 0; at -= WIDTH)
      if (this.groups[at] === offset) return this.groups[at + 2];
    return -1;
  }

  reset(): void {
    this.count = 0;
    this.overflowed = false;
  }
}
