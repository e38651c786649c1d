import { describe, expect, it } from 'vitest';
import { dataViewOf, latin1 } from '../../src/bytes/data-view.js';

describe('reading a borrowed view', () => {
  it('counts from the beginning of the view, not of its memory', () => {
    const memory = Uint8Array.of(9, 9, 1, 2, 3, 4, 9);
    expect(dataViewOf(memory.subarray(2, 6)).getUint32(0)).toBe(0x01020304);
    expect(dataViewOf(memory).getUint8(2)).toBe(1);
  });

  it('gives one character for each byte', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = latin1(all, 0, 256);
    expect(Array.from(text, (character) => character.charCodeAt(0))).toEqual(Array.from(all));
    expect(latin1(all.subarray(0x41), 0, 3)).toBe('ABC');
  });

  it('sees what was written into the view meanwhile', () => {
    const view = Buffer.from('one');
    expect(latin1(view, 0, 3)).toBe('one');
    view.write('two');
    expect(latin1(view, 0, 3)).toBe('two');
    expect(dataViewOf(view).getUint8(0)).toBe(0x74);
  });
});
