import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { otherAddress } from '../../src/extract/printed-address.js';
import { Pseudonyms } from '../../src/extract/pseudonyms.js';

const keys = Array.from({ length: 40 }, (_, key) => new Pseudonyms(Buffer.alloc(32, key)));

describe('an address as text', () => {
  it.each(['192.168.10.5', '10.0.1.49', '255.255.255.0', '2001:db8::1', 'fe80::1:2:3:4', 'a:b:c:d:e:f:1:2'])(
    '%s becomes another, as long, by any key',
    (address) => {
      for (const key of keys) {
        const other = otherAddress(address, key);
        expect([isIP(other), other.length]).toEqual([isIP(address), address.length]);
        expect(otherAddress(address, key)).toBe(other);
      }
      expect(new Set(keys.map((key) => otherAddress(address, key))).size).toBeGreaterThan(30);
    },
  );

  it('shares with others what it shared, and no two become one', () => {
    const [key] = keys;
    if (key === undefined) throw new Error('there are keys');
    const all = Array.from({ length: 256 }, (_, last) => otherAddress(`192.0.2.${last}`, key));
    expect(new Set(all).size).toBe(256);
    expect(new Set(all.map((address) => address.split('.').slice(0, 3).join('.'))).size).toBe(1);
  });

  it('is left no address where it was none', () => {
    const [key] = keys;
    if (key === undefined) throw new Error('there are keys');
    expect(otherAddress('999.1', key)).toHaveLength(5);
    expect(otherAddress('12345:1', key)).toHaveLength(7);
  });
});
