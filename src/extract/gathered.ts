/** Bytes of one direction put together from the pieces they came in, which know where each came from. */
export class Gathered {
  private readonly pieces: Uint8Array[] = [];
  length = 0;

  constructor(
    /** Offset in the direction of the first byte. */
    readonly offset: number,
  ) {}

  add(bytes: Uint8Array): void {
    this.pieces.push(Uint8Array.prototype.slice.call(bytes));
    this.length += bytes.length;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }
}
