import { describe, expect, it } from 'vitest';
import { encodeHuffman } from '../../../src/http/hpack/huffman.js';
import { HuffmanValues } from '../../../src/http/hpack/huffman-values.js';
import { UNKNOWN_NAME, UNNAMED } from '../../../src/http/hpack/vocabulary.js';

function memory() {
  const made: string[] = [];
  const values = new HuffmanValues({
    indexOf: () => UNNAMED,
    repeats: () => true,
    field: (name, view, start, end) => {
      const value = Buffer.from(view.subarray(start, end)).toString('latin1');
      made.push(value);
      return { name: String(name), value };
    },
  });
  const get = (name: number, code: Uint8Array) => {
    const around = Buffer.concat([Buffer.from('before'), code, Buffer.from('behind')]);
    return values.get(name, around, 6, 6 + code.length);
  };
  return { made, get };
}

const coded = (text: string) => encodeHuffman(Buffer.from(text, 'latin1'));

describe('values in the Huffman code', () => {
  it('are made once, for each name', () => {
    const { made, get } = memory();
    const first = get(3, coded('text/html'));
    expect(first).toEqual({ length: 9, field: { name: '3', value: 'text/html' } });
    expect(get(3, coded('text/html'))).toBe(first);
    expect(get(4, coded('text/html')).field?.name).toBe('4');
    expect(get(3, coded('text/htmm')).field?.value).toBe('text/htmm');
    expect(made).toEqual(['text/html', 'text/html', 'text/htmm']);
  });

  it('of names that are not kept have a length alone', () => {
    const { made, get } = memory();
    expect(get(UNNAMED, coded('W/"5f3a"'))).toEqual({ length: 8, field: null });
    expect(get(UNKNOWN_NAME, coded('12'))).toEqual({ length: 2, field: null });
    expect(made).toEqual([]);
  });

  it('that are malformed are so each time', () => {
    const { made, get } = memory();
    for (const _ of [1, 2]) expect(get(0, Buffer.from('ffffffff', 'hex'))).toEqual({ length: -1, field: null });
    expect(made).toEqual([]);
  });

  it('may be as long as anything that is remembered', () => {
    const text = '0'.repeat(300);
    expect(get192(text)).toEqual({ length: 300, field: { name: '1', value: text } });
  });
});

function get192(text: string) {
  const code = coded(text);
  expect(code.length).toBeLessThanOrEqual(192);
  return memory().get(1, code);
}
