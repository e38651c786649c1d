/**
 * The options of a pcapng block: code, length, value padded to 32 bits, up to opt_endofopt or the
 * block's end. draft-ietf-opsawg-pcapng §3.5.
 *
 * One cursor is reused for all blocks; a packet's options cost no object.
 */
export class OptionCursor {
  /** Of the option that `next` found: its code, and its value's place in the view. */
  code = 0;
  at = 0;
  length = 0;
  /** An option's length ran past the block; it and what follows were not read. */
  overrun = false;

  private view: DataView = new DataView(new ArrayBuffer(0));
  private little = true;
  private position = 0;
  private end = 0;

  /** Begins with the options in [start, end). */
  reset(view: DataView, start: number, end: number, little: boolean): void {
    this.view = view;
    this.little = little;
    this.position = start;
    this.end = end;
    this.overrun = false;
  }

  /** Goes on to the next option; `false` when there is none. */
  next(): boolean {
    const { position, view, little } = this;
    if (position + 4 > this.end) return false;
    const code = view.getUint16(position, little);
    if (code === END_OF_OPTIONS) return false;
    const length = view.getUint16(position + 2, little);
    if (position + 4 + length > this.end) {
      this.overrun = true;
      this.position = this.end;
      return false;
    }
    this.code = code;
    this.at = position + 4;
    this.length = length;
    this.position = this.at + padded(length);
    return true;
  }

  /** The value as an unsigned 64-bit figure, rounded to a double above 2^53. Its length must be 8. */
  uint64(): number {
    const high = this.view.getUint32(this.little ? this.at + 4 : this.at, this.little);
    const low = this.view.getUint32(this.little ? this.at : this.at + 4, this.little);
    return high * 2 ** 32 + low;
  }

  /** The value as UTF-8 text, without the NULs that some writers end it with. */
  text(): string {
    const bytes = new Uint8Array(this.view.buffer, this.view.byteOffset + this.at, this.length);
    return new TextDecoder().decode(bytes).replace(/\0+$/, '');
  }
}

const END_OF_OPTIONS = 0;

/** Lengths are padded to 32 bits. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}
