/**
 * The key stream of AES-GCM, for several records in one call: what a call to node:crypto costs by itself
 * is a record of some kilobytes. NIST SP 800-38D §6.5 and §7.1.
 *
 * Nonces follow one another: in TLS 1.3 by the sequence number (RFC 8446 §5.3), in TLS 1.2 nearly always,
 * since senders count (RFC 5288 §3). So the stream of records to come is made with that of the one in
 * hand, each with room for the next power of two of blocks. A record with another nonce, or a longer
 * one, has its own made.
 */
import { type Cipher, createCipheriv } from 'node:crypto';
import { endianness } from 'node:os';

export const BLOCK_BYTES = 16;
export const BLOCK_WORDS = 4;
/** Key stream made at once, in blocks: 4 KB, or a longer record's. */
const BLOCKS_AT_ONCE = 256;
/** Blocks of the longest record: 2^14 and 2048 bytes, and the one that hides the tag. RFC 5246 §6.2.3. */
const MAX_BLOCKS = (16_384 + 2048) / BLOCK_BYTES + 1;

/** Counters are written as words in the order of this machine's bytes, which must be the little end first. */
export const CAN_COUNT = endianness() === 'LE';

const counters = new Int32Array(MAX_BLOCKS * BLOCK_WORDS);
const counterBytes = new Uint8Array(counters.buffer);
const NOTHING = new Int32Array(0);

/** See the head of this file. */
export class CounterKeystream {
  /** The stream, in words as they lie in memory. */
  words = NOTHING;
  /** Index of the first word for the record in hand: a block that hides its tag, then the blocks of its content. */
  at = 0;
  private readonly cipher: Cipher;
  /** What was made: for so many records, of so many words each, the first of which has this number. */
  private madeRecords = 0;
  private wordsEach = 0;
  private firstNumber = 0;
  /** Of those, records that were asked for. */
  private taken = 0;
  /** Nonces without their numbers, as three words. */
  private readonly fixed = new Int32Array(3);

  /** @param algorithm The block cipher alone, as node:crypto names it: `aes-128-ecb`. */
  constructor(algorithm: string, key: Uint8Array) {
    this.cipher = createCipheriv(algorithm, key, null);
    this.cipher.setAutoPadding(false);
  }

  /** Whole blocks, encrypted. */
  encrypted(blocks: Uint8Array): Buffer {
    return this.cipher.update(blocks);
  }

  /**
   * Goes to the stream of a record.
   *
   * @param nonce Its three words as they lie in memory.
   * @param number What the last of them was exclusive-ored with, big end first; the next record's is expected to be
   *   one more.
   */
  seek(nonce: Int32Array, number: number, contentBlocks: number): void {
    const { fixed, taken } = this;
    const blocks = contentBlocks + 1;
    const last = (nonce[2] ?? 0) ^ swapped(number);
    if (
      taken < this.madeRecords &&
      blocks * BLOCK_WORDS <= this.wordsEach &&
      number === this.firstNumber + taken &&
      nonce[0] === fixed[0] &&
      nonce[1] === fixed[1] &&
      last === fixed[2]
    ) {
      this.at = taken * this.wordsEach;
      this.taken = taken + 1;
      return;
    }
    fixed[0] = nonce[0] ?? 0;
    fixed[1] = nonce[1] ?? 0;
    fixed[2] = last;
    const blocksEach = Math.min(MAX_BLOCKS, 1 << (32 - Math.clz32(blocks - 1)));
    this.firstNumber = number;
    this.wordsEach = blocksEach * BLOCK_WORDS;
    this.madeRecords = Math.max(1, Math.floor(BLOCKS_AT_ONCE / blocksEach));
    this.make(blocksEach);
    this.at = 0;
    this.taken = 1;
  }

  /** The record in hand is done with: what was the last that the stream was made for is not kept. */
  release(): void {
    if (this.taken === this.madeRecords) this.words = NOTHING;
  }

  private make(blocksEach: number): void {
    const { fixed, madeRecords } = this;
    const first = fixed[0] ?? 0;
    const second = fixed[1] ?? 0;
    let to = 0;
    for (let record = 0; record < madeRecords; record += 1) {
      const last = (fixed[2] ?? 0) ^ swapped(this.firstNumber + record);
      for (let block = 1; block <= blocksEach; block += 1) {
        counters[to] = first;
        counters[to + 1] = second;
        counters[to + 2] = last;
        counters[to + 3] = swapped(block);
        to += BLOCK_WORDS;
      }
    }
    const stream = this.cipher.update(counterBytes.subarray(0, to * 4));
    this.words = new Int32Array(stream.buffer, stream.byteOffset, to);
  }
}

/** A word whose bytes are in the other order. */
export function swapped(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
