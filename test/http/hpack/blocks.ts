/** Reads field blocks with a vocabulary that keeps every field, so that nothing stays untested. */
import type { Field } from '../../../src/facts/field.js';
import { type BlockOutcome, FieldBlockReader } from '../../../src/http/hpack/field-block-reader.js';
import { StaticTable } from '../../../src/http/hpack/static-table.js';
import { UNKNOWN_NAME, type Vocabulary } from '../../../src/http/hpack/vocabulary.js';

const names: string[] = [];

const everything: Vocabulary = {
  indexOf(view, start, end) {
    const name = Buffer.from(view.subarray(start, end)).toString('latin1');
    const known = names.indexOf(name);
    return known >= 0 ? known : names.push(name) - 1;
  },
  // By the name, not its number: that depends on what was read before, by whichever test.
  repeats: (name) => (names[name]?.length ?? 0) % 2 === 0,
  field: (name, view, start, end, isSecret) => ({
    name: names[name] ?? '',
    value: (isSecret ? 'secret ' : '') + Buffer.from(view.subarray(start, end)).toString('latin1'),
  }),
};

const statics = new StaticTable(everything);

/** What a field was told as: `name: value`, `name: ?` and `?: ?` where it is not known. */
export interface Reading {
  readonly outcome: BlockOutcome;
  readonly fields: readonly string[];
}

/** A reader whose fields are text. */
export class TextReader {
  readonly blocks: FieldBlockReader;
  private fields: string[] = [];

  constructor(beginsUnseen = false) {
    this.blocks = new FieldBlockReader(
      statics,
      {
        field: (name: number, field: Field | null, isUnknown: boolean) => {
          if (isUnknown) this.fields.push(name === UNKNOWN_NAME ? '?' : `${names[name]}: ?`);
          else this.fields.push(`${field?.name}: ${field?.value}`);
        },
      },
      beginsUnseen,
    );
  }

  /** Reads a block given in hexadecimal, blanks left out. */
  read(hex: string): Reading {
    this.fields = [];
    const bytes = Buffer.from(hex.replace(/\s/g, ''), 'hex');
    // Other bytes stand around it, as in a read buffer.
    const around = Buffer.concat([Buffer.of(0x82), bytes, Buffer.of(0x84, 0x84)]);
    return { outcome: this.blocks.read(around, 1, 1 + bytes.length), fields: this.fields };
  }
}
