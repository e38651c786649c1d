import { dataViewOf } from '../bytes/data-view.js';

/** Bytes of a body that its digest is made of: the head of a page, enough to tell pages apart together with their length. */
export const MAX_DIGESTED = 2048;

/** Of FNV-1a, 32 bits: here a word at a time. */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
/** Bytes that the four lanes take together. */
const STEP_BYTES = 16;

/**
 * Tells one body from another: the first {@link MAX_DIGESTED} bytes of it in 32 bits. Nothing of the
 * body can be had back from it, and it is the same however the bytes come in pieces.
 *
 * Words go to four lanes in turn: in one, each would have to wait for the multiplication before it.
 */
export class BodyDigest {
  /** The lanes, the one that is next before the others. */
  private one = OFFSET_BASIS | 0;
  private two = OFFSET_BASIS | 0;
  private three = OFFSET_BASIS | 0;
  private four = OFFSET_BASIS | 0;
  private digested = 0;
  /** The bytes behind the last whole word of four. */
  private rest = 0;
  private isMissed = false;

  begin(): void {
    this.one = this.two = this.three = this.four = OFFSET_BASIS | 0;
    this.digested = 0;
    this.rest = 0;
    this.isMissed = false;
  }

  add(view: Uint8Array, start: number, end: number): void {
    if (this.digested >= MAX_DIGESTED) return;
    const stop = Math.min(end, start + MAX_DIGESTED - this.digested);
    let at = start;
    while (at < stop && this.digested % 4 !== 0) this.addByte(view[at++] ?? 0);
    const data = dataViewOf(view);
    const from = at;
    let { one, two, three, four } = this;
    for (; at + STEP_BYTES <= stop; at += STEP_BYTES) {
      one = mixed(one, data.getInt32(at, true));
      two = mixed(two, data.getInt32(at + 4, true));
      three = mixed(three, data.getInt32(at + 8, true));
      four = mixed(four, data.getInt32(at + 12, true));
    }
    this.one = one;
    this.two = two;
    this.three = three;
    this.four = four;
    this.digested += at - from;
    while (at < stop) this.addByte(view[at++] ?? 0);
  }

  /** Bytes of the body are not in the capture. */
  miss(): void {
    if (this.digested < MAX_DIGESTED) this.isMissed = true;
  }

  /** `null`: there was no body, or bytes that matter were missed. */
  get value(): number | null {
    if (this.digested === 0 || this.isMissed) return null;
    const { one, two, three, four, rest } = this;
    const hash = mixed(mixed(mixed(one, two), three), four);
    return (this.digested % 4 === 0 ? hash : mixed(hash, rest)) >>> 0;
  }

  private addByte(byte: number): void {
    this.rest |= byte << (8 * (this.digested % 4));
    this.digested += 1;
    if (this.digested % 4 !== 0) return;
    const taken = mixed(this.one, this.rest);
    this.one = this.two;
    this.two = this.three;
    this.three = this.four;
    this.four = taken;
    this.rest = 0;
  }
}

/** Takes in a word. The multiplication carries only upwards: the shift lets the upper bytes tell as well. */
function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, PRIME);
  return product ^ (product >>> 15);
}
