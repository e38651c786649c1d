import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineFeed } from '../../src/bytes/line-feed.js';

describe('the search for a line feed', () => {
  it('finds one at every place, alone or behind a carriage return', () => {
    for (let length = 1; length < 24; length += 1)
      for (let place = 0; place < length; place += 1) {
        const view = new Uint8Array(length + 2).fill(0x61);
        view[place + 1] = 0x0a;
        if (place > 0) view[place] = 0x0d;
        expect(lineFeed(view, 1, length + 1)).toBe(place + 1);
        expect(lineFeed(view, 1, place + 1)).toBe(-1);
      }
  });

  it('is not misled by bytes that resemble one', () => {
    const view = Uint8Array.of(0x8a, 0x0b, 0x09, 0x0b, 0x00, 0xff, 0x80, 0x0b, 0x8a, 0x0b, 0x0b);
    expect(lineFeed(view, 0, view.length)).toBe(-1);
  });

  it('agrees with indexOf for any bytes, in a part of a larger buffer too', () => {
    const byte = fc.constantFrom(0x0a, 0x0b, 0x09, 0x0d, 0x8a, 0x00, 0xff, 0x61);
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), fc.nat(8), (bytes, offset) => {
        const memory = new Uint8Array(offset + bytes.length);
        memory.set(bytes, offset);
        expect(lineFeed(memory.subarray(offset), 0, bytes.length)).toBe(bytes.indexOf(0x0a));
      }),
    );
  });
});
