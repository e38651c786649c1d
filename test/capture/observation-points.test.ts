import { describe, expect, it } from 'vitest';
import { ObservationPoints } from '../../src/capture/observation-points.js';

const SECOND = 1e9;

describe('where captures were taken', () => {
  it('is one point for the files of a ring', () => {
    const points = new ObservationPoints();
    for (let index = 0; index < 5; index += 1) {
      expect(points.begin(index, `ring.pcap${index}`, index * SECOND)).toBe(0);
      expect(points.end(index, (index + 0.99) * SECOND)).toBeNull();
    }
    expect(points.byCapture).toEqual([0, 0, 0, 0, 0]);
  });

  it('is another for a capture that overlaps', () => {
    const points = new ObservationPoints();
    expect(points.begin(0, 'front.pcap', 0)).toBe(0);
    expect(points.begin(1, 'back.pcap', SECOND)).toBe(1);
    expect(points.end(0, 5 * SECOND)).toBeNull();
    expect(points.end(1, 6 * SECOND)).toBeNull();
  });

  it('goes by names where the rings of two points turn at the same time', () => {
    const points = new ObservationPoints();
    expect([points.begin(0, 'client-1.pcap', 0), points.begin(1, 'server-1.pcap', 1)]).toEqual([0, 1]);
    points.end(0, 9 * SECOND);
    points.end(1, 9 * SECOND);
    expect([points.begin(3, 'server-2.pcap', 9.5 * SECOND), points.begin(2, 'client-2.pcap', 9.6 * SECOND)]).toEqual([
      1, 0,
    ]);
  });

  it('goes on in the next file though its first packets lie before the last of the one before', () => {
    const points = new ObservationPoints();
    points.begin(0, 'ring.pcap0', 0);
    expect(points.begin(1, 'ring.pcap1', 10 * SECOND - 50_000)).toBe(1);
    expect(points.end(0, 10 * SECOND)).toBe(1);
    expect(points.byCapture).toEqual([0, 0]);
    points.end(1, 20 * SECOND);
    expect(points.begin(2, 'ring.pcap2', 20 * SECOND + 1)).toBe(0);
  });

  it('does not take two short captures that overlap for one', () => {
    const points = new ObservationPoints();
    points.begin(0, 'a.pcap', 0);
    expect(points.begin(1, 'b.pcap', 1_000_000)).toBe(1);
    expect(points.end(0, 8_000_000)).toBeNull();
  });
});
