/**
 * Sequence numbers as they were on the wire, from what tcpdump prints: absolute ones in the first
 * packets of a connection, then (without -S) counted from there.
 */
import type { PrintedSegment } from './line.js';

/** A printed number this far and less above its base is taken for absolute; smaller ones than the base are relative. */
const NEAR = 2 ** 30;
/** A connection that nobody has seen the beginning of begins here. */
const UNSEEN_BASE = 1_000_000;

interface Direction {
  /** What relative numbers count from; `null`: nothing of it was seen. */
  base: number | null;
  /** Behind its last byte. */
  next: number;
}

/** See the head of this file. */
export class SequenceNumbers {
  private readonly directions = new Map<string, Direction>();

  /** The numbers that a segment had. */
  numbersOf(segment: PrintedSegment): { readonly sequence: number; readonly acknowledgement: number } {
    const { source, destination, flags, length } = segment;
    const [from, to] = [`${source.host} ${source.port}`, `${destination.host} ${destination.port}`];
    const mine = this.directionOf(`${from} ${to}`);
    const other = this.directionOf(`${to} ${from}`);
    const isSyn = (flags & 2) !== 0;
    if (isSyn && segment.sequence !== null) {
      // A new connection on these ports counts anew.
      mine.base = segment.sequence;
      if ((flags & 16) === 0) other.base = null;
    }
    // tcpdump counts from the first number that it sees, and the other side's from the first acknowledgement less one.
    if (mine.base === null && segment.sequence !== null && segment.sequence > UNSEEN_BASE) {
      mine.base = segment.sequence;
      mine.next = segment.sequence;
    }
    mine.base ??= UNSEEN_BASE;
    if (segment.acknowledgement !== null && other.base === null) {
      other.base = segment.acknowledgement > UNSEEN_BASE ? (segment.acknowledgement - 1) >>> 0 : UNSEEN_BASE;
      other.next = (other.base + 1) >>> 0;
    }
    if (mine.next === 0) mine.next = (mine.base + 1) >>> 0;
    const sequence = segment.sequence === null ? mine.next : absolute(segment.sequence, mine.base);
    const acknowledgement =
      segment.acknowledgement === null ? 0 : absolute(segment.acknowledgement, other.base ?? UNSEEN_BASE);
    const end = (sequence + length + (isSyn ? 1 : 0) + (flags & 1)) >>> 0;
    if (isSyn || ((end - mine.next) | 0) > 0) mine.next = end;
    return { sequence, acknowledgement };
  }

  private directionOf(key: string): Direction {
    let known = this.directions.get(key);
    if (known === undefined) {
      known = { base: null, next: 0 };
      this.directions.set(key, known);
    }
    return known;
  }
}

function absolute(printed: number, base: number): number {
  return printed >= base && printed - base < NEAR ? printed : (base + printed) >>> 0;
}
