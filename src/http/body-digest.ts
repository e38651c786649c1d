/** Bytes of a body that its digest is made of: the head of a page, enough to tell pages apart together with their length. */
export const MAX_DIGESTED = 4096;

/** FNV-1a, 32 bits. */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * Tells one body from another: the first {@link MAX_DIGESTED} bytes of it in 32 bits. Nothing of the
 * body can be had back from it, and it is the same however the bytes come in pieces.
 */
export class BodyDigest {
  private hash = OFFSET_BASIS | 0;
  private digested = 0;
  private isMissed = false;

  begin(): void {
    this.hash = OFFSET_BASIS | 0;
    this.digested = 0;
    this.isMissed = false;
  }

  add(view: Uint8Array, start: number, end: number): void {
    if (this.digested >= MAX_DIGESTED) return;
    const stop = Math.min(end, start + MAX_DIGESTED - this.digested);
    let { hash } = this;
    for (let at = start; at < stop; at += 1) hash = Math.imul(hash ^ (view[at] ?? 0), PRIME);
    this.hash = hash;
    this.digested += stop - start;
  }

  /** Bytes of the body are not in the capture. */
  miss(): void {
    if (this.digested < MAX_DIGESTED) this.isMissed = true;
  }

  /** `null`: there was no body, or bytes that matter were missed. */
  get value(): number | null {
    return this.digested === 0 || this.isMissed ? null : this.hash >>> 0;
  }
}
