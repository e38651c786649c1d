/**
 * Tags of a run's records that are checked later, many at once (deferred-gcm.ts). Where one of them is
 * wrong, what was told since may be wrong too: who reads with this must be able to read again without it.
 */
/** Room for what is to be hashed: the longest record and a few blocks. */
const ROOM_BYTES = 20_480;

/** One set of keys, whose records are hashed one after the other. */
export interface RecordHash {
  /** Goes on with these blocks, each of 16 bytes. */
  hash(blocks: Uint8Array): void;
  /** Ends the hash: whether all that was hashed since it was last asked is authentic. */
  isAuthentic(): boolean;
}

/** See the head of this file. */
export class DeferredTags {
  /** A tag was wrong. */
  hasFailed = false;
  /** What the keys in hand have not hashed yet. Records of one direction often come one after the other. */
  readonly words = new Int32Array(ROOM_BYTES / 4);
  readonly bytes = new Uint8Array(this.words.buffer);
  private owner: RecordHash | null = null;
  private used = 0;
  private readonly unchecked = new Set<RecordHash>();

  /** Where, as an index of a word, these keys may write so many bytes next. */
  roomFor(keys: RecordHash, bytes: number): number {
    if (this.owner !== keys || this.used * 4 + bytes > ROOM_BYTES) {
      this.hashed();
      if (this.owner !== keys) {
        this.owner = keys;
        this.unchecked.add(keys);
      }
    }
    return this.used;
  }

  /** What was written there up to this word is the keys' to hash. */
  keep(end: number): void {
    this.used = end;
  }

  /** Checks the tags of these keys. */
  check(keys: RecordHash): void {
    if (!this.unchecked.delete(keys)) return;
    if (this.owner === keys) {
      this.hashed();
      this.owner = null;
    }
    if (!keys.isAuthentic()) this.hasFailed = true;
  }

  /** Checks all that is left. */
  checkAll(): void {
    for (const keys of [...this.unchecked]) this.check(keys);
  }

  private hashed(): void {
    if (this.used > 0) this.owner?.hash(this.bytes.subarray(0, this.used * 4));
    this.used = 0;
  }
}
