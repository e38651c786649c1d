import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteCache, MAX_CACHED_BYTES } from '../../src/bytes/byte-cache.js';
import { latin1 } from '../../src/bytes/data-view.js';

describe('a byte cache', () => {
  it('makes a value once for equal bytes of one kind', () => {
    const made: string[] = [];
    const cache = new ByteCache((kind, view, start, end) => {
      made.push(`${kind} ${latin1(view, start, end)}`);
      return { text: latin1(view, start, end) };
    });
    const first = cache.get(0, Buffer.from('..host'), 2, 6);
    expect(cache.get(0, Buffer.from('host'), 0, 4)).toBe(first);
    expect(cache.get(1, Buffer.from('host'), 0, 4)).not.toBe(first);
    expect(made).toEqual(['0 host', '1 host']);
  });

  it('makes what is too long anew each time', () => {
    const cache = new ByteCache((_kind, view, start, end) => ({ text: latin1(view, start, end) }));
    const long = Buffer.alloc(MAX_CACHED_BYTES + 1, 'x');
    expect(cache.get(0, long, 0, long.length)).not.toBe(cache.get(0, long, 0, long.length));
    expect(cache.get(0, long, 0, long.length - 1)).toBe(cache.get(0, long, 0, long.length - 1));
  });

  it('never gives the value of other bytes', () => {
    const cache = new ByteCache((kind, view, start, end) => `${kind}:${latin1(view, start, end)}`);
    const bytes = fc.uint8Array({ maxLength: 40 });
    // Few distinct bytes, so that slots are met again and neighbours differ in one place.
    const similar = fc.array(fc.constantFrom(0x61, 0x62), { maxLength: 30 }).map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.oneof(bytes, similar)), { maxLength: 50 }), (keys) => {
        for (const [kind, key] of keys)
          expect(cache.get(kind, key, 0, key.length)).toBe(`${kind}:${Buffer.from(key).toString('latin1')}`);
      }),
    );
  });
});
