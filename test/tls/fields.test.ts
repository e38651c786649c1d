import { describe, expect, it } from 'vitest';
import { Fields } from '../../src/tls/fields.js';

const BYTES = Buffer.from('0102030405060708', 'hex');

describe('fields of a message', () => {
  it('are read one after the other', () => {
    const fields = new Fields(BYTES, 0, 8);
    expect([fields.uint8(), fields.uint16(), fields.uint24(), fields.left]).toEqual([1, 0x0203, 0x040506, 2]);
    expect([fields.skip(2), fields.left, fields.broken]).toEqual([6, 0, false]);
  });

  it('vectors have their length before them', () => {
    const fields = new Fields(Buffer.from('026162000163', 'hex'), 0, 6);
    expect([fields.vector(1).text(), fields.vector(2).text(), fields.left, fields.broken]).toEqual([
      'ab',
      'c',
      0,
      false,
    ]);
  });

  it.each([1, 2, 3] as const)('a vector that runs over breaks them, length in %i bytes', (lengthBytes) => {
    const fields = new Fields(Buffer.from('ffffff', 'hex'), 0, 3);
    expect([fields.vector(lengthBytes).left, fields.broken]).toEqual([0, true]);
  });

  it.each(['uint8', 'uint16', 'uint24'] as const)('%s beyond the end is 0 and breaks them', (read) => {
    const fields = new Fields(BYTES, 8, 8);
    expect([fields[read](), fields.broken, fields.left]).toEqual([0, true, 0]);
  });
});
