/**
 * Values in the Huffman code that came before: the same bytes are not decoded again, nor made a field of.
 * A server writes most of its fields anew in each answer (a date, a type, a length), since few have a table.
 */
import { ByteCache, MAX_CACHED_BYTES } from '../../bytes/byte-cache.js';
import type { Field } from '../../facts/field.js';
import { decodeHuffman } from './huffman.js';
import type { Vocabulary } from './vocabulary.js';

/** A value as it was decoded. */
export interface HuffmanValue {
  /** Bytes that it decodes to; -1: it is malformed. */
  readonly length: number;
  /** The field with it; `null` where the name is not kept, and where it is malformed. */
  readonly field: Field | null;
}

/** Room for the longest value that is remembered: no code is shorter than five bits. RFC 7541 appendix B. */
const scratch = new Uint8Array(Math.ceil((MAX_CACHED_BYTES * 8) / 5));

/** See the head of this file. */
export class HuffmanValues {
  private readonly cache: ByteCache<HuffmanValue>;

  constructor(vocabulary: Vocabulary) {
    this.cache = new ByteCache((kind, view, start, end) => {
      const length = decodeHuffman(view, start, end, scratch);
      const field = length < 0 || kind === 0 ? null : vocabulary.field(kind - 1, scratch, 0, length, false);
      return { length, field };
    });
  }

  /**
   * The value whose code is [start, end), {@link MAX_CACHED_BYTES} at most.
   *
   * @param name Its index in the vocabulary; negative: not kept.
   */
  get(name: number, view: Uint8Array, start: number, end: number): HuffmanValue {
    return this.cache.get(Math.max(name, -1) + 1, view, start, end);
  }
}
