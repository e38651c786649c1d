/** When a side's receive window is closed, and its longest closure: see WindowClosure (facts/connection). RFC 9293 §3.8.6. */
import { NEVER } from './never.js';

/** See the head of this file. */
export class WindowClosures {
  /** Since when the window is closed, and by which packet; {@link NEVER}: it is open. */
  closedNs = NEVER;
  closedPacket = -1;
  /** The longest closure that ended; -1: there was none. */
  longestNs = -1;
  longestStartNs = NEVER;
  longestPacket = -1;
  longestOpenedBy = -1;

  reset(): void {
    this.closedNs = this.longestStartNs = NEVER;
    this.closedPacket = this.longestNs = this.longestPacket = this.longestOpenedBy = -1;
  }

  /** A packet announces a window of 0. Only the first of a closure counts. */
  close(packet: number, at: number): void {
    if (this.closedNs !== NEVER) return;
    this.closedNs = at;
    this.closedPacket = packet;
  }

  /** A packet opens the window again; not called while it is open. */
  open(packet: number, at: number): void {
    if (at - this.closedNs > this.longestNs) {
      this.longestNs = at - this.closedNs;
      this.longestStartNs = this.closedNs;
      this.longestPacket = this.closedPacket;
      this.longestOpenedBy = packet;
    }
    this.closedNs = NEVER;
  }
}
