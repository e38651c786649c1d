import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printableEnd } from '../../src/bytes/printable.js';

const isPrintable = (byte: number) => byte >= 0x20 && byte < 0x7f;

describe('the search for what is not printable', () => {
  it('finds it at every place', () => {
    for (const odd of [0x00, 0x09, 0x0a, 0x0d, 0x1f, 0x7f, 0x80, 0xff])
      for (let length = 1; length < 24; length += 1)
        for (let place = 0; place < length; place += 1) {
          const view = new Uint8Array(length + 2).fill(0x61);
          view[place + 1] = odd;
          expect(printableEnd(view, 1, length + 1)).toBe(place + 1);
          expect(printableEnd(view, 1, place + 1)).toBe(place + 1);
        }
  });

  it('passes all that is', () => {
    const view = Uint8Array.from({ length: 95 }, (_, at) => 0x20 + at);
    expect(printableEnd(view, 0, view.length)).toBe(95);
  });

  it('agrees with a look at each byte, in a part of a larger buffer too', () => {
    const byte = fc.oneof(fc.constantFrom(0x20, 0x61, 0x7e, 0x7e, 0x61), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), fc.nat(8), (bytes, offset) => {
        const memory = new Uint8Array(offset + bytes.length);
        memory.set(bytes, offset);
        const found = bytes.findIndex((one) => !isPrintable(one));
        expect(printableEnd(memory.subarray(offset), 0, bytes.length)).toBe(found < 0 ? bytes.length : found);
      }),
    );
  });
});
