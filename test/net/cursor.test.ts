import { describe, expect, it } from 'vitest';
import { Cursor } from '../../src/net/cursor.js';
import * as layer from '../../src/net/layer.js';

function cursorAt(at: number, end: number, wireEnd: number): Cursor {
  const cursor = new Cursor({
    segment: () => {},
    quoted: () => {},
    name: () => {},
    presence: () => {},
    quicInitial: () => {},
  });
  cursor.enter(new Uint8Array(end));
  cursor.at = at;
  cursor.wireEnd = wireEnd;
  return cursor;
}

describe('the cursor', () => {
  it('is narrowed by a length, never widened', () => {
    const cursor = cursorAt(10, 50, 80);
    cursor.limit(100);
    expect([cursor.end, cursor.wireEnd]).toEqual([50, 80]);
    cursor.limit(60);
    expect([cursor.end, cursor.wireEnd]).toEqual([50, 70]);
    cursor.limit(20);
    expect([cursor.end, cursor.wireEnd]).toEqual([30, 30]);
    cursor.limit(0);
    expect([cursor.end, cursor.wireEnd]).toEqual([10, 10]);
  });

  it('passes a header that was captured, and counts one that was not', () => {
    const cursor = cursorAt(10, 50, 80);
    expect(cursor.skip(40, layer.IPV4, 'x-cut')).toBe(layer.IPV4);
    expect(cursor.at).toBe(50);
    expect(cursor.skip(1, layer.IPV4, 'x-cut')).toBe(layer.NONE);
    expect(cursor.skip(1, layer.IPV4, 'x-cut')).toBe(layer.NONE);
    expect(cursor.at).toBe(50);
    expect([...cursor.anomalies]).toEqual([['x-cut', 2]]);
  });

  it('enters bytes that lie within a larger buffer', () => {
    const cursor = cursorAt(10, 50, 80);
    cursor.enter(Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
    expect([cursor.at, cursor.end, cursor.wireEnd, cursor.view.getUint16(0)]).toEqual([0, 2, 2, 0x0203]);
  });
});

describe('layers', () => {
  it('have a number each', () => {
    const numbers = Object.values(layer);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
