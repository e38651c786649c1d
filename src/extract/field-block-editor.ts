/**
 * Field blocks of one direction with their literal values replaced at equal length. RFC 7541 §6.
 *
 * The names of the dynamic table are kept up, so that a field is known by its name wherever it
 * stands; its values need not be: whoever refers to one refers to what was put in its place.
 */
import { decodeHuffman, encodeHuffman } from '../http/hpack/huffman.js';
import { readInteger } from '../http/hpack/integer.js';
import { STATIC_ENTRIES, STATIC_NAMES } from '../http/hpack/static-table.js';

/** RFC 9113 §6.5.2: the size of the table before any setting. */
const DEFAULT_TABLE_BYTES = 4096;
/** RFC 7541 §4.1. */
const ENTRY_OVERHEAD = 32;

const INDEXED = 0x80;
const WITH_INDEXING = 0x40;
const SIZE_UPDATE = 0x20;
/** Of a literal that is not indexed. */
const NEVER_INDEXED = 0x10;

interface Literal {
  readonly text: string;
  readonly start: number;
  readonly next: number;
  readonly isHuffman: boolean;
}

/** See the head of this file. */
export class FieldBlockEditor {
  /** The newest first. */
  private table: { readonly name: string; readonly bytes: number }[] = [];
  private tableBytes = 0;
  private mostBytes = DEFAULT_TABLE_BYTES;

  /** The block with its values as `valueFor` gives them, each as long as before; `null`: it is none. */
  edited(block: Buffer, valueFor: (name: string, value: string, isNeverIndexed: boolean) => string): Buffer | null {
    const edited = Buffer.from(block);
    const integer = { value: 0, next: 0 };
    for (let at = 0; at < block.length; ) {
      const first = block[at] ?? 0;
      if ((first & INDEXED) !== 0) {
        if (!readInteger(block, at, block.length, 7, integer)) return null;
        at = integer.next;
        continue;
      }
      const isIndexing = (first & WITH_INDEXING) !== 0;
      if (!isIndexing && (first & SIZE_UPDATE) !== 0) {
        if (!readInteger(block, at, block.length, 5, integer)) return null;
        this.mostBytes = integer.value;
        this.evict();
        at = integer.next;
        continue;
      }
      if (!readInteger(block, at, block.length, isIndexing ? 6 : 4, integer)) return null;
      const index = integer.value;
      at = integer.next;
      let name = this.nameOf(index);
      if (index === 0) {
        const literal = literalAt(block, at);
        if (literal === null) return null;
        name = literal.text.toLowerCase();
        at = literal.next;
      }
      const value = literalAt(block, at);
      if (value === null) return null;
      const text = Buffer.from(valueFor(name, value.text, (first & NEVER_INDEXED) === NEVER_INDEXED), 'latin1');
      const bytes = value.isHuffman ? encodeHuffman(text) : text;
      if (bytes.length !== value.next - value.start) return null;
      edited.set(bytes, value.start);
      at = value.next;
      if (isIndexing) this.insert(name, value.text.length);
    }
    return edited;
  }

  private nameOf(index: number): string {
    return index <= STATIC_ENTRIES
      ? (STATIC_NAMES[index - 1] ?? '')
      : (this.table[index - STATIC_ENTRIES - 1]?.name ?? '');
  }

  private insert(name: string, valueLength: number): void {
    const bytes = name.length + valueLength + ENTRY_OVERHEAD;
    this.table.unshift({ name, bytes });
    this.tableBytes += bytes;
    this.evict();
  }

  private evict(): void {
    while (this.tableBytes > this.mostBytes) {
      const oldest = this.table.pop();
      if (oldest === undefined) return;
      this.tableBytes -= oldest.bytes;
    }
  }
}

/** A string literal. RFC 7541 §5.2. */
function literalAt(block: Buffer, at: number): Literal | null {
  const integer = { value: 0, next: 0 };
  if (!readInteger(block, at, block.length, 7, integer)) return null;
  const start = integer.next;
  const next = start + integer.value;
  if (next > block.length) return null;
  const isHuffman = ((block[at] ?? 0) & 0x80) !== 0;
  if (!isHuffman) return { text: block.toString('latin1', start, next), start, next, isHuffman };
  // No code is shorter than five bits.
  const decoded = Buffer.alloc(Math.ceil(((next - start) * 8) / 5));
  const length = decodeHuffman(block, start, next, decoded);
  return length < 0 ? null : { text: decoded.toString('latin1', 0, length), start, next, isHuffman };
}
