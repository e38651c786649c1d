import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownLines, MAX_KNOWN_LINE, MIN_KNOWN_LINE } from '../../../src/http/http1/known-lines.js';
import { indexOfName } from '../../../src/http/kept-fields.js';

const NOT_KEPT = -1;

function viewOf(text: string): DataView {
  const bytes = Uint8Array.from(Buffer.from(text, 'latin1'));
  return new DataView(bytes.buffer);
}

function remembered(known: KnownLines, line: string): number {
  const data = viewOf(line);
  const slot = known.slotOf(data, 0, line.length);
  known.remember(slot, data, 0, line.length, NOT_KEPT, null);
  return slot;
}

describe('field lines that were read before', () => {
  it('are known where they stand again, whatever stands around them', () => {
    const known = new KnownLines();
    const line = 'Host: api.example\r\n';
    const slot = known.slotOf(viewOf(line), 0, line.length);
    const field = Object.freeze({ name: 'host', value: 'api.example' });
    known.remember(slot, viewOf(line), 0, line.length, indexOfName('host'), field);
    const data = viewOf(`..${line}Accept: */*\r\n`);
    expect(known.slotOf(data, 2, line.length)).toBe(slot);
    expect(known.lengthAt(slot, data, 2, data.byteLength)).toBe(line.length);
    expect(known.indexIn(slot)).toBe(indexOfName('host'));
    expect(known.fieldIn(slot)).toBe(field);
  });

  it('are not known one byte before their end, nor in an empty slot', () => {
    const known = new KnownLines();
    const line = 'Accept: */*\r\n';
    const slot = remembered(known, line);
    const data = viewOf(line);
    expect(known.lengthAt(slot, data, 0, line.length - 1)).toBe(0);
    expect(known.lengthAt(slot, data, 0, line.length)).toBe(line.length);
    expect(new KnownLines().lengthAt(slot, data, 0, line.length)).toBe(0);
  });

  it.each([MIN_KNOWN_LINE, MIN_KNOWN_LINE + 1, 15, 16, 17, MAX_KNOWN_LINE])(
    'of %i bytes are told from those that differ in any one byte',
    (length) => {
      const known = new KnownLines();
      const line = `A: ${'x'.repeat(length - 5)}\r\n`;
      const slot = remembered(known, line);
      for (let at = 0; at < length; at += 1) {
        const other = viewOf(line);
        other.setUint8(at, other.getUint8(at) ^ 1);
        expect(known.lengthAt(slot, other, 0, length), `byte ${at}`).toBe(0);
      }
    },
  );

  it('give way to those that come after them in the same slot, and are never taken for them', () => {
    const known = new KnownLines();
    const values = fc.array(fc.constantFrom('a', 'b', 'c', ' '), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(values, { maxLength: 60 }), (lines) => {
        for (const value of lines) {
          const line = `A: ${value.join('')}\r\n`;
          const slot = remembered(known, line);
          expect(known.lengthAt(slot, viewOf(line), 0, line.length)).toBe(line.length);
          const longer = `A: ${value.join('')}d\r\n`;
          expect(known.lengthAt(slot, viewOf(longer), 0, longer.length)).toBe(0);
        }
      }),
    );
  });
});
