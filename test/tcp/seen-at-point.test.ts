import { describe, expect, it } from 'vitest';
import { Majority } from '../../src/tcp/majority.js';
import { SeenAtPoint } from '../../src/tcp/seen-at-point.js';
import { type SegmentOptions, segmentOf } from './segments.js';

const point = (end = -1): SeenAtPoint => new SeenAtPoint(1, new Majority(), new Majority(), end, 0);
const server = (options: SegmentOptions) => segmentOf('server', { seq: 1, ack: 1, ...options }, 1);

describe('what a point has seen', () => {
  it('goes as far as the furthest segment', () => {
    const seen = point(10);
    expect([10, 11, 11, 5, 30].map((end) => seen.isNew(end))).toEqual([false, true, false, false, true]);
  });

  it('has a distance and a neighbour of its own', () => {
    const seen = point();
    for (const mac of [7, -1, 7]) seen.observe(server({ ttl: 62, mac }));
    expect([seen.plain, seen.ttl.value, seen.mac.value, seen.mac.varies]).toEqual([3, 62, 7, false]);
  });
});

describe('a segment that comes to a point again', () => {
  it('within a millisecond, with the same IP ID, is the same at another interface', () => {
    const seen = point();
    const first = { ipId: 9, at: 1e6 };
    expect(seen.isAgain(server(first))).toBe(false);
    expect(seen.isAgain(server({ ...first, at: 2e6 }))).toBe(true);
    expect(seen.isAgain(server({ ...first, at: 3.1e6 }))).toBe(false);
    expect(seen.isAgain(server({ ...first, at: 3.1e6, ipId: 10 }))).toBe(false);
  });

  it('without IP IDs is the same where it comes by another way', () => {
    const seen = point();
    const reset = { flags: 'R', ipId: 0, at: 1e6 };
    seen.isAgain(server(reset));
    expect(seen.isAgain(server({ ...reset, at: 1.1e6 }))).toBe(false);
    expect(seen.isAgain(server({ ...reset, at: 1.2e6, ttl: 63 }))).toBe(true);
    expect(seen.isAgain(server({ ...reset, at: 1.3e6, ttl: 63, mac: 8 }))).toBe(true);
    expect(seen.isAgain(server({ ...reset, at: 1.3e6, ttl: 63, mac: 8, seq: 2 }))).toBe(false);
  });
});
