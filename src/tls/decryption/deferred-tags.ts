/**
 * Tags of a run's records that are checked later, many at once (deferred-gcm.ts). Where one of them is
 * wrong, what was told since may be wrong too: who reads with this must be able to read again without it.
 *
 * Each set of keys hashes its own records. They are gathered in one place for all, where those in hand
 * have it to themselves: records of one direction often come one after the other.
 */

/** Room for what is to be hashed: the longest record and a few blocks. */
const ROOM_BYTES = 20_480;
/** Sets of keys whose tags wait at a time: each holds some 6 KB, and what node:crypto has for two ciphers. */
export const MAX_WAITING = 1024;
/** Records of other keys after which a set of keys makes room for another. */
const IDLE_RECORDS = 65_536;

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
  /** The place where records are gathered: bytes, and the same as words. */
  readonly words = new Int32Array(ROOM_BYTES / 4);
  readonly bytes = new Uint8Array(this.words.buffer);
  private inHand: RecordHash | null = null;
  private gatheredWords = 0;
  private records = 0;
  /** Keys with tags to check, and the number of records when they last had one. */
  private readonly waiting = new Map<RecordHash, number>();

  /** Whether these keys may leave a tag to be checked later: not where too many do. */
  admits(keys: RecordHash): boolean {
    if (this.inHand === keys || this.waiting.has(keys)) return true;
    if (this.waiting.size >= MAX_WAITING && !this.makesRoom()) return false;
    this.waiting.set(keys, this.records);
    return true;
  }

  /**
   * Where, as an index of a word, these keys may write so many bytes next. Nothing else may happen here until they
   * are kept; without that they are written over.
   */
  roomFor(keys: RecordHash, bytes: number): number {
    if (this.inHand !== keys || this.gatheredWords * 4 + bytes > ROOM_BYTES) {
      this.hashGathered();
      if (this.inHand !== null && this.waiting.has(this.inHand)) this.waiting.set(this.inHand, this.records);
      this.inHand = keys;
    }
    return this.gatheredWords;
  }

  /** What was written there up to this word is a record of the keys in hand. */
  keep(end: number): void {
    this.gatheredWords = end;
    this.records += 1;
  }

  /** Checks the tags of these keys. */
  check(keys: RecordHash): void {
    if (!this.waiting.delete(keys)) return;
    if (this.inHand === keys) {
      this.hashGathered();
      this.inHand = null;
    }
    if (!keys.isAuthentic()) this.hasFailed = true;
  }

  /** Checks all that is left. */
  checkAll(): void {
    for (const keys of [...this.waiting.keys()]) this.check(keys);
  }

  /** Checks the keys that have waited for longest, if nothing came under them for long; else their turn comes later. */
  private makesRoom(): boolean {
    for (const [keys, last] of this.waiting) {
      if (this.records - last > IDLE_RECORDS) this.check(keys);
      else {
        this.waiting.delete(keys);
        this.waiting.set(keys, last);
      }
      break;
    }
    return this.waiting.size < MAX_WAITING;
  }

  private hashGathered(): void {
    if (this.gatheredWords > 0) this.inHand?.hash(this.bytes.subarray(0, this.gatheredWords * 4));
    this.gatheredWords = 0;
  }
}
