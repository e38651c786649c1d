import { dataViewOf } from '../bytes/data-view.js';

/** Bytes of a body that its digest is made of: the head of a page, enough to tell pages apart together with their length. */
export const MAX_DIGESTED = 2048;

/** FNV-1a, 32 bits; a word at a time. */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * Tells one body from another: the first {@link MAX_DIGESTED} bytes of it in 32 bits. Nothing of the
 * body can be had back from it, and it is the same however the bytes come in pieces.
 */
export class BodyDigest {
  private hash = OFFSET_BASIS | 0;
  private digested = 0;
  /** The bytes behind the last whole word of four. */
  private rest = 0;
  private isMissed = false;

  begin(): void {
    this.hash = OFFSET_BASIS | 0;
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
    let { hash } = this;
    for (; at + 4 <= stop; at += 4) hash = mixed(hash, data.getInt32(at, true));
    this.hash = hash;
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
    return (this.digested % 4 === 0 ? this.hash : mixed(this.hash, this.rest)) >>> 0;
  }

  private addByte(byte: number): void {
    this.rest |= byte << (8 * (this.digested % 4));
    this.digested += 1;
    if (this.digested % 4 !== 0) return;
    this.hash = mixed(this.hash, this.rest);
    this.rest = 0;
  }
}

/** Takes in a word. The multiplication carries only upwards: the shift lets the upper bytes tell as well. */
function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, PRIME);
  return product ^ (product >>> 15);
}
