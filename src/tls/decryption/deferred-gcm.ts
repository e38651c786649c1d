/**
 * Records under AES-GCM, opened at once and checked later, all in one: for each record by itself
 * node:crypto costs three times as much.
 *
 * GHASH goes over blocks: Y = (Y ^ X) * H for each block X (NIST SP 800-38D §6.4). At a record's end Y, hidden
 * by the cipher, is its tag. So what Y must be is known: where it is exclusive-ored with the next record's
 * first block, Y goes on as if that began with zero, and one hash over many records is right only if
 * each of them is. At the end Y itself is exclusive-ored with what it must be, which leaves zero. What
 * is hashed is, to node:crypto, additional data of an empty message, whose tag can be told beforehand.
 */
import { type CipherGCM, type CipherGCMTypes, createCipheriv } from 'node:crypto';
import type { BulkCipher } from '../cipher-suite.js';
import type { RecordBuffer } from '../record-buffers.js';
import { BLOCK_BYTES, BLOCK_WORDS, CAN_COUNT, CounterKeystream, swapped } from './counter-keystream.js';
import type { DeferredTags, RecordHash } from './deferred-tags.js';
import { type Block, lengthTimes } from './galois-multiplication.js';

/** The nonce of the empty message: any will do. */
const EMPTY_NONCE = new Uint8Array(12);
/** A block of zeros, and the empty message's first counter. NIST SP 800-38D §7.1. */
const FIRST_BLOCKS = Uint8Array.of(...new Array<number>(31).fill(0), 1);

/** See the head of this file. */
export class DeferredGcm implements RecordHash {
  /** Made with the first record, and let go with a check: what follows may be long in coming. */
  private keystream: CounterKeystream | null = null;
  private hasher: CipherGCM | null = null;
  private hashedBytes = 0;
  /** What GHASH must be behind the last record. */
  private readonly expected = new Int32Array(BLOCK_WORDS);
  /** Of the record in hand. */
  private contentAt = 0;
  private contentBytes = 0;
  private readonly additional = new Int32Array(BLOCK_WORDS);
  private readonly additionalBytes = new Uint8Array(this.additional.buffer);

  constructor(
    private readonly cipher: BulkCipher,
    private readonly key: Uint8Array,
    private readonly tags: DeferredTags,
  ) {}

  /** Whether records of this cipher can be opened so. */
  static opens({ algorithm }: BulkCipher): boolean {
    return CAN_COUNT && algorithm.startsWith('aes-') && algorithm.endsWith('-gcm');
  }

  /**
   * Decrypts [from, to) of `view` into a buffer with room for as much. Nothing comes of it unless the
   * record is accepted, before any other is decrypted under whatever keys.
   *
   * @param nonce, number See {@link CounterKeystream.seek}.
   */
  decrypt(nonce: Int32Array, number: number, view: Uint8Array, from: number, to: number, into: RecordBuffer): void {
    const { tags } = this;
    const keystream = this.stream();
    const length = to - from;
    const blocks = Math.ceil(length / BLOCK_BYTES);
    keystream.seek(nonce, number, blocks);
    // Before it, additional data; behind it, lengths.
    const start = tags.roomFor(this, (blocks + 2) * BLOCK_BYTES) + BLOCK_WORDS;
    const { words, bytes } = tags;
    bytes.set(view.subarray(from, to), start * 4);
    bytes.fill(0, start * 4 + length, (start + blocks * BLOCK_WORDS) * 4);
    const stream = keystream.words;
    const streamAt = keystream.at + BLOCK_WORDS;
    const plain = into.words;
    const count = blocks * BLOCK_WORDS;
    for (let index = 0; index < count; index += 1) {
      plain[index] = (words[start + index] ?? 0) ^ (stream[streamAt + index] ?? 0);
    }
    this.contentAt = start;
    this.contentBytes = length;
  }

  /** The record just decrypted counts: its additional data (16 bytes at most), and where its tag begins in `view`. */
  accept(additional: Uint8Array, view: Uint8Array, tagAt: number): void {
    const { additionalBytes, additional: first, contentAt, contentBytes, expected, tags } = this;
    const keystream = this.stream();
    const { words } = tags;
    additionalBytes.fill(0);
    additionalBytes.set(additional);
    const { words: stream, at: streamAt } = keystream;
    for (let index = 0; index < BLOCK_WORDS; index += 1) {
      words[contentAt - BLOCK_WORDS + index] = (first[index] ?? 0) ^ (expected[index] ?? 0);
      expected[index] = wordAt(view, tagAt + 4 * index) ^ (stream[streamAt + index] ?? 0);
    }
    const end = contentAt + Math.ceil(contentBytes / BLOCK_BYTES) * BLOCK_WORDS;
    words[end] = 0;
    words[end + 1] = swapped(additional.length * 8);
    words[end + 2] = 0;
    words[end + 3] = swapped(contentBytes * 8);
    tags.keep(end + BLOCK_WORDS);
    keystream.release();
  }

  hash(blocks: Uint8Array): void {
    this.hasher ??= createCipheriv(this.cipher.algorithm as CipherGCMTypes, this.key, EMPTY_NONCE);
    this.hasher.setAAD(blocks);
    this.hashedBytes += blocks.length;
  }

  isAuthentic(): boolean {
    const { expected, hasher } = this;
    if (hasher === null) return true;
    hasher.setAAD(new Uint8Array(expected.buffer));
    hasher.final();
    const tag = hasher.getAuthTag();
    const known = this.stream().encrypted(FIRST_BLOCKS);
    const product = lengthTimes((this.hashedBytes + BLOCK_BYTES) * 8, blockIn(known));
    this.hasher = null;
    this.keystream = null;
    this.hashedBytes = 0;
    expected.fill(0);
    return product.every((word, index) => {
      const hidden = known.readUInt32BE(BLOCK_BYTES + 4 * index);
      return tag.readUInt32BE(4 * index) === (word ^ hidden) >>> 0;
    });
  }

  private stream(): CounterKeystream {
    this.keystream ??= new CounterKeystream(this.cipher.algorithm.replace('gcm', 'ecb'), this.key);
    return this.keystream;
  }
}

/** The first block of some bytes. */
function blockIn(bytes: Buffer): Block {
  return [bytes.readUInt32BE(0), bytes.readUInt32BE(4), bytes.readUInt32BE(8), bytes.readUInt32BE(12)];
}

/** Four bytes as this machine has a word in memory: little end first (CAN_COUNT). */
function wordAt(view: Uint8Array, at: number): number {
  return (view[at] ?? 0) | ((view[at + 1] ?? 0) << 8) | ((view[at + 2] ?? 0) << 16) | ((view[at + 3] ?? 0) << 24);
}
