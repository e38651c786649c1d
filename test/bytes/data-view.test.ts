import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataViewOf, textOf } from '../../src/bytes/data-view.js';

describe('reading a borrowed view', () => {
  it('counts from the beginning of the view, not of its memory', () => {
    const memory = Uint8Array.of(9, 9, 1, 2, 3, 4, 9);
    expect(dataViewOf(memory.subarray(2, 6)).getUint32(0)).toBe(0x01020304);
    expect(dataViewOf(memory).getUint8(2)).toBe(1);
  });

  it('gives one character for each byte that is no UTF-8', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = textOf(all, 0, 256);
    expect(Array.from(text, (character) => character.charCodeAt(0))).toEqual(Array.from(all));
    expect(textOf(all.subarray(0x41), 0, 3)).toBe('ABC');
    expect(textOf(Buffer.from('/café', 'latin1'), 0, 5)).toBe('/café');
    expect(textOf(Buffer.from('é/café', 'latin1'), 0, 6)).toBe('é/café');
  });

  it('gives what is UTF-8 as what it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(8), (text, before) => {
        const bytes = Buffer.from(`${'x'.repeat(before)}${text.replaceAll('\ufffd', '')}y`);
        expect(textOf(bytes, before, bytes.length - 1)).toBe(text.replaceAll('\ufffd', ''));
      }),
    );
  });

  it.each(['/검색/결과', '/検索/結果', '/naïve/œuvre', '/🙂🙃'])(
    'leaves out a last character of %s that is cut off',
    (text) => {
      const bytes = Buffer.from(text);
      for (let end = 6; end < bytes.length; end += 1) expect(text.startsWith(textOf(bytes, 0, end))).toBe(true);
    },
  );

  it('sees what was written into the view meanwhile', () => {
    const view = Buffer.from('one');
    expect(textOf(view, 0, 3)).toBe('one');
    view.write('two');
    expect(textOf(view, 0, 3)).toBe('two');
    expect(dataViewOf(view).getUint8(0)).toBe(0x74);
  });
});
