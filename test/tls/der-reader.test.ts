import { describe, expect, it } from 'vitest';
import { DerReader } from '../../src/tls/der-reader.js';

const OCTETS = 0x04;
const SEQUENCE = 0x30;

const readerOf = (...bytes: readonly number[]) => new DerReader(Uint8Array.from(bytes), 0, bytes.length);

describe('a reader of DER', () => {
  it('reads elements within elements', () => {
    const der = readerOf(SEQUENCE, 5, OCTETS, 1, 0xaa, OCTETS, 0);
    const end = der.enter(SEQUENCE);
    expect([end, der.tag, der.skip(OCTETS), der.skip(OCTETS), der.tag]).toEqual([7, OCTETS, 1, 0, -1]);
    der.leave(end);
    expect(der.broken).toBe(false);
  });

  it.each([
    [0x7f, [0x7f]],
    [0x80, [0x81, 0x80]],
    [0xff, [0x81, 0xff]],
    [0x100, [0x82, 1, 0]],
  ])('reads a length of %d', (length, header) => {
    const der = readerOf(OCTETS, ...header, ...new Array<number>(length).fill(0));
    expect([der.skip(OCTETS), der.broken]).toEqual([length, false]);
  });

  it.each([
    ['nothing', []],
    ['a tag alone', [OCTETS]],
    ['another tag', [SEQUENCE, 0]],
    ['a length that is cut', [OCTETS, 0x82, 1]],
    ['less than the length says', [OCTETS, 2, 0]],
    ['a length that is not told. X.690 §10.1', [OCTETS, 0x80, 0, 0]],
    ['a length in more bytes than it needs', [OCTETS, 0x81, 1, 0]],
    ['a length in three bytes', [OCTETS, 0x83, 0, 0, 1, 0]],
  ])('is broken by %s, and has nothing left', (_name, bytes) => {
    const der = readerOf(...bytes);
    der.skip(OCTETS);
    expect([der.broken, der.tag, der.at]).toEqual([true, -1, bytes.length]);
  });

  it('is broken where an element holds more, or less, than was read of it', () => {
    const longer = readerOf(SEQUENCE, 2, OCTETS, 0);
    longer.leave(longer.enter(SEQUENCE));
    expect(longer.broken).toBe(true);
    const shorter = readerOf(SEQUENCE, 2, OCTETS, 1, 0);
    const end = shorter.enter(SEQUENCE);
    shorter.skip(OCTETS);
    shorter.leave(end);
    expect(shorter.broken).toBe(true);
  });
});
