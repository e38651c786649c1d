import { dataViewOf } from '../bytes/data-view.js';

/** Bytes of a body that its digest is made of: the head of a page, enough to tell pages apart together with their length. */
export const MAX_DIGESTED = 2048;

/** FNV-1a, 32 bits; a word at a time. */
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
  private readonly lanes = new Int32Array(STEP_BYTES / 4);
  private digested = 0;
  /** The bytes behind the last whole word of four. */
  private rest = 0;
  private isMissed = false;

  constructor() {
    this.begin();
  }

  begin(): void {
    this.lanes.fill(OFFSET_BASIS);
    this.digested = 0;
    this.rest = 0;
    this.isMissed = false;
  }

  add(view: Uint8Array, start: number, end: number): void {
    if (this.digested >= MAX_DIGESTED) return;
    const stop = Math.min(end, start + MAX_DIGESTED - this.digested);
    let at = start;
    while (at < stop && this.digested % STEP_BYTES !== 0) this.addByte(view[at++] ?? 0);
    const data = dataViewOf(view);
    const from = at;
    const { lanes } = this;
    let one = lanes[0] ?? 0;
    let two = lanes[1] ?? 0;
    let three = lanes[2] ?? 0;
    let four = lanes[3] ?? 0;
    for (; at + STEP_BYTES <= stop; at += STEP_BYTES) {
      one = mixed(one, data.getInt32(at, true));
      two = mixed(two, data.getInt32(at + 4, true));
      three = mixed(three, data.getInt32(at + 8, true));
      four = mixed(four, data.getInt32(at + 12, true));
    }
    lanes[0] = one;
    lanes[1] = two;
    lanes[2] = three;
    lanes[3] = four;
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
    let hash = this.digested % 4 === 0 ? OFFSET_BASIS : mixed(OFFSET_BASIS, this.rest);
    for (const lane of this.lanes) hash = mixed(hash, lane);
    return hash >>> 0;
  }

  private addByte(byte: number): void {
    const { digested, lanes } = this;
    this.rest |= byte << (8 * (digested % 4));
    this.digested = digested + 1;
    if (this.digested % 4 !== 0) return;
    const lane = (digested % STEP_BYTES) >>> 2;
    lanes[lane] = mixed(lanes[lane] ?? 0, this.rest);
    this.rest = 0;
  }
}

/** Takes in a word. The multiplication carries only upwards: the shift lets the upper bytes tell as well. */
function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, PRIME);
  return product ^ (product >>> 15);
}
