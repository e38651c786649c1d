/**
 * What is to become of the bytes of one direction: kept, made unreadable, or put in place of others.
 *
 * By offset in the direction (the first byte of data at 1, as relative sequence numbers count), so
 * that a byte sent twice is treated alike both times. Bytes that nobody said anything of are made
 * unreadable: what was not understood is not let out.
 */

/** What stands for bytes made unreadable. */
export const FILL = 0x78;

interface Range {
  readonly from: number;
  to: number;
  /** `null`: kept as they are; else what stands for them, or nothing: {@link FILL}. */
  readonly bytes: Uint8Array | 'fill' | null;
}

/** See the head of this file. Ranges are told without overlap, nearly always in ascending order. */
export class Edits {
  private readonly ranges: Range[] = [];

  /** [from, to) stays. */
  keep(from: number, to: number): void {
    const last = this.ranges.at(-1);
    if (last !== undefined && last.bytes === null && last.to === from) last.to = to;
    else if (to > from) this.add({ from, to, bytes: null });
  }

  /** [from, to) is made unreadable. */
  fill(from: number, to: number): void {
    const last = this.ranges.at(-1);
    if (last !== undefined && last.bytes === 'fill' && last.to === from) last.to = to;
    else if (to > from) this.add({ from, to, bytes: 'fill' });
  }

  /** `bytes` stand from there on. */
  replace(from: number, bytes: Uint8Array): void {
    if (bytes.length > 0) this.add({ from, to: from + bytes.length, bytes });
  }

  /** Edits payload that stands from offset `from` on, in place. */
  apply(payload: Uint8Array, from: number): void {
    const to = from + payload.length;
    let at = from;
    for (let index = this.firstBehind(from); at < to; index += 1) {
      const range = this.ranges[index];
      if (range === undefined || range.from >= to) break;
      if (range.from > at) payload.fill(FILL, at - from, range.from - from);
      const [start, end] = [Math.max(at, range.from), Math.min(to, range.to)];
      if (range.bytes === 'fill') payload.fill(FILL, start - from, end - from);
      else if (range.bytes !== null) {
        payload.set(range.bytes.subarray(start - range.from, end - range.from), start - from);
      }
      at = end;
    }
    if (at < to) payload.fill(FILL, at - from, to - from);
  }

  /** What is known only later (a message over two records) goes between what was told meanwhile. */
  private add(range: Range): void {
    let index = this.ranges.length;
    while (index > 0 && (this.ranges[index - 1]?.from ?? 0) > range.from) index -= 1;
    if (index === this.ranges.length) this.ranges.push(range);
    else this.ranges.splice(index, 0, range);
  }

  /** The first range that ends behind an offset. */
  private firstBehind(offset: number): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ranges[middle]?.to ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
