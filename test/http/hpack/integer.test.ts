import { describe, expect, it } from 'vitest';
import { MAX_INTEGER, readInteger } from '../../../src/http/hpack/integer.js';

const into = { value: 0, next: 0 };
const read = (hex: string, prefixBits: number): [number, number] | null => {
  const bytes = Buffer.from(hex, 'hex');
  return readInteger(bytes, 0, bytes.length, prefixBits, into) ? [into.value, into.next] : null;
};

describe('an integer with a prefix', () => {
  it.each([
    ['RFC 7541 C.1.1: 10 in 5 bits', 'ea', 5, [10, 1]],
    ['RFC 7541 C.1.2: 1337 in 5 bits', '1f9a0a', 5, [1337, 3]],
    ['RFC 7541 C.1.3: 42 in 8 bits', '2a', 8, [42, 1]],
    ['the largest prefix means that more follows', '1f00', 5, [31, 2]],
    ['the largest that is read', 'ff80feffff0f', 8, [MAX_INTEGER, 6]],
    ['one above it', 'ff81feffff0f', 8, null],
    ['zeros without end', `ff${'80'.repeat(20)}00`, 8, null],
    ['nothing', '', 8, null],
    ['a prefix alone', '1f', 5, null],
    ['no last byte', '1f9a', 5, null],
  ])('%s', (_name, hex, prefixBits, expected) => {
    expect(read(hex, prefixBits)).toEqual(expected);
  });
});
