import { describe, expect, it } from 'vitest';
import type { CaptureDirection } from '../../src/facts/segment-evidence.js';
import { Direction } from '../../src/tcp/direction.js';
import { segmentOf } from './segments.js';

const observed = (...segments: readonly { ipId?: number; direction?: CaptureDirection }[]): Direction => {
  const side = new Direction({ bytes: 0 });
  segments.forEach(({ ipId = 7, direction = null }, at) => {
    side.observe({ ...segmentOf('server', { ipId }, at + 1), direction });
  });
  return side;
};

describe('the baseline of a side', () => {
  it('has how many of its segments bear no IP ID', () => {
    expect(observed({ ipId: 0 }, { ipId: 5 }, { ipId: 0 })).toMatchObject({ plainSegments: 3, zeroIpIds: 2 });
  });

  it('has the way in which most of them passed the capturing host, where that is told', () => {
    const [out, into] = [{ direction: 'outbound' }, { direction: 'inbound' }] as const;
    expect(observed({}).captureDirection).toBeNull();
    expect(observed({}, out).captureDirection).toBe('outbound');
    expect(observed(out, into, into).captureDirection).toBe('inbound');
    expect(observed(out, out, into).captureDirection).toBe('outbound');
  });

  it('is none of the next connection’s', () => {
    const side = observed({ ipId: 0, direction: 'outbound' });
    side.reset();
    expect(side).toMatchObject({ plainSegments: 0, zeroIpIds: 0, captureDirection: null, lastPacket: -1 });
  });
});

describe('what the snap length cuts off most segments of a side', () => {
  const taken = (side: Direction, ...unseen: readonly { flags?: string; unseenOptions: number }[]): Direction => {
    unseen.forEach((options, at) => {
      side.observe(segmentOf('client', options, at + 1));
    });
    return side;
  };
  const more = { unseenOptions: 22 };
  const longer = segmentOf('client', more, 9);

  it('is what stands on all of them: more by a block is a SACK', () => {
    expect(taken(new Direction({ bytes: 0 }), { unseenOptions: 12 }, more).hidesSack(longer)).toBe(true);
    expect(taken(new Direction({ bytes: 0 }), more, more).hidesSack(longer)).toBe(false);
  });

  it('is not what the SYN has, however often it comes', () => {
    const syn = { flags: 'S', unseenOptions: 22 };
    expect(taken(new Direction({ bytes: 0 }), syn, syn, syn, { unseenOptions: 12 }).hidesSack(longer)).toBe(true);
  });

  it('is none of the connection’s before', () => {
    const side = taken(new Direction({ bytes: 0 }), more, more, more);
    side.reset();
    expect(taken(side, { unseenOptions: 12 }).hidesSack(longer)).toBe(true);
  });

  it('changes by no question', () => {
    const side = taken(new Direction({ bytes: 0 }), { unseenOptions: 12 });
    expect([1, 2, 3].map(() => side.hidesSack(longer))).toEqual([true, true, true]);
  });
});
