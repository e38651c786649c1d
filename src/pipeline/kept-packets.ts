/**
 * The packets of one conversation that are kept: all of them, or of a very long one its first, its
 * last, and those around the packets that somebody asked for. How many are left out is told where
 * they are missing.
 */
import type { PacketReference } from '../facts/packet-reference.js';

/** Packets kept from the beginning, and up to the end. Together some 2 MB; nobody reads on beyond. */
export const MAX_FIRST = 3000;
export const MAX_LAST = 1000;
/** Packets kept on either side of one asked for. */
export const CONTEXT = 20;

interface Entry<T> {
  readonly packet: PacketReference;
  readonly item: T;
  /** Left out directly before it. */
  omittedBefore: number;
  isWanted: boolean;
}

/** See the head of this file. */
export class KeptPackets<T> {
  count = 0;
  private readonly settled: Entry<T>[] = [];
  /** The last ones, of which it is not decided yet; those before `start` are. */
  private recent: Entry<T>[] = [];
  private start = 0;
  private omitted = 0;
  /** Packets to come that are kept for the one asked for before them. */
  private contextLeft = 0;

  /** @param dropped Told of each that is left out. */
  constructor(
    private readonly wanted: ReadonlySet<PacketReference>,
    private readonly dropped: (item: T) => void,
  ) {}

  add(packet: PacketReference, item: T): void {
    this.count += 1;
    const entry: Entry<T> = { packet, item, omittedBefore: 0, isWanted: this.contextLeft > 0 };
    this.contextLeft -= 1;
    if (this.settled.length < MAX_FIRST && this.recent.length === 0) {
      this.settled.push(entry);
      return;
    }
    this.recent.push(entry);
    if (this.wanted.has(packet)) {
      for (const near of this.recent.slice(-CONTEXT - 1)) near.isWanted = true;
      this.contextLeft = CONTEXT;
    }
    if (this.recent.length - this.start > MAX_LAST) this.settle();
  }

  /** What was kept, in order, with the number left out before each. */
  *entries(): Generator<readonly [T, number]> {
    for (const { item, omittedBefore } of this.settled) yield [item, omittedBefore];
    let { omitted } = this;
    for (const { item } of this.recent.slice(this.start)) {
      yield [item, omitted];
      omitted = 0;
    }
  }

  /** Decides about the oldest of the recent ones. */
  private settle(): void {
    const oldest = this.recent[this.start];
    this.start += 1;
    if (this.start > MAX_LAST) {
      this.recent = this.recent.slice(this.start);
      this.start = 0;
    }
    if (oldest === undefined) return;
    if (oldest.isWanted) {
      oldest.omittedBefore = this.omitted;
      this.omitted = 0;
      this.settled.push(oldest);
    } else {
      this.omitted += 1;
      this.dropped(oldest.item);
    }
  }
}
