import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pseudonyms } from '../../src/extract/pseudonyms.js';
import { encodeHuffman } from '../../src/http/hpack/huffman.js';

const names = new Pseudonyms(Buffer.alloc(32, 1));
const TOP = 0x0a000000;

function commonBits(one: number, other: number): number {
  return Math.clz32((one ^ other) >>> 0);
}

describe('other names', () => {
  it('are as long as before, in letters and in Huffman code, and the same for the same', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9._/=-]{1,40}$/), (text) => {
        const other = names.secret(text);
        expect(other).toHaveLength(text.length);
        expect(encodeHuffman(Buffer.from(other)).length).toBe(encodeHuffman(Buffer.from(text)).length);
        expect(names.secret(text)).toBe(other);
        expect(other.replace(/[A-Za-z0-9]/g, '')).toBe(text.replace(/[A-Za-z0-9]/g, ''));
      }),
    );
  });

  it('are two for two: no words become one, however short', () => {
    const numbers = Array.from({ length: 1000 }, (_, number) => String(number));
    expect(new Set(numbers.map((number) => names.secret(number))).size).toBe(1000);
    const word = fc.stringMatching(/^[a-z0-9]{1,4}$/);
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(names.secret(one) === names.secret(other)).toBe(one === other);
      }),
    );
  });

  it('stand wherever a host stands, and leave its port and the words of the protocol', () => {
    const host = names.authority('shop.acme.test');
    expect(host).not.toContain('acme');
    expect(names.authority('shop.acme.test:8443')).toBe(`${host}:8443`);
    expect(names.text('https://shop.acme.test/health')).toBe(`https://${host}/health`);
    expect(names.text('Bearer secret')).toMatch(/^Bearer (?!secret)[a-z]{6}$/);
    // A host that consists of common words is a host all the same.
    expect(names.text('http://api.login/')).not.toContain('api.login');
  });
});

it('other names of a word of 200,000 letters, which is no host, are found by one look at it', () => {
  const begun = performance.now();
  expect(names.text('-'.repeat(200_000))).toHaveLength(200_000);
  expect(performance.now() - begun).toBeLessThan(3000);
});

describe('other addresses', () => {
  it('have as many leading bits in common as those before', () => {
    fc.assert(
      fc.property(fc.nat(0xffffff), fc.nat(0xffffff), (one, other) => {
        const [a, b] = [TOP + one, TOP + other];
        expect(commonBits(names.ipv4(a), names.ipv4(b))).toBe(commonBits(a, b));
      }),
    );
    const words = (last: number) => names.ipv6([0x20010db8, 1, 2, last]);
    expect(words(1).slice(0, 3)).toEqual(words(0x80000000).slice(0, 3));
    expect(words(1)).not.toEqual([0x20010db8, 1, 2, 1]);
  });

  it('stay private, loopback or multicast where they were, and become none of these where they were not', () => {
    expect(names.ipv4(0x0a000001) >>> 24).toBe(10);
    expect(names.ipv4(0xc0a80101) >>> 16).toBe(0xc0a8);
    expect(names.ipv4(0x7f000001) >>> 24).toBe(127);
    fc.assert(
      fc.property(fc.integer({ min: 0x0b000000, max: 0x7effffff }), (address) => {
        const first = names.ipv4(address) >>> 24;
        expect([0, 10, 127].includes(first) || first >= 224).toBe(false);
      }),
    );
    expect(names.ipv6([0, 0, 0, 1])).toEqual([0, 0, 0, 1]);
  });

  it('of links keep what they say of themselves', () => {
    expect(names.mac(0xffffffffffff)).toBe(0xffffffffffff);
    expect(Math.floor(names.mac(0x02420a00012b) / 2 ** 40) & 3).toBe(2);
    expect(names.mac(0x02420a00012b)).not.toBe(0x02420a00012b);
  });
});
