import { describe, expect, it } from 'vitest';
import { OptionCursor, padded } from '../../../src/capture/pcapng/options.js';
import { PcapngBuilder } from '../build-pcapng.js';
import { viewOf } from './view-of.js';

const builder = new PcapngBuilder();

function read(bytes: Uint8Array, end = bytes.length) {
  const cursor = new OptionCursor();
  cursor.reset(viewOf(bytes), 0, end, true);
  const found: [number, string][] = [];
  while (cursor.next()) found.push([cursor.code, cursor.text()]);
  return { found, overrun: cursor.overrun };
}

describe('the options of a block', () => {
  const two = Buffer.concat([builder.option(2, Buffer.from('eth0\0')), builder.option(9, Buffer.from([0x36]))]);

  it('are read up to the end-of-options mark, which may be missing', () => {
    const expected = {
      found: [
        [2, 'eth0'],
        [9, '6'],
      ],
      overrun: false,
    };
    expect(read(two)).toEqual(expected);
    expect(read(Buffer.concat([two, builder.option(0), builder.option(7)]))).toEqual(expected);
  });

  it('stop at the block’s end wherever it cuts them', () => {
    for (let end = 0; end < two.length; end += 1) {
      const { found, overrun } = read(two, end);
      expect(found.length).toBe(end < 9 ? 0 : end < 17 ? 1 : 2);
      expect(overrun).toBe((end >= 4 && end < 9) || (end >= 16 && end < 17));
    }
  });

  it('of an impossible length are left out, with all that follows', () => {
    const long = Buffer.from(two);
    long.writeUInt16LE(0xffff, 2);
    expect(read(long)).toEqual({ found: [], overrun: true });
  });

  it('hold 64-bit figures in the byte order of the section', () => {
    for (const big of [false, true]) {
      const value = Buffer.alloc(8);
      if (big) value.writeBigUInt64BE(0x1_0000_0002n);
      else value.writeBigUInt64LE(0x1_0000_0002n);
      const bytes = new PcapngBuilder(big).option(4, value);
      const cursor = new OptionCursor();
      cursor.reset(viewOf(bytes), 0, bytes.length, !big);
      expect(cursor.next()).toBe(true);
      expect(cursor.uint64()).toBe(0x1_0000_0002);
    }
  });

  it('are padded to 32 bits', () => {
    expect([0, 1, 3, 4, 5, 262_143].map(padded)).toEqual([0, 4, 4, 4, 8, 262_144]);
  });
});
