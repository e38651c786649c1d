import { describe, expect, it } from 'vitest';
import { decodeHuffman, encodeHuffman } from '../../../src/http/hpack/huffman.js';

const decode = (hex: string, room = 100): string | number => {
  const bytes = Buffer.from(hex, 'hex');
  const into = new Uint8Array(room);
  const length = decodeHuffman(bytes, 0, bytes.length, into);
  return length < 0 ? length : Buffer.from(into.subarray(0, Math.min(length, room))).toString('latin1');
};

describe('a Huffman-coded string', () => {
  it.each([
    ['', ''],
    ['f1e3c2e5f23a6ba0ab90f4ff', 'www.example.com'],
    ['a8eb10649cbf', 'no-cache'],
    ['9d29ad171863c78f0b97c8e9ae82ae43d3', 'https://www.example.com'],
    [
      '94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
      'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ],
  ])('%s is %s', (hex, text) => {
    expect(decode(hex)).toBe(text);
  });

  it('of the longest code, of 30 bits, is a line feed', () => {
    expect(decode('fffffff3')).toBe('\n');
  });

  it.each([
    ['padding of a whole byte', '1fff'],
    ['padding of zeros', '00'.repeat(1)],
    ['the end-of-string symbol', 'ffffffff'],
  ])('%s is malformed', (_name, hex) => {
    expect(decode(hex)).toBe(-1);
  });

  it('that is longer than there is room is counted', () => {
    const bytes = Buffer.from('f1e3c2e5f23a6ba0ab90f4ff', 'hex');
    expect(decodeHuffman(bytes, 0, bytes.length, new Uint8Array(3))).toBe(15);
    expect(decode('f1e3c2e5f23a6ba0ab90f4ff', 3)).toBe('www');
  });
});

describe('a string that is put into the code', () => {
  it('is that of RFC 7541 appendix C.4.1, the padding too', () => {
    expect(Buffer.from(encodeHuffman(Buffer.from('www.example.com'))).toString('hex')).toBe('f1e3c2e5f23a6ba0ab90f4ff');
  });

  it('comes out as it went in, whatever bytes it has', () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    expect(decode(Buffer.from(encodeHuffman(all)).toString('hex'), 300)).toBe(all.toString('latin1'));
  });
});
