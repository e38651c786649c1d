/**
 * Reads elements of DER one after the other and within one another. X.690 §8.1, §10.1.
 *
 * As with {@link Fields}, what does not fit makes it `broken`, which is asked once, at the end: from
 * there on nothing is left to read. What is within an element is told to be all of it by `leave`.
 */
export class DerReader {
  broken = false;

  constructor(
    readonly view: Uint8Array,
    public at: number,
    private readonly end: number,
  ) {}

  /** The tag of the element that comes next; -1: there is none. */
  get tag(): number {
    return this.at < this.end ? (this.view[this.at] ?? -1) : -1;
  }

  /** Moves to the content of an element of that tag and gives where it ends. A length is in its shortest form. */
  enter(tag: number): number {
    const { view } = this;
    if (this.tag !== tag || this.at + 2 > this.end) return this.refuse();
    const first = view[this.at + 1] ?? 0;
    const lengthBytes = first < 0x80 ? 0 : first - 0x80;
    const from = this.at + 2 + lengthBytes;
    if (first === 0x80 || lengthBytes > 2 || from > this.end) return this.refuse();
    let length = lengthBytes === 0 ? first : 0;
    for (let at = from - lengthBytes; at < from; at += 1) length = length * 256 + (view[at] ?? 0);
    if (from + length > this.end || (lengthBytes > 0 && length < (lengthBytes === 1 ? 0x80 : 0x100))) {
      return this.refuse();
    }
    this.at = from;
    return from + length;
  }

  /** What was entered has been read: it ends here. */
  leave(end: number): void {
    if (this.at !== end) this.refuse();
  }

  /** Moves past an element of that tag; gives its content's length. */
  skip(tag: number): number {
    const end = this.enter(tag);
    const length = end - this.at;
    this.at = end;
    return length;
  }

  /** It is not what is read here. */
  refuse(): number {
    this.broken = true;
    this.at = this.end;
    return this.end;
  }
}
