import { describe, expect, it } from 'vitest';
import { Sightings } from '../../../src/pipeline/clocks/sightings.js';
import { type SegmentOptions, segmentOf } from '../../tcp/segments.js';

const REQUEST = { flags: 'P.', seq: 1_000_001, ack: 2_000_001, data: 'GET', timestamp: 77, at: 5 };

function seen(...segments: readonly SegmentOptions[]): Sightings {
  const sightings = new Sightings();
  for (const [index, options] of segments.entries()) sightings.note(segmentOf('client', options, index + 1));
  return sightings;
}

function keysOf({ places }: Sightings): number[] {
  return [...places.keys()];
}

describe('a segment is the same one', () => {
  it('whatever a router or a translator of addresses changes', () => {
    const behind = { ...REQUEST, ttl: 60, ipId: 9, mac: 0xaa, vlan: 5, clientPort: 40_000, at: 99 };
    expect(keysOf(seen(behind))).toEqual(keysOf(seen(REQUEST)));
  });

  it.each([{ seq: 1_000_002 }, { ack: 2_000_002 }, { flags: 'F.' }, { data: 'PUT!' }, { timestamp: 78 }])(
    'but not where %o differs',
    (other) => {
      expect(keysOf(seen({ ...REQUEST, ...other }))).not.toEqual(keysOf(seen(REQUEST)));
    },
  );
});

describe('a segment that comes twice', () => {
  it('at once is captured at two interfaces: the first time counts', () => {
    expect(seen(REQUEST, { ...REQUEST, at: 5 + 900_000 }).times).toEqual([5]);
  });

  it('later was sent again: neither time counts', () => {
    expect(seen(REQUEST, { ...REQUEST, at: 5 + 1_100_000 }).times).toEqual([Number.NaN]);
  });
});

describe('a segment without bytes', () => {
  it('is like the one before it, where neither has a stamp', () => {
    expect(seen({ flags: '.', seq: 7, ack: 9 }, { flags: '.', seq: 7, ack: 9, data: 'x' }).times).toEqual([]);
    expect(seen({ flags: '.', seq: 7, ack: 9, timestamp: 5 }, { flags: 'S', seq: 6 }).isStamped).toEqual([true, false]);
  });
});

describe('the endpoints of a segment', () => {
  it('are one number both ways', () => {
    const sightings = new Sightings();
    sightings.note(segmentOf('client', REQUEST, 1));
    sightings.note(segmentOf('server', { ...REQUEST, seq: 2_000_001, ack: 1_000_004 }, 2));
    expect(new Set(sightings.flows).size).toBe(1);
    expect(new Set(sightings.isDownward).size).toBe(2);
  });

  it('need not be known of numbers that nobody has by chance', () => {
    const { isUnmistakable } = seen(REQUEST, { ...REQUEST, seq: 1 }, { ...REQUEST, flags: 'S', ack: 0 });
    expect(isUnmistakable).toEqual([true, false, false]);
  });
});
