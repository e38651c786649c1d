import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainDataOf, plainText } from '../../src/pipeline/plain-data.js';

const throughText = (value: unknown): unknown => plainDataOf(plainText(value));

describe('plain data as text', () => {
  it('keeps every number', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(throughText({ value })).toStrictEqual({ value });
      }),
    );
    expect(throughText([Number.NaN, -0, Number.NEGATIVE_INFINITY, 2 ** 53])).toStrictEqual([
      Number.NaN,
      -0,
      Number.NEGATIVE_INFINITY,
      2 ** 53,
    ]);
    expect(throughText(1_718_027_458_480_543_000n)).toBe(1_718_027_458_480_543_000n);
  });

  it('keeps maps, sets, typed arrays, null and undefined, within each other', () => {
    const value = {
      map: new Map<unknown, unknown>([
        [1, new Set(['a', null])],
        ['b', { inner: undefined }],
      ]),
      columns: [new Float64Array([0.1, Number.NaN, -0]), new Uint8Array([255]), new Int32Array(0)],
      rows: [[], [1, 2.5], [1, Number.POSITIVE_INFINITY], ['x']],
    };
    expect(throughText(value)).toStrictEqual(value);
  });

  it('keeps an object without a prototype as one, whatever its keys', () => {
    const bare = Object.assign(Object.create(null), { constructor: 1, $: 2 }) as Record<string, unknown>;
    Object.defineProperty(bare, '__proto__', { value: 3, enumerable: true });
    const back = throughText({ bare }) as { bare: Record<string, unknown> };
    expect(Object.getPrototypeOf(back.bare)).toBeNull();
    expect(Object.entries(back.bare)).toEqual([
      ['constructor', 1],
      ['$', 2],
      ['__proto__', 3],
    ]);
  });

  it('is not misled by objects that look like its own marks', () => {
    const value = JSON.parse('{"$":"map","of":[{"$":"bigint","of":"x"}],"__proto__":{"a":1}}') as unknown;
    expect(throughText(value)).toStrictEqual(value);
    expect(Object.keys(throughText(value) as object)).toContain('__proto__');
  });

  it('comes back whatever it is', () => {
    const anything = fc.anything({ withMap: true, withSet: true, withBigInt: true, withNullPrototype: true });
    fc.assert(
      fc.property(anything, (value) => {
        expect(throughText(value)).toStrictEqual(value);
      }),
    );
  });

  it('refuses what is none, and says where it stands', () => {
    class Counter {
      count = 0;
    }
    expect(() => plainText({ servers: [new Counter()] })).toThrow(/^\.servers\[0\]: an object of class Counter/);
    expect(() => plainText({ of: { make: () => 0 } })).toThrow(/^\.of\.make: a function/);
    expect(() => plainDataOf('{"$":"Date","of":"x"}')).toThrow('unknown kind of data: Date');
  });
});
