import { dataViewOf, latin1 } from '../bytes/data-view.js';

/**
 * Reads the fields of a handshake message one after the other. RFC 8446 §3.
 *
 * A field that does not fit what is left makes it `broken`: from there on every number reads as 0
 * and every vector as empty, so a parser checks once, at its end, and nothing runs over.
 */
export class Fields {
  broken = false;
  private readonly data: DataView;

  constructor(
    readonly view: Uint8Array,
    public at: number,
    public end: number,
  ) {
    this.data = dataViewOf(view);
  }

  get left(): number {
    return this.end - this.at;
  }

  /** Moves past `length` bytes and gives where they began. */
  skip(length: number): number {
    const from = this.at;
    if (length > this.left) return this.breakOff();
    this.at += length;
    return from;
  }

  uint8(): number {
    return this.left < 1 ? this.breakOff() : this.data.getUint8(this.skip(1));
  }

  uint16(): number {
    return this.left < 2 ? this.breakOff() : this.data.getUint16(this.skip(2));
  }

  uint24(): number {
    return this.left < 3 ? this.breakOff() : this.uint8() * 65_536 + this.uint16();
  }

  /** A vector whose length stands before it, in 1, 2 or 3 bytes. */
  vector(lengthBytes: 1 | 2 | 3): Fields {
    const length = lengthBytes === 1 ? this.uint8() : lengthBytes === 2 ? this.uint16() : this.uint24();
    if (length > this.left) this.breakOff();
    const end = this.broken ? this.at : this.at + length;
    const fields = new Fields(this.view, this.at, end);
    this.at = end;
    return fields;
  }

  /** What is left, as text, one character for each byte. */
  text(): string {
    return latin1(this.view, this.at, this.end);
  }

  private breakOff(): 0 {
    this.broken = true;
    this.at = this.end;
    return 0;
  }
}
