/**
 * A field block: representations of fields, one behind the other. RFC 7541 §3, §6.
 *
 * A block is read whole, in one go. Strings are decoded into scratch memory and become a field
 * only where the vocabulary wants it; most blocks are indices and make nothing at all.
 *
 * What refers to entries that the capture does not hold is told as unknown, and reading goes on
 * behind it: the representation's length does not depend on the table.
 */
import { MAX_CACHED_BYTES } from '../../bytes/byte-cache.js';
import type { Field } from '../../facts/field.js';
import { DynamicTable, ENTRY_OVERHEAD, NO_ENTRY, UNKNOWN_ENTRY } from './dynamic-table.js';
import { decodeHuffman } from './huffman.js';
import { type PrefixedInteger, readInteger } from './integer.js';
import { STATIC_ENTRIES, type StaticTable } from './static-table.js';
import { UNKNOWN_NAME } from './vocabulary.js';

/** Longest string that is looked at, in bytes as decoded: as the longest line in HTTP/1. Of a longer one the end is counted and not kept. */
export const MAX_STRING_BYTES = 65_536;

/**
 * Most that a block may come to, names, values and 32 for each field (RFC 9113 §10.5.1): as the
 * largest head in HTTP/1. A few bytes of indices can stand for megabytes (a "bomb"); a block beyond
 * this is read to its end for the table's sake, and its further fields are not told.
 */
export const MAX_SECTION_BYTES = 262_144;

/** What became of a block: read; read and too large; not readable, which ends an HTTP/2 connection (RFC 9113 §4.3). */
export type BlockOutcome = 'read' | 'too-large' | 'malformed';

/** Who is told of a block's fields, in order. */
export interface FieldSink {
  /**
   * A field. `name` is the vocabulary's index, or UNNAMED, or UNKNOWN_NAME; `field` is `null`
   * where the name is not kept, or name or value is not known.
   */
  field(name: number, field: Field | null, isUnknown: boolean): void;
}

const nameScratch = new Uint8Array(MAX_STRING_BYTES);
const valueScratch = new Uint8Array(MAX_STRING_BYTES);
const integer: PrefixedInteger = { value: 0, next: 0 };

/** Reads the blocks of one direction. */
export class FieldBlockReader {
  /** What the section read last comes to: names, values and 32 for each field; what is unknown counts as 32. */
  sectionBytes = 0;
  /** An encoder took more than its peer allows: RFC 7541 §6.3. Read and cleared by whoever tells of it. */
  exceededLimit = false;
  private readonly table: DynamicTable;
  private limit: number | null = null;
  private outcome: BlockOutcome = 'read';
  private next = 0;
  /** The string read last: where it stands, and its length as decoded, which may be above what is there. */
  private text: Uint8Array = nameScratch;
  private textStart = 0;
  private textEnd = 0;
  private textLength = 0;

  /** @param beginsUnseen Blocks were sent before that the capture does not hold. */
  constructor(
    private readonly statics: StaticTable,
    private readonly sink: FieldSink,
    beginsUnseen: boolean,
  ) {
    this.table = new DynamicTable(beginsUnseen);
  }

  /** A block, or part of one, was not seen. */
  lose(): void {
    this.table.lose();
  }

  /** The largest table that the receiver allows (SETTINGS_HEADER_TABLE_SIZE). RFC 9113 §6.5.2. */
  allow(limit: number): void {
    // What is sent before the receiver's word arrives keeps to the old one: the larger of both is no fault.
    this.limit = Math.max(limit, this.limit ?? 0);
  }

  /** Reads the block [start, end) and tells its fields. After `malformed` nothing is known of the table. */
  read(view: Uint8Array, start: number, end: number): BlockOutcome {
    this.outcome = 'read';
    this.sectionBytes = 0;
    this.next = start;
    while (this.next < end) {
      if (this.readRepresentation(view, this.next, end)) continue;
      this.lose();
      return 'malformed';
    }
    return this.outcome;
  }

  private readRepresentation(view: Uint8Array, start: number, end: number): boolean {
    const first = view[start] ?? 0;
    if (first >= 0x80) return this.readIndexed(view, start, end);
    if (first >= 0x40) return this.readLiteral(view, start, end, 6, true, false);
    if (first >= 0x20) return this.readSizeUpdate(view, start, end);
    return this.readLiteral(view, start, end, 4, false, first >= 0x10);
  }

  /** §6.1. */
  private readIndexed(view: Uint8Array, start: number, end: number): boolean {
    if (!readInteger(view, start, end, 7, integer)) return false;
    this.next = integer.next;
    const index = integer.value;
    const { statics, table } = this;
    if (index === 0) return false;
    if (index <= STATIC_ENTRIES) {
      const size = (statics.nameLengths[index] ?? 0) + (statics.valueLengths[index] ?? 0) + ENTRY_OVERHEAD;
      this.tell(statics.names[index] ?? UNKNOWN_NAME, statics.fields[index] ?? null, size, false);
      return true;
    }
    const place = table.find(index - STATIC_ENTRIES - 1);
    if (place === NO_ENTRY) return false;
    if (place === UNKNOWN_ENTRY) this.tell(UNKNOWN_NAME, null, ENTRY_OVERHEAD, true);
    else {
      const name = table.nameAt(place);
      this.tell(name, table.fieldAt(place), table.sizeAt(place), name === UNKNOWN_NAME);
    }
    return true;
  }

  /** §6.2. */
  private readLiteral(
    view: Uint8Array,
    start: number,
    end: number,
    prefixBits: number,
    isIndexed: boolean,
    isSecret: boolean,
  ): boolean {
    if (!readInteger(view, start, end, prefixBits, integer)) return false;
    this.next = integer.next;
    const { statics, table } = this;
    const { vocabulary } = statics;
    const index = integer.value;
    let name: number;
    let nameLength: number;
    if (index === 0) {
      if (!this.readString(view, end, nameScratch)) return false;
      nameLength = this.textLength;
      name = vocabulary.indexOf(this.text, this.textStart, this.textEnd);
    } else if (index <= STATIC_ENTRIES) {
      name = statics.names[index] ?? UNKNOWN_NAME;
      nameLength = statics.nameLengths[index] ?? 0;
    } else {
      const place = table.find(index - STATIC_ENTRIES - 1);
      if (place === NO_ENTRY) return false;
      name = place === UNKNOWN_ENTRY ? UNKNOWN_NAME : table.nameAt(place);
      nameLength = place === UNKNOWN_ENTRY ? 0 : table.nameLengthAt(place);
    }
    let field: Field | null;
    if (!isSecret && vocabulary.repeats(name) && this.findValue(view, end)) {
      const value = statics.values.get(name, view, this.textStart, this.textEnd);
      if (value.length < 0) return false;
      this.textLength = value.length;
      field = value.field;
    } else {
      if (!this.readString(view, end, valueScratch)) return false;
      field = name < 0 ? null : vocabulary.field(name, this.text, this.textStart, this.textEnd, isSecret);
    }
    const valueLength = this.textLength;
    this.tell(name, field, nameLength + valueLength + ENTRY_OVERHEAD, name === UNKNOWN_NAME);
    if (isIndexed) table.insert(name, nameLength, valueLength, field);
    return true;
  }

  /** §6.3. §4.2 wants it at the beginning of a block; elsewhere it does no harm to a reader. */
  private readSizeUpdate(view: Uint8Array, start: number, end: number): boolean {
    if (!readInteger(view, start, end, 5, integer)) return false;
    this.next = integer.next;
    if (this.limit !== null && integer.value > this.limit) this.exceededLimit = true;
    this.table.resize(integer.value);
    return true;
  }

  /** Passes over a string in the Huffman code that may be remembered, and says where its code stands; false, and nothing done, where none stands there. */
  private findValue(view: Uint8Array, end: number): boolean {
    if ((view[this.next] ?? 0) < 0x80 || !readInteger(view, this.next, end, 7, integer)) return false;
    const { next, value } = integer;
    if (value > MAX_CACHED_BYTES || value > end - next) return false;
    this.textStart = next;
    this.textEnd = next + value;
    this.next = this.textEnd;
    return true;
  }

  /** §5.2: reads the string at `next`; it stands in the view itself, or decoded in `scratch`. */
  private readString(view: Uint8Array, end: number, scratch: Uint8Array): boolean {
    const isHuffman = (view[this.next] ?? 0) >= 0x80;
    if (!readInteger(view, this.next, end, 7, integer)) return false;
    const from = integer.next;
    const length = integer.value;
    if (length > end - from) return false;
    this.next = from + length;
    if (isHuffman) {
      this.textLength = decodeHuffman(view, from, from + length, scratch);
      if (this.textLength < 0) return false;
      this.text = scratch;
      this.textStart = 0;
    } else {
      this.text = view;
      this.textStart = from;
      this.textLength = length;
    }
    this.textEnd = this.textStart + Math.min(this.textLength, MAX_STRING_BYTES);
    return true;
  }

  private tell(name: number, field: Field | null, size: number, isUnknown: boolean): void {
    this.sectionBytes += size;
    if (this.sectionBytes > MAX_SECTION_BYTES) this.outcome = 'too-large';
    else this.sink.field(name, field, isUnknown);
  }
}
