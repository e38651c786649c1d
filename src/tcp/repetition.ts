/** How often one segment was retransmitted. */
import { NEVER } from './never.js';

/** See the head of this file. Reused for other segments and for the next connection. */
export class Repetition {
  /** The segment's offset; -1: no segment was retransmitted. */
  start = -1;
  /** Lengths of its last and of its longest retransmission, bytes. */
  length = 0;
  longest = 0;
  times = 0;
  firstPacket = -1;
  firstNs = NEVER;
  lastPacket = -1;
  lastNs = NEVER;

  reset(): void {
    this.start = -1;
    this.times = 0;
  }

  /** Counts a retransmission of the segment at `start`; the count starts anew where another segment was counted before. */
  add(start: number, length: number, packet: number, at: number): void {
    if (this.start !== start) {
      this.start = start;
      this.times = 0;
      this.longest = 0;
      this.firstPacket = packet;
      this.firstNs = at;
    }
    this.length = length;
    if (length > this.longest) this.longest = length;
    this.times += 1;
    this.lastPacket = packet;
    this.lastNs = at;
  }

  take(other: Repetition): void {
    this.start = other.start;
    this.length = other.length;
    this.longest = other.longest;
    this.times = other.times;
    this.firstPacket = other.firstPacket;
    this.firstNs = other.firstNs;
    this.lastPacket = other.lastPacket;
    this.lastNs = other.lastNs;
  }
}
