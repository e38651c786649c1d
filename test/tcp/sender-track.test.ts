import { describe, expect, it } from 'vitest';
import { SenderTrack } from '../../src/tcp/sender-track.js';
import { type SegmentOptions, segmentOf } from './segments.js';

/** What becomes of the segments of one side. */
function placed(...segments: SegmentOptions[]) {
  const track = new SenderTrack();
  const placements = segments.map((segment, index) => track.place(segmentOf('client', segment, index + 1), index));
  return { placements, missing: [...track.missing()] };
}

describe('the segments of one side', () => {
  it('are numbered from the SYN, over the end of the sequence numbers', () => {
    const start = 0xffff_fff0;
    const { placements } = placed(
      { flags: 'S', seq: start },
      { seq: start + 1, data: 'x'.repeat(100) },
      { seq: start + 101, data: 'y' },
    );
    expect(placements.map(({ sequence }) => sequence)).toEqual([0, 1, 101]);
    expect(placements.some(({ isRetransmission, isOutOfOrder }) => isRetransmission || isOutOfOrder)).toBe(false);
  });

  it('begin at 1 where the SYN was not seen', () => {
    expect(placed({ seq: 5000, data: 'x' }).placements[0]?.sequence).toBe(1);
  });

  it('begin anew with a SYN of another number, and nothing is missing between', () => {
    const { placements, missing } = placed(
      { flags: 'SA', seq: 1000 },
      { flags: 'SA', seq: 16_000_000 },
      { flags: 'SA', seq: 16_000_000 },
      { seq: 16_000_001, data: 'x' },
    );
    expect(placements.map(({ sequence }) => sequence)).toEqual([0, 0, 0, 1]);
    expect(placements.map(({ isRetransmission }) => isRetransmission)).toEqual([false, false, true, false]);
    expect(missing).toEqual([]);
  });

  it('are retransmissions where all of their bytes were seen', () => {
    const { placements, missing } = placed({ seq: 1, data: 'abc', ipId: 1 }, { seq: 1, data: 'abc', ipId: 2 });
    expect(placements[1]).toMatchObject({ isRetransmission: true, isCopy: false });
    expect(missing).toEqual([]);
  });

  it('are copies where the very packet is captured again at once', () => {
    const { placements } = placed({ seq: 1, data: 'abc', ipId: 7 }, { seq: 1, data: 'abc', ipId: 7 });
    expect(placements[1]).toMatchObject({ isRetransmission: false, isCopy: true });
  });

  it('are copies where they come by another way, without an IP ID that is counted', () => {
    const first = { seq: 1, data: 'abc', ipId: 0, timestamp: 5 };
    const second = { seq: 4, data: 'def', ipId: 0, timestamp: 5 };
    const within = placed(first, second, { ...first, depth: 84 }, { ...second, depth: 84 }).placements;
    expect(within.map(({ isCopy }) => isCopy)).toEqual([false, false, true, true]);
    const again = placed(first, second, first).placements;
    expect(again[2]).toMatchObject({ isCopy: false, isRetransmission: true });
  });

  it('are late where they fill what was missing', () => {
    const { placements, missing } = placed({ seq: 1, data: 'ab' }, { seq: 5, data: 'ef' }, { seq: 3, data: 'cd' });
    expect(placements[2]).toMatchObject({ isOutOfOrder: true, isRetransmission: false });
    expect(missing).toEqual([]);
  });

  it('leave a gap, told at the segment behind it, where nothing ever fills it', () => {
    const { missing } = placed({ seq: 1, data: 'ab' }, { seq: 10, data: 'ef' }, { seq: 4, data: 'c' });
    expect(missing).toEqual([[1, 6]]);
  });

  it('are keep-alive probes one byte before the next', () => {
    const { placements } = placed({ flags: 'S', seq: 0 }, { seq: 1, data: 'ab' }, { seq: 2 }, { seq: 2, data: 'x' });
    expect(placements.map(({ isKeepAlive }) => isKeepAlive)).toEqual([false, false, true, true]);
  });
});
