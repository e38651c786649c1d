/** How often one segment was sent again. */
import { NEVER } from './never.js';

/** See the head of this file. Reused for other segments, and by the next connection. */
export class Repetition {
  /** Its offset; -1: no segment was sent again. */
  start = -1;
  /** Of its last repetition, and of the longest. */
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

  /** The segment at `start` is sent again: once more, or the first time where another one was counted. */
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
